#pragma once

#include <cstdint>

#include "lydian/core/random_stream.h"

namespace lydian {

/// An integer from `low` to `high` (1 <= low <= high) whose logarithm is uniform: floor(exp(u)), u in [log low, log(high + 1)). One draw of the stream.
std::int64_t log_uniform(std::int64_t low, std::int64_t high, RandomStream& stream);

}  // namespace lydian
