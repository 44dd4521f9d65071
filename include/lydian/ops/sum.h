#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

/// Differentiable sums in a fixed order: 16 lanes by index, then one tree, whatever the machine and its number of threads.
///
/// In: float32 tensors on the CPU, any strides; other dtypes and devices go to torch: right, but outside the promise of equal bits.
/// Throws Error from a backward() with create_graph: double backward is refused.
namespace lydian::ops {

/// Sum of all elements: a scalar.
at::Tensor sum(const at::Tensor& x);

/// Sums of the runs of equal `segment`: out[s] = sum of values[t] over segment[t] == s, 0 where there is none. A segment's bits depend on its own values only.
///
/// In: values [N]; segment i64 [N] on any device, non-decreasing, 0 <= segment < segments. Out: [segments].
/// Throws ShapeError where lengths do not fit, or a segment is out of range or out of order.
at::Tensor segment_sum(const at::Tensor& values, const at::Tensor& segment, std::int64_t segments);

}  // namespace lydian::ops
