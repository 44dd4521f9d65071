#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lydian/data/rollout.h"

namespace lydian {

/// Writes rollouts/<step>.jsonl durably, one line a rollout. Keys, verl's first: input, output, gts, score, step, then environment, task_id, category,
/// prompt_number, group, sample, advantage, status, reason, rewards {name}, thinking, answer, thinking_spans, answer_span, finish_reason, stopped,
/// thinking_tokens, completion_tokens, thinking_forced, budget {max_tokens, at_cap, open, close, closer}, temperature, weight_version, messages and metadata
/// where the task has them, prompt_ids, token_ids, log_probs, sources (0 sampled, 1 forced, 2 environment).
///
/// Floats come back with the same bits; one that is not finite is written as "nan", "inf" or "-inf". Bytes that are no UTF-8 become U+FFFD in the texts; the
/// ids keep what they were. Throws ShapeError where the lengths differ, Error where an advantage is not finite, IoError.
void write_rollouts(const std::string& path, std::int64_t step, std::span<const Rollout> rollouts, std::span<const double> advantage);

struct LoggedRollouts {
  std::vector<Rollout> rollouts;
  std::vector<double> advantage;
};
/// Throws IoError naming file, line and field.
LoggedRollouts read_rollouts(const std::string& path);

}  // namespace lydian
