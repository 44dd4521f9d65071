#pragma once

#include <cmath>
#include <cstdint>

#include "lydian/kernels/layout.h"
#include "lydian/model/transformer_config.h"

namespace lydian {

/// Positions of one key/value block.
inline constexpr std::int64_t kBlockPositions = kernels::kLanes;

/// The widths that every part of a transformer works with. A "stride" is a width padded to whole vectors; heads stand head_width apart within a row.
struct TransformerShape {
  explicit TransformerShape(const TransformerConfig& config)
      : layers(config.num_layers),
        vocabulary(config.vocab_size),
        vocabulary_stride(kernels::padded(vocabulary)),
        hidden(config.hidden_size),
        hidden_stride(kernels::padded(hidden)),
        heads(config.num_heads),
        kv_heads(config.num_kv_heads),
        heads_per_kv(heads / kv_heads),
        head_dim(config.head_dim),
        head_width(kernels::padded(head_dim)),
        query_width(heads * head_width),
        kv_width(kv_heads * head_width),
        qkv_width(query_width + 2 * kv_width),
        intermediate(config.intermediate_size),
        intermediate_stride(kernels::padded(intermediate)),
        gated(config.feed_forward == FeedForward::kSwiglu),
        gate_up_width(intermediate_stride * (gated ? 2 : 1)),
        epsilon(static_cast<float>(config.rms_norm_eps)),
        query_scale(static_cast<float>(1.0 / std::sqrt(static_cast<double>(head_dim)))) {}

  std::int64_t layers, vocabulary, vocabulary_stride, hidden, hidden_stride;
  std::int64_t heads, kv_heads, heads_per_kv, head_dim, head_width, query_width, kv_width, qkv_width;
  std::int64_t intermediate, intermediate_stride;
  bool gated;                  ///< Two inner products (gate, up) instead of one.
  std::int64_t gate_up_width;  ///< Gate columns, then up columns; up alone where not gated.
  float epsilon;
  float query_scale;  ///< 1 / sqrt(head_dim), applied to queries.

  /// A page holds the keys and values of 16 positions for all layers and key/value heads: [layer][head][keys, values].
  std::int64_t page_floats() const { return layers * page_layer_floats(); }
  std::int64_t page_layer_floats() const { return kv_heads * 2 * kBlockPositions * head_width; }
  std::int64_t key_offset(std::int64_t layer, std::int64_t head) const { return (layer * kv_heads + head) * 2 * kBlockPositions * head_width; }
  std::int64_t value_offset(std::int64_t layer, std::int64_t head) const { return key_offset(layer, head) + kBlockPositions * head_width; }
};

/// Blocks that `positions` positions take.
constexpr std::int64_t blocks_for(std::int64_t positions) {
  return (positions + kBlockPositions - 1) / kBlockPositions;
}

}  // namespace lydian
