#include "lydian/envs/chain_environment.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/testing/environment_contract.h"

namespace lydian {
namespace {

Task chain_task(const std::string& prompt, const std::string& ground_truth) {
  Task task;
  task.id = "by-hand";
  task.prompt = prompt;
  task.ground_truth = ground_truth;
  return task;
}

/// The running values of a prompt, computed from its text alone and without the environment's code: the oracle of these tests.
std::string running_values(const std::string& prompt) {
  std::string values;
  int value = 0;
  for (std::size_t i = 0; prompt[i] != '=';) {
    const bool first = i == 0;
    const char operation = first ? '+' : prompt[i + 1];
    const int digit = prompt[i + (first ? 1 : 2)] - '0';
    const int next = operation == '+' ? value + digit : operation == '-' ? value - digit : value * digit;
    value = (next % 10 + 10) % 10;
    values += std::to_string(value);
    i += first ? 2 : 3;
  }
  return values;
}

/// The full thinking of a prompt, again from its text alone.
std::string full_thinking(const std::string& prompt) {
  const std::string values = running_values(prompt);
  std::string text = prompt.substr(0, 2);
  for (std::size_t i = 1; i < values.size(); ++i) text += prompt.substr(2 + 3 * (i - 1), 3) + ":" + values[i];
  return text;
}

TEST(ChainEnvironment, AnswersAndThinkingAgreeWithAnIndependentComputation) {
  const ChainEnvironment environment;
  EXPECT_EQ(running_values("a3b+5c*9d-2="), "3820");
  EXPECT_EQ(environment.solving_thinking(chain_task("a3b+5c*9d-2=", "0")), "a3b+5:8c*9:2d-2:0");
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    for (std::int64_t i = 0; i < 2000; ++i) {
      const Task task = environment.task(split, i);
      ASSERT_EQ(task.ground_truth, running_values(task.prompt).substr(running_values(task.prompt).size() - 1)) << task.prompt;
      ASSERT_EQ(environment.solving_thinking(task), full_thinking(task.prompt));
    }
  }
}

TEST(ChainEnvironment, TasksRepeatAndDependOnTheSeed) {
  const ChainEnvironment environment, same, other({.seed = 2});
  int different = 0;
  for (std::int64_t i = 0; i < 200; ++i) {
    const Task task = environment.task(Split::kTest, i);
    EXPECT_EQ(task.prompt, same.task(Split::kTest, i).prompt);
    different += task.prompt != other.task(Split::kTest, i).prompt;
  }
  EXPECT_GT(different, 150);
  const Task task = environment.task(Split::kTest, 123);
  EXPECT_EQ(task.id, "chain-test-000123");
  const std::string operands = std::to_string(running_values(task.prompt).size());
  EXPECT_EQ(task.category, "n=" + std::string(2 - operands.size(), '0') + operands);
}

TEST(ChainEnvironment, DrawsTheSameTasksOnEveryMachine) {
  const ChainEnvironment environment;
  EXPECT_EQ(environment.task(Split::kTrain, 0).prompt, "a5b-2c+2d+2e+7f-3g-5h-6i+1j*3=");
  EXPECT_EQ(environment.task(Split::kDev, 1).prompt, "a7b*9c+5=");
  EXPECT_EQ(environment.task(Split::kTest, 2).prompt, "a3b+3c+4d*3e*3f*7g+1h+2i-3j*7=");
}

TEST(ChainEnvironment, SplitsAreDisjointAndIdsUniqueOverTwentyThousandTasks) {
  const ChainEnvironment environment;
  std::map<std::string, Split> split_of;
  std::set<std::string> ids;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    for (std::int64_t i = 0; i < 20000; ++i) {
      const Task task = environment.task(split, i);
      ASSERT_TRUE(ids.insert(task.id).second) << task.id;
      ASSERT_EQ(split_of.emplace(task.prompt, split).first->second, split) << task.prompt;
    }
  }
}

TEST(ChainEnvironment, KeepsTheContract) {
  testing::expect_environment_contract(ChainEnvironment());
  testing::expect_environment_contract(ChainEnvironment({.seed = 9, .min_operands = 3, .max_operands = 26}), {.tasks = 50});
  for (const EnvironmentCheck& check : check_environment(ChainEnvironment(), {.tasks = 20})) EXPECT_FALSE(check.skipped) << check.name << ": " << check.detail;
}

/// A verifier that accepts a wrong answer, over CHAIN's tasks.
struct AnyDigit final : Verifier {
  Verdict verify(const Task&, const Completion& completion) const override {
    if (completion.finish_reason != FinishReason::kStopped) return Verdict::scored(0.0);
    const bool is_digit = completion.answer.size() == 1 && completion.answer[0] >= '0' && completion.answer[0] <= '9';
    return is_digit ? Verdict::scored(1.0) : Verdict::unparsable("the answer is not one digit");
  }
};
struct FlatteringChain final : Environment {
  ChainEnvironment chain;
  AnyDigit any_digit;
  std::string name() const override { return "flattering"; }
  std::int64_t size(Split split) const override { return chain.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain.task(split, index); }
  const Verifier& verifier() const override { return any_digit; }
};

TEST(ChainEnvironment, ContractCatchesAVerifierThatAcceptsAnyDigit) {
  std::vector<std::string> failed;
  for (const EnvironmentCheck& check : check_environment(FlatteringChain(), {.tasks = 20})) {
    if (!check.passed && !check.skipped) failed.push_back(check.name);
  }
  EXPECT_EQ(failed, std::vector<std::string>{"wrong answers score wrong"});
}

TEST(ChainEnvironment, MultipliesByUnitsOnly) {
  const ChainEnvironment environment;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::string prompt = environment.task(Split::kTrain, i).prompt;
    for (std::size_t at = prompt.find('*'); at != std::string::npos; at = prompt.find('*', at + 1)) {
      EXPECT_NE(std::string("379").find(prompt[at + 1]), std::string::npos) << prompt;
    }
  }
}

TEST(ChainEnvironment, SolvingGrowsWithTheBudgetAsTheLawSays) {
  const ChainEnvironment environment;
  constexpr std::array<std::pair<std::int64_t, double>, 8> kLaw{{{7, .189}, {12, .324}, {17, .428}, {27, .585}, {37, .703}, {47, .797}, {62, .909}, {77, 1.0}}};
  constexpr std::int64_t kTasks = 20000;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    std::array<double, kLaw.size()> solved{};
    for (std::int64_t i = 0; i < kTasks; ++i) {
      const Task task = environment.task(split, i);
      for (std::size_t k = 0; k < kLaw.size(); ++k) solved[k] += environment.solved_within(task, kLaw[k].first);
    }
    for (std::size_t k = 0; k < kLaw.size(); ++k) {
      EXPECT_NEAR(solved[k] / kTasks, kLaw[k].second, 0.012) << kLaw[k].first;  // Over three standard errors, 0.0035 each.
    }
  }
  EXPECT_EQ(environment.solved_within(chain_task("a3b+5c*9d-2=", "0"), 16), 0.0);
  EXPECT_EQ(environment.solved_within(chain_task("a3b+5c*9d-2=", "0"), 17), 1.0);
}

TEST(ChainEnvironment, VerifierTakesExactlyTheDigitOfAFinishedCompletion) {
  const ChainEnvironment environment;
  const Task task = chain_task("a3b+5=", "8");
  const Verifier& verifier = environment.verifier();
  EXPECT_EQ(verifier.verify(task, completion_with_answer("8")).reward, 1.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("7")).reward, 0.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("7")).status, VerdictStatus::kScored);
  for (const char* text : {"", " 8", "8 ", "88", "eight", "a"}) {
    EXPECT_EQ(verifier.verify(task, completion_with_answer(text)).status, VerdictStatus::kUnparsable) << text;
    EXPECT_EQ(verifier.verify(task, completion_with_answer(text)).reward, 0.0) << text;
  }
  for (const FinishReason reason : {FinishReason::kLength, FinishReason::kThinkingCut, FinishReason::kNoClose}) {
    Completion cut = completion_with_answer("8");
    cut.finish_reason = reason;
    EXPECT_EQ(verifier.verify(task, cut).reward, 0.0);
    EXPECT_FALSE(verifier.verify(task, cut).reason.empty());
  }
}

TEST(ChainEnvironment, DemonstrationsMixNoThinkingFullTracesAndEarlyStops) {
  const ChainEnvironment environment;
  constexpr int kDemonstrations = 20000;
  int without = 0, full = 0, cut_within_a_step = 0;
  for (int i = 0; i < kDemonstrations; ++i) {
    const Task task = environment.task(Split::kTrain, i);
    RandomStream stream({.seed = 5, .purpose = StreamPurpose::kSupervised, .prompt = static_cast<std::uint64_t>(i)});
    const Demonstration demonstration = environment.demonstrate(task, stream).value();
    std::string thinking, last;
    for (const DemonstrationSegment& segment : demonstration.thinking) thinking += segment.text;
    for (const DemonstrationSegment& segment : demonstration.answer) last += segment.text;
    const std::string whole = full_thinking(task.prompt);
    ASSERT_TRUE(demonstration.think);
    ASSERT_EQ(whole.compare(0, thinking.size(), thinking), 0) << thinking << " is no beginning of " << whole;
    ASSERT_EQ(last, running_values(task.prompt).substr(running_values(task.prompt).size() - 1));
    without += thinking.empty();
    full += thinking == whole;
    cut_within_a_step += !thinking.empty() && thinking.size() % 5 != 2;
  }
  // No thinking: .6, and a few cuts at character 0. Full: .15 whole traces and .06 early stops that reach the end, .86 of them uncut. Within a step: .4 think,
  // .15 of these are cut, most within a step.
  EXPECT_NEAR(without / double{kDemonstrations}, 0.605, 0.012);
  EXPECT_NEAR(full / double{kDemonstrations}, 0.18, 0.012);
  EXPECT_NEAR(cut_within_a_step / double{kDemonstrations}, 0.043, 0.01);
}

TEST(ChainEnvironment, DemonstrationsFollowTheirShares) {
  const auto thinking_of = [](const ChainOptions& options, std::int64_t index) {
    const ChainEnvironment environment(options);
    RandomStream stream({.seed = 5, .prompt = static_cast<std::uint64_t>(index)});
    return environment.demonstrate(environment.task(Split::kTrain, index), stream)->thinking.at(0).text;
  };
  const ChainEnvironment environment;
  for (std::int64_t i = 0; i < 50; ++i) {
    const std::string whole = full_thinking(environment.task(Split::kTrain, i).prompt);
    EXPECT_EQ(thinking_of({.traces = {.no_thinking_share = 1.0, .full_share = 0.0, .cut_share = 0.0}}, i), "");
    EXPECT_EQ(thinking_of({.traces = {.no_thinking_share = 0.0, .full_share = 1.0, .cut_share = 0.0}}, i), whole);
    EXPECT_EQ(thinking_of({.traces = {.no_thinking_share = 0.0, .full_share = 0.0, .stop_probability = 1.0, .cut_share = 0.0}}, i), whole.substr(0, 2));
    EXPECT_EQ(thinking_of({.traces = {.no_thinking_share = 0.0, .full_share = 0.0, .stop_probability = 0.0, .cut_share = 0.0}}, i), whole);
  }
}

TEST(ChainEnvironment, JudgesEachStepByWhatTheThinkingStatedBefore) {
  const ChainEnvironment environment;
  const Task task = chain_task("a3b+5c*9d-2=", "0");
  const auto judged = [&](const std::string& thinking) {
    const StepJudge::Steps steps = environment.judge_steps(task, thinking);
    return std::pair(steps.correct, steps.judged);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(judged("a3b+5:8c*9:2d-2:0"), Pair(4, 4));
  EXPECT_EQ(judged(""), Pair(0, 0));
  EXPECT_EQ(judged("a3b+5:"), Pair(1, 1));             // The half step is not judged.
  EXPECT_EQ(judged("a3b+5:7c*9:3d-2:1"), Pair(3, 4));  // One slip; what follows is right given it.
  EXPECT_EQ(judged("a3b+5:8c*7:6d-2:4"), Pair(3, 4));  // A restated operand that the prompt does not have.
  EXPECT_EQ(judged("a3b+5:xc*9:2d-2:0"), Pair(2, 4));  // No value: neither that step nor the one that needs it.
  EXPECT_EQ(judged("a3b+5:8c*9:2d-2:0e+1:1"), Pair(4, 4));
  EXPECT_EQ(judged("b3b+5:8"), Pair(1, 2));
}

TEST(ChainEnvironment, AlphabetCoversAllItsText) {
  const ChainEnvironment environment;
  const std::string alphabet = environment.alphabet();
  EXPECT_EQ(std::set<char>(alphabet.begin(), alphabet.end()).size(), alphabet.size());
  for (std::int64_t i = 0; i < 1000; ++i) {
    const Task task = environment.task(Split::kTrain, i);
    EXPECT_EQ((task.prompt + environment.solving_thinking(task) + task.ground_truth).find_first_not_of(alphabet), std::string::npos);
  }
}

TEST(ChainEnvironment, RefusesWhatItCannotDo) {
  EXPECT_THROW(ChainEnvironment({.min_operands = 1}), ConfigError);
  EXPECT_THROW(ChainEnvironment({.max_operands = 27}), ConfigError);
  EXPECT_THROW(ChainEnvironment({.min_operands = 5, .max_operands = 4}), ConfigError);
  EXPECT_THROW(ChainEnvironment({.traces = {.no_thinking_share = 0.9, .full_share = 0.2}}), ConfigError);
  EXPECT_THROW(ChainEnvironment({.dev_share = -0.1}), ConfigError);
  const ChainEnvironment environment, without_dev({.dev_share = 0.0});
  EXPECT_THROW(environment.task(Split::kTest, -1), Error);
  EXPECT_THROW(without_dev.task(Split::kDev, 0), Error);
  EXPECT_THROW(environment.solving_thinking(chain_task("what is 3+5?", "8")), Error);
  EXPECT_THROW(environment.solving_thinking(chain_task("a3b/5=", "8")), Error);
  EXPECT_THROW(environment.solving_thinking(chain_task("", "8")), Error);
}

TEST(ChainEnvironment, OptionsAreReadByTheirNames) {
  ChainOptions options;
  read_config(Config::parse(R"({"seed": 7, "max_operands": 12, "cut_share": 0.25})"), options);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.max_operands, 12);
  EXPECT_EQ(options.traces.cut_share, 0.25);
  EXPECT_THROW(read_config(Config::parse(R"({"min_operands": 1})"), options), ConfigError);
  EXPECT_EQ(document_config<ChainOptions>().size(), 10U);
}

}  // namespace
}  // namespace lydian
