#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/math/compare.h"
#include "verify/math/parser.h"

namespace lydian::math {

/// One answer as text, ready to be read.
struct Answer {
  std::vector<std::string> texts;  ///< Boxes side by side, or one text.
  std::string joined;
  std::size_t begin = 0, end = 0;
};

/// What is read as mathematics: a text without signs of formulas, or the sign or number that its words stand for.
std::string without_words(std::string_view text);

/// From texts to a verdict: finds the answer, reads both sides, and compares them as words, times, dates or mathematics.
class Grader {
 public:
  Grader(const MathOptions& options, Budget& budget) : options_(options), budget_(budget) {}

  ReadOptions read_options(bool commas_separate) const {
    return {commas_separate, options_.decimal_comma, options_.max_tokens, options_.max_depth, options_.max_digits, options_.max_bits};
  }

  /// Whether a text is one answer that can be read.
  bool readable(std::string_view text);
  /// A bare answer: what stands in its boxes, else all of it without formula signs.
  Answer bare(std::string_view text);
  Answer from_response(std::string_view text);
  MathGrade against(const Answer& gold, const Answer& prediction);
  /// Why a gold can be used for no comparison; nothing where it can.
  std::optional<std::string> fault_of_gold(std::string_view gold);
  /// Equal texts are read and compared like others.
  void read_equal_texts() { read_equal_texts_ = true; }

 private:
  static void join(Answer& answer);
  MathGrade compare_answers(const Answer& gold, const Answer& prediction);
  MathGrade compare_texts(std::string_view gold, std::string_view prediction, bool& gold_plural);
  Decision read_and_compare(std::string_view gold, std::string_view prediction, bool commas_separate, MathGrade& grade, bool& gold_plural, bool& ambiguous);

  const MathOptions& options_;
  Budget& budget_;
  bool read_equal_texts_ = false;
};

}  // namespace lydian::math
