#include "lydian/train/trainer_options.h"

#include <set>

#include "eval/split_items.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "train/trainer_implementation.h"

namespace lydian {

void describe(ConfigVisitor& visitor, HaltOptions& options) {
  visitor.field({"truncated_ratio", "Stop where more than this share of completions is truncated, on average over window steps", 0, 1},
                options.truncated_ratio);
  visitor.field({"window", "Steps over which truncation is averaged", 1, 1e6}, options.window);
  visitor.field({"flat_steps", "Stop after so many steps one after another in which no group had spread", 1, 1e9}, options.flat_steps);
  visitor.field({"fault_ratio", "Stop where more than this share of one step's verdicts are verifier faults", 0, 1}, options.fault_ratio);
}

void describe(ConfigVisitor& visitor, TrainerOptions& options) {
  visitor.field({"max_steps", "Steps of the stage", 1, 1e9}, options.max_steps);
  visitor.field({"prompts_per_step", "Prompts (groups) of one step", 1, 1e6}, options.prompts_per_step);
  visitor.field({"num_generations", "Completions of one prompt", 2, 1e6}, options.num_generations);
  visitor.field({"learning_rate", "Peak learning rate", 0, 10}, options.learning_rate);
  visitor.group({"schedule", "How the learning rate goes"}, options.schedule);
  visitor.group({"optimizer", "AdamW"}, options.optimizer);
  visitor.enumeration({"scale_rewards", "Divide advantages by the group's standard deviation, or not"}, options.scale_rewards, {"group", "none"});
  visitor.group({"objective", "The clipped objective"}, options.objective);
  visitor.field({"num_iterations", "Passes over the rollouts of a step", 1, 1000}, options.num_iterations);
  visitor.field({"mini_batches", "Optimizer steps a pass", 1, 1e6}, options.mini_batches);
  visitor.field({"micro_batch_tokens", "Prompt and completion tokens of one forward", 1, 1e9}, options.micro_batch_tokens);
  visitor.field({"temperature", "Sampling temperature", 1e-3, 100}, options.temperature);
  visitor.field({"max_completion_length", "Tokens of a completion, thinking included", 1, 1e7}, options.max_completion_length);
  visitor.group({"thinking", "Thinking budget of every rollout"}, options.thinking);
  visitor.field({"thinking_cap_share", "Share of prompts whose whole group gets a random thinking cap", 0, 1}, options.thinking_cap_share);
  visitor.field({"thinking_cap_max", "Random thinking caps lie below this, tokens (0: all are 0)", 0, 1e7}, options.thinking_cap_max);
  visitor.field({"refills", "Dynamic sampling: most further draws, each of the groups that are missing for prompts_per_step to have spread; 0: off", 0, 1000},
                options.refills);
  visitor.field({"random_reward", "Null control: rewards are coins that know nothing of the answer"}, options.random_reward);
  visitor.field({"eval_steps", "Steps between evaluations on the dev split, the first before the first step; 0: never", 0, 1e9}, options.eval_steps);
  visitor.field({"eval_items", "Dev tasks of an evaluation", 1, 1e7}, options.eval_items);
  visitor.field({"audit_groups", "Untrained groups a step whose log-probs are compared as well", 0, 1e6}, options.audit_groups);
  visitor.field({"max_rows", "Rows that are sampled together", 1, 1e6}, options.max_rows);
  visitor.field({"verifier_threads", "Threads of the verifier pool", 1, 1024}, options.verifier_threads);
  visitor.field({"verifier_patience_s", "Seconds after which a verifier that gives no answer is a fault; 0: never", 0, 1e7}, options.verifier_patience_s);
  visitor.group({"halt", "When the stage stops by itself"}, options.halt);
  visitor.field({"seed", "Seed of rollouts, caps and task order; the run's where it is absent"}, options.seed);
}

void Trainer::Implementation::check_options() const {
  const auto refuse = [](const std::string& expected, const std::string& got) { throw ConfigError("trainer", expected, got); };
  check_ranges(options, "TrainerOptions");
  if (options.mini_batches > options.prompts_per_step) {
    refuse("mini_batches from 1 to prompts_per_step (" + std::to_string(options.prompts_per_step) + ")", std::to_string(options.mini_batches));
  }
  if (options.thinking_cap_share > 0.0 && tokenizer->think_close_id() == kNoToken && options.thinking.close == kNoToken) {
    refuse("a tokenizer with thinking delimiters, for thinking_cap_share", "one without");
  }
  if (options.save_steps < 0) refuse("save_steps of 0 or more", std::to_string(options.save_steps));
  if (options.save_total_limit < 0) refuse("save_total_limit of 0 or more", std::to_string(options.save_total_limit));
  if (environments.empty()) refuse("at least one environment", "none");
  std::set<std::string> names;
  for (const WeightedEnvironment& choice : environments) {
    if (!names.insert(choice.label()).second) refuse("environments of different names, since metrics are kept by name", "two named " + choice.label());
    if (options.eval_steps > 0) check_split(*choice.environment, Split::kDev, options.eval_items);
  }
}

}  // namespace lydian
