#pragma once

#include <cmath>
#include <cstdint>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "lydian/data/completion.h"

namespace lydian {

/// Random numbers of an item, the same for every policy and every budget.
inline StreamKey evaluation_key(std::uint64_t seed, std::int64_t item) {
  return {.seed = seed, .purpose = StreamPurpose::kEvaluation, .prompt = static_cast<std::uint64_t>(item)};
}

/// Throws Error where a log-prob is NaN: the policy's weights are not finite, and an accuracy of such samples says nothing.
inline void check_log_probs(const Completion& completion, const char* component) {
  for (const float value : completion.log_probs) {
    if (std::isnan(value)) throw Error(component, "log-probs that are numbers", "NaN: the policy's weights are not finite");
  }
}

}  // namespace lydian
