#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lydian::code {

/// How a program's standard output is held against the expected one. All look at the whole of both.
enum class OutputRule {
  kTokens,   ///< Equal words, byte for byte; any white space between them.
  kExact,    ///< Equal lines, byte for byte; a newline at the very end may be missing.
  kFloat,    ///< As tokens, but a decimal number matches one within tolerance.
  kSet,      ///< Equal lines (each as tokens) in any order, equally often; where one line is expected, equal words of it in any order.
  kChecker,  ///< Judged by a program of the task, elsewhere.
  kNone,     ///< Not looked at: the exit status alone decides.
};

/// The rule named tokens, exact, float, set, checker or none.
std::optional<OutputRule> output_rule(std::string_view name);

/// What a number may differ by: `atol`, or `rtol` times the expected number where that is more.
struct Tolerance {
  double atol = 1e-6;
  double rtol = 1e-6;
};

/// Nothing where `output` is right, else one sentence about the first difference. Linear in time (kSet: n log n). NaN equals nothing under kFloat.
/// Never called for kChecker.
std::optional<std::string> difference(OutputRule rule, std::string_view output, std::string_view expected, const Tolerance& tolerance = {});

}  // namespace lydian::code
