#include "verify/math/algebra.h"

#include <algorithm>

namespace lydian::math {
namespace {

constexpr std::int64_t kMaxTerms = 2000, kMaxProduct = 40000, kMaxDegree = 2000;
constexpr slong kMaxGenerators = 64;
constexpr std::int64_t kMaxRoot = 120;

}  // namespace

Algebra::Algebra(Shape shape, const MathOptions& options, Budget& budget) : shape_(shape), options_(options), budget_(budget) {
  if (shape_.generators > kMaxGenerators) throw NoForm{"too many different parts"};
  if (shape_.root > kMaxRoot || shape_.circle > 720) throw NoForm{"roots of too high an order"};
  ring_ = std::make_unique<PolyRing>(shape_.generators);
}

Poly Algebra::one() const {
  Poly poly(*ring_);
  fmpz_mpoly_one(poly.get(), ring_->ctx);
  return poly;
}

Form Algebra::constant(const Rational& value) {
  Form form{Poly(*ring_), Poly(*ring_)};
  fmpz_mpoly_set_fmpz(form.above.get(), value.numerator(), ring_->ctx);
  fmpz_mpoly_set_fmpz(form.below.get(), value.denominator(), ring_->ctx);
  return form;
}

Poly Algebra::generator_poly(slong index, std::int64_t exponent) {
  if (exponent > kMaxDegree) throw NoForm{"a power that is too high"};
  Poly poly(*ring_);
  fmpz_mpoly_gen(poly.get(), index, ring_->ctx);
  if (exponent != 1) fmpz_mpoly_pow_ui(poly.get(), poly.get(), static_cast<ulong>(exponent), ring_->ctx);
  return poly;
}

Form Algebra::generator_form(slong index, std::int64_t exponent) {
  Form form{one(), one()};
  if (exponent == 0) return form;
  (exponent > 0 ? form.above : form.below) = generator_poly(index, exponent > 0 ? exponent : -exponent);
  reduce(form.above);
  reduce(form.below);
  return form;
}

bool Algebra::same_parts(const std::vector<Form>& a, const std::vector<Form>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].above == b[i].above && a[i].below == b[i].below) continue;
    if (!equal(a[i], b[i])) return false;
  }
  return true;
}

slong Algebra::find_or_add(Generator generator) {
  for (std::size_t i = 0; i < generators_.size(); ++i) {
    const Generator& known = generators_[i];
    budget_.spend(1);
    if (known.kind == generator.kind && known.of == generator.of && known.name == generator.name && same_parts(known.parts, generator.parts))
      return static_cast<slong>(i);
  }
  if (static_cast<slong>(generators_.size()) >= shape_.generators) {
    Shape larger = shape_;
    larger.generators *= 2;
    throw ShapeTooSmall{larger};
  }
  generators_.push_back(std::move(generator));
  return static_cast<slong>(generators_.size()) - 1;
}

slong Algebra::plain_generator(GeneratorKind kind, const std::string& name) {
  const bool numeric = kind == GeneratorKind::kImaginary || kind == GeneratorKind::kCircle;
  return find_or_add({kind, numeric, name, -1, {}});
}

void Algebra::check(const Poly& poly) {
  if (poly.terms() > kMaxTerms) throw NoForm{"too many terms"};
}

Poly Algebra::times(const Poly& a, const Poly& b) {
  const std::int64_t work = a.terms() * b.terms();
  if (work > kMaxProduct) throw NoForm{"too many terms"};
  budget_.spend(1 + work / 16);
  Poly product(*ring_);
  fmpz_mpoly_mul(product.get(), a.get(), b.get(), ring_->ctx);
  reduce(product);
  check(product);
  return product;
}

bool Algebra::has_relation(slong generator, std::int64_t& degree) {
  switch (generators_[static_cast<std::size_t>(generator)].kind) {
    case GeneratorKind::kImaginary:
    case GeneratorKind::kAbsOf:
      degree = 2;
      return true;
    case GeneratorKind::kCircle:
      degree = shape_.circle;
      return true;
    case GeneratorKind::kPrime:
    case GeneratorKind::kRootOf:
      degree = shape_.root;
      return true;
    default:
      return false;
  }
}

Poly Algebra::relation_value(slong generator) {
  const Generator& g = generators_[static_cast<std::size_t>(generator)];
  Poly value(*ring_);
  switch (g.kind) {
    case GeneratorKind::kImaginary:
    case GeneratorKind::kCircle:
      fmpz_mpoly_set_si(value.get(), -1, ring_->ctx);
      return value;
    case GeneratorKind::kAbsOf:
      return times(Poly(g.parts[0].above), Poly(g.parts[0].above));
    default:
      return g.parts[0].above;
  }
}

// Later generators stand for expressions in earlier ones, so going down once is enough.
void Algebra::reduce(Poly& poly) {
  if (poly.is_constant()) return;
  for (slong g = static_cast<slong>(generators_.size()) - 1; g >= 0; --g) {
    std::int64_t degree = 0;
    if (!has_relation(g, degree)) continue;
    if (fmpz_mpoly_degree_si(poly.get(), g, ring_->ctx) < degree) continue;
    reduce_by(poly, g, degree, relation_value(g));
  }
}

void Algebra::reduce_by(Poly& poly, slong generator, std::int64_t degree, const Poly& value) {
  const slong length = static_cast<slong>(poly.terms());
  budget_.spend(1 + length / 4);
  std::vector<ulong> exponents(static_cast<std::size_t>(shape_.generators));
  std::vector<Poly> by_quotient;
  Integer coefficient;
  for (slong t = 0; t < length; ++t) {
    fmpz_mpoly_get_term_coeff_fmpz(coefficient.get(), poly.get(), t, ring_->ctx);
    fmpz_mpoly_get_term_exp_ui(exponents.data(), poly.get(), t, ring_->ctx);
    ulong& e = exponents[static_cast<std::size_t>(generator)];
    const std::size_t quotient = e / static_cast<ulong>(degree);
    e %= static_cast<ulong>(degree);
    while (by_quotient.size() <= quotient) by_quotient.emplace_back(*ring_);
    fmpz_mpoly_push_term_fmpz_ui(by_quotient[quotient].get(), coefficient.get(), exponents.data(), ring_->ctx);
  }
  Poly result(*ring_), raised = one();
  for (std::size_t q = 0; q < by_quotient.size(); ++q) {
    Poly& part = by_quotient[q];
    fmpz_mpoly_sort_terms(part.get(), ring_->ctx);
    fmpz_mpoly_combine_like_terms(part.get(), ring_->ctx);
    if (q > 0) {
      const std::int64_t work = raised.terms() * value.terms();
      if (work > kMaxProduct) throw NoForm{"too many terms"};
      budget_.spend(1 + work / 16);
      fmpz_mpoly_mul(raised.get(), raised.get(), value.get(), ring_->ctx);
    }
    if (part.is_zero()) continue;
    const std::int64_t work = raised.terms() * part.terms();
    if (work > kMaxProduct) throw NoForm{"too many terms"};
    budget_.spend(1 + work / 16);
    fmpz_mpoly_mul(part.get(), part.get(), raised.get(), ring_->ctx);
    fmpz_mpoly_add(result.get(), result.get(), part.get(), ring_->ctx);
  }
  poly = std::move(result);
  check(poly);
}

void Algebra::simplify(Form& form) {
  reduce(form.above);
  reduce(form.below);
  if (form.below.is_zero()) throw NoForm{"a division by zero"};
  if (form.above.is_zero()) {
    form.below = one();
    return;
  }
  if (form.below.is_one()) return;
  const std::int64_t size = form.above.terms() * form.below.terms();
  Poly common(*ring_);
  if (form.below.is_constant() || size > 900) {
    // The greatest number that divides both.
    Integer a, b;
    _fmpz_vec_content(a.get(), form.above.get()->coeffs, form.above.get()->length);
    _fmpz_vec_content(b.get(), form.below.get()->coeffs, form.below.get()->length);
    fmpz_gcd(a.get(), a.get(), b.get());
    if (fmpz_sgn(form.below.get()->coeffs) < 0) fmpz_neg(a.get(), a.get());
    if (fmpz_is_one(a.get()) == 0) {
      fmpz_mpoly_scalar_divexact_fmpz(form.above.get(), form.above.get(), a.get(), ring_->ctx);
      fmpz_mpoly_scalar_divexact_fmpz(form.below.get(), form.below.get(), a.get(), ring_->ctx);
    }
    return;
  }
  budget_.spend(4 + size / 4);
  if (fmpz_mpoly_gcd(common.get(), form.above.get(), form.below.get(), ring_->ctx) == 0) return;
  if (fmpz_sgn(form.below.get()->coeffs) < 0) fmpz_mpoly_neg(common.get(), common.get(), ring_->ctx);
  if (common.is_one()) return;
  fmpz_mpoly_divides(form.above.get(), form.above.get(), common.get(), ring_->ctx);
  fmpz_mpoly_divides(form.below.get(), form.below.get(), common.get(), ring_->ctx);
}

Form Algebra::add(const Form& a, const Form& b) {
  Form result{Poly(*ring_), a.below};
  if (a.below == b.below) {
    budget_.spend(1 + (a.above.terms() + b.above.terms()) / 8);
    fmpz_mpoly_add(result.above.get(), a.above.get(), b.above.get(), ring_->ctx);
    if (a.below.is_one()) return result;
  } else {
    const Poly x = times(a.above, b.below), y = times(b.above, a.below);
    fmpz_mpoly_add(result.above.get(), x.get(), y.get(), ring_->ctx);
    result.below = times(a.below, b.below);
  }
  simplify(result);
  return result;
}

Form Algebra::negate(Form a) {
  fmpz_mpoly_neg(a.above.get(), a.above.get(), ring_->ctx);
  return a;
}

Form Algebra::subtract(const Form& a, const Form& b) {
  return add(a, negate(b));
}

Form Algebra::multiply(const Form& a, const Form& b) {
  Form result{times(a.above, b.above), a.below.is_one() ? b.below : b.below.is_one() ? a.below : times(a.below, b.below)};
  if (!result.below.is_one()) simplify(result);
  return result;
}

Form Algebra::divide(const Form& a, const Form& b) {
  if (b.above.is_zero()) throw NoForm{"a division by zero"};
  Form result{b.below.is_one() ? a.above : times(a.above, b.below), a.below.is_one() ? b.above : times(a.below, b.above)};
  simplify(result);
  return result;
}

Form Algebra::integer_power(const Form& base, std::int64_t exponent) {
  Form result{one(), one()};
  const std::int64_t n = exponent < 0 ? -exponent : exponent;
  if (exponent < 0 && base.above.is_zero()) throw NoForm{"a division by zero"};
  // C(terms + n - 1, n) terms at most: refused early.
  double terms = 1.0;
  for (std::int64_t i = 1; i < std::max(base.above.terms(), base.below.terms()) && terms < 1e9; ++i)
    terms = terms * static_cast<double>(n + i) / static_cast<double>(i);
  if (terms > static_cast<double>(kMaxTerms) || n > kMaxDegree) throw NoForm{"a power that is too high"};
  Form square = base;
  for (std::int64_t k = n; k > 0; k >>= 1) {
    if ((k & 1) != 0) result = Form{times(result.above, square.above), times(result.below, square.below)};
    if (k > 1) square = Form{times(square.above, square.above), times(square.below, square.below)};
  }
  if (exponent < 0) std::swap(result.above, result.below);
  if (fmpz_bits(result.above.is_zero() ? Integer(0).get() : result.above.get()->coeffs) > static_cast<flint_bitcnt_t>(options_.max_bits))
    throw LimitExceeded{"a number that is too large"};
  simplify(result);
  return result;
}

Poly Algebra::difference(const Form& a, const Form& b) {
  if (a.below == b.below) {
    Poly result(*ring_);
    fmpz_mpoly_sub(result.get(), a.above.get(), b.above.get(), ring_->ctx);
    return result;
  }
  const Poly x = times(a.above, b.below), y = times(b.above, a.below);
  Poly result(*ring_);
  fmpz_mpoly_sub(result.get(), x.get(), y.get(), ring_->ctx);
  return result;
}

Poly Algebra::common_factor(const Poly& a, const Poly& b) {
  const std::int64_t size = a.terms() * b.terms();
  Poly common = one();
  if (size > 900) throw NoForm{"too many terms"};
  budget_.spend(4 + size / 4);
  if (fmpz_mpoly_gcd(common.get(), a.get(), b.get(), ring_->ctx) == 0) throw NoForm{"no common factor was found"};
  return common;
}

// Of a polynomial by one that divides it.
Poly Algebra::quotient(const Poly& a, const Poly& divisor) {
  Poly result(*ring_);
  fmpz_mpoly_divides(result.get(), a.get(), divisor.get(), ring_->ctx);
  return result;
}

bool Algebra::equal(const Form& a, const Form& b) {
  return is_zero(difference(a, b));
}

bool Algebra::proportional(const Poly& a, const Poly& b, Poly& of_a, Poly& of_b) {
  if (a.is_zero() || b.is_zero()) return a.is_zero() && b.is_zero();
  if (a.terms() * b.terms() > kMaxProduct) throw NoForm{"too many terms"};
  // By the coefficients of one and the same product of letters; numbers such as sqrt 2 are part of coefficients.
  std::vector<ulong> exponents(static_cast<std::size_t>(shape_.generators));
  auto coefficient = [&](const Poly& poly, const std::vector<ulong>& of) {
    Poly result(*ring_);
    std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
    Integer c;
    for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
      fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
      bool match = true;
      for (std::size_t g = 0; g < generators_.size() && match; ++g) match = generators_[g].numeric || e[g] == of[g];
      if (!match) continue;
      for (std::size_t g = 0; g < generators_.size(); ++g) {
        if (!generators_[g].numeric) e[g] = 0;
      }
      fmpz_mpoly_get_term_coeff_fmpz(c.get(), poly.get(), t, ring_->ctx);
      fmpz_mpoly_push_term_fmpz_ui(result.get(), c.get(), e.data(), ring_->ctx);
    }
    fmpz_mpoly_sort_terms(result.get(), ring_->ctx);
    fmpz_mpoly_combine_like_terms(result.get(), ring_->ctx);
    return result;
  };
  fmpz_mpoly_get_term_exp_ui(exponents.data(), a.get(), 0, ring_->ctx);
  of_a = coefficient(a, exponents);
  of_b = coefficient(b, exponents);
  if (of_b.is_zero() || is_zero(of_a) || is_zero(of_b)) return false;
  const Poly x = times(a, of_b), y = times(b, of_a);
  Poly d(*ring_);
  fmpz_mpoly_sub(d.get(), x.get(), y.get(), ring_->ctx);
  return is_zero(d);
}

bool Algebra::numeric_poly(const Poly& poly) const {
  std::vector<slong> degrees(static_cast<std::size_t>(shape_.generators));
  if (poly.is_zero()) return true;
  fmpz_mpoly_degrees_si(degrees.data(), poly.get(), ring_->ctx);
  for (std::size_t g = 0; g < generators_.size(); ++g) {
    if (degrees[g] > 0 && !generators_[g].numeric) return false;
  }
  return true;
}

}  // namespace lydian::math
