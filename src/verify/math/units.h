#pragma once

#include <string>
#include <string_view>

#include "verify/math/tree.h"

namespace lydian::math {

struct UnitName {
  std::string name;  ///< Short form: "cm", "hour", "dollar"; for a noun its words in small letters.
  UnitKind kind = UnitKind::kNoun;
  bool percent = false, degree = false;
};

/// The unit that these words name; a noun where they are no known unit. Plurals, "square", "cubic", "per" and powers written out are understood.
UnitName unit_of(std::string_view words);
/// Which way words behind a number turn it: "profit", "miles east", "units to the left".
struct Direction {
  std::string word;     ///< Empty where there is none.
  bool needed = false;  ///< Whether the number alone says less. What is left or older is so many; a loss is not.
};
Direction direction_of(std::string_view words);
/// Whether words change a value and so are no unit: "squared", "times", "half".
bool changes_value(std::string_view words);
/// Whether a word of plain text, two or more letters, is a known unit.
bool is_unit_word(std::string_view word);
/// Words in small letters, one blank between, without points and outer blanks.
std::string plain_words(std::string_view text);

}  // namespace lydian::math
