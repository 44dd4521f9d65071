#include "lydian/envs/word_problems_environment.h"

#include <charconv>
#include <cstdio>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/core/log_uniform.h"
#include "lydian/verify/prompt_split.h"
#include "story.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "word_problems";
// A redraw lands in the wanted split with the split's share: this many misses in a row mean that nothing is in it.
constexpr int kMaxDraws = 100'000;

class WordProblemsVerifier final : public Verifier {
 public:
  Verdict verify(const Task& task, const Completion& completion) const override {
    if (completion.finish_reason != FinishReason::kStopped) return Verdict::scored(0.0, "the completion did not end by itself after its thinking");
    const std::string& answer = completion.answer;
    if (answer.empty() || answer.size() > 2 || answer.find_first_not_of("0123456789") != std::string::npos) {
      return Verdict::unparsable("the answer is not a number of one or two digits");
    }
    return Verdict::scored(answer == task.ground_truth ? 1.0 : 0.0);
  }
};

/// The amount that a step states, or -1 where it states none that occurs.
int stated_by(std::string_view step) {
  const std::size_t at = step.find_last_of(" =");
  const std::string_view text = step.substr(at == std::string_view::npos ? 0 : at + 1);
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= kMostThings ? value : -1;
}

}  // namespace

void describe(ConfigVisitor& visitor, WordProblemsOptions& options) {
  visitor.field({"seed", "seed of the tasks"}, options.seed);
  visitor.field({"min_events", "fewest events of a story", 1, 12}, options.min_events);
  visitor.field({"max_events", "most events of a story", 1, 12}, options.max_events);
  describe(visitor, options.traces);
  visitor.field({"dev_share", "share of all prompts in the dev split", 0, 1}, options.dev_share);
  visitor.field({"test_share", "share of all prompts in the test split", 0, 1}, options.test_share);
}

WordProblemsEnvironment::WordProblemsEnvironment(WordProblemsOptions options) : options_(options) {
  check_ranges(options_, kComponent);
  if (options_.min_events > options_.max_events) {
    throw ConfigError(kComponent, "min_events <= max_events", std::to_string(options_.min_events) + " and " + std::to_string(options_.max_events));
  }
  options_.traces.check(kComponent);
  check_split_shares(kComponent, options_.dev_share, options_.test_share);
}

Task WordProblemsEnvironment::task(Split split, std::int64_t index) const {
  if (index < 0) throw Error(kComponent, "an index of at least 0", std::to_string(index));
  RandomStream stream({options_.seed, StreamPurpose::kEnvironment, static_cast<std::uint64_t>(split), static_cast<std::uint64_t>(index)});
  // Kept over the redraws, so that its law holds in every split.
  const std::int64_t events = log_uniform(options_.min_events, options_.max_events, stream);
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    const Story story = draw_story(events, stream);
    Task task;
    task.prompt = story.prompt();
    if (split_of_prompt(task.prompt, options_.dev_share, options_.test_share) != split) continue;
    char text[64];
    std::snprintf(text, sizeof text, "words-%s-%06lld", to_string(split), static_cast<long long>(index));
    task.id = text;
    task.ground_truth = std::to_string(story.answer());
    std::snprintf(text, sizeof text, "events=%02lld", static_cast<long long>(events));
    task.category = text;
    return task;
  }
  throw Error(kComponent, std::string("no story of ") + std::to_string(events) + " events falls into the " + to_string(split) + " split: raise its share");
}

const Verifier& WordProblemsEnvironment::verifier() const {
  static const WordProblemsVerifier verifier;
  return verifier;
}

std::string WordProblemsEnvironment::alphabet() const {
  return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .?;+-*=";
}

std::optional<Demonstration> WordProblemsEnvironment::demonstrate(const Task& task, RandomStream& stream) const {
  const Story story = story_of(task.prompt);
  return options_.traces.draw(
      story.steps(), [&](std::size_t steps) { return story.trace(steps); }, task.ground_truth, stream);
}

StepJudge::Steps WordProblemsEnvironment::judge_steps(const Task& task, std::string_view thinking) const {
  const Story story = story_of(task.prompt);
  Steps steps;
  int stated = 0;
  for (std::size_t i = 0; i < story.steps(); ++i) {
    const std::size_t end = thinking.find(';');
    if (end == std::string_view::npos) break;
    const std::string_view step = thinking.substr(0, end + 1);
    ++steps.judged;
    // Right given what the thinking itself said before: one slip is one wrong step.
    if (stated >= 0 && step == story.step(i, stated)) ++steps.correct;
    stated = stated_by(step.substr(0, end));
    thinking.remove_prefix(end + 1);
  }
  return steps;
}

std::string WordProblemsEnvironment::solving_thinking(const Task& task) const {
  const Story story = story_of(task.prompt);
  return story.trace(story.steps());
}

double WordProblemsEnvironment::solved_within(const Task& task, std::int64_t budget) const {
  return static_cast<std::int64_t>(solving_thinking(task).size()) <= budget ? 1.0 : 0.0;
}

}  // namespace lydian
