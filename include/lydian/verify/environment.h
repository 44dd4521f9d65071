#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lydian/core/random_stream.h"
#include "lydian/data/demonstration.h"
#include "lydian/data/task.h"
#include "lydian/verify/verifier.h"

namespace lydian {

/// Train is drawn from; dev is watched during a run; test is what a summary reports.
enum class Split : std::uint8_t { kTrain, kDev, kTest };

const char* to_string(Split split);

/// Which tasks exist, how they are worded, which verifier judges them. Knows no policies and no trainers.
///
/// Threads: const members may be called from any number of threads. task(split, i) is the same task at every call.
/// Ownership: held by a shared_ptr, it is kept alive by what still runs of its verifier after that was given up (VerifierPool); else it must outlive that.
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  /// Size of a split whose tasks are generated without end.
  static constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();

  virtual ~Environment() = default;
  virtual std::string name() const = 0;
  virtual std::int64_t size(Split split) const = 0;
  /// 0 <= index < size(split), else Error. Cost: for generated tasks, a few microseconds.
  virtual Task task(Split split, std::int64_t index) const = 0;
  virtual const Verifier& verifier() const = 0;
  /// Turns of the policy in one episode at most. Above 1, step() is asked after each but the last.
  virtual std::int64_t max_turns() const { return 1; }
  /// The environment's next words after a completion, for tasks of several turns; none ends the episode. They are plain text: no name in them is a special
  /// token. May take as long as a verifier: it is called on the verifiers' threads while sampling goes on. What it throws is a verifier fault of the episode.
  /// Equal inputs, equal words.
  virtual std::optional<std::string> step(const Task& task, const Completion& completion) const;
  /// Bytes that prompts and good completions are made of, for a tokenizer made to measure; empty: any.
  virtual std::string alphabet() const { return {}; }
};

/// Optional interface beside Environment (found by dynamic_cast): supervised traces.
class Demonstrator {
 public:
  virtual ~Demonstrator() = default;
  /// One trace; nullopt where the task has none. All chance comes from `stream`.
  virtual std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const = 0;
};

/// Optional interface beside Environment: judges single steps of a thinking.
class StepJudge {
 public:
  struct Steps {
    std::int64_t judged = 0;   ///< Complete steps that the thinking contains.
    std::int64_t correct = 0;  ///< Of these, right given what the thinking itself said before.
  };
  virtual ~StepJudge() = default;
  virtual Steps judge_steps(const Task& task, std::string_view thinking) const = 0;
  /// A thinking that solves the task, for measuring whether the answer is read off it.
  virtual std::string solving_thinking(const Task& task) const = 0;
};

/// Optional interface beside Environment: the exact law of solving under a budget, by which a sweep is checked.
class BudgetLaw {
 public:
  virtual ~BudgetLaw() = default;
  /// Probability that a flawless policy has finished its thinking within `budget` thinking tokens (0 or 1 where cost is fixed by the task).
  virtual double solved_within(const Task& task, std::int64_t budget) const = 0;
};

}  // namespace lydian
