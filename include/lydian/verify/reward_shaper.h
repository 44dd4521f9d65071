#pragma once

#include <span>

#include "lydian/data/rollout.h"

namespace lydian {

/// Changes the verdicts of one group after all of it is judged: length terms relative to the group or to the budget. Must leave faults faults.
class RewardShaper {
 public:
  virtual ~RewardShaper() = default;
  virtual void shape(std::span<Rollout> group) const = 0;
};

}  // namespace lydian
