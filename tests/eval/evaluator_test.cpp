#include "lydian/eval/evaluator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <stdexcept>

#include "episode/letter_environment.h"
#include "lydian/core/error.h"
#include "rollout/table_policy.h"
#include "verify/meeting_verifier.h"

namespace lydian {
namespace {

using rollout_test::letter_table;
using rollout_test::LetterEnvironment;
using rollout_test::LetterTokenizer;
using rollout_test::random_table;
using rollout_test::TablePolicy;

/// Right is an answer that begins with a; what begins with d cannot be read.
Verdict judge_first_letter(const Task&, const Completion& completion) {
  if (completion.answer.starts_with("d")) return Verdict::unparsable("d");
  return Verdict::scored(completion.answer.starts_with("a") ? 1.0 : 0.0);
}

std::vector<std::string> many_prompts(std::size_t count) {
  const char* starts[] = {"h", "g", "f"};
  std::vector<std::string> prompts;
  for (std::size_t i = 0; i < count; ++i) prompts.push_back(starts[i % 3]);
  return prompts;
}

/// After f, g or h it answers one of a, b, d and ends.
TablePolicy guesser() {
  return TablePolicy(letter_table({"f>abd", "g>aab", "h>bd", "a>$", "b>$", "d>$"}));
}

TEST(Evaluator, MeansAreThoseOfItsRollouts) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(21));
  const LetterEnvironment environment(many_prompts(40), judge_first_letter);
  const Evaluation found = evaluate(policy, tokenizer, environment, {.items = 30, .samples_per_item = 4, .sampling = {.max_completion_length = 20}});
  ASSERT_EQ(found.rollouts.size(), 120U);
  EXPECT_EQ(found.items, 30);
  double reward = 0.0, thinking = 0.0, truncated = 0.0;
  std::map<std::string, double> category;
  for (const Rollout& rollout : found.rollouts) {
    reward += rollout.verdict.reward / 120.0;
    thinking += static_cast<double>(rollout.completion.thinking_tokens) / 120.0;
    truncated += rollout.completion.truncated() ? 1.0 / 120.0 : 0.0;
    category[rollout.task->category] += rollout.verdict.reward / 40.0;
  }
  EXPECT_NEAR(found.accuracy.mean, reward, 1e-12);
  EXPECT_NEAR(found.thinking_mean, thinking, 1e-12);
  EXPECT_NEAR(found.truncated_share, truncated, 1e-12);
  EXPECT_GT(truncated, 0.0);
  ASSERT_EQ(found.by_category.size(), 3U);
  for (const auto& [name, mean] : category) EXPECT_NEAR(found.by_category.at(name).mean, mean, 1e-12);
}

TEST(Evaluator, CountsAsRightWhatEarnsTheWholeReward) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy = guesser();
  const LetterEnvironment environment(many_prompts(60), [](const Task&, const Completion& completion) {
    return Verdict::scored(completion.answer.starts_with("a") ? 1.0 - 1e-12 : completion.answer.starts_with("b") ? 0.5 : 0.0);
  });
  const Evaluation found = evaluate(policy, tokenizer, environment, {.samples_per_item = 2, .pass_at = {1}});
  double right = 0.0, reward = 0.0;
  for (const Rollout& rollout : found.rollouts) {
    right += rollout.completion.answer.starts_with("a") ? 1.0 / 120.0 : 0.0;
    reward += rollout.verdict.reward / 120.0;
  }
  EXPECT_NEAR(found.pass_rate.mean, right, 1e-9);
  EXPECT_NEAR(found.pass_at.at(1), right, 1e-9);
  EXPECT_NEAR(found.accuracy.mean, reward, 1e-9);
  EXPECT_GT(found.accuracy.mean, found.pass_rate.mean + 0.1);
}

TEST(Evaluator, ThinksWithinItsBudget) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(21));
  const LetterEnvironment environment(many_prompts(40), judge_first_letter);
  EvaluationOptions options{.items = 40, .sampling = {.max_completion_length = 20}, .thinking = {.max_tokens = 2}};
  for (const Rollout& rollout : evaluate(policy, tokenizer, environment, options).rollouts) EXPECT_LE(rollout.completion.thinking_tokens, 2);
  const double cut = evaluate(policy, tokenizer, environment, options).thinking_mean;
  options.thinking.max_tokens = -1;
  EXPECT_GT(evaluate(policy, tokenizer, environment, options).thinking_mean, cut);
}

TEST(Evaluator, JudgesOnSeveralThreadsWithEqualResults) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(21));
  const MeetingVerifier meeting;
  const LetterEnvironment met(many_prompts(4), [&](const Task& task, const Completion& completion) { return meeting.verify(task, completion); });
  const EvaluationOptions options{.items = 4, .sampling = {.max_completion_length = 20}, .verifier_threads = 2};
  EXPECT_EQ(evaluate(policy, tokenizer, met, options).accuracy.mean, 1.0);
  const LetterEnvironment environment(many_prompts(40), judge_first_letter);
  EvaluationOptions threads = options;
  threads.items = 40;
  const Evaluation several = evaluate(policy, tokenizer, environment, threads);
  threads.verifier_threads = 1;
  const Evaluation one = evaluate(policy, tokenizer, environment, threads);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(several.rollouts[i].verdict.reward, one.rollouts[i].verdict.reward);
  threads.verifier_threads = 0;
  EXPECT_THROW(evaluate(policy, tokenizer, environment, threads), ConfigError);
}

TEST(Evaluator, StopsWhenAskedAndIsThenAsItNeverWas) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(21));
  const LetterEnvironment environment(many_prompts(12), judge_first_letter);
  EvaluationOptions options{.items = 12, .sampling = {.max_completion_length = 8}};
  const double reward = evaluate(policy, tokenizer, environment, options).accuracy.mean;
  int polls = 0;
  options.interrupted = [&] { return ++polls, false; };
  EXPECT_EQ(evaluate(policy, tokenizer, environment, options).accuracy.mean, reward);
  EXPECT_GE(polls, 8) << "between any two tokens";
  for (int stop = 1; stop <= 8; ++stop) {
    options.interrupted = [left = stop]() mutable { return --left == 0; };
    EXPECT_THROW(evaluate(policy, tokenizer, environment, options), Interrupted) << stop;
  }
}

TEST(Evaluator, NoiseBelongsToSeedItemAndSample) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(22));
  const LetterEnvironment environment(many_prompts(12), judge_first_letter);
  EvaluationOptions options{.items = 12, .samples_per_item = 3, .sampling = {.max_completion_length = 20, .stop_ids = {0, 4}}};
  options.sampling.top_k = 5;  // Training refuses it, evaluation does not.
  options.sampling.top_p = 0.9;
  const Evaluation wide = evaluate(policy, tokenizer, environment, options);
  options.max_rows = 2;
  options.samples_per_item = 1;
  options.items = 5;
  const Evaluation narrow = evaluate(policy, tokenizer, environment, options);
  for (std::size_t item = 0; item < 5; ++item) EXPECT_EQ(narrow.rollouts[item].completion.token_ids, wide.rollouts[3 * item].completion.token_ids);
  options.seed = 2;
  const Evaluation reseeded = evaluate(policy, tokenizer, environment, options);
  bool differs = false;
  for (std::size_t item = 0; item < 5; ++item) differs |= reseeded.rollouts[item].completion.token_ids != narrow.rollouts[item].completion.token_ids;
  EXPECT_TRUE(differs);
}

/// Most frequent readable answer, ties to the earliest, by counting pairs.
double majority_by_hand(const std::vector<Rollout>& rollouts, std::size_t first, std::size_t k) {
  double reward = 0.0;
  int most = 0;
  for (std::size_t i = first; i < first + k; ++i) {
    int votes = 0;
    for (std::size_t j = first; j < first + k; ++j) {
      if (rollouts[i].verdict.status == VerdictStatus::kScored && rollouts[i].completion.answer == rollouts[j].completion.answer) ++votes;
    }
    if (votes > most) {
      most = votes;
      reward = rollouts[i].verdict.reward;
    }
  }
  return reward;
}

TEST(Evaluator, PassAndMajorityAtK) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy = guesser();
  const LetterEnvironment environment(many_prompts(60), judge_first_letter);
  const Evaluation found = evaluate(policy, tokenizer, environment, {.samples_per_item = 4, .pass_at = {1, 2, 4}});
  std::map<std::size_t, double> pass, majority;
  for (std::size_t item = 0; item < 60; ++item) {
    for (const std::size_t k : {1, 2, 4}) {
      int hits = 0, sets = 0;  // Over all subsets of k samples.
      for (unsigned set = 0; set < 16; ++set) {
        if (static_cast<std::size_t>(__builtin_popcount(set)) != k) continue;
        ++sets;
        bool hit = false;
        for (std::size_t i = 0; i < 4; ++i) hit |= (set >> i & 1U) != 0 && found.rollouts[4 * item + i].verdict.reward == 1.0;
        hits += hit ? 1 : 0;
      }
      pass[k] += static_cast<double>(hits) / sets / 60.0;
      for (std::size_t run = 0; run < 4 / k; ++run)
        majority[k] += majority_by_hand(found.rollouts, 4 * item + run * k, k) / (60.0 * static_cast<double>(4 / k));
    }
  }
  for (const std::size_t k : {1, 2, 4}) {
    EXPECT_NEAR(found.pass_at.at(static_cast<std::int64_t>(k)), pass[k], 1e-12) << k;
    EXPECT_NEAR(found.majority_at.at(static_cast<std::int64_t>(k)), majority[k], 1e-12) << k;
  }
  EXPECT_NEAR(found.pass_at.at(1), found.accuracy.mean, 1e-12);
  EXPECT_NE(found.majority_at.at(4), found.accuracy.mean);
}

TEST(Evaluator, FaultsAreLeftOutAndCounted) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy = guesser();
  const LetterEnvironment environment(many_prompts(30), [](const Task& task, const Completion& completion) -> Verdict {
    if (task.prompt == "g") throw std::runtime_error("broken");
    return judge_first_letter(task, completion);
  });
  const Evaluation found = evaluate(policy, tokenizer, environment, {.samples_per_item = 2, .pass_at = {2}});
  EXPECT_EQ(found.faults, 20);
  EXPECT_EQ(found.items, 30);
  EXPECT_EQ(found.by_category.count("g"), 0U);
  double sum = 0.0;
  for (const Rollout& rollout : found.rollouts) sum += rollout.verdict.valid() ? rollout.verdict.reward : 0.0;
  EXPECT_NEAR(found.accuracy.mean, sum / 40.0, 1e-12);
  const LetterEnvironment broken({"h"}, [](const Task&, const Completion&) -> Verdict { throw std::runtime_error("all broken"); });
  try {
    evaluate(policy, tokenizer, broken, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("all broken"), std::string::npos);
  }
}

TEST(Evaluator, IntervalIsClusteredByItem) {
  const LetterTokenizer tokenizer;
  // What an item answers is decided by its prompt alone: four samples of it say no more than one.
  const TablePolicy policy(letter_table({"f>a", "g>b", "h>b", "a>$", "b>$"}));
  const LetterEnvironment environment(many_prompts(60), judge_first_letter);
  const Evaluation four = evaluate(policy, tokenizer, environment, {.samples_per_item = 4});
  const double p = 1.0 / 3.0, half = 1.96 * std::sqrt(p * (1.0 - p) / 59.0);
  EXPECT_NEAR(four.accuracy.mean, p, 1e-12);
  EXPECT_NEAR(four.accuracy.high - four.accuracy.low, 2.0 * half, 1e-9);  // As if independent it would be half as wide.
}

TEST(Evaluator, RefusesOptionsThatDoNotFit) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy = guesser();
  const LetterEnvironment environment(many_prompts(3), judge_first_letter);
  EXPECT_THROW(evaluate(policy, tokenizer, environment, {.split = Split::kDev}), ConfigError);
  EXPECT_THROW(evaluate(policy, tokenizer, environment, {.items = 0}), ConfigError);
  EXPECT_THROW(evaluate(policy, tokenizer, environment, {.samples_per_item = 0}), ConfigError);
  EXPECT_THROW(evaluate(policy, tokenizer, environment, {.samples_per_item = 2, .pass_at = {3}}), ConfigError);
  EXPECT_EQ(evaluate(policy, tokenizer, environment, {}).items, 3);
}

}  // namespace
}  // namespace lydian
