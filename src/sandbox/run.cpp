#include "lydian/sandbox/run.h"

namespace lydian {

const char* to_string(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kCompleted:
      return "completed";
    case RunOutcome::kRuntimeError:
      return "runtime_error";
    case RunOutcome::kTestsFailed:
      return "tests_failed";
    case RunOutcome::kTimeLimit:
      return "time_limit";
    case RunOutcome::kMemoryLimit:
      return "memory_limit";
    case RunOutcome::kOutputLimit:
      return "output_limit";
    case RunOutcome::kCompileError:
      return "compile_error";
    case RunOutcome::kRefused:
      return "refused";
    case RunOutcome::kFault:
      break;
  }
  return "fault";
}

}  // namespace lydian
