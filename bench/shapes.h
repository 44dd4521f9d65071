#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lydian/model/transformer_config.h"

namespace lydian::bench {

/// The peers' shape of this name (bench/peers/shapes.py): `tiny-2l` or `small`.
inline TransformerConfig shape_of(const std::string& name) {
  TransformerConfig config{.vocab_size = 64, .hidden_size = 128, .num_layers = 2, .num_heads = 4, .num_kv_heads = 2, .head_dim = 32, .intermediate_size = 416};
  if (name == "small") {
    config = {.vocab_size = 512, .hidden_size = 256, .num_layers = 4, .num_heads = 8, .num_kv_heads = 4, .head_dim = 32, .intermediate_size = 768};
  }
  config.feed_forward = FeedForward::kSwiglu;
  config.query_key_norm = true;
  config.tie_word_embeddings = true;
  config.max_positions = 256;
  return config.resolved();
}

/// Floating-point operations of reading position t without the head.
inline double body_flops(const TransformerConfig& c, std::int64_t t) {
  return 2.0 * static_cast<double>(c.parameters() - c.vocab_size * c.hidden_size) +
         4.0 * static_cast<double>((t + 1) * c.num_heads * c.head_dim * c.num_layers);
}

inline double head_flops(const TransformerConfig& c) {
  return 2.0 * static_cast<double>(c.vocab_size * c.hidden_size);
}

/// Of drawing `tokens` tokens after each of `rows` prompts; a prompt is read once for `group` rows. The head counts where its logits are used.
inline double sampling_flops(const TransformerConfig& c, std::int64_t rows, std::int64_t group, std::int64_t prompt, std::int64_t tokens) {
  double once = 0, each = 0;
  for (std::int64_t t = 0; t < prompt; ++t) once += body_flops(c, t);
  for (std::int64_t t = prompt; t < prompt + tokens - 1; ++t) each += body_flops(c, t);
  return static_cast<double>(rows / group) * once + static_cast<double>(rows) * (each + static_cast<double>(tokens) * head_flops(c));
}

/// Of forward and backward (twice the forward) over the same tokens.
inline double training_flops(const TransformerConfig& c, std::int64_t rows, std::int64_t group, std::int64_t prompt, std::int64_t tokens) {
  return 3.0 * sampling_flops(c, rows, group, prompt, tokens);
}

}  // namespace lydian::bench
