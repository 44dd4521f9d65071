#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lydian/core/random_stream.h"
#include "lydian/model/packed_batch.h"
#include "lydian/model/transformer_policy.h"

namespace lydian::transformer_cases {

struct Case {
  const char* name;
  TransformerConfig config;
};

/// Shapes that between them use every field of the configuration; most widths are no multiple of 16.
inline std::vector<Case> all() {
  return {
      {"relu squared, untied", {.vocab_size = 37, .hidden_size = 24, .max_positions = 64}},
      {"like Qwen3",
       {.vocab_size = 50,
        .hidden_size = 24,
        .num_kv_heads = 2,
        .head_dim = 10,
        .intermediate_size = 44,
        .feed_forward = FeedForward::kSwiglu,
        .max_positions = 64,
        .query_key_norm = true,
        .tie_word_embeddings = true}},
      {"every bias",
       {.vocab_size = 37,
        .hidden_size = 20,
        .num_layers = 1,
        .num_heads = 2,
        .num_kv_heads = 1,
        .intermediate_size = 33,
        .feed_forward = FeedForward::kSwiglu,
        .max_positions = 64,
        .attention_bias = true,
        .attention_output_bias = true,
        .mlp_bias = true}},
      {"learned positions, tied",
       {.vocab_size = 19,
        .hidden_size = 16,
        .num_heads = 2,
        .max_positions = 64,
        .rotary_positions = false,
        .learned_positions = true,
        .mlp_bias = true,
        .tie_word_embeddings = true}},
      {"whole vectors, both positions", {.vocab_size = 64, .hidden_size = 32, .num_heads = 2, .max_positions = 64, .learned_positions = true}},
  };
}

/// A policy whose biases and norms are no longer 0 and 1.
inline std::unique_ptr<TransformerPolicy> policy_of(const TransformerConfig& config) {
  auto policy = std::make_unique<TransformerPolicy>(config, /*seed=*/3);
  policy->weights().update([&](std::span<float> values) {
    RandomStream stream({.seed = 5});
    for (const WeightSegment& segment : policy->weights().segments()) {
      for (std::int64_t i = 0; i < segment.size; ++i) values[static_cast<std::size_t>(segment.offset + i)] += static_cast<float>(0.1 * stream.normal());
    }
  });
  return policy;
}

inline std::vector<TokenId> drawn_ids(RandomStream& stream, std::int64_t count, std::int64_t vocab_size) {
  std::vector<TokenId> ids(static_cast<std::size_t>(count));
  for (TokenId& id : ids) id = static_cast<TokenId>(stream.below(static_cast<std::uint64_t>(vocab_size)));
  return ids;
}

/// Two prompts, of 5 and 18 tokens, with three and two rows, some at other temperatures, two with a bootstrap state. `only`: one of the prompts with its rows.
inline PackedBatch batch_of(std::int64_t vocab_size, int only = -1) {
  RandomStream stream({.seed = 7});
  PackedBatch batch;
  const std::vector<std::vector<std::int64_t>> rows = {{4, 17, 1}, {9, 2}};
  const float temperatures[] = {1.0F, 0.7F, 1.3F, 1.0F, 0.5F};
  int row = 0;
  for (int prompt = 0; prompt < 2; ++prompt) {
    const std::vector<TokenId> ids = drawn_ids(stream, prompt == 0 ? 5 : 18, vocab_size);
    const bool wanted = only < 0 || only == prompt;
    if (wanted) batch.add_prompt(ids, prompt);
    for (const std::int64_t length : rows[static_cast<std::size_t>(prompt)]) {
      const std::vector<TokenId> completion = drawn_ids(stream, length, vocab_size);
      if (wanted) batch.add_row(completion, temperatures[row], /*wants_bootstrap=*/row == 1 || row == 4);
      ++row;
    }
  }
  return batch;
}

inline std::span<const TokenId> prompt_of(const PackedBatch& batch, std::int64_t row) {
  const auto p = static_cast<std::size_t>(batch.prompt_of_row[static_cast<std::size_t>(row)]);
  return std::span(batch.prompt_ids)
      .subspan(static_cast<std::size_t>(batch.prompt_offsets[p]), static_cast<std::size_t>(batch.prompt_offsets[p + 1] - batch.prompt_offsets[p]));
}

inline std::span<const TokenId> completion_of(const PackedBatch& batch, std::int64_t row) {
  const auto b = static_cast<std::size_t>(row);
  return std::span(batch.completion_ids)
      .subspan(static_cast<std::size_t>(batch.completion_offsets[b]), static_cast<std::size_t>(batch.completion_offsets[b + 1] - batch.completion_offsets[b]));
}

}  // namespace lydian::transformer_cases
