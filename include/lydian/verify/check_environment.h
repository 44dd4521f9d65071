#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lydian/verify/environment.h"

namespace lydian {

/// One promise of the contract and whether the environment keeps it.
struct EnvironmentCheck {
  std::string name;    ///< "gold scores right", "wrong answers score wrong", …
  bool passed = false;
  bool skipped = false;
  std::string detail;  ///< Which task, which answer, which verdict; or why it was skipped.
};

struct CheckOptions {
  std::int64_t tasks = 100;  ///< Tasks of each split that are looked at.
  int threads = 4;
  double gold_reward = 1.0;  ///< Least reward of a right answer.
};

/// The contract of environments and verifiers, tried on real tasks: gold scores right, wrong answers wrong, garbage (empty, huge, NUL bytes,
/// broken UTF-8, half an answer) never throws nor scores, verdicts repeat, threads agree, tasks repeat, splits are disjoint, ids are unique, demonstrations end in the right
/// answer. Gold is the demonstration's answer where there is a Demonstrator, else the ground truth.
std::vector<EnvironmentCheck> check_environment(const Environment& environment, const CheckOptions& options = {});

/// A completion with this answer as a verifier sees it (no tokens): for checks and for users' own tests.
Completion completion_with_answer(std::string answer, std::string thinking = {});

}  // namespace lydian
