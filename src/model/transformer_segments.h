#pragma once

#include <cstdint>
#include <vector>

#include "lydian/model/transformer_config.h"
#include "lydian/model/weight_store.h"

namespace lydian {

/// Index of a segment within its store; kNoSegment where the shape has none.
using SegmentNumber = int;
inline constexpr SegmentNumber kNoSegment = -1;

struct LayerSegments {
  SegmentNumber input_norm = kNoSegment, post_attention_norm = kNoSegment;
  SegmentNumber query = kNoSegment, key = kNoSegment, value = kNoSegment, attention_output = kNoSegment;
  SegmentNumber query_bias = kNoSegment, key_bias = kNoSegment, value_bias = kNoSegment, attention_output_bias = kNoSegment;
  SegmentNumber query_norm = kNoSegment, key_norm = kNoSegment;
  SegmentNumber gate = kNoSegment, up = kNoSegment, down = kNoSegment;
  SegmentNumber gate_bias = kNoSegment, up_bias = kNoSegment, down_bias = kNoSegment;
};

/// The segments of a transformer under Hugging Face's names, in checkpoint order, and where each stands.
struct TransformerSegments {
  explicit TransformerSegments(const TransformerConfig& config);

  std::vector<WeightSegment> list;
  SegmentNumber embedding = kNoSegment, positions = kNoSegment, final_norm = kNoSegment;
  SegmentNumber head = kNoSegment;  ///< The embedding's own where tied.
  std::vector<LayerSegments> layers;

  bool tied() const { return head == embedding; }
};

/// Draws the first weights: each element a normal number of the stream (seed, segment number); norms 1, biases 0. Standard deviations as in
/// transformer_config.h.
void draw_first_weights(const TransformerConfig& config, std::uint64_t seed, WeightStore& store);

}  // namespace lydian
