#include "lydian/eval/thinking_sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

#include "episode/letter_environment.h"
#include "lydian/core/error.h"
#include "rollout/table_policy.h"
#include "verify/meeting_verifier.h"

namespace lydian {
namespace {

using rollout_test::kUnlikely;
using rollout_test::LetterEnvironment;
using rollout_test::LetterTokenizer;
using rollout_test::random_table;
using rollout_test::TablePolicy;

/// The prompt's number of letters is the number of thoughts that a task needs.
class ThoughtEnvironment final : public LetterEnvironment, public BudgetLaw {
 public:
  explicit ThoughtEnvironment(std::vector<std::string> prompts)
      : LetterEnvironment(std::move(prompts),
                          [](const Task& task, const Completion& completion) { return Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0); }) {}
  double solved_within(const Task& task, std::int64_t budget) const override { return static_cast<std::int64_t>(task.prompt.size()) <= budget ? 1.0 : 0.0; }
};

/// Thinks exactly as many tokens as the prompt has, then closes; answers c where it has thought enough, else d.
std::vector<double> think_enough(std::span<const TokenId> ids) {
  const auto of = [&](char letter) { return std::count(ids.begin(), ids.end(), LetterTokenizer::id(letter)); };
  char next = 'a';
  if (of('[') == 0) {
    next = '[';
  } else if (of('c') + of('d') > 0) {
    next = '$';
  } else if (of(']') > 0) {
    next = of('a') >= of('h') ? 'c' : 'd';
  } else if (of('a') == of('h')) {
    next = ']';
  }
  std::vector<double> probabilities(LetterTokenizer::kLetters.size(), kUnlikely);
  probabilities[static_cast<std::size_t>(LetterTokenizer::id(next))] = 1.0;
  return probabilities;
}

std::vector<std::string> prompts_that_need(std::int64_t count, std::int64_t most) {
  std::vector<std::string> prompts;
  for (std::int64_t i = 0; i < count; ++i) prompts.emplace_back(static_cast<std::size_t>(1 + i % most), 'h');
  return prompts;
}

TEST(ThinkingSweep, JudgesOnSeveralThreads) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  const MeetingVerifier meeting;
  const LetterEnvironment met(prompts_that_need(4, 4), [&](const Task& task, const Completion& completion) { return meeting.verify(task, completion); });
  SweepOptions options{.budgets = {1, 5}, .verifier_threads = 2};
  const ThinkingSweep sweep = thinking_sweep(policy, tokenizer, met, options);
  for (const SweepRow& row : sweep.rows) EXPECT_EQ(row.accuracy, 1.0) << row.budget;
  options.verifier_threads = 0;
  EXPECT_THROW(check_sweep(options, tokenizer, met), ConfigError);
}

TEST(ThinkingSweep, StopsWhenAskedAndGivesUpWhatNobodyHasJudged) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  SweepOptions options{.budgets = {1, 5, 9}, .compare_reruns = true, .max_rows = 4};
  int polls = 0;
  options.interrupted = [&] { return ++polls, false; };
  thinking_sweep(policy, tokenizer, ThoughtEnvironment(prompts_that_need(8, 4)), options);
  EXPECT_GE(polls, 60) << "between any two tokens of traces, cuts and reruns";
  for (int stop = 1; stop <= polls; ++stop) {
    options.interrupted = [left = stop]() mutable { return --left == 0; };
    EXPECT_THROW(thinking_sweep(policy, tokenizer, ThoughtEnvironment(prompts_that_need(8, 4)), options), Interrupted) << stop;
  }
  std::atomic<int> judged{0};
  const LetterEnvironment slow(prompts_that_need(100, 4), [&](const Task&, const Completion&) {
    ++judged;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Verdict::scored(1.0);
  });
  options = {.budgets = {9}, .interrupted = [&] { return judged > 0; }};
  EXPECT_THROW(thinking_sweep(policy, tokenizer, slow, options), Interrupted);
  EXPECT_LT(judged, 40);
}

TEST(ThinkingSweep, ReproducesTheKnownCurve) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  const ThoughtEnvironment environment(prompts_that_need(40, 10));
  const SweepOptions options{.budgets = {0, 1, 2, 5, 8, 10, 12}, .max_rows = 7};
  const ThinkingSweep sweep = thinking_sweep(policy, tokenizer, environment, options);
  ASSERT_EQ(sweep.rows.size(), 7U);
  std::int64_t tokens = 40 * 4 + 4 * 55;  // The traces: two delimiters, answer, end, and what each task needs.
  for (std::size_t b = 0; b < sweep.rows.size(); ++b) {
    const SweepRow& row = sweep.rows[b];
    const std::int64_t budget = options.budgets[b];
    double thinking = 0.0, forced = 0.0;
    for (std::int64_t need = 1; need <= 10; ++need) {
      thinking += static_cast<double>(std::min(need, budget)) / 10.0;
      forced += need >= budget ? 0.1 : 0.0;                              // At need == budget the policy would have closed by itself.
      if (b + 1 < sweep.rows.size() && need >= budget) tokens += 4 * 3;  // Closer, answer, end, for four tasks each.
    }
    EXPECT_EQ(row.budget, budget);
    EXPECT_EQ(row.items, 40);
    EXPECT_NEAR(row.accuracy, static_cast<double>(std::min<std::int64_t>(budget, 10)) / 10.0, 1e-12) << budget;
    EXPECT_NEAR(row.law, row.accuracy, 1e-12);
    EXPECT_NEAR(row.thinking_mean, thinking, 1e-12) << budget;
    EXPECT_NEAR(row.forced_share, forced, 1e-12) << budget;
    EXPECT_LE(row.low, row.accuracy);
    EXPECT_GE(row.high, row.accuracy);
  }
  EXPECT_EQ(policy.calls().tokens, tokens);
  EXPECT_EQ(policy.calls().opens, 40);
  EXPECT_EQ(policy.calls().living, 0);
  EXPECT_LE(policy.calls().most_living, 2 * 7);
  EXPECT_GT(sweep.spearman, 0.98);
  EXPECT_GT(sweep.fit.slope, 0.0);
  EXPECT_EQ(sweep.reruns_compared, 0);
}

TEST(ThinkingSweep, FitsTheBudgetsFromTheOneThatIsAskedFor) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  const ThoughtEnvironment environment(prompts_that_need(40, 10));
  const ThinkingSweep sweep = thinking_sweep(policy, tokenizer, environment, {.budgets = {0, 1, 2, 5, 8, 10}, .fit_from_budget = 5});
  const std::vector<double> log_budgets{std::log2(5.0), 3.0, std::log2(10.0)}, accuracies{0.5, 0.8, 1.0};
  const LinearFit expected = linear_fit(log_budgets, accuracies);
  EXPECT_NEAR(sweep.fit.slope, expected.slope, 1e-12);
  EXPECT_NEAR(sweep.fit.intercept, expected.intercept, 1e-12);
  EXPECT_NEAR(sweep.fit.r2, expected.r2, 1e-12);
  EXPECT_EQ(sweep.fit_from_budget, 5);
}

TEST(ThinkingSweep, HasTheNoiseOfItsSeed) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(33));
  const ThoughtEnvironment environment(prompts_that_need(50, 10));
  const auto thinking = [&](std::uint64_t seed) {
    return thinking_sweep(policy, tokenizer, environment, {.budgets = {9}, .sampling = {.max_completion_length = 25}, .seed = seed}).rows[0].thinking_mean;
  };
  EXPECT_EQ(thinking(1), thinking(1));
  EXPECT_NE(thinking(2), thinking(1));
}

TEST(ThinkingSweep, CutsEqualRunsFromScratch) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(31));
  const ThoughtEnvironment environment(prompts_that_need(50, 10));
  const ThinkingSweep sweep = thinking_sweep(
      policy, tokenizer, environment, {.budgets = {0, 1, 2, 3, 5, 9}, .sampling = {.max_completion_length = 25}, .compare_reruns = true, .max_rows = 16});
  EXPECT_EQ(sweep.reruns_compared, 300);
  EXPECT_EQ(sweep.reruns_different, 0);
}

TEST(ThinkingSweep, SeesWhereCutsDiffer) {
  const LetterTokenizer tokenizer;
  std::int64_t calls = 0;
  const auto table = random_table(32);
  // Depends on how often it was asked: what a policy is not allowed to do.
  const TablePolicy policy(11, [&](std::span<const TokenId> ids) { return table[static_cast<std::size_t>((ids.back() + ++calls / 64) % 11)]; });
  const ThoughtEnvironment environment(prompts_that_need(20, 10));
  const ThinkingSweep sweep =
      thinking_sweep(policy, tokenizer, environment, {.budgets = {1, 4}, .sampling = {.max_completion_length = 25}, .compare_reruns = true});
  EXPECT_EQ(sweep.reruns_compared, 40);
  EXPECT_GT(sweep.reruns_different, 0);
}

TEST(ThinkingSweep, LeavesFaultsOutOfTheirRow) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  const LetterEnvironment environment(prompts_that_need(20, 10), [](const Task& task, const Completion& completion) -> Verdict {
    if (task.prompt.size() == 3) throw std::runtime_error("broken");
    return Verdict::scored(completion.answer == "c" ? 1.0 : 0.0);
  });
  const ThinkingSweep sweep = thinking_sweep(policy, tokenizer, environment, {.budgets = {5, 10}});
  EXPECT_EQ(sweep.rows[0].items, 18);
  EXPECT_NEAR(sweep.rows[0].accuracy, 4.0 / 9.0, 1e-12);
  EXPECT_EQ(sweep.rows[0].law, -1.0);  // This environment states no law.
}

TEST(ThinkingSweep, TableIsAligned) {
  ThinkingSweep sweep;
  sweep.rows = {{.budget = 7, .items = 1000, .accuracy = 0.387, .low = 0.357, .high = 0.418, .thinking_mean = 6.94, .forced_share = 0.811, .law = 0.189},
                {.budget = 77, .items = 1000, .accuracy = 1.0, .low = 0.996, .high = 1.0, .thinking_mean = 29.4, .forced_share = 0.0}};
  sweep.fit_from_budget = 12;
  const std::string table = sweep.table();
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; (end = table.find('\n', begin)) != std::string::npos; begin = end + 1) lines.push_back(table.substr(begin, end - begin));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0].size(), lines[1].size());
  EXPECT_EQ(lines[1].size(), lines[2].size());
  EXPECT_EQ(lines[1], "       7    1000     0.387   0.357 .. 0.418       6.9   81.1 %   0.189");
  EXPECT_EQ(lines[2], "      77    1000     1.000   0.996 .. 1.000      29.4    0.0 %       -");
  const std::vector<SweepRow> before{{.accuracy = 0.295}, {.accuracy = 0.422}};
  const std::string compared = sweep.table(before);
  EXPECT_NE(compared.find(lines[0] + "  before\n" + lines[1] + "   0.295\n" + lines[2] + "   0.422\n"), std::string::npos) << compared;
}

TEST(ThinkingSweep, RefusesOptionsThatDoNotFit) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(11, think_enough);
  const ThoughtEnvironment environment(prompts_that_need(2, 2));
  EXPECT_THROW(thinking_sweep(policy, tokenizer, environment, {.budgets = {}}), ConfigError);
  EXPECT_THROW(thinking_sweep(policy, tokenizer, environment, {.budgets = {4, 4}}), ConfigError);
  EXPECT_THROW(thinking_sweep(policy, tokenizer, environment, {.budgets = {-1, 4}}), ConfigError);
  EXPECT_THROW(thinking_sweep(policy, tokenizer, environment, {.split = Split::kTrain}), ConfigError);
}

}  // namespace
}  // namespace lydian
