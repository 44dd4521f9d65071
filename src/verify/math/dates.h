#pragma once

#include <optional>
#include <string_view>

#include "verify/math/decide.h"

namespace lydian::math {

/// Dates by day, month and year: July 4, 4th of July, 2020-07-04, 13/7/2020. Of 1/2/2020, which is two dates, only the same numbers in the same order are
/// equal. A date is no difference or quotient of numbers. Nothing where neither side is a date.
std::optional<Decision> compare_dates(std::string_view gold, std::string_view prediction);

}  // namespace lydian::math
