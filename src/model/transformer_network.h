#pragma once

#include <cstdint>

#include "lydian/model/transformer_config.h"
#include "lydian/model/weight_store.h"
#include "model/aligned_floats.h"
#include "model/packed_weights.h"
#include "model/transformer_segments.h"
#include "model/transformer_shape.h"

namespace lydian {

/// Radians per position of pair i of a head's dimensions.
double rotary_frequency(const TransformerConfig& config, std::int64_t i);

/// cos and sin of position times frequency, from portable float64, rounded once. Null rows where the shape has no rotary positions.
class RotaryTable {
 public:
  explicit RotaryTable(const TransformerConfig& config);
  const float* cosines(std::int64_t position) const { return stride_ == 0 ? nullptr : cosines_.data() + position * stride_; }
  const float* sines(std::int64_t position) const { return stride_ == 0 ? nullptr : sines_.data() + position * stride_; }

 private:
  std::int64_t stride_ = 0;
  AlignedFloats cosines_, sines_;
};

/// What a transformer computes with, whichever of its passes runs: shape, weights, their packed copies, tables.
struct TransformerNetwork {
  explicit TransformerNetwork(const TransformerConfig& resolved)
      : config(resolved), shape(config), segments(config), linears(shape, segments), store(segments.list), packed(linears), rotary(config) {}

  /// A segment's values, padded with zeros to whole vectors; null where the shape has no such segment.
  const float* weight(SegmentNumber number) const {
    return number == kNoSegment ? nullptr : store.values().data() + store.segments()[static_cast<std::size_t>(number)].offset;
  }

  const TransformerConfig config;
  const TransformerShape shape;
  const TransformerSegments segments;
  const TransformerLinears linears;
  WeightStore store;
  mutable PackedWeights packed;
  const RotaryTable rotary;
};

}  // namespace lydian
