// Training that leaves the numbers: it is said, recorded and never saved; options that would lead there are refused.
#include <ATen/ops/mul.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "lydian/core/error.h"
#include "lydian/eval/thinking_sweep.h"
#include "lydian/ops/sum.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/run_folder.h"
#include "lydian/train/sft.h"
#include "lydian/train/trainer.h"
#include "train/checkpoint_files.h"
#include "train/finite_weights.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

using testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Tiny {
  ChainEnvironment environment{{.max_operands = 3}};
  ByteTokenizer tokenizer{environment.alphabet()};
  TransformerPolicy policy{{.vocab_size = tokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 1, .max_positions = 64}, 5};
  WeightStore* store = &policy.weights();
};

TrainerOptions tiny_trainer() {
  TrainerOptions options{.prompts_per_step = 4, .num_generations = 4};
  options.max_completion_length = 12;
  options.random_reward = true;
  options.eval_steps = 1;
  options.eval_items = 4;
  options.halt.truncated_ratio = 1.0;
  return options;
}

TEST(AdamW, RefusesOptionsThatDivideByZero) {
  for (const AdamWOptions& wrong : {AdamWOptions{.adam_beta1 = 1.0}, AdamWOptions{.adam_beta2 = 1.0}, AdamWOptions{.adam_epsilon = 0.0}}) {
    EXPECT_THROW(AdamW{wrong}, ConfigError);
  }
}

TEST(AdamW, AGradientThatIsNotFiniteChangesNothingAndIsAReasonToHalt) {
  Tiny tiny;
  AdamW optimizer;
  optimizer.reset({&tiny.store, 1});
  const std::string before = tiny.store->sha256();
  tiny.store->gradient()[0] = kNaN;
  EXPECT_THAT(optimizer.step({&tiny.store, 1}, 1e-3).halt_reason, HasSubstr("gradient is not finite"));
  EXPECT_EQ(tiny.store->sha256(), before);
  EXPECT_EQ(tiny.store->gradient()[0], 0.0F);
}

TEST(AdamW, WeightsThatAreNotFiniteAreAReasonToHalt) {
  Tiny tiny;
  AdamW optimizer;
  optimizer.reset({&tiny.store, 1});
  tiny.store->gradient()[0] = 1.0F;
  EXPECT_EQ(optimizer.step({&tiny.store, 1}, 1e-3).halt_reason, "");
  tiny.store->gradient()[0] = 1.0F;
  EXPECT_THAT(optimizer.step({&tiny.store, 1}, std::numeric_limits<double>::infinity()).halt_reason, HasSubstr("weights are not finite"));
}

/// A loss that is NaN from its second call on.
class SpoiledObjective final : public PolicyObjective {
 public:
  at::Tensor loss(const ObjectiveInput& input, const LossTotals&, Metrics& sums) const override {
    sums.set("calls", sums.get("calls").value_or(0.0) + 1.0);
    return at::mul(ops::sum(at::mul(input.log_prob, input.advantage)), sums.at("calls") > 1.0 ? kNaN : 1e-3F);
  }
  Metrics statistics(const Metrics& sums) const override { return sums; }
};

Trainer spoiled_trainer(Tiny& tiny, TrainablePolicy& trainable, TrainerOptions options) {
  TrainerParts parts;
  parts.task_sampler = std::make_unique<ShuffledTaskSampler>(std::vector<WeightedEnvironment>{{&tiny.environment, 1.0}}, 1);
  parts.advantage = std::make_unique<GroupRelativeAdvantage>();
  parts.objective = std::make_unique<SpoiledObjective>();
  parts.optimizer = std::make_unique<AdamW>();
  return Trainer(trainable, tiny.tokenizer, {{&tiny.environment, 1.0}}, std::move(options), std::move(parts));
}

TEST(Trainer, AStepWhoseGradientIsNotFiniteKeepsItsRecordAndItsRollouts) {
  Tiny tiny;
  TrainableTransformer trainable(tiny.policy);
  TrainerOptions options = tiny_trainer();
  options.num_iterations = 4;
  Trainer trainer = spoiled_trainer(tiny, trainable, options);
  const StageStep result = trainer.step();
  EXPECT_THAT(result.halt_reason, HasSubstr("gradient is not finite"));
  EXPECT_EQ(result.rollouts.size(), 16U);
  EXPECT_EQ(result.metrics.at("calls"), 2.0) << "the optimizer steps after the spoiled one are left out";
  EXPECT_FALSE(result.metrics.get("eval/pass_rate")) << "what the optimizer gave up is not evaluated";
  EXPECT_TRUE(finite_weights(*tiny.store));
}

/// Spoils a weight after its second step and says so, as AdamW does where its sums overflow.
class SpoilingOptimizer final : public Optimizer {
 public:
  OptimizerReport step(std::span<WeightStore* const> stores, double learning_rate) override {
    OptimizerReport report = adam_.step(stores, learning_rate);
    if (++steps_ < 2) return report;
    stores[0]->update([](std::span<float> weights) { weights[7] = kNaN; });
    report.halt_reason = "spoiled";
    return report;
  }
  void reset(std::span<WeightStore* const> stores) override { adam_.reset(stores); }
  void add_state(StateInventory& inventory, std::span<WeightStore* const> stores, const std::string& prefix) override {
    adam_.add_state(inventory, stores, prefix);
  }

 private:
  AdamW adam_;
  int steps_ = 0;
};

TEST(Trainer, AStepThatSpoilsTheWeightsHaltsWithItsReasonAndLeavesTheLastGoodCheckpoint) {
  Tiny tiny;
  TrainableTransformer trainable(tiny.policy);
  const TemporaryFolder temporary;
  TrainerOptions options = tiny_trainer();
  options.save_steps = 1;
  options.output_dir = temporary / "run";
  TrainerParts parts;
  parts.task_sampler = std::make_unique<ShuffledTaskSampler>(std::vector<WeightedEnvironment>{{&tiny.environment, 1.0}}, 1);
  parts.advantage = std::make_unique<GroupRelativeAdvantage>();
  parts.objective = std::make_unique<ClippedObjective>(ClippedObjectiveOptions{});
  parts.optimizer = std::make_unique<SpoilingOptimizer>();
  Trainer trainer(trainable, tiny.tokenizer, {{&tiny.environment, 1.0}}, options, std::move(parts));
  try {
    trainer.train(3);
    ADD_FAILURE() << "it went on";
  } catch (const TrainingHalted& halted) {
    EXPECT_THAT(halted.what(), HasSubstr("spoiled"));
  }
  EXPECT_EQ(RunFolder::checkpoints(options.output_dir), std::vector<std::int64_t>{1});
}

TEST(RunFolder, PublishesNoCheckpointOfWeightsThatAreNotFinite) {
  Tiny tiny;
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.console = false});
  tiny.store->update([](std::span<float> weights) { weights[7] = kNaN; });
  EXPECT_THROW(folder.save_checkpoint(3, tiny.policy, "t", {}, 1.0), Error);
  EXPECT_TRUE(RunFolder::checkpoints(temporary / "run").empty());
  EXPECT_TRUE(folder.is_best(0.5)) << "what was not saved is not the best";
}

TEST(Evaluator, RefusesAPolicyWhoseLogProbsAreNoNumbers) {
  Tiny tiny;
  tiny.store->update([](std::span<float> weights) { std::fill(weights.begin(), weights.end(), kNaN); });
  EXPECT_THROW(evaluate(tiny.policy, tiny.tokenizer, tiny.environment, {.items = 2, .sampling = {.max_completion_length = 4}}), Error);
  EXPECT_THROW(thinking_sweep(tiny.policy, tiny.tokenizer, tiny.environment, {.budgets = {2}, .items = 2, .sampling = {.max_completion_length = 8}}), Error);
}

TEST(Checkpoint, WeightsThatAreNotFiniteAreNotLoaded) {
  Tiny tiny;
  const TemporaryFolder temporary;
  tiny.store->update([](std::span<float> weights) { weights[7] = kNaN; });
  std::filesystem::create_directory(temporary / "policy");
  tiny.policy.save(temporary / "policy");
  RunOptions options = read_run_options(tiny_config(temporary / "run"));
  options.policy = tiny.policy.config();
  options.init_from = temporary / "policy";
  EXPECT_THROW(make_run_objects(options, make_chain), ConfigError);
  publish_checkpoint(temporary / "policy", temporary / "checkpoint");
  EXPECT_THROW(load_checkpoint(temporary / "checkpoint", tiny.policy), IoError);
}

TEST(Options, OutsideTheirRangesAreRefusedFromTheLibraryToo) {
  Tiny tiny;
  TrainableTransformer trainable(tiny.policy);
  const auto refused = [&](auto change, const char* key) {
    TrainerOptions options = tiny_trainer();
    change(options);
    try {
      Trainer::grpo(trainable, tiny.tokenizer, {{&tiny.environment, 1.0}}, options);
      ADD_FAILURE() << key << " was taken";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(key));
    }
  };
  refused([](TrainerOptions& options) { options.micro_batch_tokens = 0; }, "micro_batch_tokens");
  refused([](TrainerOptions& options) { options.halt.window = 0; }, "halt.window");
  refused([](TrainerOptions& options) { options.learning_rate = std::numeric_limits<double>::infinity(); }, "learning_rate");
  EXPECT_THROW(SupervisedStage(trainable, tiny.tokenizer, {{&tiny.environment, 1.0}}, {.batch_size = 0}), ConfigError);
  EXPECT_THROW(SupervisedStage(trainable, tiny.tokenizer, {{&tiny.environment, 1.0}}, {.micro_batch_tokens = 0}), ConfigError);
}

}  // namespace
}  // namespace lydian
