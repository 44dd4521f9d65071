#include "lydian/model/transformer_config.h"

#include <cmath>

#include "lydian/core/config.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

constexpr std::int64_t kLargestExtent = std::int64_t{1} << 30;

void check_extent(const char* name, std::int64_t value) {
  if (value < 1 || value > kLargestExtent) throw ConfigError("transformer_config", std::string(name) + " from 1 to 2^30", std::to_string(value));
}

void check_heads(const TransformerConfig& config) {
  if (config.num_heads % config.num_kv_heads != 0) {
    throw ConfigError("transformer_config", "num_heads a multiple of num_kv_heads",
                      std::to_string(config.num_heads) + " and " + std::to_string(config.num_kv_heads));
  }
  if (config.head_dim % 2 != 0) throw ConfigError("transformer_config", "an even head_dim", std::to_string(config.head_dim));
}

void check_numbers(const TransformerConfig& config) {
  if (!(config.rope_theta > 0.0) || std::isinf(config.rope_theta)) {
    throw ConfigError("transformer_config", "rope_theta > 0", std::to_string(config.rope_theta));
  }
  if (!(config.rms_norm_eps > 0.0) || std::isinf(config.rms_norm_eps)) {
    throw ConfigError("transformer_config", "rms_norm_eps > 0", std::to_string(config.rms_norm_eps));
  }
  if (!(config.initializer_range >= 0.0) || std::isinf(config.initializer_range)) {
    throw ConfigError("transformer_config", "initializer_range >= 0", std::to_string(config.initializer_range));
  }
}

void check_scaling(const RopeScaling& scaling) {
  if (!(scaling.factor >= 1.0) || std::isinf(scaling.factor)) {
    throw ConfigError("transformer_config", "rope_scaling.factor of at least 1", std::to_string(scaling.factor));
  }
  if (!(scaling.low_freq_factor > 0.0) || !(scaling.high_freq_factor > scaling.low_freq_factor) || std::isinf(scaling.high_freq_factor)) {
    throw ConfigError("transformer_config", "0 < rope_scaling.low_freq_factor < rope_scaling.high_freq_factor",
                      std::to_string(scaling.low_freq_factor) + " and " + std::to_string(scaling.high_freq_factor));
  }
  check_extent("rope_scaling.original_max_positions", scaling.original_max_positions);
}

}  // namespace

TransformerConfig TransformerConfig::resolved() const {
  TransformerConfig config = *this;
  check_extent("vocab_size", config.vocab_size);
  check_extent("hidden_size", config.hidden_size);
  check_extent("num_layers", config.num_layers);
  check_extent("num_heads", config.num_heads);
  if (config.num_kv_heads == 0) config.num_kv_heads = config.num_heads;
  if (config.head_dim == 0) {
    if (config.hidden_size % config.num_heads != 0) {
      throw ConfigError("transformer_config", "head_dim, or hidden_size a multiple of num_heads",
                        "hidden_size " + std::to_string(config.hidden_size) + " and num_heads " + std::to_string(config.num_heads));
    }
    config.head_dim = config.hidden_size / config.num_heads;
  }
  if (config.intermediate_size == 0) config.intermediate_size = 4 * config.hidden_size;
  check_extent("num_kv_heads", config.num_kv_heads);
  check_extent("head_dim", config.head_dim);
  check_extent("intermediate_size", config.intermediate_size);
  check_extent("max_positions", config.max_positions);
  check_heads(config);
  check_numbers(config);
  check_scaling(config.rope_scaling);
  return config;
}

std::int64_t TransformerConfig::parameters() const {
  const TransformerConfig c = resolved();
  const std::int64_t q = c.num_heads * c.head_dim;
  const std::int64_t kv = c.num_kv_heads * c.head_dim;
  const std::int64_t matrices_in = c.feed_forward == FeedForward::kSwiglu ? 2 : 1;
  std::int64_t layer = c.hidden_size * (q + 2 * kv) + q * c.hidden_size + (matrices_in + 1) * c.hidden_size * c.intermediate_size + 2 * c.hidden_size;
  if (c.query_key_norm) layer += 2 * c.head_dim;
  if (c.attention_bias) layer += q + 2 * kv;
  if (c.attention_output_bias) layer += c.hidden_size;
  if (c.mlp_bias) layer += matrices_in * c.intermediate_size + c.hidden_size;
  std::int64_t outside = c.vocab_size * c.hidden_size * (c.tie_word_embeddings ? 1 : 2) + c.hidden_size;
  if (c.learned_positions) outside += c.max_positions * c.hidden_size;
  return c.num_layers * layer + outside;
}

void describe(ConfigVisitor& visitor, RopeScaling& scaling) {
  visitor.field({"factor", "how many times slower the slow frequencies turn; 1: no scaling", 1.0}, scaling.factor);
  visitor.field({"low_freq_factor", "frequencies of fewer turns within original_max_positions are slow; above 0", 0.0}, scaling.low_freq_factor);
  visitor.field({"high_freq_factor", "frequencies of more turns are left as they are", 0.0}, scaling.high_freq_factor);
  visitor.field({"original_max_positions", "length that the model was first trained for", 1.0, static_cast<double>(kLargestExtent)},
                scaling.original_max_positions);
}

void describe(ConfigVisitor& visitor, TransformerConfig& config) {
  const double largest = static_cast<double>(kLargestExtent);
  visitor.field({"vocab_size", "number of token ids; 0: the tokenizer's", 0.0, largest}, config.vocab_size);
  visitor.field({"hidden_size", "width of the residual stream", 1.0, largest}, config.hidden_size);
  visitor.field({"num_layers", "number of layers", 1.0, largest}, config.num_layers);
  visitor.field({"num_heads", "query heads of a layer", 1.0, largest}, config.num_heads);
  visitor.field({"num_kv_heads", "key/value heads of a layer; 0: num_heads", 0.0, largest}, config.num_kv_heads);
  visitor.field({"head_dim", "width of a head; 0: hidden_size / num_heads", 0.0, largest}, config.head_dim);
  visitor.field({"intermediate_size", "width of the feed-forward; 0: 4 * hidden_size", 0.0, largest}, config.intermediate_size);
  visitor.enumeration({"feed_forward", "activation of the feed-forward"}, config.feed_forward, {"swiglu", "relu_squared"});
  visitor.field({"max_positions", "longest sequence in tokens, prompt and completion together", 1.0, largest}, config.max_positions);
  visitor.field({"rotary_positions", "rotate queries and keys by position"}, config.rotary_positions);
  visitor.field({"rope_theta", "base of the rotary frequencies, above 0", 0.0}, config.rope_theta);
  visitor.group({"rope_scaling", "slower rotary frequencies for long contexts, as Llama 3.1 has them"}, config.rope_scaling);
  visitor.field({"learned_positions", "add a learned embedding of the absolute position"}, config.learned_positions);
  visitor.field({"query_key_norm", "RMS norm over each query and key head"}, config.query_key_norm);
  visitor.field({"attention_bias", "bias on the query, key and value projections"}, config.attention_bias);
  visitor.field({"attention_output_bias", "bias on the attention's output projection"}, config.attention_output_bias);
  visitor.field({"mlp_bias", "bias on the feed-forward's projections"}, config.mlp_bias);
  visitor.field({"tie_word_embeddings", "use the token embedding as the head's weight"}, config.tie_word_embeddings);
  visitor.field({"rms_norm_eps", "epsilon of the RMS norms, above 0", 0.0}, config.rms_norm_eps);
  visitor.field({"initializer_range", "standard deviation of the first weights; 0: by each matrix's inputs", 0.0}, config.initializer_range);
}

}  // namespace lydian
