// Saves a Qwen3-shaped policy into a folder, and beside it tokens.json: rows of ids, and for every position the log-probs of all tokens of the vocabulary that
// the policy gives after the ids up to there. Usage: qwen3_checkpoint FOLDER (which exists)
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "lydian/core/random_stream.h"
#include "lydian/model/transformer_policy.h"

namespace {

using namespace lydian;

TransformerConfig qwen3_shape() {
  TransformerConfig shape{.vocab_size = 96, .hidden_size = 128, .num_layers = 3, .num_heads = 4, .num_kv_heads = 2, .head_dim = 32, .intermediate_size = 208};
  shape.feed_forward = FeedForward::kSwiglu;
  shape.max_positions = 128;
  shape.query_key_norm = true;
  shape.tie_word_embeddings = true;
  return shape;
}

/// First weights of a norm are all 1, which would hide a norm that is left out.
void roughen(TransformerPolicy& policy) {
  RandomStream stream({.seed = 3});
  policy.weights().update([&](std::span<float> values) {
    for (const WeightSegment& segment : policy.weights().segments()) {
      if (segment.shape.size() > 1) continue;
      for (float& value : values.subspan(segment.offset, segment.size)) value *= static_cast<float>(1.0 + 0.2 * stream.normal());
    }
  });
}

std::vector<TokenId> drawn_ids(RandomStream& stream, std::int64_t count, std::int64_t vocab_size) {
  std::vector<TokenId> ids;
  for (std::int64_t i = 0; i < count; ++i) ids.push_back(static_cast<TokenId>(stream.below(static_cast<std::uint64_t>(vocab_size))));
  return ids;
}

/// [positions * V] of a row whose prompt is its first token; the last position has no successor and is left out.
std::vector<float> all_log_probs(const TransformerPolicy& policy, std::span<const TokenId> ids) {
  PackedBatch batch;
  batch.add_prompt(ids.first(1), 0);
  batch.add_row(ids.subspan(1), 1.0F);
  const ForwardOutput states = policy.forward(batch, {.log_prob = false, .hidden = true});
  const std::int64_t width = policy.config().hidden_size, positions = batch.tokens(), vocabulary = policy.vocab_size();
  std::vector<float> log_probs;
  for (std::int64_t t = 0; t < positions; ++t) {
    std::vector<float> hidden;
    std::vector<TokenId> targets;
    for (std::int64_t id = 0; id < vocabulary; ++id) {
      hidden.insert(hidden.end(), states.hidden.begin() + t * width, states.hidden.begin() + (t + 1) * width);
      targets.push_back(static_cast<TokenId>(id));
    }
    const std::vector<float> temperature(targets.size(), 1.0F);
    const ForwardOutput scored = policy.head(hidden, targets, temperature, {});
    log_probs.insert(log_probs.end(), scored.log_prob.begin(), scored.log_prob.end());
  }
  return log_probs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: qwen3_checkpoint FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  TransformerPolicy policy(qwen3_shape(), 7);
  roughen(policy);
  policy.save(folder);
  RandomStream stream({.seed = 4});
  nlohmann::json rows = nlohmann::json::array();
  for (const std::int64_t length : {5, 33, 128}) {
    const std::vector<TokenId> ids = drawn_ids(stream, length, policy.vocab_size());
    rows.push_back({{"ids", ids}, {"log_probs", all_log_probs(policy, ids)}});
  }
  std::ofstream(folder + "/tokens.json") << rows;
}
