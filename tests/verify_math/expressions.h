#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "lydian/core/random_stream.h"

namespace lydian::math_rows {

enum class Kind : std::uint8_t { kNumber, kLetter, kSum, kProduct, kQuotient, kPower, kRoot, kAbsolute, kSine, kCosine, kExponential, kLogarithm };

/// An expression of the tests' own making, whose value at any point is known without the verifier.
struct Expression {
  Kind kind = Kind::kNumber;
  std::int64_t above = 0, below = 1;  ///< kNumber: the fraction; kLetter: 0, 1, 2 of x, y, z; kPower: the exponent; kRoot: 2 or 3.
  std::vector<Expression> parts;
};

inline Expression number(std::int64_t above, std::int64_t below = 1) {
  return {Kind::kNumber, above, below, {}};
}
inline Expression letter(std::int64_t which) {
  return {Kind::kLetter, which, 1, {}};
}
inline Expression make(Kind kind, std::vector<Expression> parts, std::int64_t above = 0) {
  return {kind, above, 1, std::move(parts)};
}
inline Expression negative(Expression e) {
  return make(Kind::kProduct, {number(-1), std::move(e)});
}

using At = std::array<long double, 3>;

/// A real value and a bound of its rounding error; not finite where there is no real value.
struct Value {
  long double value = 0, error = 0;
  bool known() const { return std::isfinite(value) && std::isfinite(error) && error <= 1e-6L * (std::fabs(value) + 1e-6L); }
};

inline Value value_of(const Expression& e, const At& at) {
  constexpr long double kUnit = 1e-18L;
  const auto rounded = [](long double value, long double error) { return Value{value, error + std::fabs(value) * kUnit}; };
  std::vector<Value> v;
  for (const Expression& part : e.parts) v.push_back(value_of(part, at));
  const Value x = v.empty() ? Value{} : v[0];
  const auto n = static_cast<long double>(e.above);
  switch (e.kind) {
    case Kind::kNumber:
      return rounded(n / static_cast<long double>(e.below), 0);
    case Kind::kLetter:
      return rounded(at[static_cast<std::size_t>(e.above)], 0);
    case Kind::kSum: {
      Value sum;
      for (const Value& part : v) sum = rounded(sum.value + part.value, sum.error + part.error);
      return sum;
    }
    case Kind::kProduct: {
      Value product{1, 0};
      for (const Value& part : v) {
        product = rounded(product.value * part.value, product.error * (std::fabs(part.value) + part.error) + std::fabs(product.value) * part.error);
      }
      return product;
    }
    case Kind::kQuotient: {
      const long double quotient = x.value / v[1].value;
      return rounded(quotient, (x.error + std::fabs(quotient) * v[1].error) / std::max(std::fabs(v[1].value) - v[1].error, 0.0L));
    }
    case Kind::kPower: {
      const long double power = std::pow(x.value, n);
      return rounded(power, std::fabs(n * power / x.value) * x.error * 2 + std::fabs(power) * kUnit * 8);
    }
    case Kind::kRoot: {
      const long double root = e.above == 3 ? std::cbrt(x.value) : std::sqrt(x.value);
      return rounded(root, std::fabs(root / x.value) * x.error);
    }
    case Kind::kAbsolute:
      return rounded(std::fabs(x.value), x.error);
    case Kind::kSine:
      return rounded(std::sin(x.value), x.error + kUnit);
    case Kind::kCosine:
      return rounded(std::cos(x.value), x.error + kUnit);
    case Kind::kExponential:
      return rounded(std::exp(x.value), std::exp(x.value) * x.error * 2);
    case Kind::kLogarithm:
      return rounded(std::log(x.value), 2 * x.error / std::fabs(x.value) + kUnit);
  }
  return {std::numeric_limits<long double>::quiet_NaN(), 0};
}

/// Points of both signs, near and further out, the same for all expressions.
inline const std::vector<At>& points() {
  static const std::vector<At> all = [] {
    std::vector<At> out;
    RandomStream stream(StreamKey{.seed = 91});
    for (int i = 0; i < 48; ++i) {
      At at{};
      for (long double& coordinate : at) {
        coordinate = static_cast<long double>((0.1 + 3 * stream.uniform()) * (i % 6 == 5 ? 20 : 1));
        if (i % 4 == 1 || (i % 4 > 1 && stream.below(2) == 1)) coordinate = -coordinate;  // All positive, all negative, mixed, mixed.
      }
      out.push_back(at);
    }
    return out;
  }();
  return all;
}

/// What two value functions look like side by side.
struct Beside {
  int equal = 0, different = 0;  ///< Points where both have values that agree, or surely do not.
};

inline Beside beside(const Expression& a, const Expression& b) {
  Beside found;
  for (const At& at : points()) {
    const Value u = value_of(a, at), v = value_of(b, at);
    if (!u.known() || !v.known()) continue;
    const long double apart = std::fabs(u.value - v.value), doubt = 100 * (u.error + v.error);
    if (apart <= doubt) {
      ++found.equal;
    } else if (apart > 1e-7L * (std::fabs(u.value) + std::fabs(v.value))) {
      ++found.different;
    }
  }
  return found;
}

/// Whether two expressions have values at the same points.
inline bool same_domain(const Expression& a, const Expression& b) {
  return std::all_of(points().begin(), points().end(), [&](const At& at) { return value_of(a, at).known() == value_of(b, at).known(); });
}

/// Whether an expression has no real value at some point where another has one.
inline bool is_narrower(const Expression& gold, const Expression& e) {
  return std::any_of(points().begin(), points().end(), [&](const At& at) { return value_of(gold, at).known() && std::isnan(value_of(e, at).value); });
}

inline bool has_values(const Expression& e) {
  return beside(e, e).equal >= 4;
}

}  // namespace lydian::math_rows
