#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/run_record.h"

namespace lydian {

/// The curves of a run over its steps, as HTML figures with inline SVG: rewards and pass rates, thinking length, entropy, loss, gradient norm and the shares
/// that tell of trouble, each where the run has its numbers, with the stages marked.
std::string curve_charts(const std::vector<MetricLine>& metrics);

}  // namespace lydian
