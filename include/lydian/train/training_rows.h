#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lydian/data/rollout_batch.h"
#include "lydian/model/packed_batch.h"
#include "lydian/objective/policy_objective.h"
#include "lydian/policy/trainable_policy.h"

namespace lydian {

/// Rows of a RolloutBatch as one forward and its objective read them: the packed sequences and, for each of their N completion tokens, everything else.
///
/// A token carries loss where it was sampled and its rollout's verdict is valid; elsewhere mask and advantage are exactly 0.
struct TrainingRows {
  PackedBatch packed;
  std::vector<float> old_log_prob, behavior_log_prob, advantage, mask;  ///< [N]
  std::vector<std::int64_t> row_of_token;                               ///< [N], of `packed`.

  /// Adds the rows `first_row` … `last_row` - 1 of `batch`, which share their prompt; their gradient is summed as that of `group_in_step`.
  /// In: `rollout_advantage` f64 [R], empty: 0; `old` f32 [N of batch], empty: the recorded behaviour log-probs, which are the old ones of an exact policy.
  void add_group(const RolloutBatch& batch, std::int64_t first_row, std::int64_t last_row, std::int64_t group_in_step,
                 std::span<const double> rollout_advantage = {}, std::span<const float> old = {});
  /// With a forward's output over `packed`, what an objective reads, on the output's device.
  ObjectiveInput objective_input(const PolicyOutput& output) const;
};

/// All rows of a batch in one piece, each prompt a group of its own; `old` are the recorded log-probs.
TrainingRows training_rows(const RolloutBatch& batch, std::span<const double> rollout_advantage);

/// What an optimizer step over the rows `first_row` … `last_row` - 1 is divided by, however it is cut into forwards. A group's rows stand together.
LossTotals loss_totals(const RolloutBatch& batch, std::int64_t first_row, std::int64_t last_row);
/// Over the whole batch.
LossTotals loss_totals(const RolloutBatch& batch);

}  // namespace lydian
