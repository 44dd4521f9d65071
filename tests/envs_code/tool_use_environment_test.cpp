#include "lydian/envs/tool_use_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lydian/core/error.h"
#include "lydian/testing/environment_contract.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/verify/check_environment.h"
#include "verify_code/scripted_runner.h"

namespace lydian {
namespace {

using code_test::ended;
using code_test::ScriptedRunner;

/// Works out print(A*B) and nothing else, as Python would.
RunReport calculator(const RunRequest& request) {
  const std::string& text = request.program;
  if (!text.starts_with("print(") || !text.ends_with(")")) return ended(RunOutcome::kRuntimeError, "", "SyntaxError");
  const std::size_t star = text.find('*');
  return ended(RunOutcome::kCompleted, std::to_string(std::stoll(text.substr(6)) * std::stoll(text.substr(star + 1))) + "\n");
}
std::shared_ptr<ScriptedRunner> calculators() {
  return std::make_shared<ScriptedRunner>(calculator);
}

TEST(ToolUseEnvironment, KeepsTheContract) {
  testing::expect_environment_contract(ToolUseEnvironment({}, calculators()));
  testing::expect_environment_contract(ToolUseEnvironment({.tool = ToolKind::kOff}, calculators()));
}

TEST(ToolUseEnvironment, AnswersCallsAndNothingElse) {
  const auto runner = calculators();
  const ToolUseEnvironment environment({}, runner);
  const Task task = environment.task(Split::kTrain, 0);
  EXPECT_EQ(environment.step(task, completion_with_answer("!print(12*12)")), ">144;");
  EXPECT_EQ(environment.step(task, completion_with_answer("!what")), ">;") << "a mistake of the policy's gets what was printed";
  EXPECT_FALSE(environment.step(task, completion_with_answer("144")));
  EXPECT_FALSE(environment.step(task, completion_with_answer("")));
  EXPECT_EQ(runner->requests.size(), 2U);
  EXPECT_EQ(runner->requests[0].program, "print(12*12)");
  EXPECT_LE(runner->requests[0].limits.wall_s, 2.0);
}

TEST(ToolUseEnvironment, TheNullControlAsksNobody) {
  const auto runner = calculators();
  const ToolUseEnvironment environment({.tool = ToolKind::kOff}, runner);
  EXPECT_EQ(environment.step(environment.task(Split::kTrain, 0), completion_with_answer("!print(12*12)")), ">off;");
  EXPECT_TRUE(runner->requests.empty());
}

TEST(ToolUseEnvironment, AFaultOfTheSandboxIsNotThePolicys) {
  const ToolUseEnvironment environment({},
                                       std::make_shared<ScriptedRunner>([](const RunRequest&) { return ended(RunOutcome::kFault, "", "the broker died"); }));
  EXPECT_THROW(environment.step(environment.task(Split::kTrain, 0), completion_with_answer("!x")), Error);
}

TEST(ToolUseEnvironment, RepliesCannotSpeakForTheTemplate) {
  std::string printed;
  const ToolUseEnvironment environment({.reply_bytes = 12},
                                       std::make_shared<ScriptedRunner>([&](const RunRequest&) { return ended(RunOutcome::kCompleted, printed); }));
  const Task task = environment.task(Split::kTrain, 0);
  const ByteTokenizer tokenizer(environment.alphabet());
  for (const char* output : {"<eos>", "</think>1", "1;>2", "\xff\xfe", "a long line that goes on", "1\n2", ""}) {
    printed = output;
    const std::string reply = *environment.step(task, completion_with_answer("!x"));
    EXPECT_LE(reply.size(), 14U);
    EXPECT_EQ(reply.front(), '>');
    EXPECT_EQ(reply.find(';'), reply.size() - 1) << reply;
    for (const TokenId id : tokenizer.encode(reply)) EXPECT_GT(id, 2) << "a special token in " << reply;
  }
}

TEST(ToolUseEnvironment, TheLastTurnIsTheAnswer) {
  const ToolUseEnvironment environment({}, calculators());
  const Task task = environment.task(Split::kTest, 3);
  const Verifier& verifier = environment.verifier();
  Completion right = completion_with_answer(task.ground_truth);
  right.turns = {{"assistant", "!print(1*1)"}, {"tool", ">1;"}, {"assistant", task.ground_truth}};
  EXPECT_EQ(verifier.verify(task, right).reward, 1.0);
  EXPECT_THAT(verifier.verify(task, right).parts, ::testing::ElementsAre(::testing::Pair("tool_calls", 1.0)));
  EXPECT_EQ(verifier.verify(task, completion_with_answer(task.ground_truth + "0")).reward, 0.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("0" + task.ground_truth)).reward, 0.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("!print(" + task.ground_truth + ")")).reward, 0.0);
  EXPECT_EQ(verifier.verify(task, completion_with_answer("!" + task.ground_truth)).reward, 0.0);
}

TEST(ToolUseEnvironment, RefusesOptionsByName) {
  EXPECT_THROW(ToolUseEnvironment({.turns = 0}, calculators()), ConfigError);
  EXPECT_THROW(ToolUseEnvironment({.digits = 10}, calculators()), ConfigError);
  EXPECT_THROW(ToolUseEnvironment({.tool_share = 1.5}, calculators()), ConfigError);
  EXPECT_THROW(ToolUseEnvironment({}, nullptr), ConfigError);
  EXPECT_THROW(ToolUseEnvironment({.do_without = {"sand"}}), ConfigError);
}

}  // namespace
}  // namespace lydian
