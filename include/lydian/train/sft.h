#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lydian/policy/trainable_policy.h"
#include "lydian/text/chat_template.h"
#include "lydian/text/tokenizer.h"
#include "lydian/train/learning_rate_schedule.h"
#include "lydian/train/optimizer.h"
#include "lydian/train/stage.h"
#include "lydian/train/task_sampler.h"

namespace lydian {

class TransformerPolicy;

/// A measured skill that the supervised stage must reach before reinforcement learning can build on it.
struct SkillGate {
  double step_accuracy = 0.0;       ///< Least share of right steps in sampled thinking on the dev split; 0: not asked. Needs a StepJudge.
  double answer_copy = 0.0;         ///< Least share of right greedy answers given a thinking that solves the task; 0: not asked. Needs a StepJudge.
  std::int64_t items = 500;         ///< Dev tasks that are tried.
  std::int64_t every_steps = 100;   ///< Further steps, at the schedule's last rate, between two tries.
  std::int64_t limit_steps = 5000;  ///< Steps in all after which the stage stops with a reason.
  std::int64_t verifier_threads = 1;
};

void describe(ConfigVisitor& visitor, SkillGate& gate);

struct SftOptions {
  std::int64_t max_steps = 1000;
  std::int64_t batch_size = 128;  ///< Demonstrations a step.
  double learning_rate = 3e-3;
  LearningRateSchedule schedule{.lr_scheduler_type = LearningRateSchedule::Kind::kLinear, .warmup_steps = 100};
  AdamWOptions optimizer{.adam_beta2 = 0.98, .weight_decay = 0.01};
  std::int64_t micro_batch_tokens = 4096;  ///< Prompt and completion tokens of one forward; more only where one demonstration is longer.
  SkillGate gate{};
  std::uint64_t seed = 1;
};

void describe(ConfigVisitor& visitor, SftOptions& options);

/// Supervised learning on an environment's demonstrations: weighted negative log-likelihood of their completions, normalised by the weights of the whole step.
class SupervisedStage final : public Stage {
 public:
  /// All must outlive the stage. Throws ConfigError where no environment is a Demonstrator, and for an option outside its range.
  SupervisedStage(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, SftOptions options,
                  ChatTemplate chat_template = ChatTemplate::kPlain);
  ~SupervisedStage() override;

  std::string name() const override { return "sft"; }
  bool finished() const override;
  std::int64_t planned_steps() const override;
  StageStep step() override;
  void measure(StageStep& step) override;
  void stop_when(StopRequest interrupted) override;
  void add_state(StateInventory& inventory) override;
  void keep_verdicts(const std::string& path) override;
  /// Skill on the dev split as the gate measures it: step_accuracy, answer_copy (those that can be measured).
  Metrics measure_skill() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The whole supervised stage with its skill gate; the metrics of its last step. Throws TrainingHalted where the gate is not reached within its limit.
Metrics sft(TransformerPolicy& policy, const Tokenizer& tokenizer, const Environment& environment, const SftOptions& options = {});

}  // namespace lydian
