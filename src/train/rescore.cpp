#include <cmath>
#include <cstring>
#include <filesystem>

#include "lydian/report/rollout_log.h"
#include "lydian/train/run.h"
#include "lydian/train/run_folder.h"
#include "train/checkpoint_files.h"

namespace lydian {

RescoreReport rescore(const std::string& run_folder, std::int64_t step) {
  check_run_folder(run_folder);
  const std::string rollouts_path = run_folder + "/rollouts/" + std::to_string(step) + ".jsonl";
  if (!std::filesystem::exists(rollouts_path))
    throw IoError("rescore", "logged rollouts in " + rollouts_path, "no such file (log_rollouts_every decides which steps are logged)");
  const std::string checkpoint = RunFolder::checkpoint_path(run_folder, step - 1);
  if (!std::filesystem::is_directory(checkpoint)) {
    throw IoError("rescore", "the checkpoint that sampled step " + std::to_string(step) + ", that after step " + std::to_string(step - 1),
                  "checkpoints after steps " + steps_text(RunFolder::checkpoints(run_folder)) + " (save_steps and save_total_limit decide which are kept)");
  }
  check_manifest(checkpoint);
  const std::unique_ptr<TransformerPolicy> policy = TransformerPolicy::load(checkpoint);
  RescoreReport report;
  for (const Rollout& rollout : read_rollouts(rollouts_path).rollouts) {
    PackedBatch batch;
    batch.add_prompt(rollout.prompt_ids, 0);
    batch.add_row(rollout.completion.token_ids, rollout.completion.temperature);
    const ForwardOutput output = policy->forward(batch, {});
    ++report.rollouts;
    for (std::size_t t = 0; t < output.log_prob.size(); ++t) {
      const float recorded = rollout.completion.log_probs[t];
      ++report.tokens;
      report.different += std::memcmp(&recorded, &output.log_prob[t], sizeof recorded) != 0 ? 1 : 0;
      report.max_abs_difference = std::max(report.max_abs_difference, std::fabs(static_cast<double>(recorded) - output.log_prob[t]));
    }
  }
  if (report.tokens == 0) throw IoError("rescore", "logged rollouts with tokens in " + rollouts_path, "none");
  return report;
}

}  // namespace lydian
