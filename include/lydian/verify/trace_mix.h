#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "lydian/core/random_stream.h"
#include "lydian/data/demonstration.h"

namespace lydian {

class ConfigVisitor;

/// Which supervised traces an environment shows whose thinking is a row of steps: no thinking, full traces and early stops, some cut at a random character,
/// always followed by the true answer.
struct TraceMix {
  double no_thinking_share = 0.6;  ///< Of the supervised traces.
  double full_share = 0.15;
  double stop_probability = 0.35;  ///< After each step, in the remaining traces.
  double cut_share = 0.15;         ///< Traces cut at a uniformly drawn character.
  double guess_weight = 0.2;       ///< Loss weight of an answer that its thinking does not reach: mostly noise, so little of it.

  /// Throws ConfigError in the name of `component` where a value is outside its range, or both shares together are.
  void check(std::string_view component) const;
  /// A trace of a task of `steps` steps; `thinking(n)` is the text of the first n.
  Demonstration draw(std::size_t steps, const std::function<std::string(std::size_t)>& thinking, std::string answer, RandomStream& stream) const;
};

/// Fields of the environment's own section.
void describe(ConfigVisitor& visitor, TraceMix& mix);

}  // namespace lydian
