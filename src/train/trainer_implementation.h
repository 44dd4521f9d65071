#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lydian/train/trainer.h"
#include "train/kept_verdicts.h"
#include "train/stage_loop.h"

namespace lydian {

/// The rollouts of a step, ready to learn from.
struct StepRollouts {
  std::vector<Rollout> rollouts;  ///< Groups numbered from 0, one after another.
  std::int64_t draws = 0;         ///< Groups sampled in all.
  std::int64_t replaced = 0;      ///< Flat groups that dynamic sampling replaced.
  // Over everything sampled, replaced groups too: a failing verifier or a short limit must not hide behind refills.
  std::int64_t sampled = 0, faults = 0, truncated = 0;
  std::string first_fault;  ///< Its verifier's reason.
};

/// A group's rows within the batch: rollouts begin … end - 1, one row each.
struct GroupRows {
  std::int64_t begin = 0, end = 0;
  bool useful = false;
};

/// What rows 8 to 10 of the step table did.
struct UpdateReport {
  Metrics sums;                 ///< Of the objective, over all micro-batches of the step.
  double loss = 0.0;            ///< Mean over the optimizer steps.
  double learning_rate = 0.0;   ///< Of the step.
  double grad_norm = 0.0;       ///< Of the last optimizer step.
  double max_difference = 0.0;  ///< Between recorded and recomputed log-probs.
  std::int64_t tokens_compared = 0;
  std::string halt_reason;  ///< Of the optimizer; the step's further optimizer steps are left out.
};

struct Trainer::Implementation {
  TrainablePolicy* policy;
  std::unique_ptr<TrainablePolicy> owned_policy;
  const Tokenizer* tokenizer;
  std::vector<WeightedEnvironment> environments;
  TrainerOptions options;
  TrainerParts parts;
  ChatTemplate chat_template;
  StopRequest interrupted;
  std::unique_ptr<KeptVerdicts> verdicts = std::make_unique<KeptVerdicts>();
  std::unique_ptr<VerifierPool> verifiers;
  std::unique_ptr<StageLoop> loop;  ///< Of train() and resume(); its folder is open from their first call on.
  std::int64_t planned_end = 0;     ///< The step after which the stage has finished, and evaluates once more.

  // State that a resumed run needs (see add_state), moments and sampler apart.
  std::int64_t step = 0;
  double max_difference = 0.0;
  std::int64_t tokens_compared = 0;
  std::int64_t flat_steps = 0;            // Steps one after another in which no group had spread.
  std::deque<double> truncated_of_steps;  // Of the last halt.window steps.

  void check_options() const;
  StageLoop& loop_of(Trainer& trainer);
  // trainer_rollouts.cpp: rows 1 to 4 of the step table.
  StepRollouts roll_out();
  static void count(const std::vector<Rollout>& rollouts, StepRollouts& result);
  std::vector<Rollout> sample_groups(std::int64_t count, std::int64_t first_prompt);
  Metrics evaluate_dev() const;
  // trainer_update.cpp: rows 6 and 8 to 10.
  /// Of a group's rows, without gradient, in forwards of micro_batch_tokens.
  std::vector<float> recomputed_log_prob(const RolloutBatch& batch, const GroupRows& group);
  std::vector<float> old_log_prob(const RolloutBatch& batch, const std::vector<GroupRows>& groups);
  UpdateReport update(const RolloutBatch& batch, const std::vector<GroupRows>& groups, const std::vector<double>& advantage,
                      const std::vector<float>& old_log_prob);
  double optimizer_step(const RolloutBatch& batch, std::span<const GroupRows> groups, const std::vector<double>& advantage,
                        const std::vector<float>& old_log_prob, bool compare, UpdateReport& report);
  void audit(const RolloutBatch& batch, const std::vector<GroupRows>& groups, UpdateReport& report);
  // trainer_metrics.cpp: row 11.
  void add_metrics(Metrics& metrics, const StepRollouts& drawn, const RolloutBatch& batch, const UpdateReport& update) const;
  void watch(const StepRollouts& drawn, const std::vector<GroupRows>& groups);
  double truncated_average() const;
  std::string halt_reason(const StepRollouts& drawn, double mean_reward, const UpdateReport& update) const;
};

/// The groups of a batch in order; every group must stand in one piece.
std::vector<GroupRows> rows_of_groups(const RolloutBatch& batch);

}  // namespace lydian
