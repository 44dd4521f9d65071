#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "lydian/core/error.h"

namespace lydian {

/// Checks the gradient of a function of one's own: largest |autograd - central difference| over the elements of x, relative to max(1, |difference|).
///
/// In: `function` gives a scalar from a tensor like x; x is float64 on the CPU (float32 is too coarse to difference), away from kinks by more than `step`.
/// Below 1e-6 the gradient is right for a smooth function of ordinary size.
/// Throws Error where x is not float64 on the CPU. Cost: 2 calls an element.
inline double finite_difference_error(const std::function<at::Tensor(const at::Tensor&)>& function, const at::Tensor& x, double step = 1e-5) {
  if (x.scalar_type() != at::kDouble || !x.device().is_cpu()) throw Error("finite_difference", "float64 on the CPU", x.toString());
  at::Tensor leaf = x.detach().clone(at::MemoryFormat::Contiguous).requires_grad_(true);
  function(leaf).backward();
  const at::Tensor gradient = leaf.grad().contiguous();
  at::Tensor moved = leaf.detach();
  double* value = moved.mutable_data_ptr<double>();
  double worst = 0.0;
  for (std::int64_t i = 0; i < moved.numel(); ++i) {
    const double center = value[i];
    value[i] = center + step;
    const double above = function(moved).item<double>();
    value[i] = center - step;
    const double below = function(moved).item<double>();
    value[i] = center;
    const double difference = (above - below) / (2.0 * step);
    const double error = std::abs(gradient.const_data_ptr<double>()[i] - difference) / std::max(1.0, std::abs(difference));
    if (!(error <= worst)) worst = error;  // A NaN stays.
  }
  return worst;
}

}  // namespace lydian
