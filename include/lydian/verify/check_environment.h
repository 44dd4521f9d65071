#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lydian/verify/environment.h"

namespace lydian {

/// One promise of the contract and whether the environment keeps it.
struct EnvironmentCheck {
  std::string name;  ///< "gold scores right", "wrong answers score wrong", …
  bool passed = false;
  bool skipped = false;
  std::string detail;  ///< Which task, which answer, which verdict; or why it was skipped.
};

struct CheckOptions {
  std::int64_t tasks = 100;  ///< Tasks of each split that are looked at.
  int threads = 4;
  double gold_reward = 1.0;  ///< Least reward of a right answer.
  /// Most of the other tasks' right answers, of all that are tried, that may score: above 0 where a task has several right answers.
  double lucky_share = 0.0;
};

/// The contract of environments and verifiers, tried on real tasks: tasks repeat, ids are unique, splits are disjoint, gold scores right, wrong answers (other
/// tasks' gold) wrong, garbage (empty, huge, NUL bytes, broken UTF-8, half an answer, cut in its thinking) never throws nor scores, verdicts repeat, threads
/// agree, demonstrations end in the right answer; and what the optional interfaces promise. Gold is the demonstration's answer where there is a Demonstrator,
/// else the ground truth.
///
/// Never throws for what the environment does: an exception is a failed check with its text.
std::vector<EnvironmentCheck> check_environment(const Environment& environment, const CheckOptions& options = {});

/// A completion with this answer as a verifier sees it (no tokens): for checks and for users' own tests.
Completion completion_with_answer(std::string answer, std::string thinking = {});

}  // namespace lydian
