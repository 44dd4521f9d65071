#include "lydian/objective/supervised_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <string>

#include "lydian/core/error.h"
#include "lydian/ops/sum.h"

namespace lydian {

at::Tensor supervised_loss(const at::Tensor& log_prob, const at::Tensor& weight, double total_weight) {
  if (log_prob.dim() != 1 || weight.dim() != 1 || log_prob.numel() != weight.numel()) {
    throw ShapeError("supervised_loss", "weight [" + std::to_string(log_prob.numel()) + "]", std::to_string(weight.numel()) + " elements");
  }
  const double own = ops::sum(weight.detach()).item<double>();
  // A rounding's worth of room: both sums were rounded.
  if (!(total_weight > 0.0) || own > total_weight * (1.0 + 1e-5)) {
    throw Error("supervised_loss", "total_weight above 0 and of the whole optimizer step",
                std::to_string(total_weight) + " where this micro-batch alone has " + std::to_string(own));
  }
  const at::Tensor kept = at::where(weight != 0, log_prob, at::zeros_like(log_prob));
  return ops::sum(-(weight * kept)) / total_weight;
}

}  // namespace lydian
