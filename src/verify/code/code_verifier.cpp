#include "lydian/verify/code_verifier.h"

#include <utility>

#include "core/json_text.h"
#include "lydian/core/error.h"
#include "verify/code/code_judge.h"
#include "verify/code/program_extraction.h"

namespace lydian {
namespace {

code::CodeProblem read_problem(std::string_view problem) {
  try {
    return code::read_code_problem(parse_json(problem));
  } catch (const JsonMistake& mistake) {
    throw ConfigError("code_verifier", "a problem as JSON", mistake.place + (mistake.place.empty() ? "" : ": ") + mistake.sentence);
  }
}

bool at_limit(ProgramVerdict verdict) {
  return verdict == ProgramVerdict::kTimeLimit || verdict == ProgramVerdict::kMemoryLimit || verdict == ProgramVerdict::kOutputLimit;
}

}  // namespace

const char* to_string(ProgramVerdict verdict) {
  switch (verdict) {
    case ProgramVerdict::kAccepted:
      return "accepted";
    case ProgramVerdict::kWrongAnswer:
      return "wrong_answer";
    case ProgramVerdict::kRuntimeError:
      return "runtime_error";
    case ProgramVerdict::kTimeLimit:
      return "time_limit";
    case ProgramVerdict::kMemoryLimit:
      return "memory_limit";
    case ProgramVerdict::kOutputLimit:
      return "output_limit";
    case ProgramVerdict::kCompileError:
      return "compile_error";
    case ProgramVerdict::kRefused:
      return "refused";
    case ProgramVerdict::kFault:
      break;
  }
  return "fault";
}

CodeVerifier::CodeVerifier(std::shared_ptr<ProgramRunner> runner) : CodeVerifier(std::move(runner), Options{}) {}

CodeVerifier::CodeVerifier(std::shared_ptr<ProgramRunner> runner, Options options) : runner_(std::move(runner)), options_(options) {
  if (!runner_) throw ConfigError("code_verifier", "a runner of programs", "none");
}

Verdict CodeVerifier::verify(const Task& task, const Completion& completion) const {
  const code::CodeProblem problem = read_problem(task.ground_truth);
  if (completion.finish_reason != FinishReason::kStopped) return Verdict::scored(0.0, "the completion did not end by itself after its thinking");
  const auto program = code::extract_program(completion.answer, {.language = problem.language, .bare_program = options_.bare_program});
  if (!program) return Verdict::unparsable("the answer has no closed block of the task's language");
  const ProgramJudgement judged = code::judge_program(problem, *program, *runner_, options_.fraction);
  const std::string reason = to_string(judged.verdict) + (judged.reason.empty() ? std::string() : ": " + judged.reason);
  if (!judged.has_reward()) return Verdict::fault(reason);
  if (judged.verdict == ProgramVerdict::kAccepted) return Verdict::scored(1.0);
  Verdict verdict = at_limit(judged.verdict) ? Verdict::resource_limit(reason) : Verdict::scored(0.0, reason);
  if (options_.fraction) verdict.reward = static_cast<double>(judged.passed) / static_cast<double>(judged.total);
  return verdict;
}

void check_code_problem(std::string_view problem) {
  read_problem(problem);
}

ProgramJudgement CodeVerifier::judge(std::string_view problem, std::string_view program) const {
  return code::judge_program(read_problem(problem), std::string(program), *runner_, options_.fraction);
}

}  // namespace lydian
