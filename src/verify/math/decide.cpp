#include "verify/math/decide.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace lydian::math {
namespace {

constexpr const char* kNarrower = "the answer has no value at some points where the gold has one";
constexpr std::uint32_t kPositivePoints = 4, kMixedPoints = 6;               // To see a difference.
constexpr std::uint32_t kNearPoints = 4, kWidePoints = 10, kAgreements = 4;  // To see agreement: so many for each choice of signs.
constexpr std::size_t kSignedLetters = 4;                                    // The signs of further letters are left to chance.
constexpr std::int64_t kStrictPlaces = 6;                                    // Fewer decimal_places are a wish for rough rounding.
constexpr slong kTightBits = 250, kSmallestSeen = -64;                       // A part of a sum below 2^kSmallestSeen next to much larger ones could hide.

/// Digits behind the point of a number whose decimals end; -1 for others.
std::int64_t places_of(const Rational* value) {
  if (value == nullptr) return -1;
  Integer rest;
  fmpz_set(rest.get(), value->denominator());
  const Integer two(2), five(5);
  const slong twos = fmpz_remove(rest.get(), rest.get(), two.get()), fives = fmpz_remove(rest.get(), rest.get(), five.get());
  return fmpz_is_one(rest.get()) != 0 ? static_cast<std::int64_t>(std::max(twos, fives)) : -1;
}

/// Digits of a decimal that ends, without zeros at its ends; 0 for other numbers.
std::size_t significant_digits(const Rational& value) {
  const std::int64_t places = places_of(&value);
  if (places < 0 || value.is_zero()) return 0;
  Integer ten(10), digits;
  fmpz_pow_ui(digits.get(), ten.get(), static_cast<ulong>(places));
  fmpz_mul(digits.get(), digits.get(), value.numerator());
  fmpz_divexact(digits.get(), digits.get(), value.denominator());
  fmpz_remove(digits.get(), digits.get(), ten.get());
  return fmpz_sizeinbase(digits.get(), 10);
}

/// Whether a decimal of 16 or 17 digits is what a double prints, within two units in the last place of a shorter decimal: the rounding of floating point has
/// made it of that, as in 0.1 + 0.2 = 0.30000000000000004.
bool is_rounding_noise(const Rational& a, const Rational& b) {
  constexpr int kDoubleDigits = 17;
  const std::size_t x = significant_digits(a), y = significant_digits(b);
  const Rational& printed = x > y ? a : b;
  if (std::max(x, y) < kDoubleDigits - 1 || std::max(x, y) > kDoubleDigits || std::min(x, y) == 0 || std::min(x, y) >= kDoubleDigits - 1) return false;
  arf_t nearest;
  arf_init(nearest);
  arf_fmpz_div_fmpz(nearest, printed.numerator(), printed.denominator(), 53, ARF_RND_NEAR);
  const double value = arf_get_d(nearest, ARF_RND_NEAR);
  arf_clear(nearest);
  if (!std::isnormal(value)) return false;
  bool prints = false;
  for (const int digits : {kDoubleDigits - 1, kDoubleDigits}) {
    // d.ddd…e±dd
    std::array<char, 40> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, digits - 1);
    std::string_view all(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
    const std::size_t mark = all.find('e');
    std::string mantissa(all.substr(0, mark));
    std::erase(mantissa, '.');
    int exponent = 0;
    std::from_chars(all.data() + mark + (all[mark + 1] == '+' ? 2 : 1), all.data() + all.size(), exponent);
    exponent -= digits - 1;
    Rational read;
    Integer power;
    fmpz_set_str(fmpq_numref(read.get()), mantissa.c_str(), 10);
    fmpz_ui_pow_ui(power.get(), 10, static_cast<ulong>(std::abs(exponent)));
    exponent < 0 ? fmpq_div_fmpz(read.get(), read.get(), power.get()) : fmpq_mul_fmpz(read.get(), read.get(), power.get());
    prints = prints || read == printed;
  }
  if (!prints) return false;
  Rational apart, unit(1);
  fmpq_sub(apart.get(), a.get(), b.get());
  fmpq_abs(apart.get(), apart.get());
  const int last_place = std::ilogb(value) - 52 + 1;  // Two units.
  last_place < 0 ? fmpq_div_2exp(unit.get(), unit.get(), static_cast<ulong>(-last_place))
                 : fmpq_mul_2exp(unit.get(), unit.get(), static_cast<ulong>(last_place));
  return fmpq_cmp(apart.get(), unit.get()) <= 0;
}

/// A difference around 0 says something only where its ball is small, beside the values and by itself.
bool is_tight(const Ball& difference, const Ball& x, const Ball& y) {
  mag_t radius;
  mag_init(radius);
  acb_get_mag(radius, difference.get());
  const bool tiny = mag_cmp_2exp_si(radius, -kTightBits) < 0, small = mag_cmp_2exp_si(radius, kSmallestSeen) < 0;
  mag_clear(radius);
  return tiny || (small && acb_rel_accuracy_bits(x.get()) >= kTightBits && acb_rel_accuracy_bits(y.get()) >= kTightBits);
}

}  // namespace

bool Decider::with_algebra(const std::function<void(Algebra&)>& work, std::string& why) {
  Shape shape;
  for (int attempt = 0; attempt < 12; ++attempt) {
    try {
      Algebra algebra(shape, options_, budget_);
      work(algebra);
      return true;
    } catch (const ShapeTooSmall& small) {
      budget_.spend(2);
      shape = small.needed;
    } catch (const NoForm& none) {
      why = none.why;
      return false;
    } catch (const Undefined&) {
      why = "a value that does not exist";
      return false;
    }
  }
  why = "too many different parts";
  return false;
}

std::optional<std::pair<Ball, Ball>> Decider::values(NodeId a, NodeId b, Point point, std::int64_t precision, bool real) {
  surely_none_ = false;
  try {
    Ball x = Evaluator(folder_, evaluate_options(precision, real), point).value(a);
    if (!x.is_finite() || (real && !x.is_real())) return std::nullopt;
    Ball y = Evaluator(folder_, evaluate_options(precision, real), point).value(b);
    if (!y.is_finite() || (real && !y.is_real())) return std::nullopt;
    return std::pair(std::move(x), std::move(y));
  } catch (const Undefined& undefined) {
    surely_none_ = undefined.surely;
    return std::nullopt;
  }
}

Decider::Test Decider::numeric(NodeId a, NodeId b, Point point, std::int64_t precision) {
  const bool letters = has_symbol(tree_, a) || has_symbol(tree_, b);
  const auto found = values(a, b, point, precision, letters && !has_imaginary(tree_, a) && !has_imaginary(tree_, b));
  if (!found) return Test::kNoValue;
  Ball d;
  acb_sub(d.get(), found->first.get(), found->second.get(), static_cast<slong>(precision));
  return d.contains_zero() ? Test::kAgree : Test::kDifferent;
}

// Letters, and functions that are known by name only, that have a sign of their own at each point.
void Decider::collect_letters(NodeId id, std::vector<std::string>& letters) {
  any(tree_, id, [&](const Node& node, NodeId at) {
    if (node.op != Op::kSymbol && node.op != Op::kApply) return false;
    std::string name = node.op == Op::kSymbol ? tree_.name(at) : written_apply(tree_, at);
    if (std::find(letters.begin(), letters.end(), name) == letters.end()) letters.push_back(std::move(name));
    return false;
  });
}

bool Decider::agree(std::initializer_list<NodeId> expressions, const Sides& sides) {
  struct Restore {
    bool& flag;
    ~Restore() { flag = false; }
  } const restore{functions_as_letters_};
  functions_as_letters_ = true;
  std::vector<std::string> letters;
  for (const NodeId id : expressions) collect_letters(id, letters);
  letters.resize(std::min(letters.size(), kSignedLetters));
  // Which of the letters are below 0, as a number.
  const auto signs = [&](Point point) {
    std::size_t pattern = 0;
    for (const std::string& letter : letters) pattern = pattern * 2 + (coordinate(letter, point).sign() < 0 ? 1 : 0);
    return pattern;
  };
  const std::size_t patterns = std::size_t{1} << letters.size();
  for (const bool real : {true, false}) {
    std::vector<std::uint32_t> agreed(patterns, 0);
    std::uint32_t total = 0;
    // Points near 0 with every choice of signs, then further out for those choices for which there are no values near 0.
    for (const std::uint32_t first : {0U, Point::kWide}) {
      const std::uint32_t wanted = first == 0 ? kNearPoints : kWidePoints;
      std::vector<std::uint32_t> seen = agreed;
      std::size_t open = static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](std::uint32_t n) { return n < wanted; }));
      for (std::uint32_t number = first; open > 0 && number < first + Point::kWide; ++number) {
        const std::size_t pattern = signs({number});
        if (agreed[pattern] >= kNearPoints || seen[pattern] >= wanted) continue;
        if (++seen[pattern] == wanted) --open;
        bool tight = false;
        // At most points where a side has no value a few bits say so.
        for (const std::int64_t precision : {64, 384, 4096, 8192}) {
          const auto found = sides({number}, precision, real);
          if (!found && precision == 64 && !surely_none_) continue;
          if (!found) break;
          Ball d;
          acb_sub(d.get(), found->first.get(), found->second.get(), static_cast<slong>(precision));
          if (!d.contains_zero()) return false;
          tight = is_tight(d, found->first, found->second);
          if (tight) break;
        }
        if (!tight) continue;
        ++total;
        if (++agreed[pattern] == kNearPoints && seen[pattern] < wanted) --open;
      }
    }
    if (total >= kAgreements) return true;
  }
  return false;
}

Decision Decider::equal(NodeId a, NodeId b) {
  if (same(tree_, a, tree_, b)) return {true, MathMethod::kExact, {}};
  const Rational *x = nullptr, *y = nullptr;
  try {
    x = folder_.value(a);
    y = folder_.value(b);
  } catch (const Undefined&) {
    return {false, MathMethod::kNone, "a value that does not exist"};
  } catch (const LimitExceeded&) {
    // 2^{20240} and 4^{10120}
    const std::optional<PrimePowers> p = prime_powers(folder_, a), q = p ? prime_powers(folder_, b) : std::nullopt;
    if (!q) throw;
    return {*p == *q, MathMethod::kExact, *p == *q ? "" : "different numbers"};
  }
  if (x != nullptr && y != nullptr) {
    if (*x == *y) return {true, MathMethod::kExact, {}};
    if (equal_when_rounded(a, b)) return {true, MathMethod::kNumeric, "equal when rounded to " + std::to_string(options_.decimal_places) + " places"};
    return {false, MathMethod::kExact, "different numbers"};
  }
  const bool letters = has_symbol(tree_, a) || has_symbol(tree_, b);
  if (!letters) {
    const Test test = numeric(a, b, {}, 64);
    if (test == Test::kDifferent) {
      if (equal_when_rounded(a, b)) return {true, MathMethod::kNumeric, "equal when rounded to " + std::to_string(options_.decimal_places) + " places"};
      return {false, MathMethod::kNumeric, "different numbers"};
    }
    Decision decision = by_form(a, b);
    if (decision.equal) return decision;
    for (const std::int64_t precision : {256, 1024, 4096}) {
      if (numeric(a, b, {}, precision) == Test::kDifferent) return {false, MathMethod::kNumeric, "different numbers"};
    }
    if (equal_when_rounded(a, b)) return {true, MathMethod::kNumeric, "equal when rounded to " + std::to_string(options_.decimal_places) + " places"};
    return decision;
  }
  // A point of each kind settles most of what is different.
  for (const std::uint32_t point : {0U, Point::kMixed, 1U}) {
    if (numeric(a, b, {point}, 64) == Test::kDifferent) return {false, MathMethod::kNumeric, "different at a point"};
  }
  Decision decision = by_form(a, b);
  for (std::uint32_t i = 0; i < kPositivePoints + kMixedPoints; ++i) {
    const Point point{i < kPositivePoints ? i : Point::kMixed + i - kPositivePoints};
    if (numeric(a, b, point, 128) == Test::kDifferent) return {false, MathMethod::kNumeric, "different at a point"};
  }
  return decision;
}

// The sign of two real constants that agree to many digits; nothing for others.
std::optional<int> Decider::near_constants(NodeId a, NodeId b) {
  if (has_symbol(tree_, a) || has_symbol(tree_, b)) return std::nullopt;
  constexpr std::int64_t kPrecision = 1024;
  const auto found = values(a, b, {}, kPrecision, false);
  if (!found || !found->first.is_real() || !found->second.is_real()) return std::nullopt;
  Ball d;
  acb_sub(d.get(), found->first.get(), found->second.get(), kPrecision);
  if (!d.contains_zero() || !is_tight(d, found->first, found->second)) return std::nullopt;
  return arb_is_positive(found->first.real()) != 0 && arb_is_positive(found->second.real()) != 0 ? 1 : 0;
}

Decision Decider::by_form(NodeId a, NodeId b) {
  Decision decision{false, MathMethod::kUndecided, "neither equality nor difference could be proved"};
  std::string why;
  bool signs = false;
  const bool done = with_algebra(
      [&](Algebra& algebra) {
        const Form x = algebra.form(folder_, a);
        const Form y = algebra.form(folder_, b);
        const Poly d = algebra.difference(x, y);
        if (d.is_zero()) {
          decision = {true, MathMethod::kCanonical, {}};
        } else {
          bool equal = algebra.is_zero(d);
          if (!equal) {
            const std::optional<int> sign = near_constants(a, b);
            equal = sign && algebra.equal_constants(x, y, *sign > 0);
          }
          if (equal) decision = {true, MathMethod::kAlgebraic, {}};
        }
        signs = algebra.took_signs();
      },
      why);
  if (decision.equal && signs && (has_symbol(tree_, a) || has_symbol(tree_, b))) {
    const bool imaginary = has_imaginary(tree_, a) || has_imaginary(tree_, b);
    const bool agreed = agree({a, b}, [&](Point point, std::int64_t precision, bool real) { return values(a, b, point, precision, real && !imaginary); });
    if (!agreed) decision = {false, MathMethod::kUndecided, "equal for some signs of the letters, not surely for all"};
  }
  if (decision.equal && is_narrower({a}, {b})) decision = {false, decision.method, kNarrower};
  if (!done) decision.reason += ": " + why;
  return decision;
}

Decision Decider::same_equation(NodeId a, NodeId b, NodeId c, NodeId d, int& sign) {
  Decision decision{false, MathMethod::kUndecided, "the equations could not be brought to one form"};
  std::string why;
  bool constant = false;
  sign = 0;
  const bool done = with_algebra(
      [&](Algebra& algebra) {
        const Form first = algebra.subtract(algebra.form(folder_, a), algebra.form(folder_, b));
        const Form second = algebra.subtract(algebra.form(folder_, c), algebra.form(folder_, d));
        if (first.above.is_zero() || second.above.is_zero()) {
          const bool both = first.above.is_zero() && second.above.is_zero();
          decision = {both, MathMethod::kCanonical, both ? "" : "only one side holds always"};
          return;
        }
        Poly of_first = first.above, of_second = second.above;
        if (algebra.proportional(first.above, second.above, of_first, of_second)) {
          decision = {true, MathMethod::kCanonical, {}};
          // With first = F / B and second = S / D, where F times a number is S times another: first B and second D agree at points in the same way.
          const auto side = [&](NodeId left, NodeId right, const Poly& below, const Poly& number, Point point, std::int64_t precision, bool real) {
            const slong p = static_cast<slong>(precision);
            std::optional<std::pair<Ball, Ball>> found = values(left, right, point, precision, real);
            if (!found) return std::optional<Ball>();
            acb_sub(found->first.get(), found->first.get(), found->second.get(), p);
            acb_mul(found->first.get(), found->first.get(), algebra.value_at(below, point, p).get(), p);
            acb_mul(found->first.get(), found->first.get(), algebra.value_at(number, point, p).get(), p);
            return std::optional<Ball>(std::move(found->first));
          };
          const Sides sides = [&](Point point, std::int64_t precision, bool real) -> std::optional<std::pair<Ball, Ball>> {
            try {
              std::optional<Ball> x = side(a, b, first.below, of_second, point, precision, real), y;
              if (x) y = side(c, d, second.below, of_first, point, precision, real);
              if (!x || !y) return std::nullopt;
              return std::pair(std::move(*x), std::move(*y));
            } catch (const Undefined&) {
              return std::nullopt;
            }
          };
          if (algebra.took_signs() && !agree({a, b, c, d}, sides))
            decision = {false, MathMethod::kUndecided, "equal for some signs of the letters, not surely for all"};
          if (decision.equal && loses_solutions(algebra, first.above, {a, b}, {c, d})) {
            decision = {false, MathMethod::kCanonical, "the same up to solutions at which a side has no value"};
          }
          constant = first.below.is_constant() && second.below.is_constant();
        } else {
          decision = {false, MathMethod::kCanonical, "different equations"};
        }
      },
      why);
  if (!done) decision.reason += ": " + why;
  if (decision.equal && is_narrower({a, b}, {c, d})) decision = {false, decision.method, kNarrower};
  // The factor is a constant: its sign shows at any point where neither difference is 0.
  for (std::uint32_t i = 0; decision.equal && constant && sign == 0 && i < 4; ++i) sign = sign_at(a, b, {i}) * sign_at(c, d, {i});
  return decision;
}

// Apart by at most 10^-(decimal_places - 2) of the value: of small values the places alone would compare one or two digits.
bool Decider::close(NodeId a, NodeId b) {
  const Ball x = Evaluator(folder_, evaluate_options(256), {}).value(a), y = Evaluator(folder_, evaluate_options(256), {}).value(b);
  Ball d, bound;
  acb_sub(d.get(), x.get(), y.get(), 256);
  acb_abs(d.real(), d.get(), 256);
  acb_abs(bound.real(), x.get(), 256);
  fmpz_t power;
  fmpz_init(power);
  fmpz_ui_pow_ui(power, 10, static_cast<ulong>(options_.decimal_places - 2));
  arb_mul_fmpz(d.real(), d.real(), power, 256);
  fmpz_clear(power);
  return arb_le(d.real(), bound.real()) != 0;
}

// The sign of a - b at a point; 0 where it cannot be told.
int Decider::sign_at(NodeId a, NodeId b, Point point) {
  try {
    const Ball x = Evaluator(folder_, evaluate_options(128), point).value(a), y = Evaluator(folder_, evaluate_options(128), point).value(b);
    if (!x.is_real() || !y.is_real()) return 0;
    return arb_lt(x.real(), y.real()) != 0 ? -1 : arb_gt(x.real(), y.real()) != 0 ? 1 : 0;
  } catch (const Undefined&) {
    return 0;
  }
}

int Decider::order(NodeId a, NodeId b) {
  try {
    const Rational *x = folder_.value(a), *y = folder_.value(b);
    if (x != nullptr && y != nullptr) {
      const int c = fmpq_cmp(x->get(), y->get());
      return c < 0 ? -1 : c > 0 ? 1 : 0;
    }
    if (has_symbol(tree_, a) || has_symbol(tree_, b)) return 2;
    for (const std::int64_t precision : {64, 512}) {
      const Ball u = Evaluator(folder_, evaluate_options(precision), {}).value(a), v = Evaluator(folder_, evaluate_options(precision), {}).value(b);
      if (!u.is_real() || !v.is_real()) return 2;
      if (arb_lt(u.real(), v.real()) != 0) return -1;
      if (arb_gt(u.real(), v.real()) != 0) return 1;
    }
    return 0;
  } catch (const Undefined&) {
    return 2;
  }
}

// Both rounded to decimal_places, half away from zero; something other than zero must be left, and all but its first digits must agree.
bool Decider::equal_when_rounded(NodeId a, NodeId b) {
  if (options_.decimal_places <= 0 || (!has_decimal(tree_, a) && !has_decimal(tree_, b))) return false;
  std::int64_t places = options_.decimal_places;
  try {
    // Decimals that end are different numbers, unless one is the other rounded to so many places that it has.
    const Rational *first = folder_.value(a), *second = folder_.value(b);
    if (first != nullptr && second != nullptr && is_rounding_noise(*first, *second)) return true;
    const std::int64_t x = places_of(first), y = places_of(second);
    if (x >= 0 && y >= 0 && places >= kStrictPlaces) {
      places = std::min(x, y);
      if (places < options_.decimal_places || x == y) return false;
    }
  } catch (const Undefined&) {
    return false;
  }
  Integer power;
  fmpz_ui_pow_ui(power.get(), 10, static_cast<ulong>(places));
  auto rounded = [&](NodeId id, Integer& real, Integer& imag) {
    auto round_exact = [&](const Rational& value, Integer& out) {
      Rational shifted;
      fmpq_mul_fmpz(shifted.get(), value.get(), power.get());
      const bool negative = shifted.sign() < 0;
      if (negative) fmpq_neg(shifted.get(), shifted.get());
      fmpq_add(shifted.get(), shifted.get(), Rational(1, 2).get());
      fmpz_fdiv_q(out.get(), shifted.numerator(), shifted.denominator());
      if (negative) fmpz_neg(out.get(), out.get());
    };
    auto round_ball = [&](arb_srcptr value, Integer& out) {
      arb_t shifted, half;
      arb_init(shifted);
      arb_init(half);
      arb_mul_fmpz(shifted, value, power.get(), 256);
      arb_set_d(half, arb_is_negative(shifted) != 0 ? -0.5 : 0.5);
      arb_add(shifted, shifted, half, 256);
      if (arb_is_negative(shifted) != 0) {
        arb_ceil(shifted, shifted, 256);
      } else {
        arb_floor(shifted, shifted, 256);
      }
      const bool unique = arb_get_unique_fmpz(out.get(), shifted) != 0;
      arb_clear(shifted);
      arb_clear(half);
      return unique;
    };
    if (const Rational* exact = folder_.value(id)) {
      round_exact(*exact, real);
      return true;
    }
    const Ball value = Evaluator(folder_, evaluate_options(256), {}).value(id);
    return value.is_finite() && round_ball(value.real(), real) && round_ball(value.imag(), imag);
  };
  try {
    Integer ar, ai, br, bi;
    if (!rounded(a, ar, ai) || !rounded(b, br, bi)) return false;
    const bool zero = fmpz_is_zero(ar.get()) != 0 && fmpz_is_zero(ai.get()) != 0;
    return !zero && ar == br && ai == bi && (options_.decimal_places < kStrictPlaces || close(a, b));
  } catch (const Undefined&) {
    return false;
  }
}

}  // namespace lydian::math
