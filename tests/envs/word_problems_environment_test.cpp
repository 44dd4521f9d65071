#include "lydian/envs/word_problems_environment.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/testing/environment_contract.h"

namespace lydian {
namespace {

Task story(const std::string& prompt, const std::string& ground_truth) {
  Task task;
  task.id = "by-hand";
  task.prompt = prompt;
  task.ground_truth = ground_truth;
  return task;
}

const char* const kPrompt = "Tom has 7 figs. Ann gives 3. Bob eats 2. Cal doubles it. How many figs?";
const char* const kThinking = "Tom 7;Ann 7+3=10;Bob 10-2=8;Cal 8*2=16;";

/// What a reader of English would compute, without the environment's code: the oracle of these tests.
struct Reading {
  int amount = 0, events = 0, most = 0;
};

Reading read(const std::string& prompt) {
  static const std::set<std::string> adding{"adds", "gives", "brings", "finds"}, taking{"takes", "eats", "uses", "loses"};
  std::istringstream words(prompt);
  std::string who, verb, amount;
  Reading reading;
  words >> who >> verb >> reading.amount >> amount;
  EXPECT_EQ(verb, "has");
  while (words >> who >> verb >> amount) {
    if (who == "How") return reading;
    ++reading.events;
    const int number = std::atoi(amount.c_str());
    if (adding.contains(verb))
      reading.amount += number;
    else if (taking.contains(verb))
      reading.amount -= number;
    else if (verb == "doubles")
      reading.amount *= 2;
    else
      ADD_FAILURE() << verb << " in " << prompt;
    EXPECT_TRUE(reading.amount >= 0 && reading.amount <= 20) << prompt;
  }
  ADD_FAILURE() << "no question in " << prompt;
  return reading;
}

TEST(WordProblems, AnswersAgreeWithAReadingOfTheStory) {
  const WordProblemsEnvironment environment;
  EXPECT_EQ(read(kPrompt).amount, 16);
  std::map<std::string, int> of_category;
  std::size_t longest = 0;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    for (std::int64_t i = 0; i < 1000; ++i) {
      const Task task = environment.task(split, i);
      const Reading reading = read(task.prompt);
      ASSERT_EQ(task.ground_truth, std::to_string(reading.amount)) << task.prompt;
      ASSERT_EQ(task.category, "events=0" + std::to_string(reading.events));
      ++of_category[task.category];
      longest = std::max(longest, task.prompt.size());
    }
  }
  EXPECT_EQ(of_category.size(), 4U);
  for (const auto& [category, count] : of_category) EXPECT_GT(count, 150) << category;
  EXPECT_LT(longest, 112U);
}

TEST(WordProblems, ShowsEachStepOfTheThinking) {
  const WordProblemsEnvironment environment;
  const Task task = story(kPrompt, "16");
  EXPECT_EQ(environment.solving_thinking(task), kThinking);
  EXPECT_EQ(environment.solved_within(task, static_cast<std::int64_t>(std::string(kThinking).size())), 1.0);
  EXPECT_EQ(environment.solved_within(task, static_cast<std::int64_t>(std::string(kThinking).size()) - 1), 0.0);
  EXPECT_THROW(environment.solving_thinking(story("Tom has 7 figs. Ann steals 3. How many figs?", "4")), Error);
  EXPECT_THROW(environment.solving_thinking(story("Tom has 7 figs. Ann gives 03. How many figs?", "10")), Error);
  EXPECT_THROW(environment.solving_thinking(story("", "")), Error);
}

TEST(WordProblems, JudgesStepsByWhatTheThinkingItselfSaid) {
  const WordProblemsEnvironment environment;
  const Task task = story(kPrompt, "16");
  const auto steps = [&](const std::string& thinking) {
    const StepJudge::Steps found = environment.judge_steps(task, thinking);
    return std::pair(found.judged, found.correct);
  };
  EXPECT_EQ(steps(kThinking), std::pair(std::int64_t{4}, std::int64_t{4}));
  EXPECT_EQ(steps("Tom 7;Ann 7+3=10;Bob 10"), std::pair(std::int64_t{2}, std::int64_t{2}));
  // One slip is one wrong step: what follows goes on from it.
  EXPECT_EQ(steps("Tom 7;Ann 7+3=9;Bob 9-2=7;Cal 7*2=14;"), std::pair(std::int64_t{4}, std::int64_t{3}));
  EXPECT_EQ(steps("Tom 7;Amy 7+3=10;Bob 10+2=12;Cal 12*2=24;"), std::pair(std::int64_t{4}, std::int64_t{2}));
  EXPECT_EQ(steps(";;;;"), std::pair(std::int64_t{4}, std::int64_t{0}));
  EXPECT_EQ(steps(""), std::pair(std::int64_t{0}, std::int64_t{0}));
}

TEST(WordProblems, TheVerifierTakesTheDigitsAlone) {
  const WordProblemsEnvironment environment;
  const Task task = story(kPrompt, "16");
  EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("16")).reward, 1.0);
  for (const char* wrong : {"1", "6", "61", "15"}) {
    const Verdict verdict = environment.verifier().verify(task, completion_with_answer(wrong));
    EXPECT_EQ(verdict.status, VerdictStatus::kScored);
    EXPECT_EQ(verdict.reward, 0.0) << wrong;
  }
  for (const char* no_answer : {"", "16 ", "016", "+16", "16.0", "16 or 15", "sixteen"}) {
    EXPECT_EQ(environment.verifier().verify(task, completion_with_answer(no_answer)).status, VerdictStatus::kUnparsable) << no_answer;
  }
  Completion cut = completion_with_answer("16");
  cut.finish_reason = FinishReason::kLength;
  EXPECT_EQ(environment.verifier().verify(task, cut).reward, 0.0);
}

TEST(WordProblems, DrawsTheSameTasksOnEveryMachine) {
  const WordProblemsEnvironment environment, other({.seed = 2});
  EXPECT_EQ(environment.task(Split::kTrain, 0).prompt, environment.task(Split::kTrain, 0).prompt);
  EXPECT_NE(environment.task(Split::kTrain, 0).prompt, other.task(Split::kTrain, 0).prompt);
  EXPECT_EQ(environment.task(Split::kTest, 7).id, "words-test-000007");
  EXPECT_EQ(environment.task(Split::kTrain, 0).prompt, "Ray has 8 pens. Ann takes 4. Bob brings 8. Cal finds 3. Dot adds 5. How many pens?");
}

TEST(WordProblems, DemonstrationsMixStopsAndWeighGuesses) {
  const WordProblemsEnvironment environment;
  int none = 0, full = 0, other = 0;
  RandomStream stream({.purpose = StreamPurpose::kSupervised});
  for (std::int64_t i = 0; i < 2000; ++i) {
    const Task task = environment.task(Split::kTrain, i);
    const auto demonstration = environment.demonstrate(task, stream);
    ASSERT_TRUE(demonstration);
    const std::string thinking = demonstration->thinking[0].text, whole = environment.solving_thinking(task);
    ASSERT_TRUE(whole.starts_with(thinking));
    ASSERT_EQ(demonstration->answer[0].text, task.ground_truth);
    ASSERT_EQ(demonstration->answer[0].weight, thinking == whole ? 1.0 : 0.2);
    ++(thinking.empty() ? none : thinking == whole ? full : other);
  }
  EXPECT_NEAR(none / 2000.0, 0.56, 0.05);
  EXPECT_GT(full, 350);
  EXPECT_GT(other, 300);
}

TEST(WordProblems, KeepsTheContract) {
  testing::expect_environment_contract(WordProblemsEnvironment());
  testing::expect_environment_contract(WordProblemsEnvironment({.seed = 9, .min_events = 3, .max_events = 12}));
}

TEST(WordProblems, RefusesOptionsOutOfRange) {
  EXPECT_THROW(WordProblemsEnvironment({.min_events = 0}), ConfigError);
  EXPECT_THROW(WordProblemsEnvironment({.min_events = 4, .max_events = 3}), ConfigError);
  EXPECT_THROW(WordProblemsEnvironment({.max_events = 13}), ConfigError);
  EXPECT_THROW(WordProblemsEnvironment({.traces = {.no_thinking_share = 0.9, .full_share = 0.2}}), ConfigError);
  WordProblemsOptions options;
  read_config(Config::parse(R"({"max_events": 8, "seed": 5})"), options);
  EXPECT_EQ(options.max_events, 8);
}

}  // namespace
}  // namespace lydian
