#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lydian/verify/code_verifier.h"
#include "verify/code/code_problem.h"

namespace lydian::code {

/// A program's output for one test of the problem.
struct CheckerInput {
  std::size_t test = 0;
  std::string output;
};

struct CheckerAnswer {
  std::size_t test = 0;
  ProgramVerdict verdict = ProgramVerdict::kFault;  ///< kAccepted, kWrongAnswer or kFault.
  std::string reason;
};

/// Judges outputs by the problem's checker: Python text that defines check(input, output, expected), run in a cell of its own which the judged program never
/// enters. True is accepted. Where check raises, or is stopped at a limit, the output is to blame (wrong answer), unless the checker cannot be loaded, or
/// gives no answer on the expected output that the row has (fault). Bytes that are no UTF-8 reach it as U+FFFD.
std::vector<CheckerAnswer> check_outputs(const CodeProblem& problem, const std::vector<CheckerInput>& outputs, ProgramRunner& runner);

}  // namespace lydian::code
