#pragma once

#include <ATen/core/Tensor.h>

namespace lydian {

/// Weighted negative log-likelihood: sum(weight * -log_prob) / total_weight.
///
/// In: log_prob and weight [N], equal dtype; weight >= 0, 0 where a token is not trained on (its log_prob may be anything). total_weight: the sum of weights of
/// the whole optimizer step, known before its first micro-batch, so that micro-batches add up. Out: scalar; gradient -weight / total_weight, token by token.
/// Throws ShapeError where lengths differ; Error where total_weight is not positive or smaller than this micro-batch's own sum.
at::Tensor supervised_loss(const at::Tensor& log_prob, const at::Tensor& weight, double total_weight);

}  // namespace lydian
