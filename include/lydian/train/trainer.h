#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "lydian/advantage/advantage_estimator.h"
#include "lydian/episode/episode_driver.h"
#include "lydian/objective/policy_objective.h"
#include "lydian/policy/trainable_policy.h"
#include "lydian/train/stage.h"
#include "lydian/train/task_sampler.h"
#include "lydian/train/trainer_options.h"
#include "lydian/verify/reward_shaper.h"

namespace lydian {

class TransformerPolicy;

/// The replaceable parts of a trainer; a preset fills them.
struct TrainerParts {
  std::unique_ptr<TaskSampler> task_sampler;
  std::unique_ptr<AdvantageEstimator> advantage;
  std::unique_ptr<PolicyObjective> objective;
  std::unique_ptr<Optimizer> optimizer;
  std::vector<std::shared_ptr<const RewardShaper>> shapers;
};

/// The order of a reinforcement-learning step (docs/design.md §5); all maths is in its parts.
///
/// Errors: ConfigError at construction for options that do not fit.
class Trainer final : public Stage {
 public:
  /// GRPO over one environment. Everything passed by reference must outlive the trainer.
  static Trainer grpo(TransformerPolicy& policy, const Tokenizer& tokenizer, const Environment& environment, TrainerOptions options = {});
  static Trainer grpo(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, TrainerOptions options = {},
                      ChatTemplate chat_template = ChatTemplate::kPlain);
  Trainer(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, TrainerOptions options, TrainerParts parts,
          ChatTemplate chat_template = ChatTemplate::kPlain);
  Trainer(Trainer&&) noexcept;
  ~Trainer() override;

  std::string name() const override { return "grpo"; }
  bool finished() const override;
  std::int64_t planned_steps() const override;
  StageStep begin() override;
  StageStep step() override;
  void measure(StageStep& step) override;
  void stop_when(StopRequest interrupted) override;
  void add_state(StateInventory& inventory) override;
  void keep_verdicts(const std::string& path) override;

  /// `steps` steps (more than max_steps if asked for), records and checkpoints in options.output_dir where it is set. Returns the last step's metrics.
  /// Throws TrainingHalted where a HaltOptions limit is crossed, or weights or gradient are not finite; ConfigError where output_dir has something in it.
  Metrics train(std::int64_t steps);
  /// Before the first step: goes on with the run that an earlier train() left in options.output_dir, from its newest checkpoint (weights, moments, samplers,
  /// records), to the same bits where the options are the same. False, and nothing done, where output_dir is new or empty. Throws ConfigError where it holds
  /// something else, IoError where the checkpoint is broken.
  bool resume();
  /// By this trainer, and by those whose run it goes on with.
  std::int64_t steps_done() const;

  /// Largest difference between a recorded and a recomputed log-prob so far, and how many tokens were compared.
  double max_log_prob_difference() const;
  std::int64_t tokens_compared() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
