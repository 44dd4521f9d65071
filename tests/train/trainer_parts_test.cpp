// The trainer over parts that are not the preset's: reward shapers, and a policy whose sampler is not exact.
#include <ATen/ops/mul.h>
#include <gtest/gtest.h>

#include <cmath>

#include "examples/torch_transformer.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/trainer.h"
#include "lydian/verify/task_list_environment.h"

namespace lydian {
namespace {

/// 1 where the number of tokens is even; fails on prompts that end with `unlucky`.
class ParityVerifier final : public Verifier {
 public:
  explicit ParityVerifier(std::string unlucky = {}) : unlucky_(std::move(unlucky)) {}
  Verdict verify(const Task& task, const Completion& completion) const override {
    if (!unlucky_.empty() && task.prompt.ends_with(unlucky_) && completion.token_ids.size() % 3 == 0) throw std::runtime_error("judge is away");
    return Verdict::scored(completion.token_ids.size() % 2 == 0 ? 1.0 : 0.0);
  }

 private:
  std::string unlucky_;
};

const ByteTokenizer kTokenizer("0123456789p=");

TransformerPolicy tiny_policy() {
  return TransformerPolicy({.vocab_size = kTokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 64}, 5);
}

TaskListEnvironment words(std::shared_ptr<const Verifier> verifier = std::make_shared<ParityVerifier>()) {
  TaskList list;
  for (int i = 0; i < 40; ++i) list.tasks.push_back({.id = "w" + std::to_string(i), .prompt = "p=" + std::to_string(i), .ground_truth = "x"});
  return TaskListEnvironment(std::move(list), std::move(verifier));
}

TrainerOptions tiny_options() {
  TrainerOptions options{.prompts_per_step = 6, .num_generations = 4, .learning_rate = 1e-2};
  options.max_completion_length = 10;
  options.eval_steps = 0;
  options.halt = {.truncated_ratio = 1.0, .fault_ratio = 1.0};
  return options;
}

TrainerParts parts_over(const Environment& environment) {
  TrainerParts parts;
  parts.task_sampler = std::make_unique<ShuffledTaskSampler>(std::vector<WeightedEnvironment>{{&environment, 1.0}}, 1);
  parts.advantage = std::make_unique<GroupRelativeAdvantage>();
  parts.objective = std::make_unique<ClippedObjective>(ClippedObjectiveOptions{});
  parts.optimizer = std::make_unique<AdamW>();
  return parts;
}

/// Only the group's first sample is right, whatever it wrote.
struct FirstWins final : RewardShaper {
  void shape(std::span<Rollout> group) const override {
    EXPECT_EQ(group.size(), 4U);
    for (Rollout& rollout : group) {
      EXPECT_EQ(rollout.group, group.front().group) << "a shaper sees one group at a time";
      if (rollout.verdict.valid()) rollout.verdict.reward = rollout.sample == 0 ? 1.0 : 0.0;
    }
  }
};
struct Doubles final : RewardShaper {
  void shape(std::span<Rollout> group) const override {
    for (Rollout& rollout : group) rollout.verdict.reward *= 2.0;
  }
};

TEST(RewardShaper, DecidesTheAdvantagesOfItsGroup) {
  TransformerPolicy policy = tiny_policy();
  const TaskListEnvironment environment = words();
  TrainableTransformer trainable(policy);
  TrainerParts parts = parts_over(environment);
  parts.shapers = {std::make_shared<FirstWins>(), std::make_shared<Doubles>()};
  Trainer trainer(trainable, kTokenizer, {{&environment, 1.0}}, tiny_options(), std::move(parts));
  const StageStep result = trainer.step();
  EXPECT_EQ(result.metrics.at("reward"), 2.0 / 4.0) << "shapers work one after another";
  EXPECT_EQ(result.metrics.at("frac_reward_zero_std"), 0.0);
  for (std::size_t i = 0; i < result.rollouts.size(); ++i) {
    EXPECT_EQ(result.advantage[i] > 0.0, result.rollouts[i].sample == 0) << i;
    EXPECT_EQ(result.rollouts[i].verdict.reward, result.rollouts[i].sample == 0 ? 2.0 : 0.0);
  }
}

TEST(RewardShaper, LeavesFaultsFaults) {
  TransformerPolicy policy = tiny_policy();
  const TaskListEnvironment environment = words(std::make_shared<ParityVerifier>("1"));
  TrainableTransformer trainable(policy);
  TrainerOptions options = tiny_options();
  options.prompts_per_step = 20;
  TrainerParts parts = parts_over(environment);
  parts.shapers = {std::make_shared<FirstWins>()};
  Trainer trainer(trainable, kTokenizer, {{&environment, 1.0}}, options, std::move(parts));
  const StageStep result = trainer.step();
  EXPECT_GT(result.metrics.at("verifier/fault_ratio"), 0.0);
  for (std::size_t i = 0; i < result.rollouts.size(); ++i) {
    if (!result.rollouts[i].verdict.valid()) {
      EXPECT_EQ(result.advantage[i], 0.0);
    }
  }
}

/// A module whose logits grow with the length of what it reads: the sampler, which reads a growing prefix, and the trainer, which reads the whole sequence,
/// disagree visibly.
TorchPolicy drifting_policy(const TransformerPolicy& policy) {
  const examples::TorchTransformer module(policy.config(), policy.weights());
  const auto forward = [module](const at::Tensor& ids) { return module(ids) * (1.0 + 0.1 * static_cast<double>(ids.size(1))); };
  return TorchPolicy(forward, module.parameters(), policy.config().vocab_size, policy.config().max_positions);
}

/// Hands on to the clipped objective, and keeps what it was given.
class Watched final : public PolicyObjective {
 public:
  struct Seen {
    double tokens = 0.0, from_behavior = 0.0, from_old = 0.0;
    std::vector<std::int64_t> rows{};  ///< Of each micro-batch.
  };
  explicit Watched(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
  at::Tensor loss(const ObjectiveInput& input, const LossTotals& totals, Metrics& sums) const override {
    const auto largest = [&](const at::Tensor& other) { return (input.log_prob.detach() - other).abs().max().item<double>(); };
    seen_->tokens += static_cast<double>(input.log_prob.numel());
    seen_->rows.push_back(input.rows);
    seen_->from_behavior = std::max(seen_->from_behavior, largest(input.behavior_log_prob));
    seen_->from_old = std::max(seen_->from_old, largest(input.old_log_prob));
    return clipped_.loss(input, totals, sums);
  }
  Metrics statistics(const Metrics& sums) const override { return clipped_.statistics(sums); }

 private:
  std::shared_ptr<Seen> seen_;
  ClippedObjective clipped_{ClippedObjectiveOptions{}};
};

TEST(Trainer, MicroBatchesOfAStepAreNearlyEqual) {
  const TaskListEnvironment environment = words();
  const auto rows_of = [&](std::int64_t limit) {
    TransformerPolicy policy = tiny_policy();
    TrainableTransformer trainable(policy);
    TrainerOptions options = tiny_options();
    options.audit_groups = 0;
    options.micro_batch_tokens = limit;
    const auto seen = std::make_shared<Watched::Seen>();
    TrainerParts parts = parts_over(environment);
    parts.shapers = {std::make_shared<FirstWins>()};  // Every group has spread.
    parts.objective = std::make_unique<Watched>(seen);
    Trainer(trainable, kTokenizer, {{&environment, 1.0}}, options, std::move(parts)).step();
    return *seen;
  };
  const Watched::Seen whole = rows_of(1'000'000);
  ASSERT_EQ(whole.rows, std::vector<std::int64_t>{24});
  // Just too little for all six groups: cut as they come, the last one would stand alone and keep one thread.
  const Watched::Seen cut = rows_of(static_cast<std::int64_t>(whole.tokens));
  ASSERT_EQ(cut.rows.size(), 2U);
  for (const std::int64_t rows : cut.rows) EXPECT_GE(rows, 8) << "two groups of four at least";
}

TEST(TrainerOverATorchPolicy, RecomputesOldLogProbsCorrectsAndReports) {
  const TransformerPolicy shape = tiny_policy();
  TorchPolicy policy = drifting_policy(shape);
  const TaskListEnvironment environment = words();
  TrainerOptions options = tiny_options();
  options.audit_groups = 0;
  const auto seen = std::make_shared<Watched::Seen>();
  TrainerParts parts = parts_over(environment);
  parts.objective = std::make_unique<Watched>(seen);
  Trainer trainer(policy, kTokenizer, {{&environment, 1.0}}, options, std::move(parts));
  const std::string before = policy.policy().weights().sha256();
  const StageStep result = trainer.step();
  EXPECT_EQ(result.halt_reason, "") << "nobody promised equal bits";
  EXPECT_GT(seen->tokens, 50.0);
  EXPECT_GT(seen->from_behavior, 1e-3) << "the test needs a sampler that differs";
  EXPECT_LT(seen->from_old, 1e-5) << "old log-probs are the trainer's own";
  EXPECT_NEAR(result.metrics.at("ratio/max"), 1.0, 1e-4);
  EXPECT_EQ(result.metrics.at("clip_ratio/region_mean"), 0.0);
  EXPECT_NEAR(result.metrics.at("sampling/sampling_logp_difference/max"), seen->from_behavior, 1e-6);
  EXPECT_EQ(result.metrics.at("sampling/tokens_compared"), seen->tokens);
  EXPECT_GT(std::fabs(result.metrics.at("sampling/importance_sampling_ratio/mean") - 1.0), 1e-4) << "the sampler's distribution is corrected for";
  EXPECT_NE(policy.policy().weights().sha256(), before);
  EXPECT_EQ(trainer.max_log_prob_difference(), result.metrics.at("sampling/sampling_logp_difference/max"));
}

TEST(TrainerOverATorchPolicy, TakesTheStepOfTheTransformerThatItRepeats) {
  TransformerPolicy exact = tiny_policy();
  TorchPolicy twin = examples::make_torch_policy(exact.config(), exact.weights());
  const TaskListEnvironment environment = words();
  TrainableTransformer trainable(exact);
  Trainer first = Trainer::grpo(trainable, kTokenizer, {{&environment, 1.0}}, tiny_options());
  Trainer second = Trainer::grpo(twin, kTokenizer, {{&environment, 1.0}}, tiny_options());
  const StageStep expected = first.step(), result = second.step();
  ASSERT_EQ(result.rollouts.size(), expected.rollouts.size());
  for (std::size_t i = 0; i < result.rollouts.size(); ++i) EXPECT_EQ(result.rollouts[i].completion.token_ids, expected.rollouts[i].completion.token_ids) << i;
  EXPECT_NEAR(result.metrics.at("loss"), expected.metrics.at("loss"), 1e-5);
  EXPECT_NEAR(result.metrics.at("grad_norm"), expected.metrics.at("grad_norm"), 1e-4 * expected.metrics.at("grad_norm"));
  EXPECT_EQ(expected.metrics.at("sampling/sampling_logp_difference/max"), 0.0);
  EXPECT_LT(result.metrics.at("sampling/sampling_logp_difference/max"), 1e-5);
}

}  // namespace
}  // namespace lydian
