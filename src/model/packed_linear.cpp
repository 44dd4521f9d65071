#include "model/packed_linear.h"

#include <algorithm>

namespace lydian {

/// Calls visit(part, offset in the flat store, offset in the padded matrix, length) for every run of elements that is contiguous in both.
template <typename Visit>
void PackedLinear::for_each_run(const WeightStore& store, const Visit& visit) const {
  for (const LinearPart& part : parts_) {
    const WeightSegment& segment = store.segments()[static_cast<std::size_t>(part.weight)];
    const std::int64_t columns = segment.shape[1];
    for (std::int64_t row = 0; row < part.rows; ++row) {
      for (std::int64_t column = 0; column < columns; column += column_group_) {
        visit(segment, segment.offset + row * columns + column, part.padded_row(row) * inputs_ + column / column_group_ * column_stride_,
              std::min(column_group_, columns - column));
      }
    }
  }
}

void PackedLinear::gather(const WeightStore& store, float* padded) const {
  std::fill(padded, padded + outputs_ * inputs_, 0.0F);
  const float* flat = store.values().data();
  for_each_run(
      store, [&](const WeightSegment&, std::int64_t from, std::int64_t to, std::int64_t length) { std::copy(flat + from, flat + from + length, padded + to); });
}

void PackedLinear::gather_bias(const WeightStore& store, float* padded) const {
  std::fill(padded, padded + kernels::padded(outputs_), 0.0F);
  for (const LinearPart& part : parts_) {
    if (part.bias == kNoSegment) continue;
    const float* bias = store.values(store.segments()[static_cast<std::size_t>(part.bias)]).data();
    for (std::int64_t row = 0; row < part.rows; ++row) padded[part.padded_row(row)] = bias[row];
  }
}

void PackedLinear::scatter_add(const WeightStore& store, const float* padded, float* flat) const {
  for_each_run(store, [&](const WeightSegment& segment, std::int64_t to, std::int64_t from, std::int64_t length) {
    if (!segment.trainable) return;
    for (std::int64_t i = 0; i < length; ++i) flat[to + i] += padded[from + i];
  });
}

void PackedLinear::scatter_add_bias(const WeightStore& store, const float* padded, float* flat) const {
  for (const LinearPart& part : parts_) {
    if (part.bias == kNoSegment) continue;
    const WeightSegment& segment = store.segments()[static_cast<std::size_t>(part.bias)];
    if (!segment.trainable) continue;
    for (std::int64_t row = 0; row < part.rows; ++row) flat[segment.offset + row] += padded[part.padded_row(row)];
  }
}

}  // namespace lydian
