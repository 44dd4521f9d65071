#pragma once

#include <ATen/core/Tensor.h>

#include "lydian/core/metrics.h"
#include "lydian/data/rollout_batch.h"

namespace lydian {

/// What an objective reads: tensors of the N tokens of one micro-batch, all on one device. Entry t is about token t given all tokens before it.
struct ObjectiveInput {
  at::Tensor log_prob;           ///< f32 [N], with gradient.
  at::Tensor entropy;            ///< f32 [N], with gradient; may be undefined where the objective does not ask for it.
  at::Tensor old_log_prob;       ///< f32 [N], of the weights at the beginning of the step.
  at::Tensor behavior_log_prob;  ///< f32 [N], as sampled; equal to old_log_prob for an exact policy.
  at::Tensor advantage;          ///< f32 [N], the row's (or the token's); 0 where masked.
  at::Tensor mask;               ///< f32 [N], 1 on sampled tokens of valid rows, 0 elsewhere.
  at::Tensor row_of_token;       ///< i64 [N]
  std::int64_t rows = 0;
};

/// A loss over log-probs. Knows no model. Divides by `totals` of the whole optimizer step, so micro-batches only add up.
class PolicyObjective {
 public:
  virtual ~PolicyObjective() = default;
  /// Whether the loss has a term of the entropy: it must be given then, and groups without spread are trained on too.
  virtual bool needs_entropy() const { return false; }
  /// Scalar loss of this micro-batch's share; adds sums (not means) of its statistics to `sums`.
  virtual at::Tensor loss(const ObjectiveInput& input, const LossTotals& totals, Metrics& sums) const = 0;
  /// The step's metrics from the sums of all its micro-batches; names as TRL's (clip_ratio/low_mean, …).
  virtual Metrics statistics(const Metrics& sums) const = 0;
};

}  // namespace lydian
