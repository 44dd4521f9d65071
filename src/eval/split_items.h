#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "lydian/verify/environment.h"

namespace lydian {

/// How many tasks are looked at: `wanted`, cut to the split's size. Throws ConfigError where that is none.
inline std::int64_t items_of_split(const Environment& environment, Split split, std::int64_t wanted) {
  if (wanted < 1) throw ConfigError("evaluator", "items of at least 1", std::to_string(wanted));
  const std::int64_t items = std::min(wanted, environment.size(split));
  if (items < 1) throw ConfigError("evaluator", "tasks in the " + std::string(to_string(split)) + " split of " + environment.name(), "none");
  return items;
}

/// Random numbers of an item, the same for every policy and every budget.
inline StreamKey evaluation_key(std::uint64_t seed, std::int64_t item) {
  return {.seed = seed, .purpose = StreamPurpose::kEvaluation, .prompt = static_cast<std::uint64_t>(item)};
}

}  // namespace lydian
