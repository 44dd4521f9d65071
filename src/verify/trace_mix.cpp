#include "lydian/verify/trace_mix.h"

#include <utility>

#include "lydian/core/config.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {

void TraceMix::check(std::string_view component) const {
  check_ranges(*this, component);
  check_share(component, "no_thinking_share + full_share", no_thinking_share + full_share);
}

Demonstration TraceMix::draw(std::size_t steps, const std::function<std::string(std::size_t)>& thinking, std::string answer, RandomStream& stream) const {
  std::size_t shown = 0;
  const double kind = stream.uniform();
  if (kind < full_share) {
    shown = steps;
  } else if (kind >= full_share + no_thinking_share) {
    shown = 1;
    while (shown < steps && stream.uniform() >= stop_probability) ++shown;
  }
  std::string text = thinking(shown);
  if (stream.uniform() < cut_share) text.resize(stream.below(text.size() + 1));
  const double weight = text == thinking(steps) ? 1.0 : guess_weight;
  return {.thinking = {{std::move(text)}}, .answer = {{std::move(answer), weight}}};
}

void describe(ConfigVisitor& visitor, TraceMix& mix) {
  visitor.field({"no_thinking_share", "share of supervised traces without thinking", 0, 1}, mix.no_thinking_share);
  visitor.field({"full_share", "share of supervised traces with every step", 0, 1}, mix.full_share);
  visitor.field({"stop_probability", "chance to stop after each step in the remaining traces", 0, 1}, mix.stop_probability);
  visitor.field({"cut_share", "share of supervised traces cut at a uniformly drawn character", 0, 1}, mix.cut_share);
  visitor.field({"guess_weight", "loss weight of an answer that its thinking does not reach", 0, 1}, mix.guess_weight);
}

}  // namespace lydian
