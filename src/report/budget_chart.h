#pragma once

#include <string>

#include "report/run_record.h"

namespace lydian {

/// Accuracy against thinking budget: the trained policy, the policy after the warm-up and the law on one picture, 95 % intervals, the fit; and the same as a
/// table. Empty without a sweep.
std::string budget_section(const SummaryRecord& summary);

}  // namespace lydian
