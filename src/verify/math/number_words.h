#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lydian::math {

/// The number that words name, as it is written with digits: 21 for "twenty-one", 305 for "three hundred and five", -2, 2/3 for "two thirds". Empty where
/// they name none, or say more than a number. Small letters, single blanks.
std::string spoken_number(std::string_view words);
/// 1,000 for "thousand" and the like; 0 where the word is none of them.
std::int64_t scale_word(std::string_view word);
/// Whether a word names a number, a scale or a part: seven, million, third.
bool is_number_word(std::string_view word);

}  // namespace lydian::math
