#pragma once

#include <string>
#include <string_view>

namespace lydian::math {

/// The short name of a unit of the SI (or of those used beside it) with its prefix, letter case counting: "MHz" and "megahertz" are MHz, "mHz" is mHz.
/// Empty where the word is none.
std::string si_unit(std::string_view word);
/// Whether plain text may name this unit with two letters or more: kPa and MHz, but not nC, which may be a product.
bool is_plain_si_unit(std::string_view word);

}  // namespace lydian::math
