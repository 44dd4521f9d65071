#include "lydian/train/learning_rate_schedule.h"

#include <algorithm>

#include "lydian/core/config.h"
#include "lydian/core/portable_math.h"

namespace lydian {

double LearningRateSchedule::rate(double learning_rate, std::int64_t step, std::int64_t steps) const {
  const double k = static_cast<double>(step);
  double factor = warmup_steps > 0 ? std::min(1.0, (k + 1.0) / static_cast<double>(warmup_steps)) : 1.0;
  const double total = static_cast<double>(steps);
  const double begin = (1.0 - decay_share) * total;
  if (lr_scheduler_type != Kind::kConstant && decay_share > 0.0 && k + 1.0 > begin) {
    // The last planned step has done == 1; steps beyond the plan stay there.
    const double done = std::min(1.0, (k + 1.0 - begin) / (total - begin));
    const double left = lr_scheduler_type == Kind::kLinear ? 1.0 - done : 0.5 * (1.0 + portable::cos(3.14159265358979323846 * done));
    factor *= std::max(min_lr_ratio, left);
  }
  return learning_rate * factor;
}

void describe(ConfigVisitor& visitor, LearningRateSchedule& schedule) {
  visitor.enumeration({"lr_scheduler_type", "How the learning rate falls over the last steps"}, schedule.lr_scheduler_type, {"constant", "linear", "cosine"});
  visitor.field({"warmup_steps", "Steps over which the learning rate rises to its full value", 0, 1e9}, schedule.warmup_steps);
  visitor.field({"decay_share", "Share of all steps over which the learning rate falls", 0, 1}, schedule.decay_share);
  visitor.field({"min_lr_ratio", "Least learning rate of the decay, as a share of learning_rate", 0, 1}, schedule.min_lr_ratio);
}

}  // namespace lydian
