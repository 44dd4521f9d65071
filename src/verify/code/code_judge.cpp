#include "verify/code/code_judge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lydian/core/error.h"
#include "verify/code/checker.h"

namespace lydian::code {
namespace {

ProgramVerdict verdict_of(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kCompleted:
      return ProgramVerdict::kAccepted;
    case RunOutcome::kRuntimeError:
      return ProgramVerdict::kRuntimeError;
    case RunOutcome::kTestsFailed:
      return ProgramVerdict::kWrongAnswer;
    case RunOutcome::kTimeLimit:
      return ProgramVerdict::kTimeLimit;
    case RunOutcome::kMemoryLimit:
      return ProgramVerdict::kMemoryLimit;
    case RunOutcome::kOutputLimit:
      return ProgramVerdict::kOutputLimit;
    case RunOutcome::kCompileError:
      return ProgramVerdict::kCompileError;
    case RunOutcome::kRefused:
      return ProgramVerdict::kRefused;
    case RunOutcome::kFault:
      break;
  }
  return ProgramVerdict::kFault;
}

/// Collects the verdicts of a program's tests; the first that is not accepted is the program's.
class Tally {
 public:
  explicit Tally(std::size_t tests) { judgement_.total = static_cast<std::int64_t>(tests); }

  /// What a run used and wrote. Output is kept until a test has failed.
  void saw(const RunReport& report) {
    judgement_.wall_s = std::max(judgement_.wall_s, report.wall_s);
    judgement_.cpu_s = std::max(judgement_.cpu_s, report.cpu_s);
    judgement_.peak_mib = std::max(judgement_.peak_mib, report.peak_mib);
    if (!report.layers.empty()) judgement_.layers = report.layers;
    if (!report.compile_log.empty()) judgement_.compile_log = report.compile_log;
    if (failed_) return;
    judgement_.stdout_text = report.stdout_text;
    judgement_.stderr_text = report.stderr_text;
  }
  void passed() { ++judgement_.passed; }
  void failed(ProgramVerdict verdict, const std::string& reason) {
    // A fault or a refusal makes the whole judgement void, whatever came before.
    const bool is_void = verdict == ProgramVerdict::kFault || verdict == ProgramVerdict::kRefused;
    if (failed_ && !(is_void && judgement_.has_reward())) return;
    failed_ = true;
    judgement_.verdict = verdict;
    judgement_.reason = reason;
  }
  bool has_failed() const { return failed_; }
  bool is_void() const { return failed_ && !judgement_.has_reward(); }

  ProgramJudgement result() {
    if (!failed_) {
      const bool all = judgement_.passed == judgement_.total && judgement_.total > 0;
      judgement_.verdict = all ? ProgramVerdict::kAccepted : ProgramVerdict::kFault;
      if (!all) judgement_.reason = "the sandbox reported " + std::to_string(judgement_.passed) + " of " + std::to_string(judgement_.total) + " tests";
    }
    if (!judgement_.has_reward()) judgement_.passed = 0;
    return std::move(judgement_);
  }

 private:
  ProgramJudgement judgement_;
  bool failed_ = false;
};

RunRequest request_for(const CodeProblem& problem, const std::string& program) {
  RunRequest request;
  request.language = problem.language;
  request.mode = problem.mode;
  request.program = with_prefix(problem, program);
  request.entry_point = problem.entry_point;
  request.tests = problem.assertions;
  request.prelude = problem.prelude;
  request.env = problem.env;
  request.limits = problem.limits;
  return request;
}

std::string test_name(std::size_t index) {
  return "test " + std::to_string(index + 1) + ": ";
}

// Nothing where the run itself gives no reason to fail it.
std::optional<ProgramVerdict> failed_run(const RunReport& report) {
  if (report.outcome != RunOutcome::kCompleted) return verdict_of(report.outcome);
  if (report.stdout_truncated) return ProgramVerdict::kOutputLimit;
  return std::nullopt;
}

ProgramJudgement judge_stdio(const CodeProblem& problem, const std::string& program, ProgramRunner& runner, bool every_test) {
  Tally tally(problem.tests.size());
  std::vector<std::string> inputs;
  for (const StdioTest& test : problem.tests) inputs.push_back(test.stdin_text);
  std::vector<CheckerInput> to_check;
  std::size_t judged = 0;
  const auto keep_going = [&](std::size_t i, const RunReport& report) {
    judged = i + 1;
    tally.saw(report);
    if (const std::optional<ProgramVerdict> verdict = failed_run(report)) {
      tally.failed(*verdict, test_name(i) + report.evidence);
    } else if (problem.rule == OutputRule::kChecker) {
      to_check.push_back({i, report.stdout_text});
    } else if (const auto problem_found = difference(problem.rule, report.stdout_text, problem.tests[i].expected, problem.tolerance)) {
      tally.failed(ProgramVerdict::kWrongAnswer, test_name(i) + *problem_found);
    } else {
      tally.passed();
    }
    return !tally.has_failed() || (every_test && !tally.is_void());
  };
  const std::vector<RunReport> reports = runner.run_many(request_for(problem, program), inputs, keep_going);
  // A program that does not compile is reported without having been run on any input.
  if (judged < reports.size() && !tally.has_failed()) keep_going(judged, reports[judged]);
  for (const CheckerAnswer& answer : check_outputs(problem, to_check, runner)) {
    if (answer.verdict == ProgramVerdict::kAccepted) {
      tally.passed();
    } else {
      tally.failed(answer.verdict, test_name(answer.test) + answer.reason);
    }
  }
  return tally.result();
}

void judge_call(const FunctionCase& one, const CallReport& call, const RunReport& report, const std::string& name, Tally& tally) {
  switch (call.status) {
    case CallReport::Status::kReturned:
      try {
        const DataValue value = read_data_value(call.value);
        if (matches(one.rule, value, one.expected)) {
          tally.passed();
        } else {
          tally.failed(ProgramVerdict::kWrongAnswer, name + "returned " + shown(value));
        }
      } catch (const DataMistake& mistake) {
        tally.failed(ProgramVerdict::kWrongAnswer, name + "returned what is no data: " + mistake.sentence);
      }
      return;
    case CallReport::Status::kRaised:
      tally.failed(ProgramVerdict::kRuntimeError, name + call.error);
      return;
    case CallReport::Status::kNoData:
      tally.failed(ProgramVerdict::kWrongAnswer, name + call.error);
      return;
    case CallReport::Status::kMissing:
      break;
  }
  const ProgramVerdict verdict = verdict_of(report.outcome);
  tally.failed(verdict == ProgramVerdict::kAccepted ? ProgramVerdict::kRuntimeError : verdict, name + report.evidence);
}

// Of the time of one call, what all calls of a program may take together once it has reached a limit: a program that takes each call's time whole is stopped.
constexpr double kLongestProgram = 16.0;

/// Limits of time and of bytes are meant for one call: a program that reached one while it answered call after call is run again for the calls that are left.
bool limit_of_many_calls(const RunReport& report) {
  return report.outcome == RunOutcome::kTimeLimit || (report.outcome == RunOutcome::kOutputLimit && !report.stdout_truncated && !report.stderr_truncated);
}

ProgramJudgement judge_function(const CodeProblem& problem, const std::string& program, ProgramRunner& runner) {
  Tally tally(problem.cases.size());
  RunRequest request = request_for(problem, program);
  std::size_t next = 0;
  double wall_s = 0;
  while (next < problem.cases.size()) {
    request.calls.clear();
    for (std::size_t i = next; i < problem.cases.size(); ++i) request.calls.push_back(problem.cases[i].call);
    const RunReport report = runner.run(request);
    tally.saw(report);
    const bool usable = report.outcome != RunOutcome::kFault && report.outcome != RunOutcome::kRefused && report.calls.size() == request.calls.size();
    if (!usable) {
      tally.failed(report.outcome == RunOutcome::kRefused ? ProgramVerdict::kRefused : ProgramVerdict::kFault, report.evidence);
      break;
    }
    std::size_t answered = 0;
    while (answered < report.calls.size() && report.calls[answered].status != CallReport::Status::kMissing) {
      judge_call(problem.cases[next + answered], report.calls[answered], report, test_name(next + answered), tally);
      ++answered;
    }
    next += answered;
    if (next == problem.cases.size()) {
      // Everything was answered, and still the run must have ended as a run should. Only the processor time of all its calls is not that of one.
      const bool sum_of_calls = report.outcome == RunOutcome::kTimeLimit && report.exit_status == 0 && answered > 1;
      const std::optional<ProgramVerdict> verdict = failed_run(report);
      if (verdict && !sum_of_calls) tally.failed(*verdict, report.evidence);
      break;
    }
    wall_s += report.wall_s;
    if (limit_of_many_calls(report) && answered > 0 && !tally.has_failed()) {
      if (wall_s < kLongestProgram * problem.limits.wall_s) continue;
      tally.failed(ProgramVerdict::kTimeLimit, test_name(next) + "all calls together took more than 16 times what one may take");
      break;
    }
    judge_call(problem.cases[next], report.calls[answered], report, test_name(next), tally);
    break;
  }
  return tally.result();
}

ProgramJudgement judge_assertions(const CodeProblem& problem, const std::string& program, ProgramRunner& runner) {
  Tally tally(1);
  const RunReport report = runner.run(request_for(problem, program));
  tally.saw(report);
  if (report.outcome == RunOutcome::kCompleted) {
    tally.passed();
  } else {
    tally.failed(verdict_of(report.outcome), report.evidence);
  }
  return tally.result();
}

}  // namespace

std::string with_prefix(const CodeProblem& problem, const std::string& program) {
  if (problem.prefix.empty() || program.find("from __future__") != std::string::npos) return program;
  return problem.prefix + (problem.prefix.ends_with('\n') ? "" : "\n") + program;
}

ProgramJudgement judge_program(const CodeProblem& problem, const std::string& program, ProgramRunner& runner, bool every_test) {
  ProgramJudgement nothing;
  try {
    switch (problem.mode) {
      case RunMode::kStdio:
        return judge_stdio(problem, program, runner, every_test);
      case RunMode::kFunction:
        return judge_function(problem, program, runner);
      case RunMode::kAssert:
        return judge_assertions(problem, program, runner);
    }
  } catch (const SandboxUnavailable& unavailable) {
    nothing.verdict = ProgramVerdict::kRefused;
    nothing.reason = unavailable.what();
  } catch (const Error& error) {
    nothing.verdict = ProgramVerdict::kFault;
    nothing.reason = error.what();
  }
  return nothing;
}

}  // namespace lydian::code
