#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "lydian/verify/code_verifier.h"

namespace lydian::code {

struct GradingOptions {
  int workers = 1;           ///< Rows judged at once.
  bool fraction = false;     ///< reward = passed / total
  bool keep_output = false;  ///< stdout, stderr and compile_log on every line.
};

struct GradingSummary {
  std::int64_t rows = 0;
  std::map<std::string, std::int64_t> by_verdict;
};

/// One line of verdicts: the row (one line of rows; `place` names it in reasons) read and judged. A row that cannot be read gets the verdict fault and a
/// reason. Never throws.
std::string grade_row(std::string_view row, const std::string& place, ProgramRunner& runner, const GradingOptions& options, std::string* verdict = nullptr);

/// Judges every row of `input` and writes one JSON object a row, in their order, to `output` (docs/code_environment.md lists the fields). Empty lines are
/// skipped. Throws IoError where a file cannot be read or written, ConfigError where workers are not 1 to 512 or both are one file. Verdicts are
/// written while rows are graded, and once more durably at the end.
GradingSummary grade_file(const std::string& input, const std::string& output, ProgramRunner& runner, const GradingOptions& options);

}  // namespace lydian::code
