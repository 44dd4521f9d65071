#pragma once

#include <vector>

#include "lydian/data/rollout_batch.h"

namespace lydian {

/// Rewards to advantages: the only place that normalises rewards.
class AdvantageEstimator {
 public:
  virtual ~AdvantageEstimator() = default;
  /// f64 [R]; exactly 0 on invalid rollouts and in groups that give no signal.
  virtual std::vector<double> estimate(const RolloutBatch& batch) const = 0;
};

/// How a group's spread enters.
enum class ScaleRewards : std::uint8_t {
  kGroup,  ///< Divide by the group's standard deviation + epsilon.
  kNone,   ///< Differences from the mean as they are.
};

/// Group-relative advantage (GRPO): how much better than its own group a completion did.
///
///   A[r] = (reward[r] - mean(group)) / (std(group) + 1e-4), Bessel's std, over valid members only
///
/// Source   Shao et al. 2024, arXiv:2402.03300, section 4.1; epsilon and Bessel as TRL's GRPOTrainer
/// Variant  kNone drops the division (Liu et al. 2025, arXiv:2503.20783)
/// Edges    a group with equal rewards, or fewer than 2 valid members, yields 0, never NaN
/// Cost     O(R), float64, in order
class GroupRelativeAdvantage final : public AdvantageEstimator {
 public:
  explicit GroupRelativeAdvantage(ScaleRewards scale = ScaleRewards::kGroup) : scale_(scale) {}
  std::vector<double> estimate(const RolloutBatch& batch) const override;

 private:
  ScaleRewards scale_;
};

/// Groups of a batch and whether they give signal. Counts for metrics and for dynamic sampling.
struct GroupSignal {
  std::vector<std::int32_t> groups;  ///< Group numbers present, ascending.
  std::vector<std::uint8_t> useful;  ///< Spread among at least two valid members.
  std::int64_t flat = 0, too_few_valid = 0;
};
GroupSignal group_signal(const RolloutBatch& batch);

}  // namespace lydian
