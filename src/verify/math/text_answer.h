#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verify/math/decide.h"

namespace lydian::math {

/// Answers that are compared as they are written: option letters, times of day, words, plain numbers. Nothing where the texts are of another kind.
std::optional<Decision> compare_options(std::string_view gold, std::string_view prediction, const MathOptions& options);
std::optional<Decision> compare_times(std::string_view gold, std::string_view prediction);
Decision compare_words(std::string_view gold, std::string_view prediction, const MathOptions& options);
/// Words that say what a sign or number says, as that: "no solution" is the empty set, "all real numbers" the line, "twenty-one" 21. Empty where they are none.
std::string spoken_sign(std::string_view text);
/// Integers of up to 18 digits, short decimals and \frac{a}{b} without any other sign: most answers, decided without a tree.
std::optional<Decision> compare_plain_numbers(std::string_view gold, std::string_view prediction, const MathOptions& options);
/// What stands behind an option's letter, A to H: 42 of "(B) 42", "B. 42" and "\textbf{(B)}\ 42". Empty where there is none.
std::string_view option_text(std::string_view text);
/// Whether a gold is the letter of an option: "C", "(C)", "\text{(C)}".
bool is_option_letter(std::string_view text);

}  // namespace lydian::math
