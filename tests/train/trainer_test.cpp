#include "lydian/train/trainer.h"

#include <ATen/ops/mul.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "lydian/core/error.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/ops/sum.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/verify/task_list_environment.h"
#include "verify/meeting_verifier.h"

namespace lydian {
namespace {

TransformerPolicy tiny_policy(const Tokenizer& tokenizer, std::uint64_t seed = 5) {
  return TransformerPolicy({.vocab_size = tokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 64}, seed);
}

TrainerOptions tiny_options() {
  TrainerOptions options{.prompts_per_step = 6, .num_generations = 4, .learning_rate = 1e-2};
  options.max_completion_length = 12;
  options.thinking.max_tokens = 3;
  options.eval_steps = 0;
  options.halt.truncated_ratio = 1.0;
  return options;
}

/// Rewards that an untrained policy earns now and then: 1 where the completion is of even length, part of it under a name; faults and truncations on request.
class ParityVerifier final : public Verifier {
 public:
  explicit ParityVerifier(double fault_share = 0.0) : fault_share_(fault_share) {}
  Verdict verify(const Task& task, const Completion& completion) const override {
    const std::size_t size = completion.token_ids.size();
    if (static_cast<double>(std::hash<std::string>{}(task.id + completion.text) % 100) < 100.0 * fault_share_) throw std::runtime_error("judge is away");
    Verdict verdict = Verdict::scored(size % 2 == 0 ? 1.0 : 0.0);
    verdict.parts.emplace_back("parity", verdict.reward);
    return verdict;
  }

 private:
  double fault_share_;
};

class FixedVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(0.0); }
};

TaskListEnvironment words(std::shared_ptr<const Verifier> verifier, std::string name = "words") {
  TaskList list;
  for (int i = 0; i < 40; ++i) list.tasks.push_back({.id = "w" + std::to_string(i), .prompt = "p" + std::to_string(i) + "=", .ground_truth = "x"});
  return TaskListEnvironment(std::move(list), std::move(verifier), {.name = std::move(name)});
}

/// A policy, an environment of words, and trainers over both.
struct Setting {
  explicit Setting(std::shared_ptr<const Verifier> verifier = std::make_shared<ParityVerifier>()) : environment(words(std::move(verifier))) {}
  Trainer trainer(const TrainerOptions& options = tiny_options()) { return Trainer::grpo(policy, tokenizer, environment, options); }

  const ByteTokenizer tokenizer{"0123456789p=x"};
  TransformerPolicy policy = tiny_policy(tokenizer);
  const TaskListEnvironment environment;
};

std::string weights_after(int steps, TrainerOptions options, std::shared_ptr<const Verifier> verifier = std::make_shared<ParityVerifier>()) {
  Setting given(std::move(verifier));
  Trainer trainer = given.trainer(options);
  for (int i = 0; i < steps; ++i) trainer.step();
  return given.policy.weights().sha256();
}

TEST(Trainer, EvaluatesOnTheThreadsOfItsVerifiers) {
  Setting given(std::make_shared<MeetingVerifier>());
  TrainerOptions options = tiny_options();
  options.eval_steps = 1;
  options.verifier_threads = 2;
  EXPECT_EQ(given.trainer(options).begin().metrics.at("eval/pass_rate"), 1.0);
}

TEST(Trainer, RecordedAndRecomputedLogProbsAreEqualAtEveryStep) {
  Setting given;
  TrainerOptions options = tiny_options();
  options.mini_batches = 2;
  Trainer trainer = given.trainer(options);
  for (int i = 0; i < 4; ++i) {
    const Metrics metrics = trainer.step().metrics;
    EXPECT_EQ(metrics.at("sampling/sampling_logp_difference/max"), 0.0);
    EXPECT_GT(metrics.at("sampling/tokens_compared"), 50.0);
    EXPECT_GT(metrics.at("grad_norm"), 0.0);
  }
}

/// Samples from weights that differ from the trained ones by one unit in the last place of one weight.
class SkewedPolicy final : public TrainablePolicy {
 public:
  explicit SkewedPolicy(TransformerPolicy& policy) : trained_(policy), sampler_(policy.clone()) {
    sampler_->weights().update([](std::span<float> weights) { weights[3] = std::nextafter(weights[3], 10.0F); });
  }
  Policy& policy() override { return *sampler_; }
  PolicyOutput forward(const PackedBatch& batch, Want want) override { return trained_.forward(batch, want); }
  void finish_gradient() override { trained_.finish_gradient(); }
  void clear_gradient() override { trained_.clear_gradient(); }

 private:
  TrainableTransformer trained_;
  std::unique_ptr<Policy> sampler_;
};

TEST(Trainer, OneUnitInTheLastPlaceOfOneWeightIsSeen) {
  Setting given;
  // The weight belongs to an id that prompts use, or it would decide nothing.
  SkewedPolicy skewed(given.policy);
  given.policy.weights().update([&](std::span<float> weights) {
    const WeightSegment& embedding = given.policy.weights().segment("model.embed_tokens.weight");
    const auto id = static_cast<std::size_t>(given.tokenizer.encode("=").front());
    std::copy(skewed.policy().weights().values().begin(), skewed.policy().weights().values().end(), weights.begin());
    float& weight = weights[static_cast<std::size_t>(embedding.offset) + id * 16 + 2];
    weight = std::nextafter(weight, 10.0F);
  });
  Trainer trainer = Trainer::grpo(skewed, given.tokenizer, {{&given.environment, 1.0}}, tiny_options());
  const StageStep result = trainer.step();
  const double difference = result.metrics.at("sampling/sampling_logp_difference/max");
  EXPECT_GT(difference, 0.0);
  char text[32];
  std::snprintf(text, sizeof text, "by %.3g nats", difference);
  EXPECT_NE(result.halt_reason.find(text), std::string::npos) << result.halt_reason;
}

/// Looks at what the trainer hands to an objective.
class WatchingObjective final : public PolicyObjective {
 public:
  at::Tensor loss(const ObjectiveInput& input, const LossTotals& totals, Metrics& sums) const override {
    const float* mask = input.mask.const_data_ptr<float>();
    for (std::int64_t t = 0; t < input.mask.size(0); ++t) sums.set("masked_in", sums.get("masked_in").value_or(0.0) + mask[t]);
    sums.set("total_tokens", static_cast<double>(totals.tokens));
    return ops::sum(at::mul(input.log_prob, at::mul(input.mask, input.advantage)));
  }
  Metrics statistics(const Metrics& sums) const override { return sums; }
};

TEST(Trainer, OnlySampledTokensCarryLoss) {
  Setting given;
  TrainerOptions options = tiny_options();
  options.thinking.max_tokens = 1;
  TrainableTransformer trainable(given.policy);
  TrainerParts parts;
  parts.task_sampler = std::make_unique<ShuffledTaskSampler>(std::vector<WeightedEnvironment>{{&given.environment, 1.0}}, 1);
  parts.advantage = std::make_unique<GroupRelativeAdvantage>();
  parts.objective = std::make_unique<WatchingObjective>();
  parts.optimizer = std::make_unique<AdamW>();
  Trainer trainer(trainable, given.tokenizer, {{&given.environment, 1.0}}, options, std::move(parts));
  const StageStep result = trainer.step();
  std::set<std::int32_t> useful;
  std::int64_t sampled = 0, all_sampled = 0, forced = 0;
  for (std::size_t i = 0; i < result.rollouts.size(); ++i) {
    if (result.advantage[i] != 0.0) useful.insert(result.rollouts[i].group);
  }
  for (const Rollout& rollout : result.rollouts) {
    for (const TokenSource source : rollout.completion.sources) {
      all_sampled += source == TokenSource::kSampled ? 1 : 0;
      forced += source == TokenSource::kForced ? 1 : 0;
      sampled += source == TokenSource::kSampled && useful.contains(rollout.group) ? 1 : 0;
    }
  }
  EXPECT_GT(forced, 0) << "the test needs a forced token";
  EXPECT_EQ(result.metrics.at("masked_in"), static_cast<double>(sampled));
  EXPECT_EQ(result.metrics.at("total_tokens"), static_cast<double>(all_sampled)) << "flat groups count in the totals";
}

TEST(Trainer, MicroBatchesDoNotChangeABit) {
  TrainerOptions options = tiny_options();
  options.micro_batch_tokens = 60;  // The largest group: a prompt of 4 tokens, 4 completions of at most 12 and their ends.
  const std::string alone = weights_after(3, options);
  options.micro_batch_tokens = 100;
  EXPECT_EQ(weights_after(3, options), alone);
  options.micro_batch_tokens = 1'000'000;
  EXPECT_EQ(weights_after(3, options), alone);
}

/// Counts the tokens of its forwards.
class MeasuredPolicy final : public TrainablePolicy {
 public:
  explicit MeasuredPolicy(TrainablePolicy& inner) : inner_(inner) {}
  Policy& policy() override { return inner_.policy(); }
  PolicyOutput forward(const PackedBatch& batch, Want want) override {
    largest = std::max<std::int64_t>(largest, batch.tokens() + batch.prompt_offsets.back());
    return inner_.forward(batch, want);
  }
  void clear_gradient() override { inner_.clear_gradient(); }
  void finish_gradient() override { inner_.finish_gradient(); }
  std::int64_t largest = 0;

 private:
  TrainablePolicy& inner_;
};

TEST(Trainer, AGroupBeyondTheLimitIsCutByRowsToTheSameGradient) {
  const ByteTokenizer tokenizer("0123456789p=x");
  const TaskListEnvironment environment = words(std::make_shared<ParityVerifier>());
  std::vector<std::vector<float>> weights;
  for (const std::int64_t limit : {1'000'000, 30}) {
    TransformerPolicy policy = tiny_policy(tokenizer);
    TrainableTransformer trainable(policy);
    MeasuredPolicy measured(trainable);
    TrainerOptions options = tiny_options();
    options.micro_batch_tokens = limit;
    Trainer trainer = Trainer::grpo(measured, tokenizer, {{&environment, 1.0}}, options);
    trainer.step();
    EXPECT_GT(measured.largest, 0);
    EXPECT_LE(measured.largest, limit);
    EXPECT_EQ(trainer.max_log_prob_difference(), 0.0);
    const auto values = policy.weights().values();
    weights.emplace_back(values.begin(), values.end());
  }
  double difference = 0.0;
  for (std::size_t i = 0; i < weights[0].size(); ++i) difference = std::max(difference, std::fabs(static_cast<double>(weights[0][i]) - weights[1][i]));
  EXPECT_LT(difference, 1e-4) << "Adam's first steps are of the learning rate's size, 1e-2, whatever the gradient's";
}

TEST(Trainer, RowsThatStepTogetherDoNotChangeABit) {
  TrainerOptions options = tiny_options();
  const std::string together = weights_after(2, options);
  options.max_rows = 5;
  EXPECT_EQ(weights_after(2, options), together);
}

TEST(Trainer, FaultsAreMaskedAndCountedAndStopTheRunAboveTheirShare) {
  Setting given(std::make_shared<ParityVerifier>(0.3));
  Trainer trainer = given.trainer();
  const StageStep result = trainer.step();
  EXPECT_GT(result.metrics.at("verifier/fault_ratio"), 0.1);
  EXPECT_EQ(result.metrics.at("rewards/parity/mean"), result.metrics.at("reward"));
  EXPECT_NE(result.halt_reason.find("verifier failed"), std::string::npos) << result.halt_reason;
  for (std::size_t i = 0; i < result.rollouts.size(); ++i) {
    if (!result.rollouts[i].verdict.valid()) {
      EXPECT_EQ(result.advantage[i], 0.0);
    }
  }
}

TEST(Trainer, StopsWhereNothingCanBeLearntAndNamesBothCauses) {
  Setting given(std::make_shared<FixedVerifier>());
  TrainerOptions options = tiny_options();
  options.halt.flat_steps = 2;
  Trainer trainer = given.trainer(options);
  const std::string before = given.policy.weights().sha256();
  EXPECT_EQ(trainer.step().halt_reason, "");
  const std::string reason = trainer.step().halt_reason;
  EXPECT_NE(reason.find("skill is missing"), std::string::npos) << reason;
  EXPECT_NE(reason.find("solved"), std::string::npos) << reason;
  EXPECT_EQ(given.policy.weights().sha256(), before);
}

TEST(Trainer, StopsWhereTooMuchIsTruncated) {
  Setting given;
  TrainerOptions options = tiny_options();
  options.max_completion_length = 2;
  options.halt.truncated_ratio = 0.2;
  options.halt.window = 2;
  Trainer trainer = given.trainer(options);
  EXPECT_EQ(trainer.step().halt_reason, "");
  EXPECT_NE(trainer.step().halt_reason.find("truncated"), std::string::npos);
}

TEST(Trainer, RefillsUntilEnoughGroupsHaveSpread) {
  Setting given;
  TrainerOptions options = tiny_options();
  options.num_generations = 2;
  options.refills = 6;
  Trainer trainer = given.trainer(options);
  const StageStep result = trainer.step();
  EXPECT_EQ(result.metrics.at("frac_reward_zero_std"), 0.0);
  EXPECT_EQ(result.rollouts.size(), 12U);
  EXPECT_GT(result.metrics.at("groups/replaced"), 0.0);
  EXPECT_EQ(result.metrics.at("groups/replaced"), result.metrics.at("groups/sampled") - 6.0);
  std::set<std::int64_t> numbers;
  for (const Rollout& rollout : result.rollouts) numbers.insert(rollout.prompt_number);
  EXPECT_EQ(numbers.size(), 6U) << "every prompt of a step has its own number, refills too";
}

TEST(Trainer, ARefillDrawsWhatIsMissing) {
  const ByteTokenizer tokenizer("0123456789p=x");
  const TaskListEnvironment environment = words(std::make_shared<ParityVerifier>());
  TrainerOptions options = tiny_options();
  options.num_generations = 2;
  const auto step = [&](std::int64_t refills) {
    TransformerPolicy policy = tiny_policy(tokenizer);
    options.refills = refills;
    return Trainer::grpo(policy, tokenizer, environment, options).step();
  };
  const StageStep without = step(0), once = step(1);
  const double flat = std::round(6.0 * without.metrics.at("frac_reward_zero_std"));
  ASSERT_GT(flat, 0.0);
  ASSERT_LT(flat, 6.0);
  EXPECT_EQ(once.metrics.at("groups/sampled"), 6.0 + flat);
  EXPECT_EQ(once.metrics.at("groups/replaced"), flat);
  // What the first draw gave is as it was without refills.
  for (const Rollout& rollout : once.rollouts) {
    if (rollout.prompt_number >= 6) continue;
    const std::size_t same = static_cast<std::size_t>(2 * rollout.prompt_number + rollout.sample);
    EXPECT_EQ(rollout.completion.token_ids, without.rollouts[same].completion.token_ids);
  }
}

TEST(Trainer, ACapIsSharedByAWholeGroup) {
  Setting given;
  TrainerOptions options = tiny_options();
  options.thinking.max_tokens = -1;
  options.thinking_cap_share = 0.5;
  options.prompts_per_step = 20;
  Trainer trainer = given.trainer(options);
  std::map<std::int32_t, std::set<std::int64_t>> caps;
  for (const Rollout& rollout : trainer.step().rollouts) caps[rollout.group].insert(rollout.completion.budget.max_tokens);
  std::size_t capped = 0;
  for (const auto& [group, values] : caps) {
    EXPECT_EQ(values.size(), 1U);
    capped += *values.begin() >= 0 ? 1 : 0;
  }
  EXPECT_GT(capped, 3U);
  EXPECT_LT(capped, 17U);
}

TEST(Trainer, MixesEnvironmentsAndReportsEach) {
  const ByteTokenizer tokenizer("0123456789p=x");
  TransformerPolicy policy = tiny_policy(tokenizer);
  const TaskListEnvironment first = words(std::make_shared<ParityVerifier>(), "first"), second = words(std::make_shared<FixedVerifier>(), "second");
  TrainableTransformer trainable(policy);
  TrainerOptions options = tiny_options();
  options.prompts_per_step = 16;
  Trainer trainer = Trainer::grpo(trainable, tokenizer, {{&first, 3.0}, {&second, 1.0}}, options);
  const Metrics metrics = trainer.step().metrics;
  EXPECT_GT(metrics.at("env/first/reward"), 0.0);
  EXPECT_EQ(metrics.at("env/second/reward"), 0.0);
}

TEST(Trainer, RefusesOptionsThatDoNotFit) {
  Setting given;
  const auto refused = [&](auto change) {
    TrainerOptions options = tiny_options();
    change(options);
    EXPECT_THROW(given.trainer(options), ConfigError);
  };
  refused([](TrainerOptions& options) { options.num_generations = 1; });
  refused([](TrainerOptions& options) { options.mini_batches = 7; });
  refused([](TrainerOptions& options) { options.temperature = 0.0; });
}

}  // namespace
}  // namespace lydian
