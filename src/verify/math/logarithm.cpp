// Logarithms and absolute values of forms, factor by factor.
#include <algorithm>

#include "verify/math/algebra.h"

namespace lydian::math {

Form Algebra::logarithm(const Form& argument) {
  if (++nesting_ > 64) throw NoForm{"nested too deep"};
  Form result = constant(Rational(0));
  std::vector<Factor> parts = factors(argument);
  note_signs(parts);
  if (!parts.empty() && parts[0].kind == Factor::Kind::kMinusOne) {
    // The sign goes into a polynomial, or stands for i pi.
    const auto poly = std::find_if(parts.begin(), parts.end(), [](const Factor& f) { return f.kind == Factor::Kind::kPoly && f.multiplicity % 2 != 0; });
    if (poly != parts.end()) {
      Poly turned = *poly->poly;
      fmpz_mpoly_neg(turned.get(), turned.get(), ring_->ctx);
      poly->poly = std::make_shared<Poly>(std::move(turned));
    } else {
      const Form pi = generator_form(plain_generator(GeneratorKind::kPi), shape_.root);
      result = multiply(pi, generator_form(plain_generator(GeneratorKind::kImaginary), 1));
    }
    parts.erase(parts.begin());
  }
  for (const Factor& factor : parts) {
    Form base = constant(Rational(1));
    Rational coefficient(factor.multiplicity);
    if (factor.kind == Factor::Kind::kPrime) {
      fmpz_mpoly_set_fmpz(base.above.get(), factor.prime.get(), ring_->ctx);
    } else if (factor.kind == Factor::Kind::kPoly) {
      base.above = *factor.poly;
    } else {
      const Generator g = generators_[static_cast<std::size_t>(factor.generator)];
      Rational per_root;
      fmpq_div(per_root.get(), coefficient.get(), Rational(shape_.root).get());
      if (g.kind == GeneratorKind::kEuler) {
        result = add(result, constant(per_root));
        continue;
      }
      if (g.kind == GeneratorKind::kPowerOf) {
        const Form inner = g.of < 0 ? logarithm(g.parts[0]) : logarithm(Form{generator_poly(g.of, shape_.root), one()});
        result = add(result, multiply(constant(per_root), multiply(g.parts.back(), inner)));
        continue;
      }
      if (g.kind == GeneratorKind::kRootOf || g.kind == GeneratorKind::kPrime) {
        result = add(result, multiply(constant(per_root), logarithm(g.parts[0])));
        continue;
      }
      if (g.kind == GeneratorKind::kImaginary) {
        const Form pi = generator_form(plain_generator(GeneratorKind::kPi), shape_.root);
        const Form turn = multiply(pi, generator_form(factor.generator, 1));
        fmpq_div_2exp(coefficient.get(), coefficient.get(), 1);
        result = add(result, multiply(constant(coefficient), turn));
        continue;
      }
      if (g.kind == GeneratorKind::kSymbol || g.kind == GeneratorKind::kPi) coefficient = per_root;
      base.above = generator_poly(factor.generator, g.kind == GeneratorKind::kSymbol || g.kind == GeneratorKind::kPi ? shape_.root : 1);
    }
    const slong log = find_or_add({GeneratorKind::kLogOf, false, {}, -1, {std::move(base)}});
    result = add(result, multiply(constant(coefficient), generator_form(log, 1)));
  }
  --nesting_;
  return result;
}

bool Algebra::equal_constants(const Form& a, const Form& b, bool positive) {
  const auto vanishes = [&](const Poly& poly) { return poly.is_zero() || is_zero(poly); };
  const auto proves = [&](const auto& proof) {
    try {
      return vanishes(proof());
    } catch (const NoForm&) {
      return false;
    }
  };
  const Form apart = subtract(a, b), one_form = constant(Rational(1));
  return proves([&] { return difference(exponential(apart), one_form); }) || proves([&] { return difference(exp_i(apart), one_form); }) ||
         (positive && proves([&] { return difference(logarithm(a), logarithm(b)); }));
}

// A sum of even powers of letters with coefficients above 0 and a number above 0: x^2 + 1.
bool Algebra::is_positive(const Poly& poly) const {
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  bool number = false;
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    if (fmpz_sgn(poly.get()->coeffs + t) <= 0) return false;
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    bool plain = true;
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (e[g] == 0) continue;
      plain = false;
      if (generators_[g].kind != GeneratorKind::kSymbol || e[g] % static_cast<ulong>(2 * shape_.root) != 0) return false;
    }
    number = number || plain;
  }
  return number;
}

Form Algebra::absolute(const Form& argument) {
  if (argument.above.is_zero()) return argument;
  Form result = constant(Rational(1));
  for (const Factor& factor : factors(argument)) {
    const Rational n(factor.multiplicity);
    switch (factor.kind) {
      case Factor::Kind::kMinusOne:
        break;
      case Factor::Kind::kPrime:
        result = multiply(result, raise_factor(factor, Rational(1)));
        break;
      case Factor::Kind::kGenerator: {
        const GeneratorKind kind = generators_[static_cast<std::size_t>(factor.generator)].kind;
        if (kind == GeneratorKind::kImaginary || kind == GeneratorKind::kCircle || kind == GeneratorKind::kExpI) break;
        if (kind == GeneratorKind::kSymbol && factor.multiplicity % 2 != 0) took_signs_ = true;
        if (is_root_like(factor.generator) || kind == GeneratorKind::kAbsOf || factor.multiplicity % 2 == 0) {
          result = multiply(result, generator_form(factor.generator, factor.multiplicity));
          break;
        }
        Form base{generator_poly(factor.generator), one()};
        result = multiply(result, generator_form(find_or_add({GeneratorKind::kAbsOf, false, {}, -1, {std::move(base)}}), factor.multiplicity));
        break;
      }
      case Factor::Kind::kPoly: {
        Form base{*factor.poly, one()};
        if (factor.multiplicity % 2 == 0 || numeric_poly(*factor.poly) || is_positive(*factor.poly)) {
          result = multiply(result, integer_power(base, factor.multiplicity));
          break;
        }
        result = multiply(result, generator_form(find_or_add({GeneratorKind::kAbsOf, false, {}, -1, {std::move(base)}}), factor.multiplicity));
        break;
      }
    }
  }
  return result;
}

}  // namespace lydian::math
