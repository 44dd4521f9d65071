#pragma once

#include <optional>
#include <string>

#include "verify/math/exact.h"

namespace lydian::math {

/// A polynomial in one letter with integer coefficients.
class LetterPoly {
 public:
  LetterPoly() { fmpz_poly_init(value_); }
  LetterPoly(const LetterPoly& other) {
    fmpz_poly_init(value_);
    fmpz_poly_set(value_, other.value_);
  }
  LetterPoly(LetterPoly&& other) noexcept {
    fmpz_poly_init(value_);
    fmpz_poly_swap(value_, other.value_);
  }
  LetterPoly& operator=(LetterPoly other) noexcept {
    fmpz_poly_swap(value_, other.value_);
    return *this;
  }
  ~LetterPoly() { fmpz_poly_clear(value_); }
  fmpz_poly_struct* get() { return value_; }
  const fmpz_poly_struct* get() const { return value_; }
  slong degree() const { return fmpz_poly_degree(value_); }
  bool is_zero() const { return fmpz_poly_is_zero(value_) != 0; }

 private:
  fmpz_poly_t value_;
};

/// A quotient of polynomials in one letter, as it is written: nothing is canceled, so it has no value exactly where `below` is 0.
struct LetterQuotient {
  LetterPoly above, below;
};

/// The expression as a quotient; nothing where it is none with rational coefficients in this letter alone, or of a degree above `max_degree`.
std::optional<LetterQuotient> letter_quotient(Folder& folder, NodeId id, const std::string& letter, slong max_degree);

/// The name of the only letter in an expression; nothing where it has none, several, or parts that are read but never evaluated.
std::optional<std::string> only_letter(const Tree& tree, NodeId id);

}  // namespace lydian::math
