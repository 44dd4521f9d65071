// scripts/reward_process.py: reward functions of verl and TRL as an external verifier.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "folders.h"
#include "lydian/verify/check_environment.h"
#include "lydian/verify/external_verifier.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;

ExternalVerifier adapted(const std::string& framework, const std::string& function, std::vector<std::string> more = {}) {
  ExternalVerifierOptions options{
      .command = {"python3", source_file("scripts/reward_process.py"), "--" + framework, source_file("tests/verify/reward_functions.py:") + function}};
  options.command.insert(options.command.end(), more.begin(), more.end());
  return ExternalVerifier(options);
}

Task task_of(std::map<std::string, std::string> metadata) {
  Task task;
  task.id = "t";
  task.prompt = "ask";
  task.ground_truth = "72";
  task.metadata = std::move(metadata);
  return task;
}

TEST(RewardProcess, AnswersForVerl) {
  const ExternalVerifier verifier = adapted("verl", "compute_score");
  const Task task = task_of({{"data_source", "own"}, {"extra_info", R"({"index": 3})"}});
  EXPECT_EQ(verifier.verify(task, completion_with_answer("72", "so")).reward, 1.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("71", "so")).reward, 0.0);
  const Verdict parts = verifier.verify(task, completion_with_answer("dict"));
  EXPECT_EQ(parts.reward, 0.25);
  ASSERT_EQ(parts.parts.size(), 1U);
  EXPECT_EQ(parts.parts[0], (std::pair<std::string, double>("acc", 1.0)));
  const Verdict raised = verifier.verify(task, completion_with_answer("raise"));
  EXPECT_EQ(raised.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(raised.reason, HasSubstr("RuntimeError: no such table"));
  EXPECT_EQ(verifier.verify(task, completion_with_answer("nan")).status, VerdictStatus::kVerifierFault);
  EXPECT_EQ(verifier.counts().started, 1);
}

TEST(RewardProcess, AnswersForTrl) {
  const ExternalVerifier verifier = adapted("trl", "exact");
  Task task = task_of({{"level", "3"}});
  EXPECT_EQ(verifier.verify(task, completion_with_answer("72")).reward, 2.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("7")).reward, 0.0);
  task.messages = {{"user", "ask"}};
  EXPECT_EQ(verifier.verify(task, completion_with_answer("72")).reward, 2.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("72", "so")).reward, 0.0);
  EXPECT_EQ(adapted("trl", "exact", {"--answer-only"}).verify(task, completion_with_answer("72", "so")).reward, 2.0);
  EXPECT_EQ(verifier.verify(task_of({{"level", "none"}}), completion_with_answer("72")).status, VerdictStatus::kVerifierFault);
  // A function without **kwargs gets only what it takes.
  EXPECT_EQ(adapted("trl", "narrow").verify(task_of({{"level", "3"}}), completion_with_answer("72")).reward, 5.0);
}

TEST(RewardProcess, AFunctionThatIsNotThereIsAFaultThatSaysSo) {
  const Verdict verdict = adapted("verl", "no_such_function").verify(task_of({}), completion_with_answer("72"));
  EXPECT_EQ(verdict.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(verdict.reason, HasSubstr("no_such_function"));
}

}  // namespace
}  // namespace lydian
