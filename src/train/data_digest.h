#pragma once

#include <string>

#include "lydian/verify/environment.h"

namespace lydian {

/// Digest by which a run that goes on finds out that its data were changed: of the sizes of an environment's splits, and of the ids, prompts and ground truths
/// of up to 256 tasks of each, evenly spread. Of a split without end, its first 256.
std::string data_digest(const Environment& environment);

}  // namespace lydian
