// Whether a polynomial in algebraic numbers is zero: proved by a bound below which no such number other than 0 lies.
//
// Source: Burnikel, Funke, Mehlhorn, Schirra, Schmitt, "A separation bound for real algebraic expressions", 2001. With u and l bounds of all conjugates of a
// numerator and denominator that are algebraic integers, and D a bound of the degree: a value other than 0 is at least 1 / (u^(D-1) l).
#include <algorithm>
#include <map>
#include <numeric>

#include "verify/math/algebra.h"

namespace lydian::math {
namespace {

constexpr std::int64_t kMaxPrecision = 12000;

std::int64_t bits_of(const fmpz* value) {
  return static_cast<std::int64_t>(fmpz_bits(value));
}
std::int64_t log2_up(std::int64_t n) {
  std::int64_t bits = 0;
  while ((std::int64_t{1} << bits) < n) ++bits;
  return bits;
}

}  // namespace

bool Algebra::is_zero(Poly poly) {
  reduce(poly);
  if (poly.is_zero()) return true;
  if (poly.is_constant()) return false;
  std::map<std::vector<ulong>, Poly> groups;
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  Integer c;
  bool numbers = false;
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    fmpz_mpoly_get_term_coeff_fmpz(c.get(), poly.get(), t, ring_->ctx);
    std::vector<ulong> letters(e);
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (generators_[g].numeric) {
        numbers = numbers || e[g] != 0;
        letters[g] = 0;
      } else {
        e[g] = 0;
      }
    }
    auto [group, fresh] = groups.try_emplace(letters, *ring_);
    fmpz_mpoly_push_term_fmpz_ui(group->second.get(), c.get(), e.data(), ring_->ctx);
  }
  if (!numbers) return false;
  for (auto& [letters, coefficient] : groups) {
    fmpz_mpoly_sort_terms(coefficient.get(), ring_->ctx);
    fmpz_mpoly_combine_like_terms(coefficient.get(), ring_->ctx);
    if (coefficient.is_zero()) continue;
    if (coefficient.is_constant() || !numeric_zero(coefficient)) return false;
  }
  return true;
}

Algebra::Size Algebra::size_of(slong generator) {
  const Generator& g = generators_[static_cast<std::size_t>(generator)];
  if (g.kind != GeneratorKind::kPrime && g.kind != GeneratorKind::kRootOf) return {0, 0};
  // base^{1/L}; the base is a polynomial, hence an algebraic integer over its own denominators.
  const Size base = size_of(g.parts[0].above);
  const std::int64_t L = shape_.root;
  return {(base.above + (L - 1) * base.below + L - 1) / L, base.below};
}

Algebra::Size Algebra::size_of(const Poly& poly) {
  Size total;
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  std::vector<Size> sizes(generators_.size());
  std::vector<slong> degrees(static_cast<std::size_t>(shape_.generators));
  fmpz_mpoly_degrees_si(degrees.data(), poly.get(), ring_->ctx);
  for (std::size_t g = 0; g < generators_.size(); ++g) {
    if (degrees[g] <= 0) continue;
    sizes[g] = size_of(static_cast<slong>(g));
    total.below += sizes[g].below * degrees[g];
  }
  Integer c;
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    fmpz_mpoly_get_term_coeff_fmpz(c.get(), poly.get(), t, ring_->ctx);
    std::int64_t above = bits_of(c.get());
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (degrees[g] > 0) above += sizes[g].above * static_cast<std::int64_t>(e[g]) + sizes[g].below * (degrees[g] - static_cast<std::int64_t>(e[g]));
    }
    total.above = std::max(total.above, above);
  }
  total.above += log2_up(std::max<std::int64_t>(1, poly.terms()));
  return total;
}

void Algebra::degrees(const Poly& poly, std::vector<std::int64_t>& exponents_gcd, std::vector<char>& used) {
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (e[g] == 0) continue;
      exponents_gcd[g] = std::gcd(exponents_gcd[g], static_cast<std::int64_t>(e[g]));
      if (used[g] == 0) {
        used[g] = 1;
        if (!generators_[g].parts.empty()) degrees(generators_[g].parts[0].above, exponents_gcd, used);
      }
    }
  }
}

bool Algebra::numeric_zero(const Poly& poly) {
  std::vector<std::int64_t> common(generators_.size(), 0);
  std::vector<char> used(generators_.size(), 0);
  degrees(poly, common, used);
  std::int64_t degree = 1;
  for (std::size_t g = 0; g < generators_.size(); ++g) {
    if (used[g] == 0) continue;
    const GeneratorKind kind = generators_[g].kind;
    if (kind == GeneratorKind::kImaginary) {
      degree *= 2;
    } else if (kind == GeneratorKind::kCircle) {
      degree *= static_cast<std::int64_t>(n_euler_phi(static_cast<ulong>(2 * shape_.circle)));
    } else {
      degree *= shape_.root / std::gcd(shape_.root, common[g]);
    }
    if (degree > 4096) throw NoForm{"an algebraic number of too high a degree"};
  }
  const Size size = size_of(poly);
  const std::int64_t bound = (degree - 1) * size.above + size.below + 2;  // |value| >= 2^-bound, or 0
  for (std::int64_t precision = 64;; precision = std::min(precision * 4, bound + size.above + 64)) {
    if (precision > kMaxPrecision) throw NoForm{"an algebraic number of too high a degree"};
    budget_.spend(4 + poly.terms() * (1 + precision / 256));
    const Ball value = numeric_value(poly, static_cast<slong>(precision));
    if (!value.contains_zero()) return false;
    // Inside the bound: both parts below 2^-(bound+1).
    arf_t reach, limit;
    arf_init(reach);
    arf_init(limit);
    mag_t magnitude;
    mag_init(magnitude);
    acb_get_mag(magnitude, value.get());
    arf_set_mag(reach, magnitude);
    arf_set_si_2exp_si(limit, 1, -static_cast<slong>(bound));
    const bool inside = arf_cmp(reach, limit) < 0;
    mag_clear(magnitude);
    arf_clear(reach);
    arf_clear(limit);
    if (inside) return true;
    if (precision == bound + size.above + 64) throw NoForm{"an algebraic number that stays open"};
  }
}

Ball Algebra::numeric_value(const Poly& poly, slong precision) {
  Ball total;
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  std::vector<std::unique_ptr<Ball>> known(generators_.size());
  Integer c;
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    fmpz_mpoly_get_term_coeff_fmpz(c.get(), poly.get(), t, ring_->ctx);
    Ball term;
    acb_set_fmpz(term.get(), c.get());
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (e[g] == 0) continue;
      if (!known[g]) known[g] = std::make_unique<Ball>(generator_value(static_cast<slong>(g), precision));
      Ball raised;
      acb_pow_ui(raised.get(), known[g]->get(), e[g], precision);
      acb_mul(term.get(), term.get(), raised.get(), precision);
    }
    acb_add(total.get(), total.get(), term.get(), precision);
  }
  return total;
}

Ball Algebra::generator_value(slong generator, slong precision) {
  const Generator& g = generators_[static_cast<std::size_t>(generator)];
  Ball value;
  switch (g.kind) {
    case GeneratorKind::kImaginary:
      acb_onei(value.get());
      return value;
    case GeneratorKind::kCircle: {
      Rational turn(1, shape_.circle);
      arb_sin_cos_pi_fmpq(value.imag(), value.real(), turn.get(), precision);
      return value;
    }
    case GeneratorKind::kPrime:
    case GeneratorKind::kRootOf: {
      const Ball base = numeric_value(g.parts[0].above, precision);
      if (base.is_real() && arb_is_positive(base.real()) != 0) {
        arb_root_ui(value.real(), base.real(), static_cast<ulong>(shape_.root), precision);
      } else {
        acb_root_ui(value.get(), base.get(), static_cast<ulong>(shape_.root), precision);
      }
      return value;
    }
    default:
      if (!point_) throw NoForm{"no algebraic number"};
      return kernel_value(g, precision);
  }
}

// Kernels with letters in them, at the point.
Ball Algebra::kernel_value(const Generator& g, slong precision) {
  Ball value;
  const auto part = [&](const Form& form) {
    Ball above = numeric_value(form.above, precision);
    const Ball below = numeric_value(form.below, precision);
    if (below.contains_zero()) throw Undefined{};
    acb_div(above.get(), above.get(), below.get(), precision);
    return above;
  };
  const auto over_root = [&](Ball ball) {
    acb_div_si(ball.get(), ball.get(), static_cast<slong>(shape_.root), precision);
    return ball;
  };
  const auto known = [](const Ball& ball) {
    if (ball.contains_zero()) throw Undefined{};
    return ball;
  };
  switch (g.kind) {
    case GeneratorKind::kSymbol:
      arb_set_fmpq(value.real(), coordinate(g.name, *point_).get(), precision);
      acb_root_ui(value.get(), value.get(), static_cast<ulong>(shape_.root), precision);
      return value;
    case GeneratorKind::kPi:
      arb_const_pi(value.real(), precision);
      acb_root_ui(value.get(), value.get(), static_cast<ulong>(shape_.root), precision);
      return value;
    case GeneratorKind::kEuler:
      acb_one(value.get());
      acb_div_si(value.get(), value.get(), static_cast<slong>(shape_.root), precision);
      acb_exp(value.get(), value.get(), precision);
      return value;
    case GeneratorKind::kPowerOf: {
      const Ball exponent = over_root(part(g.parts.back()));
      if (g.of < 0) {
        acb_pow(value.get(), known(part(g.parts[0])).get(), exponent.get(), precision);
        return value;
      }
      Ball base = generator_value(g.of, precision);
      acb_pow_ui(base.get(), base.get(), static_cast<ulong>(shape_.root), precision);
      acb_pow(value.get(), known(base).get(), exponent.get(), precision);
      return value;
    }
    case GeneratorKind::kExpI: {
      const Ball angle = over_root(part(g.parts[0]));
      acb_mul_onei(value.get(), angle.get());
      acb_exp(value.get(), value.get(), precision);
      return value;
    }
    case GeneratorKind::kLogOf:
      acb_log(value.get(), known(part(g.parts[0])).get(), precision);
      return value;
    case GeneratorKind::kAbsOf:
      acb_abs(value.real(), part(g.parts[0]).get(), precision);
      return value;
    default:
      throw Undefined{};
  }
}

Ball Algebra::value_at(const Poly& poly, Point point, slong precision) {
  point_ = point;
  const Ball value = numeric_value(poly, precision);
  point_.reset();
  return value;
}

int Algebra::numeric_sign(const Poly& poly) {
  for (slong precision = 64; precision <= 1024; precision *= 4) {
    budget_.spend(4);
    const Ball value = numeric_value(poly, precision);
    if (arb_contains_zero(value.imag()) == 0) return 1;  // Not real: no sign to take out.
    if (arb_is_positive(value.real()) != 0) return 1;
    if (arb_is_negative(value.real()) != 0) return -1;
  }
  throw NoForm{"a sign that stays open"};
}

}  // namespace lydian::math
