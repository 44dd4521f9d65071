#include "lydian/core/portable_math.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace lydian::portable {
namespace {

constexpr double kLn2High = 0x1.62e42fee00000p-1;  // 33 bits: exact when multiplied by any exponent.
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

double scale_by_power(double x, int exponent) {
  // Two steps keep denormal results right (one rounding) and never overflow early.
  const int half = exponent / 2;
  const auto power = [](int e) { return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52); };
  return x * power(half) * power(exponent - half);
}

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.79) return std::numeric_limits<double>::infinity();
  if (x < -745.2) return 0.0;
  const double n = std::floor(x * 1.4426950408889634 + 0.5);
  const double high = x - n * kLn2High;
  const double low = n * kLn2Low;
  const double r = high - low;
  // Taylor to r^13 in |r| <= 0.3466: truncation below 1e-17; the constant and linear parts are added last and the rounding of r is put back.
  double p = 1.0 / 6227020800.0;
  for (const double c : {1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0,
                         1.0 / 24.0, 1.0 / 6.0, 0.5}) {
    p = p * r + c;
  }
  const double correction = (high - r) - low;
  return scale_by_power(1.0 + (r + (p * r * r + correction)), static_cast<int>(n));
}

double log(double x) {
  if (std::isnan(x) || x < 0.0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0.0) return -std::numeric_limits<double>::infinity();
  if (std::isinf(x)) return x;
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1.0p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffU) | 0x3ff0000000000000U);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // log m = 2 atanh(s), s = f / (2 + f), f = m - 1; written as f - (f²/2 - s (f²/2 + R)) so that the leading term carries no rounding.
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double r = 2.0 / 23.0;
  for (const double c : {2.0 / 21.0, 2.0 / 19.0, 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0, 2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0}) r = r * z + c;
  r *= z;
  const double half_square = 0.5 * f * f;
  const double n = exponent;
  return n * kLn2High - ((half_square - (s * (half_square + r) + n * kLn2Low)) - f);
}

double log2(double x) {
  if (x > 0.0 && !std::isinf(x)) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const int exponent = static_cast<int>(bits >> 52) - 1023;
    if ((bits & 0x000fffffffffffffU) == 0 && exponent > -1023) return exponent;  // Powers of two exactly.
  }
  return log(x) * 1.4426950408889634;
}

double pow(double base, double exponent) {
  if (!(base > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0.0) return 1.0;
  // The product's rounding is carried along: exp(h + l) = exp(h) * (1 + l). The error of log itself, 1 ulp of |log|, remains.
  const double l = log(base);
  const double product = exponent * l;
  const double rest = std::fma(exponent, l, -product);
  const double value = exp(product);
  return std::isfinite(value) ? value + value * rest : value;
}

namespace {

// sin and cos of r + tail, |r| <= pi/4.
double kernel_sin(double r, double tail) {
  const double z = r * r;
  double p = -1.0 / 1307674368000.0;
  for (const double c : {1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0}) p = p * z + c;
  return r + (r * z * p + tail * (1.0 - 0.5 * z));
}

double kernel_cos(double r, double tail) {
  const double z = r * r;
  double p = 1.0 / 20922789888000.0;
  for (const double c : {-1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0, 1.0 / 40320.0, -1.0 / 720.0, 1.0 / 24.0}) p = p * z + c;
  const double half = 0.5 * z;
  const double w = 1.0 - half;
  return w + (((1.0 - w) - half) + (z * z * p - r * tail));
}

struct Reduced {
  double r, tail;
  std::uint64_t quadrant;
};

Reduced reduce(double x) {
  // pi/2 in three parts of 33 bits (the first two products are exact for quadrants below 2^20) and a rest.
  constexpr double kPart1 = 0x1.921fb54400000p+0, kPart2 = 0x1.0b4611a600000p-34, kPart3 = 0x1.3198a2e037073p-69;
  const double n = std::floor(x * 0.63661977236758134308 + 0.5);
  const double a = std::fma(-n, kPart1, x);
  const double b = std::fma(-n, kPart2, a);
  const double lost = (a - b) - n * kPart2;
  const double c = n * kPart3;
  const double r = b - (c - lost);
  const double tail = (b - r) - (c - lost);
  return {r, tail, static_cast<std::uint64_t>(static_cast<std::int64_t>(n)) & 3U};
}

}  // namespace

double sin(double x) {
  if (!std::isfinite(x)) return std::numeric_limits<double>::quiet_NaN();
  const Reduced v = reduce(x);
  const double value = (v.quadrant & 1U) != 0 ? kernel_cos(v.r, v.tail) : kernel_sin(v.r, v.tail);
  return (v.quadrant & 2U) != 0 ? -value : value;
}

double cos(double x) {
  if (!std::isfinite(x)) return std::numeric_limits<double>::quiet_NaN();
  const Reduced v = reduce(x);
  const double value = (v.quadrant & 1U) != 0 ? kernel_sin(v.r, v.tail) : kernel_cos(v.r, v.tail);
  return ((v.quadrant + 1U) & 2U) != 0 ? -value : value;
}

}  // namespace lydian::portable
