#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/verify/program_runner.h"
#include "lydian/verify/verifier.h"

namespace lydian {

/// What a judged program came to.
enum class ProgramVerdict : std::uint8_t {
  kAccepted,
  kWrongAnswer,
  kRuntimeError,
  kTimeLimit,
  kMemoryLimit,
  kOutputLimit,
  kCompileError,
  kRefused,  ///< It could not be run safely: nobody's mistake, no reward.
  kFault,    ///< The judge or its task failed: nobody's mistake, no reward.
};
/// "accepted", "wrong_answer", "runtime_error", "time_limit", "memory_limit", "output_limit", "compile_error", "refused", "fault".
const char* to_string(ProgramVerdict verdict);

/// The judgement of one program. Times and peak are those of the largest single run, of the compilation where nothing ran.
struct ProgramJudgement {
  ProgramVerdict verdict = ProgramVerdict::kFault;
  std::int64_t passed = 0, total = 0;  ///< Tests; what was not run after the first failure did not pass.
  double wall_s = 0.0, cpu_s = 0.0, peak_mib = 0.0;
  std::string reason;                    ///< One sentence; empty for kAccepted. May quote the program's output, never an expected value.
  std::vector<std::string> layers;       ///< As CodeSandbox stamps them.
  std::string stdout_text, stderr_text;  ///< Of the first failing run, else the last.
  std::string compile_log;

  bool has_reward() const { return verdict != ProgramVerdict::kRefused && verdict != ProgramVerdict::kFault; }
};

/// Judges programs that a policy wrote. Tasks carry their problem as JSON in `ground_truth` (docs/code_environment.md lists the fields); the program is taken
/// from the answer's last closed fenced block.
///
/// Expected values stay in this process: programs run in cells, what they print or return comes out, and is compared here. Assert mode alone takes its tests
/// into a cell, which is another one than the program's.
/// Reward: 1 where every test passes, else 0; with `fraction` the share of tests that pass. An answer without a program is unparsable; a program that is
/// stopped at a limit is a resource limit; a completion that did not end by itself scores 0.
/// Faults: what the sandbox cannot contain or fails at, and tasks that cannot be read. Threads: any number at once.
class CodeVerifier final : public Verifier {
 public:
  struct Options {
    bool fraction = false;
    bool bare_program = false;  ///< An answer without any fence is itself the program.
  };
  CodeVerifier(std::shared_ptr<ProgramRunner> runner, Options options);
  explicit CodeVerifier(std::shared_ptr<ProgramRunner> runner);

  Verdict verify(const Task& task, const Completion& completion) const override;
  /// A program as it is against a problem (JSON as in Task::ground_truth). Throws ConfigError naming the field where the problem cannot be read.
  ProgramJudgement judge(std::string_view problem, std::string_view program) const;

 private:
  std::shared_ptr<ProgramRunner> runner_;
  Options options_;
};

/// Throws ConfigError naming the field where CodeVerifier could not read the problem (JSON as in Task::ground_truth): for those who make tasks, so that a
/// broken one is named then and not by a fault in training.
void check_code_problem(std::string_view problem);

}  // namespace lydian
