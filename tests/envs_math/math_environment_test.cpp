#include "lydian/envs/math_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "folders.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/testing/environment_contract.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Files of one test in a folder of its own.
class MathEnvironmentTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  /// All rows in the train split.
  MathEnvironmentOptions reading(const std::string& text) const {
    MathEnvironmentOptions options;
    options.train = {file("rows.jsonl", text)};
    options.dev_share = options.test_share = 0.0;
    return options;
  }

  TemporaryFolder folder_;
};

Demonstration demonstration_of(const MathEnvironment& environment, const Task& task) {
  RandomStream stream({.purpose = StreamPurpose::kSupervised});
  return environment.demonstrate(task, stream).value();
}

TEST_F(MathEnvironmentTest, ReadsGsm8kAsItIs) {
  const MathEnvironment environment(
      reading(R"({"question": "How many?", "answer": "She sold 48/2 = <<48/2=24>>24 clips.\nIn all <<48+24=1072>>1,072.\n#### 1,072"})"));
  const Task task = environment.task(Split::kTrain, 0);
  EXPECT_EQ(task.id, "rows-1");
  EXPECT_EQ(task.prompt, "How many?");
  EXPECT_EQ(task.ground_truth, "1,072");
  const Demonstration shown = demonstration_of(environment, task);
  EXPECT_TRUE(shown.think);
  EXPECT_EQ(shown.thinking[0].text, "She sold 48/2 = 24 clips.\nIn all 1,072.");
  EXPECT_EQ(shown.answer[0].text, "\\boxed{1,072}");
  EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("\\boxed{1072}")).reward, 1.0);
}

TEST_F(MathEnvironmentTest, ReadsMathWithAndWithoutAnAnswerField) {
  const MathEnvironment environment(
      reading(R"({"problem": "Half of a third?", "solution": "First $\\boxed{1}$, no: $\\boxed{\\frac{1}{6}}$.", "level": "Level 1", "type": "Algebra"})"
              "\n"
              R"({"problem": "Half?", "answer": "\\frac{1}{2}", "solution": "Clear.", "subject": "Arithmetic", "level": 2, "unique_id": "test/a/1.json"})"
              "\n"));
  const Task first = environment.task(Split::kTrain, 0), second = environment.task(Split::kTrain, 1);
  EXPECT_EQ(first.ground_truth, "\\frac{1}{6}");
  EXPECT_EQ(first.category, "Algebra");
  EXPECT_EQ(second.ground_truth, "\\frac{1}{2}");
  EXPECT_EQ(second.category, "Arithmetic");
  EXPECT_EQ(second.id, "test/a/1.json");
  EXPECT_EQ(demonstration_of(environment, second).thinking[0].text, "Clear.");
}

TEST_F(MathEnvironmentTest, ReadsTrlVerlAndReasoningGymUnchanged) {
  const MathEnvironment environment(reading(
      R"({"prompt": [{"role": "user", "content": "TRL?"}], "solution": "$\\frac{63}{400}$"})"
      "\n"
      R"({"data_source": "openai/gsm8k", "prompt": [{"role": "system", "content": "S"}, {"role": "user", "content": "verl?"}], "ability": "math",)"
      R"( "reward_model": {"style": "rule", "ground_truth": "72"}, "extra_info": {"split": "train", "index": 0, "answer": "long", "question": "verl?"}})"
      "\n"
      R"({"question": "gym?", "answer": "34", "metadata": {"source_dataset": "chain_sum", "source_index": 0, "difficulty": {"num_terms": [2, 6]}}})"
      "\n"
      R"({"prompt": "plain TRL?", "answer": 7})"
      "\n"));
  const Task trl = environment.task(Split::kTrain, 0), verl = environment.task(Split::kTrain, 1), gym = environment.task(Split::kTrain, 2);
  EXPECT_EQ(trl.messages.size(), 1U);
  EXPECT_EQ(trl.ground_truth, "\\frac{63}{400}");
  ASSERT_EQ(verl.messages.size(), 2U);
  EXPECT_EQ(verl.messages[1].content, "verl?");
  EXPECT_EQ(verl.ground_truth, "72");
  EXPECT_EQ(verl.category, "openai/gsm8k");
  EXPECT_EQ(gym.prompt, "gym?");
  EXPECT_EQ(gym.ground_truth, "34");
  EXPECT_EQ(gym.category, "chain_sum");
  EXPECT_FALSE(demonstration_of(environment, gym).think);
  EXPECT_EQ(environment.task(Split::kTrain, 3).ground_truth, "7");
}

TEST_F(MathEnvironmentTest, GoldsThatAreNumbersKeepTheirDigits) {
  for (const std::string number : {"123456789012345678901234567890", "-12345678901234567890123", "0.12345678901234567890123", "42", "0.5"}) {
    const MathEnvironment environment(reading(R"({"question": "How many?", "answer": )" + number + "}"));
    const Task task = environment.task(Split::kTrain, 0);
    EXPECT_EQ(task.ground_truth, number);
    EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("\\boxed{" + number + "}")).reward, 1.0);
  }
}

TEST_F(MathEnvironmentTest, SeveralGoldsAreEachAcceptable) {
  const MathEnvironment environment(reading(R"({"problem": "p", "answer": ["2", "3"]})"
                                            "\n"
                                            R"x({"problem": "q", "answer": "[1, 2)"})x"
                                            "\n"));
  const Task either = environment.task(Split::kTrain, 0), interval = environment.task(Split::kTrain, 1);
  for (const auto& [answer, reward] : std::map<std::string, double>{{"\\boxed{2}", 1}, {"\\boxed{3}", 1}, {"\\boxed{5}", 0}}) {
    EXPECT_EQ(environment.verifier().verify(either, completion_with_answer(answer)).reward, reward) << answer;
  }
  EXPECT_EQ(environment.verifier().verify(interval, completion_with_answer("\\boxed{[1,2)}")).reward, 1.0);
  EXPECT_EQ(environment.verifier().verify(interval, completion_with_answer("\\boxed{1}")).reward, 0.0);
}

TEST_F(MathEnvironmentTest, TemplatesAndFieldsCanBeChosen) {
  MathEnvironmentOptions options = reading(R"({"id": 5, "data": {"q": "Why?", "a": "1"}, "question": "other", "answer": "2", "kind": {"of": "x"}})");
  options.question_field = "data.q";
  options.gold_field = "data.a";
  options.category_field = "kind.of";
  options.question_template = "Q: {question}\nA:";
  options.system_prompt = "Think.";
  const MathEnvironment environment(options);
  const Task task = environment.task(Split::kTrain, 0);
  ASSERT_EQ(task.messages.size(), 2U);
  EXPECT_EQ(task.messages[0].role, "system");
  EXPECT_EQ(task.messages[1].content, "Q: Why?\nA:");
  EXPECT_EQ(task.ground_truth, "1");
  EXPECT_EQ(task.category, "x");
  EXPECT_EQ(task.id, "5");
  options.question_template = "no place";
  EXPECT_THROW(MathEnvironment{options}, ConfigError);
}

TEST_F(MathEnvironmentTest, BrokenRowsAreNamedWithinABudget) {
  MathEnvironmentOptions options = reading(
      "{\"question\": \"a\", \"answer\": \"#### 1\"}\n"
      "{\"question\": \"b\", \"answer\": \n"
      "\n"
      "{\"question\": \"\", \"answer\": \"1\"}\n"
      "{\"question\": \"c\"}\n"
      "{\"question\": \"d\", \"answer\": \"#### \"}\n"
      "[1]\n"
      "{\"question\": \"e\", \"answer\": true}\n"
      "{\"prompt\": [{\"role\": \"user\"}], \"answer\": \"1\"}\n"
      "{\"question\": \"f\", \"answer\": \"2\"}\n");
  const std::string path = options.train[0];
  options.max_broken_rows = 7;
  const MathEnvironment environment(options);
  EXPECT_EQ(environment.size(Split::kTrain), 2);
  EXPECT_THAT(
      environment.broken_rows(),
      ElementsAre(HasSubstr(path + ", line 2: "), HasSubstr(path + ", line 4: question: expected text"),
                  HasSubstr(path + ", line 5: expected a gold answer in"), HasSubstr(path + ", line 6: answer: expected a gold answer"),
                  HasSubstr(path + ", line 7: expected an object"), HasSubstr(path + ", line 8: answer: expected a gold answer as text or number, got true"),
                  HasSubstr(path + ", line 9: prompt: expected messages")));
  options.max_broken_rows = 6;
  try {
    MathEnvironment refused(options);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected at most 6 broken rows (max_broken_rows), got 7: " + path + ", line 2"));
  }
}

TEST_F(MathEnvironmentTest, AnIdThatStandsTwiceIsABrokenRow) {
  MathEnvironmentOptions options =
      reading("{\"id\": \"x\", \"question\": \"a\", \"answer\": \"1\"}\n{\"id\": \"x\", \"question\": \"b\", \"answer\": \"2\"}\n");
  options.max_broken_rows = 1;
  const MathEnvironment environment(options);
  EXPECT_THAT(environment.broken_rows(), ElementsAre(HasSubstr("line 2: expected an id of its own")));
}

TEST_F(MathEnvironmentTest, NothingThatIsTestedIsTrainedOn) {
  std::string rows, test;
  for (int i = 0; i < 200; ++i) rows += R"({"question": "q)" + std::to_string(i) + R"(", "answer": "1"})" + "\n";
  for (int i = 0; i < 30; ++i) test += R"({"question": "q)" + std::to_string(i) + R"(", "answer": "1"})" + "\n";
  MathEnvironmentOptions options;
  options.train = {file("train.jsonl", rows)};
  options.test = {file("test.jsonl", test)};
  options.dev_share = 0.2;
  const MathEnvironment environment(options);
  EXPECT_EQ(environment.size(Split::kTest), 30);
  EXPECT_EQ(environment.repeated_rows(), 30);
  EXPECT_EQ(environment.size(Split::kTrain) + environment.size(Split::kDev), 170);
  EXPECT_NEAR(static_cast<double>(environment.size(Split::kDev)), 34, 18);
  std::set<std::string> tested, trained;
  for (std::int64_t i = 0; i < environment.size(Split::kTest); ++i) tested.insert(environment.task(Split::kTest, i).prompt);
  for (std::int64_t i = 0; i < environment.size(Split::kTrain); ++i) EXPECT_FALSE(tested.contains(environment.task(Split::kTrain, i).prompt));
}

TEST_F(MathEnvironmentTest, LongPromptsCanBeLeftOut) {
  MathEnvironmentOptions options = reading("{\"question\": \"short\", \"answer\": \"1\"}\n{\"question\": \"rather long\", \"answer\": \"2\"}\n");
  options.max_prompt_bytes = 6;
  const MathEnvironment environment(options);
  EXPECT_EQ(environment.size(Split::kTrain), 1);
  EXPECT_EQ(environment.long_rows(), 1);
}

TEST_F(MathEnvironmentTest, FormatIsRewardedApartFromCorrectness) {
  const std::string row = R"({"question": "q", "answer": "4"})";
  for (const double weight : {0.0, 0.25}) {
    MathEnvironmentOptions options = reading(row);
    options.format_weight = weight;
    const MathEnvironment environment(options);
    const Task task = environment.task(Split::kTrain, 0);
    const auto judged = [&](const std::string& answer) { return environment.verifier().verify(task, completion_with_answer(answer)); };
    const auto parts = [&](const std::string& answer) {
      const Verdict verdict = judged(answer);
      return std::pair(verdict.parts.at(0).second, verdict.parts.at(1).second);
    };
    EXPECT_EQ(parts("\\boxed{4}"), std::pair(1.0, 1.0));
    EXPECT_EQ(parts("it is 4"), std::pair(1.0, 0.0));
    EXPECT_EQ(parts("\\boxed{5}"), std::pair(0.0, 1.0));
    EXPECT_EQ(parts("\\boxed{4} or \\boxed{5}"), std::pair(0.0, 0.0));
    EXPECT_DOUBLE_EQ(judged("\\boxed{4}").reward, 1.0);
    EXPECT_DOUBLE_EQ(judged("it is 4").reward, 1.0 - weight);
    EXPECT_DOUBLE_EQ(judged("\\boxed{5}").reward, weight);
    EXPECT_EQ(judged("\\boxed{4}").parts[0].first, "correct");
    EXPECT_EQ(judged("\\boxed{4}").parts[1].first, "format");
  }
}

TEST_F(MathEnvironmentTest, EachFormIsShownAndAskedFor) {
  const std::map<AnswerForm, std::string> forms{
      {AnswerForm::kBoxed, "\\boxed{4}"}, {AnswerForm::kHashMarks, "#### 4"}, {AnswerForm::kAnswerTag, "<answer>4</answer>"}, {AnswerForm::kBare, "4"}};
  for (const auto& [form, answer] : forms) {
    MathEnvironmentOptions options = reading(R"({"question": "q", "answer": "4"})");
    options.answer_form = form;
    options.format_weight = 0.5;
    const MathEnvironment environment(options);
    const Task task = environment.task(Split::kTrain, 0);
    EXPECT_EQ(demonstration_of(environment, task).answer[0].text, answer);
    for (const auto& [other, text] : forms) {
      const double expected = form == other || form == AnswerForm::kBare ? 1.0 : 0.5;
      EXPECT_EQ(environment.verifier().verify(task, completion_with_answer(text)).reward, expected) << text;
    }
    EXPECT_LT(environment.verifier().verify(task, completion_with_answer(answer + answer)).reward, 1.0);
  }
}

TEST_F(MathEnvironmentTest, ARewardFunctionOfOnesOwnJudgesTheRow) {
  MathEnvironmentOptions options = reading(R"({"data_source": "own", "prompt": "q", "reward_model": {"ground_truth": "72"}, "extra_info": {"index": 3}})");
  options.reward.command = {"python3", source_file("scripts/reward_process.py"), "--verl", source_file("tests/verify/reward_functions.py")};
  const MathEnvironment environment(options);
  EXPECT_FALSE(environment.verifier().deterministic());
  const Task task = environment.task(Split::kTrain, 0);
  EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("72", "so")).reward, 1.0);
  EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("\\boxed{72}", "so")).reward, 0.0);
  EXPECT_EQ(environment.verifier().verify(task, completion_with_answer("raise")).status, VerdictStatus::kVerifierFault);
}

TEST_F(MathEnvironmentTest, TheSmallSetKeepsTheContract) {
  const MathEnvironment environment;
  EXPECT_GT(environment.size(Split::kTrain), 25);
  EXPECT_GT(environment.size(Split::kDev) + environment.size(Split::kTest), 3);
  testing::expect_environment_contract(environment);
}

TEST_F(MathEnvironmentTest, ReadsAllOfTheSharedData) {
  const std::string folder = shared_file("data/math/");
  LYDIAN_NEEDS_SHARED(!std::filesystem::exists(folder + "gsm8k_train.jsonl"), "data/math/gsm8k_train.jsonl");
  MathEnvironmentOptions gsm8k;
  gsm8k.train = {folder + "gsm8k_train.jsonl"};
  gsm8k.test = {folder + "gsm8k_test.jsonl"};
  const MathEnvironment words(gsm8k);
  EXPECT_EQ(words.size(Split::kTrain) + words.size(Split::kDev) + words.size(Split::kTest) + words.repeated_rows(), 7473 + 1319);
  EXPECT_EQ(words.size(Split::kTest), 1319);
  MathEnvironmentOptions math;
  math.train = {folder + "math_train.jsonl"};
  math.test = {folder + "math_test.jsonl"};
  math.max_broken_rows = 50;
  const MathEnvironment problems(math);
  EXPECT_LE(problems.broken_rows().size(), 5U) << ::testing::PrintToString(problems.broken_rows());
  const auto of_test = [](const std::string& row) { return row.find("math_test") != std::string::npos; };
  EXPECT_EQ(problems.size(Split::kTest) + std::count_if(problems.broken_rows().begin(), problems.broken_rows().end(), of_test), 5000);
}

TEST_F(MathEnvironmentTest, RefusesWhatCannotBeUsed) {
  MathEnvironmentOptions options;
  options.train = {folder_ / "absent.jsonl"};
  try {
    const MathEnvironment absent(options);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("files that can be read under train, got [durable_file] " + options.train[0] + ": cannot open"));
  }
  options.train = {file("empty.jsonl", "\n")};
  EXPECT_THROW(MathEnvironment{options}, ConfigError);
  EXPECT_THROW(MathEnvironment({.dev_share = 0.7, .test_share = 0.7}), ConfigError);
  EXPECT_THROW(MathEnvironment({.format_weight = 1.5}), ConfigError);
  MathEnvironmentOptions from_file;
  read_config(Config::parse(R"({"train": ["a"], "answer_form": "hash_marks", "grading": {"unit_optional": false}, "reward": {"timeout_s": 2}})"), from_file);
  EXPECT_EQ(from_file.answer_form, AnswerForm::kHashMarks);
  EXPECT_FALSE(from_file.grading.unit_optional);
  EXPECT_EQ(from_file.reward.timeout_s, 2.0);
}

}  // namespace
}  // namespace lydian
