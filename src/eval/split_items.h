#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "lydian/core/error.h"
#include "lydian/verify/environment.h"

namespace lydian {

/// How many tasks are looked at: `wanted`, cut to the split's size. Throws ConfigError where that is none.
inline std::int64_t items_of_split(const Environment& environment, Split split, std::int64_t wanted) {
  if (wanted < 1) throw ConfigError("evaluator", "items of at least 1", std::to_string(wanted));
  const std::int64_t items = std::min(wanted, environment.size(split));
  if (items < 1) throw ConfigError("evaluator", "tasks in the " + std::string(to_string(split)) + " split of " + environment.name(), "none");
  return items;
}

/// Throws ConfigError where items_of_split does, or the first task cannot be drawn: an environment that makes its tasks finds out only then that it has none.
inline void check_split(const Environment& environment, Split split, std::int64_t wanted) {
  items_of_split(environment, split, wanted);
  try {
    environment.task(split, 0);
  } catch (const Error& error) {
    throw ConfigError("evaluator", "tasks in the " + std::string(to_string(split)) + " split of " + environment.name(), error.what());
  }
}

}  // namespace lydian
