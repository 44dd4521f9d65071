#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lydian::math {

struct TextSpan {
  std::size_t begin = 0, end = 0;
};

/// Mathematics in plain text.
struct PlainRun {
  std::size_t begin = 0, end = 0;  ///< Bytes of the text.
  std::size_t from = 0;            ///< Where the arithmetic that leads to it begins.
  std::string text;  ///< Marks of bold type off, "negative 5" as -5. Empty where what stands there is no answer: "Theorem 5", "5-digit", "2 to 3".
};

/// The largest run of numbers, letters that stand alone, names of functions, signs, units and formulas around a place in a text, on one line: `-$5$`, y = 3x +
/// 4, 2√3 cm. Of arithmetic, 3 + 4 = 7, what is behind its last equality sign. The formulas are those of the text, with their delimiters, in their order.
PlainRun plain_run(std::string_view text, TextSpan around, const std::vector<TextSpan>& formulas);

/// What stands right beside a box or formula.
struct Surroundings {
  bool part = false;                ///< It is a part of a larger expression: -□, □π, √□, x > □.
  bool begins = true, ends = true;  ///< Nothing that belongs to it stands before or behind it.
  std::string_view unit;            ///< Behind it.
  TextSpan alternative;             ///< The value behind it that "or", or "and" at an end, joins to it.
  TextSpan earlier;                 ///< The end of a value that "or" joins to it from before.
};
Surroundings surroundings(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas, bool in_formula);

/// Whether dollar signs stand around a formula, and are no prices: $5 for 3 pens and $6.
bool can_be_formula(std::string_view text, TextSpan formula);

/// Where the last sign of a text stands that is a digit, or a number by itself as ½, π and ∞; npos where there is none.
std::size_t last_number(std::string_view text);

}  // namespace lydian::math
