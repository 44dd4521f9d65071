#include "lydian/train/training_rows.h"

#include "core/planted_fault.h"
#include "lydian/ops/tensor_of.h"

namespace lydian {
namespace {

bool is_valid(const RolloutBatch& batch, std::size_t row) {
  return batch.valid[static_cast<std::size_t>(batch.rollout_of_row[row])] != 0;
}

}  // namespace

void TrainingRows::add_group(const RolloutBatch& batch, std::int64_t first_row, std::int64_t last_row, std::int64_t group_in_step,
                             std::span<const double> rollout_advantage, std::span<const float> old) {
  const auto prompt = static_cast<std::size_t>(batch.prompt_of_row[static_cast<std::size_t>(first_row)]);
  const auto prompt_begin = static_cast<std::size_t>(batch.prompt_offsets[prompt]), prompt_end = static_cast<std::size_t>(batch.prompt_offsets[prompt + 1]);
  packed.add_prompt({batch.prompt_ids.data() + prompt_begin, prompt_end - prompt_begin}, static_cast<std::int32_t>(group_in_step));
  for (auto row = static_cast<std::size_t>(first_row); row < static_cast<std::size_t>(last_row); ++row) {
    const auto begin = static_cast<std::size_t>(batch.completion_offsets[row]), end = static_cast<std::size_t>(batch.completion_offsets[row + 1]);
    const bool valid = is_valid(batch, row);
    const double row_advantage = rollout_advantage.empty() ? 0.0 : rollout_advantage[static_cast<std::size_t>(batch.rollout_of_row[row])];
    for (std::size_t t = begin; t < end; ++t) {
      const bool trained = valid && (batch.source[t] == TokenSource::kSampled || planted(PlantedFault::kLossOnForced));
      mask.push_back(trained ? 1.0F : 0.0F);
      advantage.push_back(trained ? static_cast<float>(row_advantage) : 0.0F);
      behavior_log_prob.push_back(batch.behavior_log_prob[planted(PlantedFault::kShiftedLogProb) && t > begin ? t - 1 : t]);
      old_log_prob.push_back(old.empty() ? batch.behavior_log_prob[t] : old[t]);
      row_of_token.push_back(packed.rows());
    }
    packed.add_row({batch.completion_ids.data() + begin, end - begin}, batch.temperature[row]);
  }
}

ObjectiveInput TrainingRows::objective_input(const PolicyOutput& output) const {
  const auto device = output.log_prob.device();
  ObjectiveInput input;
  input.log_prob = output.log_prob;
  input.entropy = output.entropy;
  input.old_log_prob = ops::tensor_of(old_log_prob).to(device);
  input.behavior_log_prob = ops::tensor_of(behavior_log_prob).to(device);
  input.advantage = ops::tensor_of(advantage).to(device);
  input.mask = ops::tensor_of(mask).to(device);
  input.row_of_token = ops::tensor_of(row_of_token).to(device);
  input.rows = packed.rows();
  return input;
}

TrainingRows training_rows(const RolloutBatch& batch, std::span<const double> rollout_advantage) {
  TrainingRows rows;
  for (std::int64_t begin = 0, end = 0; begin < batch.rows(); begin = end) {
    const std::int32_t prompt = batch.prompt_of_row[static_cast<std::size_t>(begin)];
    while (end < batch.rows() && batch.prompt_of_row[static_cast<std::size_t>(end)] == prompt) ++end;
    rows.add_group(batch, begin, end, prompt, rollout_advantage);
  }
  return rows;
}

LossTotals loss_totals(const RolloutBatch& batch, std::int64_t first_row, std::int64_t last_row) {
  LossTotals totals;
  std::int32_t group = 0;  // Of the last valid row.
  for (auto row = static_cast<std::size_t>(first_row); row < static_cast<std::size_t>(last_row); ++row) {
    if (!is_valid(batch, row)) continue;
    const std::int32_t of_row = batch.group_of_rollout[static_cast<std::size_t>(batch.rollout_of_row[row])];
    if (totals.sequences == 0 || of_row != group) ++totals.groups;
    group = of_row;
    ++totals.sequences;
    for (auto t = static_cast<std::size_t>(batch.completion_offsets[row]); t < static_cast<std::size_t>(batch.completion_offsets[row + 1]); ++t) {
      totals.tokens += batch.source[t] == TokenSource::kSampled ? 1 : 0;
    }
  }
  return totals;
}

LossTotals loss_totals(const RolloutBatch& batch) {
  return loss_totals(batch, 0, batch.rows());
}

}  // namespace lydian
