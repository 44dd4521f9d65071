#pragma once

#include <cstdint>

#include "lydian/objective/policy_objective.h"

namespace lydian {

class ConfigVisitor;

/// What the sum of the token losses is divided by. Values of TRL's `loss_type`.
enum class LossAggregation : std::uint8_t {
  kTokens,     ///< "dapo": sum over tokens / LossTotals::tokens. Long and short completions weigh by their length. Source: arXiv:2503.14476, equation 8.
  kSequences,  ///< "grpo": mean over each row's tokens, sum over rows / LossTotals::sequences. Source: arXiv:2402.03300, equation 3.
  kConstant,   ///< "dr_grpo": sum over tokens / (LossTotals::sequences * max_completion_length). Source: arXiv:2503.20783.
};

/// Field names and defaults are TRL's where TRL has the option.
struct ClippedObjectiveOptions {
  double epsilon = 0.2;
  double epsilon_high = 0.0;  ///< 0: epsilon.
  double delta = 0.0;         ///< 0: off.
  LossAggregation loss_type = LossAggregation::kTokens;
  double entropy_coef = 0.0;
  double importance_sampling_clip_max = 2.0;  ///< 0: no rollout correction.
  std::int64_t max_completion_length = 0;     ///< For kConstant; no field of its own: the trainer copies the sampling option of this name.
};

void describe(ConfigVisitor& visitor, ClippedObjectiveOptions& options);

/// The clipped surrogate of PPO and GRPO at the level of tokens, no KL term.
///
///   ratio   = exp(log_prob - old_log_prob), the difference bounded by ±20 as in verl
///   token   = -min(min(ratio, delta) * A, clip(ratio, 1 - epsilon, 1 + epsilon_high) * A) * w - entropy_coef * entropy
///   w       = min(exp(old_log_prob - behavior_log_prob), importance_sampling_clip_max), without gradient
///
/// Source: arXiv:1707.06347, equation 7; w: truncated importance sampling of a sampler that is not exact (arXiv:2510.26788 gives the reason).
/// Variant: delta bounds the ratio where A < 0 (arXiv:2505.07291, two-sided clipping), as TRL; verl's dual clip bounds it by c * A alike, with delta = c.
/// In: dtype and device of ObjectiveInput::log_prob; float32 on the CPU keeps equal bits on every machine. Masked entries may hold anything, NaN too: they
/// reach neither loss nor gradient. Entries of a row stand together (row_of_token is non-decreasing) where kSequences needs rows.
/// Edges: at equal weights ratio is exactly 1, and with an exact policy w is exactly 1. Rows without trainable tokens add 0.
/// Out: gradient of token t depends on that token's numbers, its row's count and the totals only: equal bits for every cut into micro-batches of whole rows.
/// Throws ShapeError naming the tensor that does not fit; Error where the totals are smaller than this micro-batch alone (they must be the whole step's).
///
/// Statistics, over the unmasked tokens of this micro-batch, added to `sums`: `tokens`, `clip_ratio/low`, `clip_ratio/high`, `clip_ratio/region` (tokens whose
/// ratio is clipped in the direction of A; TRL's definition), `approx_kl` (ratio - 1 - log ratio), `entropy` (where given), `importance_weight` (w); and
/// `ratio_max`, a maximum.
class ClippedObjective final : public PolicyObjective {
 public:
  /// Throws ConfigError naming the field: epsilon <= 0, delta not above 1 + epsilon_high, kConstant without max_completion_length.
  explicit ClippedObjective(const ClippedObjectiveOptions& options);

  const ClippedObjectiveOptions& options() const { return options_; }
  bool needs_entropy() const override { return options_.entropy_coef != 0.0; }
  at::Tensor loss(const ObjectiveInput& input, const LossTotals& totals, Metrics& sums) const override;
  /// `clip_ratio/low_mean`, `clip_ratio/high_mean`, `clip_ratio/region_mean`, `approx_kl`, `entropy`, `sampling/importance_sampling_ratio/mean`: means over
  /// tokens; `ratio/max`.
  Metrics statistics(const Metrics& sums) const override;

 private:
  ClippedObjectiveOptions options_;
};

}  // namespace lydian
