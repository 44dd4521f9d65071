#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lydian/sandbox/run.h"
#include "verify/code/data_value.h"
#include "verify/code/output_comparer.h"
#include "verify/code/value_comparer.h"

namespace lydian::code {

struct StdioTest {
  std::string stdin_text, expected;
  bool has_expected = true;
};

struct FunctionCase {
  std::string call;  ///< As RunRequest::calls has it: no expected value.
  DataValue expected;
  ValueRule rule;
};

/// What a program is judged by.
struct CodeProblem {
  ProgramLanguage language = ProgramLanguage::kPython;
  RunMode mode = RunMode::kStdio;
  std::string prefix;   ///< Program text that stands before every program.
  std::string prelude;  ///< kAssert: the task's own text beside the tests, as RunRequest::prelude has it.

  std::vector<StdioTest> tests;  ///< kStdio
  OutputRule rule = OutputRule::kTokens;
  Tolerance tolerance;
  std::string checker;  ///< Python text that defines check(input, output, expected).

  std::string entry_point;  ///< kFunction, kAssert
  std::vector<FunctionCase> cases;

  std::string assertions;  ///< kAssert

  std::vector<std::pair<std::string, std::string>> env;
  RunLimits limits;
};

/// The problem that an object's fields describe (docs/code_environment.md); fields that say nothing about a problem are left alone. Throws ConfigError naming
/// the field, what was expected and what stood there.
CodeProblem read_code_problem(const nlohmann::ordered_json& row);

/// The program of a row: `program`, `source`, `source_b64` or `source_repeat`, exactly one of them. Throws ConfigError.
std::string read_program(const nlohmann::ordered_json& row);

}  // namespace lydian::code
