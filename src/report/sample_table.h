#pragma once

#include <string>

#include "report/run_record.h"

namespace lydian {

/// Sample completions of a few steps spread over the run, as a step selector, a filter and a table that the page's script fills from embedded JSON. Empty
/// without rollouts.
std::string sample_section(const RunRecord& run);

}  // namespace lydian
