// Powers, logarithms and exponentials of forms: everything goes back to products of primes, letters and polynomials that are each raised on their own.
#include <algorithm>
#include <numeric>

#include "verify/math/algebra.h"

namespace lydian::math {
namespace {

Rational scaled_by(const Rational& a, std::int64_t b) {
  Rational result;
  fmpq_mul_si(result.get(), a.get(), b);
  return result;
}

}  // namespace

// value * by as an integer; where it is none, roots of a finer order are needed.
std::int64_t Algebra::scaled(const Rational& value, std::int64_t by) {
  const Rational product = scaled_by(value, by);
  if (!product.is_integer()) {
    if (fmpz_cmp_si(product.denominator(), 1000) > 0) throw NoForm{"roots of too high an order"};
    Shape finer = shape_;
    finer.root *= fmpz_get_si(product.denominator());
    throw ShapeTooSmall{finer};
  }
  if (fmpz_cmpabs(product.numerator(), Integer(100000).get()) > 0) throw NoForm{"a power that is too high"};
  return fmpz_get_si(product.numerator());
}

bool Algebra::is_root_like(slong generator) const {
  switch (generators_[static_cast<std::size_t>(generator)].kind) {
    case GeneratorKind::kSymbol:
    case GeneratorKind::kPi:
    case GeneratorKind::kEuler:
    case GeneratorKind::kPrime:
    case GeneratorKind::kRootOf:
    case GeneratorKind::kPowerOf:
    case GeneratorKind::kExpI:
      return true;
    default:
      return false;
  }
}

// A power that is no integer, or a logarithm, of a product goes factor by factor only where the factors are above 0; of one factor alone it always does.
void Algebra::note_signs(const std::vector<Factor>& parts) {
  int signed_factors = 0;
  for (const Factor& factor : parts) {
    bool plain = true;
    if (factor.kind == Factor::Kind::kPrime) continue;
    if (factor.kind == Factor::Kind::kGenerator) {
      const Generator& g = generators_[static_cast<std::size_t>(factor.generator)];
      if (g.numeric || g.kind == GeneratorKind::kPi || g.kind == GeneratorKind::kEuler) continue;
      if (g.kind == GeneratorKind::kPowerOf && g.of >= 0 && generators_[static_cast<std::size_t>(g.of)].kind == GeneratorKind::kEuler) continue;
      plain = std::abs(factor.multiplicity) == (g.kind == GeneratorKind::kSymbol ? shape_.root : 1) && g.kind != GeneratorKind::kPowerOf;
    } else if (factor.kind == Factor::Kind::kPoly) {
      if (numeric_poly(*factor.poly)) continue;
      plain = std::abs(factor.multiplicity) == 1;
    }
    if (++signed_factors > 1 || !plain) took_signs_ = true;
  }
}

void Algebra::integer_factors(const Integer& value, std::int64_t sign, std::vector<Factor>& out) {
  if (fmpz_is_one(value.get()) != 0) return;
  if (fmpz_bits(value.get()) > 2000) throw NoForm{"a number that is too large to be factored"};
  budget_.spend(20);
  Integer rest = value;
  auto add = [&](const Integer& prime, std::int64_t count) { out.push_back({Factor::Kind::kPrime, count * sign, prime, -1, nullptr}); };
  for (std::int64_t p = 2; p < 1000; p += p == 2 ? 1 : 2) {
    std::int64_t count = 0;
    while (fmpz_fdiv_ui(rest.get(), static_cast<ulong>(p)) == 0) {
      fmpz_divexact_ui(rest.get(), rest.get(), static_cast<ulong>(p));
      ++count;
    }
    if (count > 0) add(Integer(p), count);
    if (fmpz_is_one(rest.get()) != 0) return;
  }
  // What is left is a prime, or is taken as one piece; a perfect power still counts as a power.
  if (fmpz_bits(rest.get()) <= 62) {
    n_factor_t found;
    n_factor_init(&found);
    n_factor(&found, fmpz_get_ui(rest.get()), 0);
    for (int i = 0; i < found.num; ++i) {
      Integer prime;
      fmpz_set_ui(prime.get(), found.p[i]);
      add(prime, found.exp[i]);
    }
    return;
  }
  for (const ulong k : {7UL, 5UL, 3UL, 2UL}) {
    Integer root;
    if (fmpz_root(root.get(), rest.get(), static_cast<slong>(k)) != 0) {
      add(root, static_cast<std::int64_t>(k));
      return;
    }
  }
  add(rest, 1);
}

void Algebra::poly_factors(const Poly& poly, std::int64_t sign, std::vector<Factor>& out) {
  Integer content;
  _fmpz_vec_content(content.get(), poly.get()->coeffs, poly.get()->length);
  integer_factors(content, sign, out);
  Poly rest = poly;
  fmpz_mpoly_scalar_divexact_fmpz(rest.get(), rest.get(), content.get(), ring_->ctx);
  // Letters that divide every term.
  Poly common(*ring_);
  fmpz_mpoly_term_content(common.get(), rest.get(), ring_->ctx);
  std::vector<ulong> exponents(static_cast<std::size_t>(shape_.generators));
  if (!common.is_one() && !common.is_zero()) {
    fmpz_mpoly_get_term_exp_ui(exponents.data(), common.get(), 0, ring_->ctx);
    for (std::size_t g = 0; g < exponents.size(); ++g) {
      if (exponents[g] > 0) out.push_back({Factor::Kind::kGenerator, static_cast<std::int64_t>(exponents[g]) * sign, {}, static_cast<slong>(g), nullptr});
    }
    fmpz_mpoly_divides(rest.get(), rest.get(), common.get(), ring_->ctx);
  }
  if (rest.is_one()) return;
  if (rest.is_constant()) {  // -1
    out.push_back({Factor::Kind::kMinusOne, 1, {}, -1, nullptr});
    return;
  }
  auto add = [&](Poly piece, std::int64_t count) {
    const int actual = numeric_poly(piece) ? numeric_sign(piece) : fmpz_sgn(piece.get()->coeffs);
    if (actual < 0) {
      fmpz_mpoly_neg(piece.get(), piece.get(), ring_->ctx);
      if (count % 2 != 0) out.push_back({Factor::Kind::kMinusOne, 1, {}, -1, nullptr});
    }
    out.push_back({Factor::Kind::kPoly, count * sign, {}, -1, std::make_shared<Poly>(std::move(piece))});
  };
  if (rest.terms() <= 20 && fmpz_mpoly_total_degree_si(rest.get(), ring_->ctx) <= 24) {
    budget_.spend(40 + rest.terms() * 4);
    fmpz_mpoly_factor_t found;
    fmpz_mpoly_factor_init(found, ring_->ctx);
    // Full factors only for small ones, where that is quick.
    const bool small = rest.terms() <= 8 && fmpz_mpoly_total_degree_si(rest.get(), ring_->ctx) <= 8;
    const int done = small ? fmpz_mpoly_factor(found, rest.get(), ring_->ctx) : fmpz_mpoly_factor_squarefree(found, rest.get(), ring_->ctx);
    std::vector<std::pair<Poly, std::int64_t>> pieces;
    bool negative = false;
    if (done != 0) {
      negative = fmpz_is_one(found->constant) == 0;
      for (slong i = 0; i < found->num; ++i) {
        Poly piece(*ring_);
        fmpz_mpoly_set(piece.get(), found->poly + i, ring_->ctx);
        pieces.emplace_back(std::move(piece), fmpz_get_si(found->exp + i));
      }
    }
    fmpz_mpoly_factor_clear(found, ring_->ctx);
    if (done != 0) {
      if (negative) out.push_back({Factor::Kind::kMinusOne, 1, {}, -1, nullptr});
      for (auto& [piece, count] : pieces) add(std::move(piece), count);
      return;
    }
  }
  add(std::move(rest), 1);
}

std::vector<Factor> Algebra::factors(const Form& form) {
  if (form.above.is_zero()) throw NoForm{"a root or logarithm of 0"};
  std::vector<Factor> out;
  poly_factors(form.above, 1, out);
  poly_factors(form.below, -1, out);
  // Signs meet in one place.
  std::int64_t minus = 0;
  std::erase_if(out, [&](const Factor& factor) {
    if (factor.kind != Factor::Kind::kMinusOne) return false;
    minus += factor.multiplicity;
    return true;
  });
  if (minus % 2 != 0) out.insert(out.begin(), {Factor::Kind::kMinusOne, 1, {}, -1, nullptr});
  return out;
}

std::vector<ExponentTerm> Algebra::terms(const Form& exponent) {
  std::vector<ExponentTerm> out;
  if (exponent.above.is_zero()) return out;
  if (!exponent.below.is_constant()) {
    Form atom = exponent;
    ExponentTerm term;
    Integer a, b;
    _fmpz_vec_content(a.get(), atom.above.get()->coeffs, atom.above.get()->length);
    _fmpz_vec_content(b.get(), atom.below.get()->coeffs, atom.below.get()->length);
    if (fmpz_sgn(atom.above.get()->coeffs) < 0) fmpz_neg(a.get(), a.get());
    fmpz_mpoly_scalar_divexact_fmpz(atom.above.get(), atom.above.get(), a.get(), ring_->ctx);
    fmpz_mpoly_scalar_divexact_fmpz(atom.below.get(), atom.below.get(), b.get(), ring_->ctx);
    fmpq_set_fmpz_frac(term.coefficient.get(), a.get(), b.get());
    term.atom = std::make_shared<Form>(std::move(atom));
    out.push_back(std::move(term));
    return out;
  }
  if (exponent.above.terms() > 12) throw NoForm{"an exponent of too many terms"};
  Integer below, above;
  fmpz_mpoly_get_fmpz(below.get(), exponent.below.get(), ring_->ctx);
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  for (slong t = 0; t < static_cast<slong>(exponent.above.terms()); ++t) {
    ExponentTerm term;
    fmpz_mpoly_get_term_coeff_fmpz(above.get(), exponent.above.get(), t, ring_->ctx);
    fmpq_set_fmpz_frac(term.coefficient.get(), above.get(), below.get());
    fmpz_mpoly_get_term_exp_ui(e.data(), exponent.above.get(), t, ring_->ctx);
    if (std::any_of(e.begin(), e.end(), [](ulong x) { return x != 0; })) {
      Form atom{Poly(*ring_), one()};
      fmpz_mpoly_set_coeff_si_ui(atom.above.get(), 1, e.data(), ring_->ctx);
      term.atom = std::make_shared<Form>(std::move(atom));
    }
    out.push_back(std::move(term));
  }
  return out;
}

Form Algebra::on_circle(const Rational& half_turns) {
  // e^{i pi q}
  Rational q = half_turns;
  Integer whole;
  fmpz_fdiv_q(whole.get(), q.numerator(), q.denominator());
  fmpq_sub_fmpz(q.get(), q.get(), whole.get());  // in [0, 1)
  const bool negative = fmpz_is_odd(whole.get()) != 0;
  Form result{one(), one()};
  if (!q.is_zero()) {
    if (q == Rational(1, 2)) {
      result = generator_form(plain_generator(GeneratorKind::kImaginary), 1);
    } else {
      const Rational steps = scaled_by(q, shape_.circle);
      if (!steps.is_integer()) {
        if (fmpz_cmp_si(steps.denominator(), 1000) > 0) throw NoForm{"an angle that is too fine"};
        Shape finer = shape_;
        finer.circle *= fmpz_get_si(steps.denominator());
        throw ShapeTooSmall{finer};
      }
      result = generator_form(plain_generator(GeneratorKind::kCircle), fmpz_get_si(steps.numerator()));
    }
  }
  return negative ? negate(std::move(result)) : result;
}

Form Algebra::raise_factor(const Factor& factor, const Rational& exponent) {
  const Rational q = scaled_by(exponent, factor.multiplicity);
  if (q.is_zero()) return constant(Rational(1));
  switch (factor.kind) {
    case Factor::Kind::kMinusOne:
      if (q.is_integer()) return constant(Rational(fmpz_is_odd(q.numerator()) != 0 ? -1 : 1));
      if (options_.real_roots && fmpz_is_odd(q.denominator()) != 0) return constant(Rational(fmpz_is_odd(q.numerator()) != 0 ? -1 : 1));
      return on_circle(q);
    case Factor::Kind::kPrime: {
      Rational prime;
      fmpz_set(fmpq_numref(prime.get()), factor.prime.get());
      Integer whole;
      fmpz_fdiv_q(whole.get(), q.numerator(), q.denominator());
      const Form outside = constant(math::power(prime, whole, options_.max_bits, budget_));
      Rational rest;
      fmpq_sub_fmpz(rest.get(), q.get(), whole.get());
      if (rest.is_zero()) return outside;
      const std::int64_t n = scaled(rest, shape_.root);
      Form base = constant(prime);
      return multiply(outside, generator_form(find_or_add({GeneratorKind::kPrime, true, {}, -1, {std::move(base)}}), n));
    }
    case Factor::Kind::kGenerator: {
      const Generator& g = generators_[static_cast<std::size_t>(factor.generator)];
      if (is_root_like(factor.generator)) return generator_form(factor.generator, scaled(q, 1));
      if (g.kind != GeneratorKind::kImaginary && g.kind != GeneratorKind::kCircle && q.is_integer()) return generator_form(factor.generator, scaled(q, 1));
      if (g.kind == GeneratorKind::kImaginary) {
        Rational half;
        fmpq_div_2exp(half.get(), q.get(), 1);
        return on_circle(half);
      }
      if (g.kind == GeneratorKind::kCircle) {
        Rational turned;
        fmpq_div(turned.get(), q.get(), Rational(shape_.circle).get());
        return on_circle(turned);
      }
      Form base{generator_poly(factor.generator), one()};
      const bool numeric = g.numeric;
      return generator_form(find_or_add({GeneratorKind::kRootOf, numeric, {}, -1, {std::move(base)}}), scaled(q, shape_.root));
    }
    case Factor::Kind::kPoly: {
      Integer whole;
      fmpz_fdiv_q(whole.get(), q.numerator(), q.denominator());
      if (fmpz_cmpabs(whole.get(), Integer(1000).get()) > 0) throw NoForm{"a power that is too high"};
      Form base{*factor.poly, one()};
      Form result = integer_power(base, fmpz_get_si(whole.get()));
      Rational rest;
      fmpq_sub_fmpz(rest.get(), q.get(), whole.get());
      if (rest.is_zero()) return result;
      const std::int64_t n = scaled(rest, shape_.root);
      const bool numeric = numeric_poly(*factor.poly);
      return multiply(result, generator_form(find_or_add({GeneratorKind::kRootOf, numeric, {}, -1, {std::move(base)}}), n));
    }
  }
  throw NoForm{"a power"};
}

// e^{exponent * atom}
Form Algebra::raise_euler(const Rational& exponent, const Form& atom) {
  // An atom with one logarithm in it is a power: e^{x ln 3} = 3^x; with i an angle.
  if (atom.below.is_one() && atom.above.terms() == 1) {
    std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
    fmpz_mpoly_get_term_exp_ui(e.data(), atom.above.get(), 0, ring_->ctx);
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (e[g] != 1) continue;
      const GeneratorKind kind = generators_[g].kind;
      if (kind != GeneratorKind::kLogOf && kind != GeneratorKind::kImaginary) continue;
      e[g] = 0;
      Form rest{Poly(*ring_), one()};
      fmpz_mpoly_set_coeff_si_ui(rest.above.get(), 1, e.data(), ring_->ctx);
      const Form scaled_rest = multiply(rest, constant(exponent));
      if (kind == GeneratorKind::kImaginary) return exp_i(scaled_rest);
      const Form base = generators_[g].parts[0];
      return raise(base, scaled_rest);
    }
  }
  const slong euler = plain_generator(GeneratorKind::kEuler);
  return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, euler, {atom}}), scaled(exponent, shape_.root));
}

Form Algebra::raise_factor(const Factor& factor, const Rational& exponent, const Form& atom) {
  const Rational q = scaled_by(exponent, factor.multiplicity);
  switch (factor.kind) {
    case Factor::Kind::kMinusOne: {
      Form base = constant(Rational(-1));
      return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, -1, {std::move(base), atom}}), scaled(q, shape_.root));
    }
    case Factor::Kind::kPrime: {
      Rational prime;
      fmpz_set(fmpq_numref(prime.get()), factor.prime.get());
      Form base = constant(prime);
      return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, -1, {std::move(base), atom}}), scaled(q, shape_.root));
    }
    case Factor::Kind::kGenerator: {
      const Generator g = generators_[static_cast<std::size_t>(factor.generator)];
      Rational per_root;
      fmpq_div(per_root.get(), q.get(), Rational(shape_.root).get());
      if (g.kind == GeneratorKind::kEuler) return raise_euler(per_root, atom);
      if (g.kind == GeneratorKind::kPowerOf) {
        // (b^{a/L})^{atom q}
        const Form product = multiply(g.parts.back(), atom);
        if (g.of >= 0 && generators_[static_cast<std::size_t>(g.of)].kind == GeneratorKind::kEuler) return exponential(multiply(product, constant(per_root)));
        const Form base = g.of >= 0 ? Form{generator_poly(g.of, shape_.root), one()} : g.parts[0];
        return raise(base, multiply(product, constant(per_root)));
      }
      if (g.kind == GeneratorKind::kSymbol || g.kind == GeneratorKind::kPi || g.kind == GeneratorKind::kPrime || g.kind == GeneratorKind::kRootOf) {
        if (g.kind == GeneratorKind::kPrime || g.kind == GeneratorKind::kRootOf) return raise(g.parts[0], multiply(atom, constant(per_root)));
        return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, factor.generator, {atom}}), scaled(q, 1));
      }
      if (g.kind == GeneratorKind::kExpI) return exp_i(multiply(multiply(g.parts[0], atom), constant(per_root)));
      Form base{generator_poly(factor.generator), one()};
      return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, -1, {std::move(base), atom}}), scaled(q, shape_.root));
    }
    case Factor::Kind::kPoly: {
      Form base{*factor.poly, one()};
      return generator_form(find_or_add({GeneratorKind::kPowerOf, false, {}, -1, {std::move(base), atom}}), scaled(q, shape_.root));
    }
  }
  throw NoForm{"a power"};
}

Form Algebra::raise(const Form& base, const Form& exponent) {
  if (++nesting_ > 64) throw NoForm{"nested too deep"};
  Form result = constant(Rational(1));
  if (base.above.is_zero()) {
    --nesting_;
    return base;
  }
  const std::vector<Factor> parts = factors(base);
  for (const ExponentTerm& term : terms(exponent)) {
    if (term.atom || !term.coefficient.is_integer()) note_signs(parts);
    for (Factor factor : parts) {
      // (f^2)^{1/2} is |f|.
      const bool sign_lost =
          !term.atom && factor.kind == Factor::Kind::kPoly && factor.multiplicity % 2 == 0 && fmpz_is_even(term.coefficient.denominator()) != 0;
      if (sign_lost && !numeric_poly(*factor.poly)) {
        Form base{*factor.poly, one()};
        factor.generator = find_or_add({GeneratorKind::kAbsOf, false, {}, -1, {std::move(base)}});
        factor.kind = Factor::Kind::kGenerator;
      }
      result = multiply(result, term.atom ? raise_factor(factor, term.coefficient, *term.atom) : raise_factor(factor, term.coefficient));
    }
  }
  --nesting_;
  return result;
}

Form Algebra::exponential(const Form& exponent) {
  if (++nesting_ > 64) throw NoForm{"nested too deep"};
  Form result = constant(Rational(1));
  for (const ExponentTerm& term : terms(exponent)) {
    if (term.atom) {
      result = multiply(result, raise_euler(term.coefficient, *term.atom));
    } else {
      result = multiply(result, generator_form(plain_generator(GeneratorKind::kEuler), scaled(term.coefficient, shape_.root)));
    }
  }
  --nesting_;
  return result;
}

// e^{i angle}
Form Algebra::exp_i(const Form& angle) {
  if (++nesting_ > 64) throw NoForm{"nested too deep"};
  Form result = constant(Rational(1));
  for (const ExponentTerm& term : terms(angle)) {
    Form atom = term.atom ? *term.atom : constant(Rational(1));
    if (term.atom && atom.below.is_one() && atom.above.terms() == 1) {
      std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
      fmpz_mpoly_get_term_exp_ui(e.data(), atom.above.get(), 0, ring_->ctx);
      bool done = false;
      for (std::size_t g = 0; g < generators_.size() && !done; ++g) {
        const Generator known = generators_[g];
        const bool alone = std::accumulate(e.begin(), e.end(), 0UL) == e[g];
        if (known.kind == GeneratorKind::kPi && alone && e[g] == static_cast<ulong>(shape_.root)) {
          result = multiply(result, on_circle(term.coefficient));
          done = true;
        } else if (known.kind == GeneratorKind::kImaginary && e[g] == 1) {  // e^{i i m} = e^{-m}
          e[g] = 0;
          Form rest{Poly(*ring_), one()};
          fmpz_mpoly_set_coeff_si_ui(rest.above.get(), 1, e.data(), ring_->ctx);
          result = multiply(result, exponential(negate(multiply(rest, constant(term.coefficient)))));
          done = true;
        } else if (known.kind == GeneratorKind::kCall && alone && e[g] == 1 && term.coefficient.is_integer() &&
                   (known.name == "arcsin" || known.name == "arctan")) {
          const Form& u = known.parts[0];
          const Form i = generator_form(plain_generator(GeneratorKind::kImaginary), 1), square = multiply(u, u);
          const Form unit = constant(Rational(1)), half = constant(Rational(1, 2));
          const Form turned = known.name == "arcsin" ? add(raise(subtract(unit, square), half), multiply(i, u))
                                                     : divide(add(unit, multiply(i, u)), raise(add(unit, square), half));
          result = multiply(result, integer_power(turned, scaled(term.coefficient, 1)));
          done = true;
        }
      }
      if (done) continue;
    }
    result = multiply(result, generator_form(find_or_add({GeneratorKind::kExpI, false, {}, -1, {std::move(atom)}}), scaled(term.coefficient, shape_.root)));
  }
  --nesting_;
  return result;
}

}  // namespace lydian::math
