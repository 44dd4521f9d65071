#pragma once

#include <cstdint>
#include <vector>

#include "lydian/kernels/layout.h"
#include "lydian/model/weight_store.h"
#include "model/transformer_segments.h"

namespace lydian {

/// Where one checkpoint matrix stands within the rows of a fused, padded one. Rows come in groups (heads) of `group` that start `group_stride` apart.
struct LinearPart {
  SegmentNumber weight = kNoSegment;
  SegmentNumber bias = kNoSegment;
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t group = 0;
  std::int64_t group_stride = 0;

  std::int64_t padded_row(std::int64_t row) const { return first_row + row / group * group_stride + row % group; }
};

/// A linear map as the kernels see it: one padded matrix of `outputs` rows and `inputs` columns, made of one or more checkpoint matrices. All rows and columns
/// that no part fills are zero.
class PackedLinear {
 public:
  PackedLinear() = default;
  PackedLinear(std::vector<LinearPart> parts, std::int64_t outputs, std::int64_t inputs) : PackedLinear(std::move(parts), outputs, inputs, inputs, inputs) {}
  /// Columns come in groups (heads) of `column_group` that start `column_stride` apart.
  PackedLinear(std::vector<LinearPart> parts, std::int64_t outputs, std::int64_t inputs, std::int64_t column_group, std::int64_t column_stride)
      : parts_(std::move(parts)), outputs_(outputs), inputs_(inputs), column_group_(column_group), column_stride_(column_stride) {}

  std::int64_t outputs() const { return outputs_; }
  std::int64_t inputs() const { return inputs_; }
  std::int64_t output_panels() const { return kernels::panels(outputs_); }
  std::int64_t input_panels() const { return kernels::panels(inputs_); }
  std::int64_t forward_floats() const { return output_panels() * inputs_ * kernels::kLanes; }
  std::int64_t transposed_floats() const { return input_panels() * outputs_ * kernels::kLanes; }
  bool has_bias() const { return !parts_.empty() && parts_.front().bias != kNoSegment; }
  const std::vector<LinearPart>& parts() const { return parts_; }

  /// `padded` [outputs][inputs] <- the store's weights.
  void gather(const WeightStore& store, float* padded) const;
  /// `padded` [outputs] <- the store's biases.
  void gather_bias(const WeightStore& store, float* padded) const;
  /// flat <- flat + the gradient of the weights (biases), for trainable segments; flat is laid out as the store's values.
  void scatter_add(const WeightStore& store, const float* padded, float* flat) const;
  void scatter_add_bias(const WeightStore& store, const float* padded, float* flat) const;

 private:
  template <typename Visit>
  void for_each_run(const WeightStore& store, const Visit& visit) const;

  std::vector<LinearPart> parts_;
  std::int64_t outputs_ = 0, inputs_ = 0, column_group_ = 1, column_stride_ = 1;
};

}  // namespace lydian
