#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lydian {

enum class ProgramLanguage : std::uint8_t { kPython, kCpp };

/// How a program is run.
///
/// kStdio: a whole program, bytes on standard input, bytes on standard output.
/// kFunction (Python): the program is executed, then `entry_point` is called with each of `calls`; the returned values come out as data and nothing else.
/// kAssert: `tests` is program text that must hold for the program. The tests run in a process of their own, in another cell; what they call in the
///   program crosses as plain data, so a program can neither read the tests nor claim that they passed.
enum class RunMode : std::uint8_t { kStdio, kFunction, kAssert };

/// What one run may use. A row of tasks changes the defaults by its `limits` (docs/code_environment.md).
struct RunLimits {
  double wall_s = 4.0;           ///< One run, from the moment that the program may start.
  double cpu_s = 0.0;            ///< Processor time of all processes of the run together, and of one that goes on, to the next whole second; 0: only the
                                 ///< latter, from wall_s and one second more.
  int mem_mb = 512;              ///< All processes of the run together, their files in memory included.
  int processes = 32;            ///< Processes and threads at once; at most kMostProcesses.
  int out_kb = 256;              ///< Standard output; standard error has the same limit of its own.
  int tmpfs_mb = 32;             ///< The only folder that can be written (/tmp, empty at the start of each run).
  int files = 64;                ///< Open files of one process, from kFewestFiles, without which no program can be started, to kMostFiles.
  double compile_wall_s = 12.0;  ///< One compilation.
  int compile_mem_mb = 1024;     ///< Memory of one compilation.

  static constexpr int kMostProcesses = 4096, kFewestFiles = 16, kMostFiles = 4096;
};

/// One program and what to do with it.
struct RunRequest {
  ProgramLanguage language = ProgramLanguage::kPython;
  RunMode mode = RunMode::kStdio;
  std::string program;             ///< Source text.
  std::string stdin_text;          ///< kStdio, kAssert.
  std::string entry_point;         ///< kFunction: the name to call.
  std::vector<std::string> calls;  ///< kFunction: one JSON object a call: `args` (list), optional `kwargs` (object), optional `post` (names of built-ins
                                   ///< applied in order: set, sorted, list, tuple, round, bool), values in data form (docs/code_sandbox.md).
  std::string tests;               ///< kAssert: program text (Python: module text; C++: a source with main()).
  std::string prelude;  ///< kAssert: text of the task itself, or empty. Helpers that it defines, and in Python imports, the tests take from it and not
                        ///< from the program; functions that it only announces are the program's, in C++ with these signatures. Classes are the
                        ///< program's in Python, the task's in C++.
  std::vector<std::pair<std::string, std::string>> env;  ///< Added to the program's environment, which otherwise holds nothing of the host's.
  RunLimits limits;
};

/// How a run ended. No judgement of answers: that is made outside, by whoever holds the expected values.
enum class RunOutcome : std::uint8_t {
  kCompleted,     ///< Exit status 0 within all limits. kFunction: the driver reached the end; look at `calls`. kAssert: every assertion held, proven.
  kRuntimeError,  ///< Exit status other than 0, a signal, an uncaught exception, text that is no Python.
  kTestsFailed,   ///< kAssert: an assertion failed, or the tests could not be run to their end.
  kTimeLimit,
  kMemoryLimit,
  kOutputLimit,
  kCompileError,
  kRefused,  ///< The request cannot be run safely as asked (for instance a signature that cannot cross as data); `evidence` says why. No reward.
  kFault,    ///< The sandbox failed, not the program. No reward.
};
/// "completed", "runtime_error", "tests_failed", "time_limit", "memory_limit", "output_limit", "compile_error", "refused", "fault".
const char* to_string(RunOutcome outcome);

/// What came back from one call of function mode. Untrusted: the program shares the interpreter that wrote it, so it is what the program chose to answer.
struct CallReport {
  enum class Status : std::uint8_t {
    kReturned,  ///< `value` is JSON text in data form, as the program's process wrote it: parse it strictly.
    kRaised,    ///< `error` names the exception.
    kNoData,    ///< The value is no plain data (another type, too deep, too large); `error` says which.
    kMissing,   ///< The run ended before this call returned.
  };
  Status status = Status::kMissing;
  std::string value;
  std::string error;
};

/// Everything that is known about one run. Outcome, times and peak come from processes and counters that the program cannot reach; output is the program's.
struct RunReport {
  RunOutcome outcome = RunOutcome::kFault;
  std::string evidence;                  ///< One sentence: what was seen that makes it this outcome.
  double wall_s = 0.0;                   ///< From start to the last process of the run gone.
  double cpu_s = 0.0;                    ///< User and system, of all processes of the run.
  double peak_mib = 0.0;                 ///< Highest memory of all processes of the run together (of the largest process where no memory group is in force).
  int exit_status = -1;                  ///< -1 where the program did not exit by itself.
  int signal = 0;                        ///< The signal that ended it, or 0.
  bool compiled = false;                 ///< True where a compiler ran for this report (false where the program was found in the cache).
  double compile_cpu_s = 0.0;            ///< kStdio: processor time of the compiler where it ran for this report, else 0.
  std::string stdout_text, stderr_text;  ///< At most limits.out_kb each.
  bool stdout_truncated = false, stderr_truncated = false;
  std::string compile_log;          ///< At most 64 kB.
  std::vector<CallReport> calls;    ///< kFunction: one for each call of the request.
  std::vector<std::string> layers;  ///< Names of the layers in force (docs/code_sandbox.md); `without:NAME` for each that the policy did without.
  int attempts = 1;                 ///< 2 where a fault of the sandbox was repaired by running again.
};

}  // namespace lydian
