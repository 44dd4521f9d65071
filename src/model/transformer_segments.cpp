#include "model/transformer_segments.h"

#include <cmath>
#include <string>

#include "lydian/core/random_stream.h"

namespace lydian {
namespace {

bool ends_with(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

double standard_deviation(const TransformerConfig& config, const WeightSegment& segment) {
  if (config.initializer_range > 0.0) return config.initializer_range;
  if (ends_with(segment.name, "embed_tokens.weight") || ends_with(segment.name, "embed_positions.weight")) return 0.05;
  const double by_inputs = 1.0 / std::sqrt(static_cast<double>(segment.shape[1]));
  const bool residual = ends_with(segment.name, "o_proj.weight") || ends_with(segment.name, "down_proj.weight");
  return residual ? by_inputs / std::sqrt(2.0 * static_cast<double>(config.num_layers)) : by_inputs;
}

}  // namespace

TransformerSegments::TransformerSegments(const TransformerConfig& config) {
  const auto add = [this](const std::string& name, std::vector<std::int64_t> shape) {
    WeightSegment segment;
    segment.name = name;
    segment.decay = shape.size() > 1;
    segment.shape = std::move(shape);
    list.push_back(std::move(segment));
    return static_cast<SegmentNumber>(list.size()) - 1;
  };
  const std::int64_t hidden = config.hidden_size, inner = config.intermediate_size;
  const std::int64_t queries = config.num_heads * config.head_dim, keys = config.num_kv_heads * config.head_dim;
  embedding = add("model.embed_tokens.weight", {config.vocab_size, hidden});
  if (config.learned_positions) positions = add("model.embed_positions.weight", {config.max_positions, hidden});
  for (std::int64_t i = 0; i < config.num_layers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".", attention = layer + "self_attn.", mlp = layer + "mlp.";
    const auto linear = [&](const std::string& name, std::int64_t outputs, std::int64_t inputs, bool biased, SegmentNumber& weight, SegmentNumber& bias) {
      weight = add(name + ".weight", {outputs, inputs});
      if (biased) bias = add(name + ".bias", {outputs});
    };
    LayerSegments numbers;
    numbers.input_norm = add(layer + "input_layernorm.weight", {hidden});
    linear(attention + "q_proj", queries, hidden, config.attention_bias, numbers.query, numbers.query_bias);
    linear(attention + "k_proj", keys, hidden, config.attention_bias, numbers.key, numbers.key_bias);
    linear(attention + "v_proj", keys, hidden, config.attention_bias, numbers.value, numbers.value_bias);
    linear(attention + "o_proj", hidden, queries, config.attention_output_bias, numbers.attention_output, numbers.attention_output_bias);
    if (config.query_key_norm) {
      numbers.query_norm = add(attention + "q_norm.weight", {config.head_dim});
      numbers.key_norm = add(attention + "k_norm.weight", {config.head_dim});
    }
    numbers.post_attention_norm = add(layer + "post_attention_layernorm.weight", {hidden});
    if (config.feed_forward == FeedForward::kSwiglu) linear(mlp + "gate_proj", inner, hidden, config.mlp_bias, numbers.gate, numbers.gate_bias);
    linear(mlp + "up_proj", inner, hidden, config.mlp_bias, numbers.up, numbers.up_bias);
    linear(mlp + "down_proj", hidden, inner, config.mlp_bias, numbers.down, numbers.down_bias);
    layers.push_back(numbers);
  }
  final_norm = add("model.norm.weight", {hidden});
  head = config.tie_word_embeddings ? embedding : add("lm_head.weight", {config.vocab_size, hidden});
}

void draw_first_weights(const TransformerConfig& config, std::uint64_t seed, WeightStore& store) {
  store.update([&](std::span<float> values) {
    for (std::size_t number = 0; number < store.segments().size(); ++number) {
      const WeightSegment& segment = store.segments()[number];
      float* out = values.data() + segment.offset;
      if (segment.shape.size() == 1) {
        const float fill = ends_with(segment.name, ".bias") ? 0.0F : 1.0F;
        std::fill(out, out + segment.size, fill);
        continue;
      }
      const double deviation = standard_deviation(config, segment);
      RandomStream stream({.seed = seed, .purpose = StreamPurpose::kInitialWeights, .step = number});
      for (std::int64_t i = 0; i < segment.size; ++i) out[i] = static_cast<float>(deviation * stream.normal());
    }
  });
}

}  // namespace lydian
