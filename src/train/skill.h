#pragma once

#include <cstdint>
#include <vector>

#include "lydian/core/interruption.h"
#include "lydian/core/metrics.h"
#include "lydian/model/policy.h"
#include "lydian/text/chat_template.h"
#include "lydian/text/tokenizer.h"
#include "lydian/train/task_sampler.h"
#include "lydian/verify/verifier_pool.h"

namespace lydian {

/// Skill on the dev split, over the environments that are StepJudges:
///   step_accuracy  share of right steps in thinking that the policy sampled at temperature 1
///   answer_copy    share of items answered rightly, greedily, after a thinking that solves them
/// Absent metrics could not be measured (no StepJudge, or no step was written). Throws Interrupted where it is asked to stop.
Metrics measure_skill(const Policy& policy, const Tokenizer& tokenizer, const std::vector<WeightedEnvironment>& environments, ChatTemplate chat_template,
                      std::int64_t items, std::uint64_t seed, std::uint64_t step, const VerifierPool::Options& verification = {},
                      const StopRequest& interrupted = {});

}  // namespace lydian
