#pragma once

#include <cstdint>
#include <string>

namespace lydian {

class Config;
class ConfigVisitor;

enum class FeedForward : std::uint8_t { kSwiglu, kReluSquared };

/// Slows the rotary frequencies whose wave does not come round often within the length that a model was first trained for, as Llama 3.1 to 3.3 do
/// (rope_type llama3). With turns = original_max_positions · frequency / 2π:
///
///   frequency / factor for turns < low_freq_factor;  frequency for turns > high_freq_factor;  between, the two mixed linearly in turns
/// Source   Llama 3.1's published model code; transformers' rope_type llama3.
struct RopeScaling {
  double factor = 1.0;  ///< 1: no scaling.
  double low_freq_factor = 1.0, high_freq_factor = 4.0;
  std::int64_t original_max_positions = 8192;
};

void describe(ConfigVisitor& visitor, RopeScaling& scaling);

/// Shape of a decoder-only transformer, by Hugging Face's names: pre-norm RMSNorm, grouped-query attention, one of two feed-forwards. Its fields cover Qwen2.5
/// (attention_bias), Qwen3 (query_key_norm, head_dim) and Llama 3 (from 3.1 on with rope_scaling).
struct TransformerConfig {
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 64;
  std::int64_t num_layers = 2;
  std::int64_t num_heads = 4;
  std::int64_t num_kv_heads = 0;       ///< 0: num_heads.
  std::int64_t head_dim = 0;           ///< 0: hidden_size / num_heads.
  std::int64_t intermediate_size = 0;  ///< 0: 4 * hidden_size.
  FeedForward feed_forward = FeedForward::kReluSquared;
  std::int64_t max_positions = 1024;  ///< Longest sequence, prompt and completion together.
  bool rotary_positions = true;
  double rope_theta = 10000.0;
  RopeScaling rope_scaling{};
  bool learned_positions = false;  ///< Absolute position embeddings, added to the token's.
  bool query_key_norm = false;
  bool attention_bias = false;  ///< On q, k and v.
  bool attention_output_bias = false;
  bool mlp_bias = false;
  bool tie_word_embeddings = false;
  double rms_norm_eps = 1e-6;
  double initializer_range = 0.0;  ///< Standard deviation of the first weights; 0: 1 / sqrt(inputs), embeddings 0.05, residual outputs divided by sqrt(2 L).

  /// Fills the zeros. Throws ConfigError naming the field that does not fit (head_dim odd, heads not a multiple of kv heads, …).
  TransformerConfig resolved() const;
  std::int64_t parameters() const;
};

void describe(ConfigVisitor& visitor, TransformerConfig& config);

/// Text of a Hugging Face config.json for this shape (architecture Qwen3ForCausalLM, Qwen2ForCausalLM or LlamaForCausalLM where one of them has this shape,
/// else lydian's own name), and back.
std::string to_hugging_face_json(const TransformerConfig& config);
TransformerConfig from_hugging_face_json(const std::string& text, const std::string& origin);

}  // namespace lydian
