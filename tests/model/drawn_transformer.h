#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "lydian/core/random_stream.h"
#include "lydian/model/packed_batch.h"
#include "lydian/model/transformer_config.h"
#include "lydian/model/transformer_policy.h"

namespace lydian::drawn {

/// Shapes, batches and numbers of a stream: every combination of flags, widths that are no multiples of 16, ragged lengths.
inline RandomStream stream(std::uint64_t seed) {
  return RandomStream({.seed = seed, .purpose = StreamPurpose::kAudit});
}

inline bool coin(RandomStream& random) {
  return random.below(2) == 1;
}

inline TransformerConfig config(RandomStream& random) {
  TransformerConfig config;
  config.vocab_size = random.between(2, 70);
  config.hidden_size = random.between(3, 50);
  config.num_layers = random.between(1, 3);
  config.num_kv_heads = random.between(1, 3);
  config.num_heads = config.num_kv_heads * random.between(1, 3);
  config.head_dim = 2 * random.between(1, 19);
  config.intermediate_size = random.between(1, 70);
  config.feed_forward = coin(random) ? FeedForward::kSwiglu : FeedForward::kReluSquared;
  config.max_positions = 420;
  config.rotary_positions = coin(random);
  config.learned_positions = coin(random);
  config.query_key_norm = coin(random);
  config.attention_bias = coin(random);
  config.attention_output_bias = coin(random);
  config.mlp_bias = coin(random);
  config.tie_word_embeddings = coin(random);
  return config.resolved();
}

/// Norms and biases away from 1 and 0, so that nothing hides behind them.
inline void disturb_vectors(RandomStream& random, TransformerPolicy& policy) {
  policy.weights().update([&](std::span<float> values) {
    for (const WeightSegment& segment : policy.weights().segments()) {
      if (segment.shape.size() > 1) continue;
      for (std::int64_t i = 0; i < segment.size; ++i) values[static_cast<std::size_t>(segment.offset + i)] += static_cast<float>(0.2 * random.normal());
    }
  });
}

inline std::vector<TokenId> ids(RandomStream& random, std::int64_t count, std::int64_t vocabulary) {
  std::vector<TokenId> drawn(static_cast<std::size_t>(count));
  for (TokenId& id : drawn) id = static_cast<TokenId>(random.below(static_cast<std::uint64_t>(vocabulary)));
  return drawn;
}

/// Lengths from 1, mostly short, now and then around and beyond a chunk.
inline std::int64_t length(RandomStream& random) {
  switch (random.below(16)) {
    case 0:
      return 1;
    case 1:
      return random.between(60, 190);
    case 2:
    case 3:
      return 16 * random.between(1, 3);
    default:
      return random.between(1, 40);
  }
}

/// Often 1, now and then greedy.
inline float temperature(RandomStream& random) {
  if (coin(random)) return 1.0F;
  return random.below(8) == 0 ? 0.0F : static_cast<float>(0.5 + random.uniform());
}

/// At least one completion token; prompts without rows and rows without tokens among them.
inline PackedBatch batch(RandomStream& random, const TransformerConfig& config) {
  PackedBatch batch;
  const std::int64_t prompts = random.between(1, 5);
  for (std::int64_t prompt = 0; prompt < prompts; ++prompt) {
    batch.add_prompt(ids(random, length(random), config.vocab_size), static_cast<std::int32_t>(prompt));
    const std::int64_t rows = random.between(0, 5);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t tokens = random.below(10) == 0 ? 0 : length(random);
      batch.add_row(ids(random, tokens, config.vocab_size), temperature(random), random.below(4) == 0);
    }
  }
  return batch.tokens() > 0 ? batch : drawn::batch(random, config);
}

/// Rows first … end - 1 of a batch with their prompts: what stands in completion entries offsets[first] … offsets[end] - 1.
inline PackedBatch rows_of(const PackedBatch& whole, std::int64_t first, std::int64_t end) {
  PackedBatch part;
  for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(end); ++row) {
    const auto prompt = static_cast<std::size_t>(whole.prompt_of_row[row]);
    if (part.rows() == 0 || whole.prompt_of_row[row - 1] != whole.prompt_of_row[row]) {
      const auto ids = whole.prompt_ids.begin();
      part.add_prompt(std::vector<TokenId>(ids + whole.prompt_offsets[prompt], ids + whole.prompt_offsets[prompt + 1]), whole.gradient_buffer[prompt]);
    }
    const auto ids = whole.completion_ids.begin();
    part.add_row(std::vector<TokenId>(ids + whole.completion_offsets[row], ids + whole.completion_offsets[row + 1]), whole.temperature[row],
                 !whole.bootstrap.empty() && whole.bootstrap[row] != 0);
  }
  return part;
}

inline std::string describe(const TransformerConfig& config) {
  return to_hugging_face_json(config);
}

}  // namespace lydian::drawn
