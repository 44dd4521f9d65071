#pragma once

#include <string>

#include "lydian/verify/code_verifier.h"
#include "verify/code/code_problem.h"

namespace lydian::code {

/// Runs `program` against `problem` and compares what comes out. With `every_test` (kStdio) the tests after a failure are run as well, for a reward that counts
/// them. Never throws for what a program does; a sandbox that cannot be had is a refusal.
ProgramJudgement judge_program(const CodeProblem& problem, const std::string& program, ProgramRunner& runner, bool every_test);

/// The text that is run: the problem's prefix, where a program has one, and the program. (A `from __future__` must stand first, so there the prefix is left
/// out.)
std::string with_prefix(const CodeProblem& problem, const std::string& program);

}  // namespace lydian::code
