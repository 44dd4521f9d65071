#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/data/completion.h"
#include "lydian/data/rollout.h"

namespace lydian {

/// The packed arrays of a step. A prompt is stored, and read by the policy, once for all its rows.
///
/// P prompts, R rollouts, B rows (= R unless a rollout has several), N completion tokens. Entry t of an [N] array is about token t given all
/// tokens before it.
struct RolloutBatch {
  std::vector<TokenId> prompt_ids;
  std::vector<std::int64_t> prompt_offsets{0};              ///< [P + 1]
  std::vector<TokenId> completion_ids;                      ///< [N]
  std::vector<std::int64_t> completion_offsets{0};          ///< [B + 1]
  std::vector<std::int32_t> prompt_of_row, rollout_of_row;  ///< [B]
  std::vector<std::int32_t> group_of_rollout;               ///< [R]; a group need not be a prompt.
  std::vector<TokenSource> source;                          ///< [N]
  std::vector<float> behavior_log_prob;                     ///< [N]
  std::vector<double> reward;                               ///< [R]
  std::vector<std::string> reward_part_names;
  std::vector<double> reward_part;      ///< [R, parts], NaN where a verdict lacks the part.
  std::vector<std::uint8_t> valid;      ///< [R] 0 where the verifier failed.
  std::vector<std::uint8_t> truncated;  ///< [B]
  std::vector<float> temperature;       ///< [B]

  std::int64_t prompts() const { return static_cast<std::int64_t>(prompt_offsets.size()) - 1; }
  std::int64_t rows() const { return static_cast<std::int64_t>(completion_offsets.size()) - 1; }
  std::int64_t rollouts() const { return static_cast<std::int64_t>(reward.size()); }
  std::int64_t tokens() const { return completion_offsets.back(); }
};

/// Packs rollouts in the order given: one row a rollout; rollouts of one group share their prompt, which must be equal (ShapeError if not).
RolloutBatch collate(std::span<const Rollout> rollouts);

/// Denominators of one optimizer step, over all ranks, known before its first micro-batch.
///
/// Counts trainable things only: sampled tokens of valid rows. Rows whose group has no spread skip the forward but count; groups that dynamic
/// sampling replaced do not.
struct LossTotals {
  std::int64_t tokens = 0, sequences = 0, groups = 0;
};

}  // namespace lydian
