#pragma once

#include "lydian/sandbox/run.h"
#include "sandbox/cpp_answers.h"
#include "sandbox/cpp_compiler.h"

namespace lydian::sandbox {

/// A program and its tests, compiled apart; or what is to be reported instead.
struct CppAssertions {
  std::shared_ptr<const Compiled> program, tests;
  bool fresh = false;                       ///< A compiler ran for them.
  bool ready = false;                       ///< Both are there.
  RunOutcome outcome = RunOutcome::kFault;  ///< Else; with `evidence`, and what did not compile, if it was that.
  std::string evidence;
  std::shared_ptr<const Compiled> failed;
};

/// What a row gives no reward for (kRefused) is read off the row alone. What a program lacks, or has otherwise than the tests call it, is its own mistake.
CppAssertions compile_assertions(CppCompiler& compiler, const RunRequest& request);

}  // namespace lydian::sandbox
