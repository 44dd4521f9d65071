#pragma once

#include <cstdint>

namespace lydian {

class ConfigVisitor;

/// The learning rate of each step: linear warm-up, a plateau, then a decay over the last steps.
///
///   rate(k) = learning_rate · min(1, (k + 1) / warmup_steps) · decay(k),   k = 0 … steps - 1
///   decay(k) = max(min_lr_ratio, left(done)),   done = share of the last decay_share · steps that is behind step k: 1 at k = steps - 1 and ever after
///   left: linear 1 - done, cosine (1 + cos(pi · done)) / 2, constant 1. The rate falls towards 0 and stands at min_lr_ratio once it is there.
struct LearningRateSchedule {
  enum class Kind : std::uint8_t { kConstant, kLinear, kCosine };

  Kind lr_scheduler_type = Kind::kConstant;
  std::int64_t warmup_steps = 0;
  double decay_share = 0.3;   ///< Share of all steps over which the rate falls, 0 … 1.
  double min_lr_ratio = 0.1;  ///< Of learning_rate, at the end and ever after.

  double rate(double learning_rate, std::int64_t step, std::int64_t steps) const;
};

void describe(ConfigVisitor& visitor, LearningRateSchedule& schedule);

}  // namespace lydian
