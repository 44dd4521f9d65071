// What a step of the trainer says of itself, against its own rollouts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>

#include "lydian/eval/evaluator.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/trainer.h"
#include "lydian/verify/task_list_environment.h"

namespace lydian {
namespace {

constexpr double kClose = 1e-9;
const ByteTokenizer kTokenizer("0123456789p=");

/// Every kind of verdict, by the number of tokens; a part that only some verdicts have.
struct LengthVerifier final : Verifier {
  Verdict verify(const Task&, const Completion& completion) const override {
    const std::size_t size = completion.token_ids.size();
    if (size % 7 == 3) throw std::runtime_error("away");
    if (size % 7 == 4) return Verdict::unparsable("unread");
    Verdict verdict = Verdict::scored(static_cast<double>(size % 4) / 3.0);
    if (size % 2 == 0) verdict.parts.emplace_back("even", verdict.reward);
    return verdict;
  }
};

TaskListEnvironment words(const std::string& name = "words", std::shared_ptr<const Verifier> verifier = std::make_shared<LengthVerifier>()) {
  TaskList list;
  for (int i = 0; i < 60; ++i) list.tasks.push_back({.id = name + std::to_string(i), .prompt = "p" + std::to_string(i) + "=", .ground_truth = "x"});
  return TaskListEnvironment(std::move(list), std::move(verifier), {.name = name, .dev_share = 0.3});
}

TrainerOptions tiny_options() {
  TrainerOptions options{.prompts_per_step = 20, .num_generations = 4, .learning_rate = 0.0};
  options.max_completion_length = 14;
  options.thinking.max_tokens = 3;
  options.eval_steps = 0;
  options.halt = {.truncated_ratio = 1.0, .fault_ratio = 1.0};
  return options;
}

/// Two environments, and trainers over them.
struct Mixture {
  Trainer trainer(const TrainerOptions& options) { return Trainer::grpo(trainable, kTokenizer, {{&first, 1.0}, {&second, 1.0}}, options); }

  TaskListEnvironment first = words("first"), second = words("second");
  TransformerPolicy policy{{.vocab_size = kTokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 64}, 5};
  TrainableTransformer trainable{policy};
};

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(StepMetrics, AreThoseOfTheStepsRollouts) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.prompts_per_step = options.audit_groups = 40;
  options.num_generations = 2;  // So that some groups have too few valid rollouts.
  Trainer trainer = given.trainer(options);
  const StageStep result = trainer.step();
  std::vector<double> rewards, even, lengths, terminated, thinking, spreads;
  std::map<std::string, std::vector<double>> by_environment;
  std::map<std::int32_t, std::vector<double>> by_group;
  double truncated = 0, forced = 0, unparsable = 0, faults = 0, tokens = 0, completion_tokens = 0;
  for (const Rollout& rollout : result.rollouts) {
    const auto size = static_cast<double>(rollout.completion.token_ids.size());
    lengths.push_back(size);
    truncated += rollout.completion.truncated() ? 1 : 0;
    if (!rollout.completion.truncated()) terminated.push_back(size);
    thinking.push_back(static_cast<double>(rollout.completion.thinking_tokens));
    forced += rollout.completion.thinking_forced ? 1 : 0;
    unparsable += rollout.verdict.status == VerdictStatus::kUnparsable ? 1 : 0;
    tokens += size + static_cast<double>(rollout.prompt_ids.size());
    completion_tokens += size;
    by_group[rollout.group];
    if (rollout.verdict.status == VerdictStatus::kVerifierFault) {
      faults += 1;
      continue;
    }
    rewards.push_back(rollout.verdict.reward);
    by_group[rollout.group].push_back(rollout.verdict.reward);
    by_environment[rollout.environment].push_back(rollout.verdict.reward);
    for (const auto& [name, value] : rollout.verdict.parts) even.push_back(value);
  }
  double flat = 0, too_few = 0;
  for (const auto& [group, values] : by_group) {
    if (values.size() < 2) {
      too_few += 1;
      continue;
    }
    double squares = 0.0;
    for (const double value : values) squares += (value - mean_of(values)) * (value - mean_of(values));
    spreads.push_back(std::sqrt(squares / static_cast<double>(values.size() - 1)));
    flat += spreads.back() == 0.0 ? 1 : 0;
  }
  const double rollouts = static_cast<double>(result.rollouts.size());
  const std::map<std::string, double> expected{
      {"reward", mean_of(rewards)},
      {"reward_std", mean_of(spreads)},
      {"rewards/even/mean", mean_of(even)},
      {"completions/mean_length", mean_of(lengths)},
      {"completions/min_length", *std::min_element(lengths.begin(), lengths.end())},
      {"completions/max_length", *std::max_element(lengths.begin(), lengths.end())},
      {"completions/mean_terminated_length", mean_of(terminated)},
      {"completions/clipped_ratio", truncated / rollouts},
      {"halt/truncated_ratio", truncated / rollouts},
      {"thinking/mean_length", mean_of(thinking)},
      {"thinking/forced_ratio", forced / rollouts},
      {"verifier/unparsable_ratio", unparsable / rollouts},
      {"verifier/fault_ratio", faults / rollouts},
      {"num_tokens", tokens},
      {"env/first/reward", mean_of(by_environment.at("first"))},
      {"env/second/reward", mean_of(by_environment.at("second"))},
      {"frac_reward_zero_std", flat / 40.0},
      {"groups/too_few_valid", too_few},
      {"sampling/tokens_compared", completion_tokens},
  };
  std::set<double> different;
  for (const auto& [name, value] : expected) {
    EXPECT_NEAR(result.metrics.at(name), value, kClose) << name;
    different.insert(value);
  }
  EXPECT_GE(different.size(), expected.size() - 3) << "numbers that are equal cannot be told apart";
  for (const double kind : {truncated, forced, unparsable, faults, flat, too_few}) EXPECT_GT(kind, 0.0);
}

TEST(StepMetrics, LossIsTheMeanOverTheOptimizerStepsEachDividedByItsOwnTokens) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.num_iterations = 2;
  options.mini_batches = 3;
  options.micro_batch_tokens = 100;
  Trainer trainer = given.trainer(options);
  const StageStep result = trainer.step();  // With a rate of 0 every ratio is 1.
  double expected = 0.0;
  for (std::int32_t part = 0; part < 3; ++part) {
    double sum = 0.0, tokens = 0.0;
    for (std::size_t i = 0; i < result.rollouts.size(); ++i) {
      const Rollout& rollout = result.rollouts[i];
      if (rollout.group < 20 * part / 3 || rollout.group >= 20 * (part + 1) / 3 || !rollout.verdict.valid()) continue;
      const auto sampled = static_cast<double>(std::count(rollout.completion.sources.begin(), rollout.completion.sources.end(), TokenSource::kSampled));
      sum += result.advantage[i] * sampled;
      tokens += sampled;
    }
    expected -= sum / tokens / 3.0;
  }
  EXPECT_GT(std::fabs(expected), 1e-3) << "the test needs a loss";
  EXPECT_NEAR(result.metrics.at("loss"), expected, 1e-6);
}

TEST(StepMetrics, TheRateIsTheSchedulesAndIsWhatTheStepTakes) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.learning_rate = 1e-2;
  options.schedule.warmup_steps = 4;
  options.optimizer.max_grad_norm = 0.0;
  Trainer trainer = given.trainer(options);
  const std::vector<float> before(given.policy.weights().values().begin(), given.policy.weights().values().end());
  EXPECT_DOUBLE_EQ(trainer.step().metrics.at("learning_rate"), 0.25e-2) << "the first of four steps of warm-up";
  double largest = 0.0;  // Adam's first step is the rate in each direction.
  for (std::size_t i = 0; i < before.size(); ++i) largest = std::max(largest, std::fabs(static_cast<double>(given.policy.weights().values()[i]) - before[i]));
  EXPECT_NEAR(largest, 0.25e-2, 1e-5);
  EXPECT_DOUBLE_EQ(trainer.step().metrics.at("learning_rate"), 0.5e-2);
}

/// Gives every completion the same reward while it is told to.
struct FlatOnDemand final : Verifier {
  std::shared_ptr<std::atomic<bool>> flat = std::make_shared<std::atomic<bool>>(true);
  Verdict verify(const Task&, const Completion& completion) const override {
    return Verdict::scored(*flat || completion.token_ids.size() % 2 == 0 ? 1.0 : 0.0);
  }
};

TEST(StepMetrics, FlatStepsAreCountedOneAfterAnother) {
  const auto verifier = std::make_shared<FlatOnDemand>();
  const TaskListEnvironment environment = words("words", verifier);
  Mixture given;
  Trainer trainer = Trainer::grpo(given.policy, kTokenizer, environment, tiny_options());
  std::vector<double> counted;
  for (const bool flat : {true, true, false, true}) {
    *verifier->flat = flat;
    counted.push_back(trainer.step().metrics.at("halt/flat_steps"));
  }
  EXPECT_EQ(counted, (std::vector<double>{1, 2, 0, 1}));
}

TEST(StepMetrics, TruncationIsAveragedOverTheLastStepsOfTheWindow) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.halt.window = 2;
  Trainer trainer = given.trainer(options);
  std::vector<double> of_step, averages;
  for (int step = 0; step < 4; ++step) {
    const Metrics metrics = trainer.step().metrics;
    of_step.push_back(metrics.at("completions/clipped_ratio"));
    averages.push_back(metrics.at("halt/truncated_ratio"));
  }
  EXPECT_NE(of_step[0], of_step[1]) << "the test needs steps that differ";
  EXPECT_NEAR(averages[0], of_step[0], kClose);
  for (std::size_t step = 1; step < 4; ++step) EXPECT_NEAR(averages[step], (of_step[step - 1] + of_step[step]) / 2.0, kClose) << step;
}

TEST(Evaluation, OfTheDevSplitIsTheEvaluatorsMeanOverTheEnvironments) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.eval_steps = 1;
  options.eval_items = 12;
  options.temperature = 0.7;
  options.seed = 9;
  const Metrics metrics = given.trainer(options).begin().metrics;
  EvaluationOptions evaluation{.split = Split::kDev, .items = 12, .thinking = options.thinking, .seed = 9};
  evaluation.sampling = {.temperature = 0.7, .max_completion_length = 14};
  const Evaluation first = evaluate(given.policy, kTokenizer, given.first, evaluation), second = evaluate(given.policy, kTokenizer, given.second, evaluation);
  EXPECT_NEAR(metrics.at("eval/reward"), (first.accuracy.mean + second.accuracy.mean) / 2.0, kClose);
  EXPECT_NEAR(metrics.at("eval/pass_rate"), (first.pass_rate.mean + second.pass_rate.mean) / 2.0, kClose);
  EXPECT_NEAR(metrics.at("eval/thinking_mean"), (first.thinking_mean + second.thinking_mean) / 2.0, kClose);
  EXPECT_EQ(metrics.at("eval/first/pass_rate"), first.pass_rate.mean);
  EXPECT_EQ(metrics.at("eval/second/pass_rate"), second.pass_rate.mean);
  EXPECT_NE(metrics.at("eval/reward"), metrics.at("eval/pass_rate"));
  EXPECT_GT(metrics.at("eval/thinking_mean"), 0.0);
}

/// The cap of each prompt of the next step.
std::vector<std::int64_t> next_caps(Trainer& trainer) {
  std::map<std::int32_t, std::int64_t> caps;
  for (const Rollout& rollout : trainer.step().rollouts) caps[rollout.group] = rollout.completion.budget.max_tokens;
  std::vector<std::int64_t> all;
  for (const auto& [group, cap] : caps) all.push_back(cap);
  return all;
}

TEST(ThinkingCaps, AreLogUniformBelowTheirMaximumAndNeverAboveTheBudget) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.prompts_per_step = 400;
  options.num_generations = 2;
  options.max_completion_length = 1;
  options.thinking_cap_share = 1.0;
  options.thinking_cap_max = 15;
  options.thinking.max_tokens = -1;
  Trainer free = given.trainer(options);
  const std::vector<std::int64_t> caps = next_caps(free);
  EXPECT_EQ(*std::min_element(caps.begin(), caps.end()), 0);
  EXPECT_EQ(*std::max_element(caps.begin(), caps.end()), 14);
  // A quarter in each octave of cap + 1: 1, 2 to 3, 4 to 7, 8 to 15.
  for (const std::int64_t low : {1, 2, 4, 8}) {
    const auto within = std::count_if(caps.begin(), caps.end(), [&](std::int64_t cap) { return cap + 1 >= low && cap + 1 < 2 * low; });
    EXPECT_NEAR(static_cast<double>(within), 100.0, 5.0 * std::sqrt(400 * 0.25 * 0.75)) << low;
  }
  EXPECT_NE(next_caps(free), caps) << "each step draws its own";
  options.thinking.max_tokens = 5;
  Trainer limited = given.trainer(options);
  std::vector<std::int64_t> cut = caps;
  for (std::int64_t& cap : cut) cap = std::min<std::int64_t>(cap, 5);
  EXPECT_EQ(next_caps(limited), cut);
  options.thinking_cap_max = 0;
  Trainer none = given.trainer(options);
  for (const std::int64_t cap : next_caps(none)) EXPECT_EQ(cap, 0);
}

/// The rewards of the next step by group; -1 where the verifier failed.
std::vector<std::vector<double>> next_rewards(Trainer& trainer) {
  std::vector<std::vector<double>> groups;
  for (const Rollout& rollout : trainer.step().rollouts) {
    if (rollout.sample == 0) groups.emplace_back();
    groups.back().push_back(rollout.verdict.valid() ? rollout.verdict.reward : -1.0);
  }
  return groups;
}

TEST(RandomRewards, AreCoinsOfTheirOwnForEverySample) {
  Mixture given;
  TrainerOptions options = tiny_options();
  options.random_reward = true;
  Trainer trainer = given.trainer(options), again = given.trainer(options);
  const std::vector<std::vector<double>> coins = next_rewards(trainer);
  EXPECT_EQ(next_rewards(again), coins);
  EXPECT_NE(next_rewards(trainer), coins) << "each step throws its own";
  options.seed = 2;
  Trainer other = given.trainer(options);
  EXPECT_NE(next_rewards(other), coins);
  std::map<double, int> times;
  std::set<std::vector<double>> patterns;
  int mixed = 0;
  for (const std::vector<double>& group : coins) {
    for (const double coin : group) ++times[coin];
    patterns.insert(group);
    mixed += std::set<double>(group.begin(), group.end()).size() > 1 ? 1 : 0;
  }
  EXPECT_EQ(times.size(), 3U) << "0, 1, and faults, which stay faults";
  EXPECT_GT(times[0.0], 15);
  EXPECT_GT(times[1.0], 15);
  EXPECT_GT(patterns.size(), 8U) << "every prompt throws its own";
  EXPECT_GT(mixed, 10) << "every sample throws its own";
}

}  // namespace
}  // namespace lydian
