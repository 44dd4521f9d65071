#pragma once

#include <cstdint>
#include <string>

#include "lydian/advantage/advantage_estimator.h"
#include "lydian/data/thinking_budget.h"
#include "lydian/model/sampling_options.h"
#include "lydian/objective/clipped_objective.h"
#include "lydian/text/chat_template.h"
#include "lydian/train/learning_rate_schedule.h"
#include "lydian/train/optimizer.h"

namespace lydian {

class ConfigVisitor;

/// When a run stops by itself, with a reason.
struct HaltOptions {
  double truncated_ratio = 0.5;  ///< More than this share of completions truncated, on average over `window` steps.
  std::int64_t window = 10;      ///< Steps.
  std::int64_t flat_steps = 50;  ///< So many steps one after another in which no group had spread.
  double fault_ratio = 0.1;      ///< More than this share of one step's verdicts are verifier faults.
};

void describe(ConfigVisitor& visitor, HaltOptions& options);

/// Every knob of a reinforcement-learning stage; names as TRL's GRPOConfig where it has them.
struct TrainerOptions {
  std::int64_t max_steps = 200;
  std::int64_t prompts_per_step = 32;  ///< P: groups of one step.
  std::int64_t num_generations = 16;   ///< G: completions of one prompt.
  double learning_rate = 3e-4;
  LearningRateSchedule schedule{.lr_scheduler_type = LearningRateSchedule::Kind::kConstant, .warmup_steps = 10};
  AdamWOptions optimizer{.adam_beta2 = 0.98};
  ScaleRewards scale_rewards = ScaleRewards::kGroup;
  ClippedObjectiveOptions objective{};     ///< epsilon, epsilon_high, delta, loss_type, entropy_coef, …
  std::int64_t num_iterations = 1;         ///< Passes over the rollouts of a step.
  std::int64_t mini_batches = 1;           ///< Optimizer steps a pass; groups are cut into so many runs.
  std::int64_t micro_batch_tokens = 4096;  ///< Prompt and completion tokens of one forward; a larger group is cut by rows.
  double temperature = 1.0;
  std::int64_t max_completion_length = 256;  ///< Tokens, thinking included.
  ThinkingBudget thinking{};                 ///< Of every rollout.
  double thinking_cap_share = 0.0;           ///< Share of prompts whose whole group gets a random cap below `thinking`'s.
  std::int64_t thinking_cap_max = 90;        ///< Caps are drawn log-uniformly, below this: floor((max + 1)^u) - 1, u in [0, 1).
  std::int64_t refills = 0;                  ///< Dynamic sampling: at most so many further draws, each of the groups that are missing for P to have spread.
  bool random_reward = false;                ///< Null control: rewards are coins that know nothing of the answer.
  std::int64_t eval_steps = 50;              ///< Evaluation on the dev split: before the first step, after each eval_steps-th and the last; 0: never.
  std::int64_t eval_items = 200;
  std::int64_t audit_groups = 2;  ///< Untrained groups a step whose log-probs are compared as well.
  std::int64_t max_rows = 512;    ///< Rows that are sampled together.
  std::int64_t verifier_threads = 1;
  double verifier_patience_s = 1800.0;  ///< As VerifierPool's.
  HaltOptions halt{};
  std::uint64_t seed = 1;
  std::string output_dir{};           ///< Where Trainer::train() keeps metrics, rollouts and checkpoints; empty: nowhere.
  std::int64_t save_steps = 0;        ///< Between checkpoints, beside those of a best evaluation and of the end; 0: only these.
  std::int64_t save_total_limit = 2;  ///< Checkpoints that are kept, the best apart; 0: all.
};

void describe(ConfigVisitor& visitor, TrainerOptions& options);

}  // namespace lydian
