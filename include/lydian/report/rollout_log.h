#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lydian/data/rollout.h"

namespace lydian {

/// One line of rollouts/<step>.jsonl. Keys, verl's first: input, output, gts, score, step, then environment, task_id, category, prompt_number, group, sample, advantage, status, reason,
/// rewards {name}, finish_reason, thinking_tokens, completion_tokens, thinking_forced, budget, temperature, weight_version, prompt_ids, token_ids, log_probs, sources.
/// Floats round-trip exactly.
void write_rollouts(const std::string& path, std::int64_t step, std::span<const Rollout> rollouts, std::span<const double> advantage);

struct LoggedRollouts {
  std::vector<Rollout> rollouts;
  std::vector<double> advantage;
};
/// Throws IoError naming file, line and field.
LoggedRollouts read_rollouts(const std::string& path);

}  // namespace lydian
