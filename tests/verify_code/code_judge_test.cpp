#include "verify/code/code_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/json_text.h"
#include "lydian/verify/code_verifier.h"
#include "verify_code/scripted_runner.h"

namespace lydian::code {
namespace {

using code_test::ended;
using code_test::returned;
using code_test::ScriptedRunner;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const kSums =
    R"({"tests": [{"stdin": "1", "expected_stdout": "11"}, {"stdin": "2", "expected_stdout": "12"}, {"stdin": "3", "expected_stdout": "13"}]})";
const char* const kCalls = R"({"entry_point": "f", "cases": [{"args": [1], "expected": 11}, {"args": [2], "expected": 12}, {"args": [3], "expected": 13}]})";

ProgramJudgement judge(const std::string& problem, ScriptedRunner& runner, bool every_test = false) {
  return judge_program(read_code_problem(parse_json(problem)), "program", runner, every_test);
}
ProgramJudgement judge(const std::string& problem, const ScriptedRunner::Script& script, bool every_test = false) {
  ScriptedRunner runner(script);
  return judge(problem, runner, every_test);
}
RunReport right_sum(const RunRequest& request) {
  return ended(RunOutcome::kCompleted, "1" + request.stdin_text + "\n");
}
RunReport calls_report(RunOutcome outcome, std::vector<CallReport> calls, std::size_t wanted) {
  RunReport report = ended(outcome, "", "evidence");
  report.calls = std::move(calls);
  report.calls.resize(wanted);
  return report;
}

TEST(CodeJudge, AcceptsWhenEveryTestPasses) {
  const ProgramJudgement judged = judge(kSums, right_sum);
  EXPECT_EQ(judged.verdict, ProgramVerdict::kAccepted);
  EXPECT_EQ(judged.passed, 3);
  EXPECT_EQ(judged.total, 3);
  EXPECT_EQ(judged.reason, "");
  EXPECT_THAT(judged.layers, ElementsAre("pid_namespace"));
}

TEST(CodeJudge, NoExpectedValueEntersACell) {
  for (const char* problem :
       {R"({"tests": [{"stdin": "1", "expected_stdout": "SECRET"}]})", R"({"entry_point": "f", "cases": [{"args": [], "expected": "SECRET"}]})",
        R"({"compare": "set", "entry_point": "f", "tests": {"entry_point": "f", "cases": [{"args": [], "kwargs": {}, "expected": "SECRET"}]}})"}) {
    ScriptedRunner runner([](const RunRequest& request) { return calls_report(RunOutcome::kCompleted, {returned("1")}, request.calls.size()); });
    EXPECT_EQ(judge(problem, runner).verdict, ProgramVerdict::kWrongAnswer);
    ASSERT_EQ(runner.requests.size(), 1U);
    const RunRequest& request = runner.requests[0];
    for (const std::string& text : {request.program, request.stdin_text, request.tests, request.calls.empty() ? std::string() : request.calls[0]}) {
      EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
    }
  }
}

TEST(CodeJudge, StopsAtTheFirstFailureUnlessEveryTestCounts) {
  const auto second_wrong = [](const RunRequest& request) { return request.stdin_text == "2" ? ended(RunOutcome::kCompleted, "0") : right_sum(request); };
  const ProgramJudgement first = judge(kSums, second_wrong);
  EXPECT_EQ(first.verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(first.passed, 1);
  EXPECT_THAT(first.reason, HasSubstr("test 2"));
  EXPECT_EQ(first.stdout_text, "0") << "the output of the first failing run";
  const ProgramJudgement every = judge(kSums, second_wrong, /*every_test=*/true);
  EXPECT_EQ(every.verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(every.passed, 2);
  EXPECT_EQ(every.stdout_text, "0");
}

TEST(CodeJudge, GivesEachEndingItsWord) {
  const std::vector<std::pair<RunOutcome, ProgramVerdict>> words{{RunOutcome::kRuntimeError, ProgramVerdict::kRuntimeError},
                                                                 {RunOutcome::kTimeLimit, ProgramVerdict::kTimeLimit},
                                                                 {RunOutcome::kMemoryLimit, ProgramVerdict::kMemoryLimit},
                                                                 {RunOutcome::kOutputLimit, ProgramVerdict::kOutputLimit},
                                                                 {RunOutcome::kCompileError, ProgramVerdict::kCompileError},
                                                                 {RunOutcome::kRefused, ProgramVerdict::kRefused},
                                                                 {RunOutcome::kFault, ProgramVerdict::kFault}};
  for (const auto& [outcome, verdict] : words) {
    // The right answer does not help a run that did not end as it should.
    const auto script = [outcome = outcome](const RunRequest& request) {
      RunReport report = calls_report(outcome, {returned("11"), returned("12"), returned("13")}, request.calls.size());
      report.stdout_text = "1" + request.stdin_text;
      return report;
    };
    EXPECT_EQ(judge(kSums, script).verdict, verdict) << to_string(outcome);
    EXPECT_EQ(judge(kCalls, script).verdict, verdict) << to_string(outcome);
    EXPECT_EQ(judge(R"({"tests": "assert f"})", script).verdict, verdict) << to_string(outcome);
    EXPECT_EQ(judge(R"({"compare": "none", "tests": [{"stdin": ""}]})", script).verdict, verdict) << to_string(outcome);
  }
  EXPECT_EQ(judge(R"({"tests": "assert f"})", [](const RunRequest&) { return ended(RunOutcome::kTestsFailed); }).verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(judge(R"({"tests": "assert f"})", [](const RunRequest&) { return ended(RunOutcome::kCompleted); }).verdict, ProgramVerdict::kAccepted);
}

TEST(CodeJudge, CutOutputIsNoAnswer) {
  const ProgramJudgement judged = judge(kSums, [](const RunRequest& request) {
    RunReport report = right_sum(request);
    report.stdout_truncated = true;
    return report;
  });
  EXPECT_EQ(judged.verdict, ProgramVerdict::kOutputLimit);
}

TEST(CodeJudge, AFaultVoidsWhatCameBefore) {
  const auto script = [](const RunRequest& request) { return request.stdin_text == "3" ? ended(RunOutcome::kFault) : ended(RunOutcome::kCompleted, "0"); };
  const ProgramJudgement judged = judge(kSums, script, /*every_test=*/true);
  EXPECT_EQ(judged.verdict, ProgramVerdict::kFault);
  EXPECT_EQ(judged.passed, 0);
}

TEST(CodeJudge, JudgesCallsByTheirValues) {
  const auto script = [](std::vector<CallReport> calls) {
    return [calls](const RunRequest& request) { return calls_report(RunOutcome::kCompleted, calls, request.calls.size()); };
  };
  EXPECT_EQ(judge(kCalls, script({returned("11"), returned("12"), returned("13")})).verdict, ProgramVerdict::kAccepted);
  const ProgramJudgement wrong = judge(kCalls, script({returned("11"), returned("0"), returned("13")}));
  EXPECT_EQ(wrong.verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(wrong.passed, 2);
  EXPECT_EQ(wrong.reason, "test 2: returned 0");
  EXPECT_EQ(judge(kCalls, script({returned("11"), returned("12"), returned("{\"__t__\": \"L\"}")})).verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(judge(kCalls, script({returned("11"), returned("12"), returned("13] [13")})).verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(judge(kCalls, script({{CallReport::Status::kRaised, "", "SystemExit: 0"}, returned("12"), returned("13")})).verdict, ProgramVerdict::kRuntimeError);
  EXPECT_EQ(judge(kCalls, script({{CallReport::Status::kNoData, "", "a subclass of list"}, returned("12"), returned("13")})).verdict,
            ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(judge(kCalls, script({returned("11"), returned("12")})).verdict, ProgramVerdict::kRuntimeError) << "ended well without its last answer";
  EXPECT_EQ(judge(kCalls, [](const RunRequest&) { return calls_report(RunOutcome::kCompleted, {}, 2); }).verdict, ProgramVerdict::kFault);
}

TEST(CodeJudge, TheTimeLimitIsMeantForOneCall) {
  int runs = 0;
  const ProgramJudgement slow = judge(kCalls, [&](const RunRequest& request) {
    ++runs;
    const std::string next = request.calls[0].substr(9, 1);
    if (next == "3") return calls_report(RunOutcome::kCompleted, {returned("13")}, request.calls.size());
    return calls_report(RunOutcome::kTimeLimit, {returned("1" + next)}, request.calls.size());
  });
  EXPECT_EQ(slow.verdict, ProgramVerdict::kAccepted);
  EXPECT_EQ(runs, 3);
  runs = 0;
  const ProgramJudgement spins = judge(kCalls, [&](const RunRequest& request) {
    ++runs;
    return calls_report(RunOutcome::kTimeLimit, {}, request.calls.size());
  });
  EXPECT_EQ(spins.verdict, ProgramVerdict::kTimeLimit);
  EXPECT_EQ(runs, 1) << "no call was answered";
  runs = 0;
  std::string many = R"({"entry_point": "f", "cases": [)";
  for (int i = 0; i < 50; ++i) many += std::string(i ? ", " : "") + R"({"args": [], "expected": 1})";
  const ProgramJudgement drips = judge(many + "]}", [&](const RunRequest& request) {
    ++runs;
    return calls_report(request.calls.size() > 1 ? RunOutcome::kTimeLimit : RunOutcome::kCompleted, {returned("1")}, request.calls.size());
  });
  EXPECT_EQ(drips.verdict, ProgramVerdict::kAccepted);
  EXPECT_EQ(runs, 50) << "each call had the whole limit, as if it were alone";
  runs = 0;
  const ProgramJudgement sleeps = judge(many + "]}", [&](const RunRequest& request) {
    ++runs;
    RunReport report = calls_report(RunOutcome::kTimeLimit, {returned("1")}, request.calls.size());
    report.wall_s = request.limits.wall_s;
    return report;
  });
  EXPECT_EQ(sleeps.verdict, ProgramVerdict::kTimeLimit);
  EXPECT_EQ(runs, 16) << "a program that takes each call's time whole";
}

TEST(CodeJudge, TheProcessorTimeOfAllCallsIsNotThatOfOne) {
  const std::string two = R"({"entry_point": "f", "cases": [{"args": [1], "expected": 1}, {"args": [1], "expected": 1}], "limits": {"cpu_s": 0.5}})";
  const std::string one = R"({"entry_point": "f", "cases": [{"args": [1], "expected": 1}], "limits": {"cpu_s": 0.5}})";
  const auto used_more = [](const RunRequest& request) {
    RunReport report = calls_report(RunOutcome::kTimeLimit, std::vector<CallReport>(request.calls.size(), returned("1")), request.calls.size());
    report.exit_status = 0;
    return report;
  };
  EXPECT_EQ(judge(two, used_more).verdict, ProgramVerdict::kAccepted);
  EXPECT_EQ(judge(one, used_more).verdict, ProgramVerdict::kTimeLimit);
}

TEST(CodeJudge, AsksTheCheckerInACellOfItsOwn) {
  const char* const problem = R"({"compare": "checker", "checker_python": "def check(i, o, r): …", "tests": [{"stdin": "1", "expected_stdout": "r1"},
      {"stdin": "2", "expected_stdout": "r2"}]})";
  const auto script = [](std::vector<CallReport> calls) {
    return [calls](const RunRequest& request) {
      if (request.mode == RunMode::kStdio) return ended(RunOutcome::kCompleted, "o" + request.stdin_text);
      EXPECT_EQ(request.program.find("program"), std::string::npos);
      if (request.calls.size() == 1 && request.calls[0].find("\"r2\",\"r2\"") != std::string::npos) {
        return calls_report(RunOutcome::kCompleted, {returned("true")}, 1);
      }
      EXPECT_EQ(request.calls[0], R"({"args":["1","o1","r1"]})");
      return calls_report(RunOutcome::kCompleted, calls, request.calls.size());
    };
  };
  EXPECT_EQ(judge(problem, script({returned("true"), returned("true")})).verdict, ProgramVerdict::kAccepted);
  EXPECT_EQ(judge(problem, script({returned("true"), returned("false")})).verdict, ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(judge(problem, script({returned("true"), {CallReport::Status::kRaised, "", "ValueError"}})).verdict, ProgramVerdict::kWrongAnswer)
      << "it can judge the expected output, so this one is to blame";
}

TEST(CodeJudge, ABrokenCheckerIsAFault) {
  const ProgramJudgement judged =
      judge(R"({"compare": "checker", "checker_python": "x", "tests": [{"stdin": "1", "expected_stdout": "r1"}]})", [](const RunRequest& request) {
        if (request.mode == RunMode::kStdio) return ended(RunOutcome::kCompleted, "o");
        return calls_report(RunOutcome::kRuntimeError, {}, request.calls.size());
      });
  EXPECT_EQ(judged.verdict, ProgramVerdict::kFault);
}

TEST(CodeJudge, BytesOfAnswersAreMeantForOneRun) {
  const auto verdict = [](bool cut_output) {
    return judge(R"({"entry_point": "f", "cases": [{"args": [1], "expected": 1}, {"args": [2], "expected": 1}]})",
                 [&](const RunRequest& request) {
                   RunReport report =
                       calls_report(request.calls.size() > 1 ? RunOutcome::kOutputLimit : RunOutcome::kCompleted, {returned("1")}, request.calls.size());
                   report.stdout_truncated = cut_output;
                   return report;
                 })
        .verdict;
  };
  EXPECT_EQ(verdict(false), ProgramVerdict::kAccepted);
  EXPECT_EQ(verdict(true), ProgramVerdict::kOutputLimit) << "what the program printed is another matter";
}

TEST(CodeJudge, NoOutputMakesAWorkingCheckerAFault) {
  // Without an expected output, the checker that can be loaded is believed; what it cannot read was the program's.
  const auto verdict = [](RunOutcome loading) {
    return judge(R"({"compare": "checker", "checker_python": "x", "tests": [{"stdin": "1"}]})",
                 [&](const RunRequest& request) {
                   if (request.mode == RunMode::kStdio) return ended(RunOutcome::kCompleted, "garbage");
                   if (request.calls.empty()) return calls_report(loading, {}, 0);
                   return calls_report(RunOutcome::kCompleted, {{CallReport::Status::kRaised, "", "ValueError"}}, 1);
                 })
        .verdict;
  };
  EXPECT_EQ(verdict(RunOutcome::kCompleted), ProgramVerdict::kWrongAnswer);
  EXPECT_EQ(verdict(RunOutcome::kRuntimeError), ProgramVerdict::kFault);
}

TEST(CodeJudge, WhatCannotBeContainedIsRefused) {
  const ProgramJudgement judged = judge(kSums, [](const RunRequest&) -> RunReport {
    throw SandboxUnavailable({{SandboxLayer::kSeccomp, false, "refused"}}, "programs cannot be contained here");
  });
  EXPECT_EQ(judged.verdict, ProgramVerdict::kRefused);
  EXPECT_THAT(judged.reason, HasSubstr("seccomp"));
  EXPECT_FALSE(judged.has_reward());
}

TEST(CodeJudge, ReportsTheLargestRun) {
  const ProgramJudgement judged = judge(kSums, [](const RunRequest& request) {
    RunReport report = right_sum(request);
    report.wall_s = request.stdin_text == "2" ? 2.0 : 1.0;
    report.peak_mib = request.stdin_text == "1" ? 30.0 : 20.0;
    return report;
  });
  EXPECT_EQ(judged.wall_s, 2.0);
  EXPECT_EQ(judged.peak_mib, 30.0);
}

TEST(CodeVerifier, JudgesTheProgramOfAnAnswer) {
  auto runner = std::make_shared<ScriptedRunner>([](const RunRequest& request) {
    if (request.program != "right\n") return ended(RunOutcome::kCompleted, "0");
    return right_sum(request);
  });
  const CodeVerifier verifier(runner);
  Task task;
  task.ground_truth = kSums;
  Completion completion;
  completion.answer = "Here:\n```python\nright\n```\n";
  EXPECT_EQ(verifier.verify(task, completion).reward, 1.0);
  completion.answer = "```python\nwrong\n```\n";
  EXPECT_EQ(verifier.verify(task, completion).reward, 0.0);
  EXPECT_EQ(verifier.verify(task, completion).status, VerdictStatus::kScored);
  completion.answer = "right";
  EXPECT_EQ(verifier.verify(task, completion).status, VerdictStatus::kUnparsable);
  completion.answer = "```python\nright\n```\n";
  completion.finish_reason = FinishReason::kLength;
  EXPECT_EQ(verifier.verify(task, completion).reward, 0.0) << "it did not end by itself";
}

TEST(CodeVerifier, FaultsGiveNoRewardAndLimitsAreTheProgramsFault) {
  RunOutcome outcome = RunOutcome::kFault;
  const CodeVerifier verifier(std::make_shared<ScriptedRunner>([&](const RunRequest&) { return ended(outcome); }), {.fraction = true, .bare_program = true});
  Task task;
  task.ground_truth = kSums;
  Completion completion;
  completion.answer = "program";
  EXPECT_FALSE(verifier.verify(task, completion).valid());
  outcome = RunOutcome::kRefused;
  EXPECT_FALSE(verifier.verify(task, completion).valid());
  outcome = RunOutcome::kTimeLimit;
  EXPECT_EQ(verifier.verify(task, completion).status, VerdictStatus::kResourceLimit);
  outcome = RunOutcome::kCompleted;
  EXPECT_EQ(verifier.verify(task, completion).status, VerdictStatus::kScored);
  task.ground_truth = "{";
  EXPECT_THROW(verifier.verify(task, completion), Error);
}

TEST(CodeVerifier, CountsTestsWhereAskedTo) {
  const auto script = [](const RunRequest& request) { return request.stdin_text == "2" ? ended(RunOutcome::kCompleted, "0") : right_sum(request); };
  const CodeVerifier verifier(std::make_shared<ScriptedRunner>(script), {.fraction = true, .bare_program = true});
  Task task;
  task.ground_truth = kSums;
  Completion completion;
  completion.answer = "program";
  EXPECT_DOUBLE_EQ(verifier.verify(task, completion).reward, 2.0 / 3.0);
}

TEST(CodeVerifier, PutsThePrefixBeforeTheProgram) {
  CodeProblem problem;
  EXPECT_EQ(with_prefix(problem, "p"), "p");
  problem.prefix = "import math";
  EXPECT_EQ(with_prefix(problem, "p"), "import math\np");
  EXPECT_EQ(with_prefix(problem, "from __future__ import annotations\np"), "from __future__ import annotations\np");
}

}  // namespace
}  // namespace lydian::code
