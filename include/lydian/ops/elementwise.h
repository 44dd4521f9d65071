#pragma once

#include <ATen/core/Tensor.h>

/// Differentiable functions whose bits do not depend on the machine: torch's own exp, log, sqrt and sigmoid differ between its instruction sets.
///
/// In: float32 tensors on the CPU, any shape and strides. Every other dtype or device goes to torch's function of the same name: right, but outside the
/// promise of equal bits. Out: a contiguous tensor of x's shape.
/// Throws Error from a backward() with create_graph: double backward is refused.
/// Cost: one pass over the elements, one thread.
namespace lydian::ops {

at::Tensor exp(const at::Tensor& x);
at::Tensor log(const at::Tensor& x);  ///< -infinity at 0, NaN below.
at::Tensor sqrt(const at::Tensor& x);
at::Tensor sigmoid(const at::Tensor& x);

}  // namespace lydian::ops
