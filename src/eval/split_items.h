#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "lydian/data/completion.h"
#include "lydian/data/verdict.h"
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

/// Throws Error where a log-prob is NaN: the policy's weights are not finite, and an accuracy of such samples says nothing.
inline void check_log_probs(const Completion& completion, const char* component) {
  for (const float value : completion.log_probs) {
    if (std::isnan(value)) throw Error(component, "log-probs that are numbers", "NaN: the policy's weights are not finite");
  }
}

/// A reward of 1; weighted parts may sum to a little less.
inline bool is_right(const Verdict& verdict) {
  return verdict.valid() && verdict.reward >= 1.0 - 1e-9;
}

/// Random numbers of an item, the same for every policy and every budget.
inline StreamKey evaluation_key(std::uint64_t seed, std::int64_t item) {
  return {.seed = seed, .purpose = StreamPurpose::kEvaluation, .prompt = static_cast<std::uint64_t>(item)};
}

}  // namespace lydian
