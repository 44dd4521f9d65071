#pragma once

/// The one place that includes FLINT, and the owners of its values. FLINT 2 keeps Arb in headers apart, FLINT 3 holds it.

#include <gmp.h>

#include <cstdint>
#include <string>
#include <utility>

#if __has_include(<flint/arb.h>)
#include <flint/acb.h>
#include <flint/acb_hypgeom.h>
#include <flint/arb.h>
#include <flint/arf.h>
#else
#include <acb.h>
#include <acb_hypgeom.h>
#include <arb.h>
#include <arf.h>
#endif
#include <flint/flint.h>
#include <flint/fmpq.h>
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <flint/fmpz_mpoly.h>
#include <flint/fmpz_mpoly_factor.h>
#include <flint/fmpz_poly.h>
#include <flint/fmpz_poly_factor.h>
#include <flint/fmpz_vec.h>
#include <flint/ulong_extras.h>

namespace lydian::math {

/// An exact integer.
class Integer {
 public:
  Integer() { fmpz_init(value_); }
  explicit Integer(std::int64_t v) { fmpz_init_set_si(value_, v); }
  Integer(const Integer& other) { fmpz_init_set(value_, other.value_); }
  Integer(Integer&& other) noexcept {
    fmpz_init(value_);
    fmpz_swap(value_, other.value_);
  }
  Integer& operator=(Integer other) noexcept {
    fmpz_swap(value_, other.value_);
    return *this;
  }
  ~Integer() { fmpz_clear(value_); }
  fmpz* get() { return value_; }
  const fmpz* get() const { return value_; }
  bool operator==(const Integer& other) const { return fmpz_equal(value_, other.value_) != 0; }

 private:
  fmpz_t value_;
};

/// An exact rational, always reduced.
class Rational {
 public:
  Rational() { fmpq_init(value_); }
  explicit Rational(std::int64_t numerator, std::int64_t denominator = 1) {
    fmpq_init(value_);
    fmpq_set_si(value_, numerator, static_cast<ulong>(denominator));
  }
  Rational(const Rational& other) {
    fmpq_init(value_);
    fmpq_set(value_, other.value_);
  }
  Rational(Rational&& other) noexcept {
    fmpq_init(value_);
    fmpq_swap(value_, other.value_);
  }
  Rational& operator=(Rational other) noexcept {
    fmpq_swap(value_, other.value_);
    return *this;
  }
  ~Rational() { fmpq_clear(value_); }
  fmpq* get() { return value_; }
  const fmpq* get() const { return value_; }
  const fmpz* numerator() const { return fmpq_numref(value_); }
  const fmpz* denominator() const { return fmpq_denref(value_); }
  bool is_integer() const { return fmpz_is_one(denominator()) != 0; }
  bool is_zero() const { return fmpq_is_zero(value_) != 0; }
  int sign() const { return fmpq_sgn(value_); }
  /// Bits of numerator or denominator, whichever is larger.
  std::int64_t bits() const { return static_cast<std::int64_t>(fmpq_height_bits(value_)); }
  bool operator==(const Rational& other) const { return fmpq_equal(value_, other.value_) != 0; }

 private:
  fmpq_t value_;
};

/// A polynomial in one letter with integer coefficients.
class IntegerPoly {
 public:
  IntegerPoly() { fmpz_poly_init(value_); }
  IntegerPoly(const IntegerPoly& other) {
    fmpz_poly_init(value_);
    fmpz_poly_set(value_, other.value_);
  }
  IntegerPoly(IntegerPoly&& other) noexcept {
    fmpz_poly_init(value_);
    fmpz_poly_swap(value_, other.value_);
  }
  IntegerPoly& operator=(IntegerPoly other) noexcept {
    fmpz_poly_swap(value_, other.value_);
    return *this;
  }
  ~IntegerPoly() { fmpz_poly_clear(value_); }
  fmpz_poly_struct* get() { return value_; }
  const fmpz_poly_struct* get() const { return value_; }
  slong degree() const { return fmpz_poly_degree(value_); }
  bool is_zero() const { return fmpz_poly_is_zero(value_) != 0; }

 private:
  fmpz_poly_t value_;
};

/// A complex ball: encloses the true value whatever was rounded.
class Ball {
 public:
  Ball() { acb_init(value_); }
  Ball(const Ball& other) {
    acb_init(value_);
    acb_set(value_, other.value_);
  }
  Ball(Ball&& other) noexcept {
    acb_init(value_);
    acb_swap(value_, other.value_);
  }
  Ball& operator=(Ball other) noexcept {
    acb_swap(value_, other.value_);
    return *this;
  }
  ~Ball() { acb_clear(value_); }
  acb_ptr get() { return value_; }
  acb_srcptr get() const { return value_; }
  arb_ptr real() { return acb_realref(value_); }
  arb_srcptr real() const { return acb_realref(value_); }
  arb_ptr imag() { return acb_imagref(value_); }
  arb_srcptr imag() const { return acb_imagref(value_); }
  bool is_real() const { return arb_is_zero(acb_imagref(value_)) != 0; }
  bool is_finite() const { return acb_is_finite(value_) != 0; }
  bool contains_zero() const { return acb_contains_zero(value_) != 0; }

 private:
  acb_t value_;
};

/// Frees what FLINT caches for this thread when the thread ends.
void keep_flint_tidy();

}  // namespace lydian::math
