#include "verify/code/checker.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace lydian::code {
namespace {

// Of the checker, which is trusted to end but not to be fast.
constexpr double kCheckerWall = 10.0;
// Whatever counts as true in Python is an acceptance, also what is no data.
constexpr const char* kEntryPoint = "lydian_check";
constexpr const char* kEntryPointText = "\n\ndef lydian_check(*texts, check=check):\n    return bool(check(*texts))\n";

std::string call_text(const std::string& input, const std::string& output, const std::string& expected) {
  const nlohmann::json call{{"args", {input, output, expected}}};
  return call.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RunRequest checker_request(const CodeProblem& problem) {
  RunRequest request;
  request.mode = RunMode::kFunction;
  request.program = problem.checker + kEntryPointText;
  request.entry_point = kEntryPoint;
  request.limits.wall_s = kCheckerWall;
  return request;
}

CheckerAnswer answer_of(std::size_t test, const CallReport& call) {
  try {
    if (call.status == CallReport::Status::kReturned && python_truth(read_data_value(call.value))) return {test, ProgramVerdict::kAccepted, {}};
  } catch (const DataMistake& mistake) {
    return {test, ProgramVerdict::kFault, "the checker returned what is no data: " + mistake.sentence};
  }
  if (call.status == CallReport::Status::kReturned) return {test, ProgramVerdict::kWrongAnswer, "the checker does not accept the output"};
  return {test, ProgramVerdict::kFault, "the checker gave no answer: " + call.error};
}

/// Who is to blame for a check that gave no answer: the checker where it cannot even be loaded, or gives none on the expected output of the row either; else
/// whoever wrote the output.
CheckerAnswer blame(const CodeProblem& problem, const CheckerAnswer& silent, ProgramRunner& runner) {
  RunRequest request = checker_request(problem);
  const StdioTest& test = problem.tests[silent.test];
  if (test.has_expected) request.calls = {call_text(test.stdin_text, test.expected, test.expected)};
  const RunReport report = runner.run(request);
  const bool answers = report.outcome == RunOutcome::kCompleted && report.calls.size() == request.calls.size() &&
                       (request.calls.empty() || answer_of(silent.test, report.calls[0]).verdict != ProgramVerdict::kFault);
  if (answers) return {silent.test, ProgramVerdict::kWrongAnswer, "the checker cannot read the output"};
  return silent;
}

}  // namespace

std::vector<CheckerAnswer> check_outputs(const CodeProblem& problem, const std::vector<CheckerInput>& outputs, ProgramRunner& runner) {
  std::vector<CheckerAnswer> answers;
  // One run may answer for several outputs; one that is stopped begins again behind the output that stopped it.
  while (answers.size() < outputs.size()) {
    RunRequest request = checker_request(problem);
    const std::size_t first = answers.size();
    for (std::size_t i = first; i < outputs.size(); ++i) {
      const StdioTest& test = problem.tests[outputs[i].test];
      request.calls.push_back(call_text(test.stdin_text, outputs[i].output, test.expected));
    }
    const RunReport report = runner.run(request);
    const bool ran = report.outcome != RunOutcome::kFault && report.outcome != RunOutcome::kRefused && report.calls.size() == request.calls.size();
    for (std::size_t i = first; i < outputs.size(); ++i) {
      const CallReport* call = ran ? &report.calls[i - first] : nullptr;
      const bool missing = !call || call->status == CallReport::Status::kMissing;
      if (missing && i > first) break;
      CheckerAnswer answer = missing ? CheckerAnswer{outputs[i].test, ProgramVerdict::kFault, "the checker gave no answer: " + report.evidence}
                                     : answer_of(outputs[i].test, *call);
      if (ran && answer.verdict == ProgramVerdict::kFault) answer = blame(problem, answer, runner);
      answers.push_back(std::move(answer));
      if (answers.back().verdict == ProgramVerdict::kFault) return answers;
    }
  }
  return answers;
}

}  // namespace lydian::code
