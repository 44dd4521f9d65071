#pragma once

#include <optional>
#include <string>

#include "verify/math/exact.h"

namespace lydian::math {

/// A quotient of polynomials in one letter, as it is written: nothing is canceled, so it has no value exactly where `below` is 0.
struct LetterQuotient {
  IntegerPoly above, below;
};

/// The expression as a quotient; nothing where it is none with rational coefficients in this letter alone, or of a degree above `max_degree`.
std::optional<LetterQuotient> letter_quotient(Folder& folder, NodeId id, const std::string& letter, slong max_degree);

/// The name of the only letter in an expression; nothing where it has none, several, or parts that are read but never evaluated.
std::optional<std::string> only_letter(const Tree& tree, NodeId id);

}  // namespace lydian::math
