#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/data/completion.h"
#include "lydian/data/task.h"
#include "lydian/data/verdict.h"

namespace lydian {

/// One sample of one task: what was asked, what the policy wrote, what the verifier said.
struct Rollout {
  std::shared_ptr<const Task> task;
  std::string environment;          ///< Name of the environment that the task came from.
  std::vector<TokenId> prompt_ids;  ///< As the policy read them.
  Completion completion;
  Verdict verdict;
  std::int64_t prompt_number = 0;  ///< Running number of the draw within the step; part of the random key.
  std::int32_t group = 0;          ///< Rollouts of one group are compared with each other.
  std::int32_t sample = 0;         ///< Number within the group.
};

}  // namespace lydian
