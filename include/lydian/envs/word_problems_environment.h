#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lydian/verify/environment.h"
#include "lydian/verify/trace_mix.h"

namespace lydian {

class ConfigVisitor;

/// WORD PROBLEMS: little stories in English about how many things somebody has in the end, made without end.
///
///   prompt    Tom has 7 figs. Ann gives 3. Bob eats 2. Cal doubles it. How many figs?
///   thinking  Tom 7;Ann 7+3=10;Bob 10-2=8;Cal 8*2=16;        a step an event: who, what was there, what happens, what is there then
///   answer    16
///
/// Names, things and verbs vary; what the verbs mean must be learnt. Amounts stay from 0 to 20. The number of events is log-uniform in [min_events,
/// max_events], and is the category. Supervised traces mix no thinking, full traces, early stops and cuts, each followed by the true answer; that thinking to
/// the end pays is left to the rewards. The verifier accepts the number's digits alone.
struct WordProblemsOptions {
  std::uint64_t seed = 1;  ///< Of the tasks.
  std::int64_t min_events = 2;
  std::int64_t max_events = 5;  ///< At most 12.
  TraceMix traces{.no_thinking_share = 0.55, .full_share = 0.2};
  double dev_share = 0.05;  ///< Of all prompts, by hash.
  double test_share = 0.15;
};

void describe(ConfigVisitor& visitor, WordProblemsOptions& options);

class WordProblemsEnvironment final : public Environment, public Demonstrator, public StepJudge, public BudgetLaw {
 public:
  /// Throws ConfigError for options out of range.
  explicit WordProblemsEnvironment(WordProblemsOptions options = {});

  std::string name() const override { return "word_problems"; }
  std::int64_t size(Split) const override { return kUnbounded; }
  Task task(Split split, std::int64_t index) const override;
  const Verifier& verifier() const override;
  std::string alphabet() const override;
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override;
  Steps judge_steps(const Task& task, std::string_view thinking) const override;
  std::string solving_thinking(const Task& task) const override;
  double solved_within(const Task& task, std::int64_t budget) const override;

 private:
  WordProblemsOptions options_;
};

}  // namespace lydian
