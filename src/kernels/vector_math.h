#pragma once

#include "kernels/lanes.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

/// e^x within 2 ulp for every float: exactly 0 at -inf, inf above the range, NaN for NaN. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its series to r^7 (the
/// rest is below 6e-9); 2^n is applied in two halves, so that results below the normal range are rounded once.
LYDIAN_LANES Lanes exp(Lanes x) {
  const Lanes bounded = min(broadcast(89.0f), max(broadcast(-104.0f), x));
  const Lanes shifter = broadcast(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits.
  const Lanes shifted = fma(bounded, broadcast(1.44269504f), shifter);
  const Lanes n = shifted - shifter;
  Lanes r = fma(n, broadcast(-0.693145752f), bounded);
  r = fma(n, broadcast(-1.42860677e-6f), r);
  Lanes p = fma(broadcast(1.0f / 5040.0f), r, broadcast(1.0f / 720.0f));
  p = fma(p, r, broadcast(1.0f / 120.0f));
  p = fma(p, r, broadcast(1.0f / 24.0f));
  p = fma(p, r, broadcast(1.0f / 6.0f));
  p = fma(p, r, broadcast(0.5f));
  p = fma(p, r, broadcast(1.0f));
  p = fma(p, r, broadcast(1.0f));
  const IntLanes exponent = as_bits(shifted) - as_bits(shifter);
  const IntLanes half = shift_right_signed<1>(exponent);
  const IntLanes one = broadcast_int(0x3f800000u);
  return p * as_floats(shift_left<23>(half) + one) * as_floats(shift_left<23>(exponent - half) + one);
}

/// log(1 + f) + n ln 2 for f in [sqrt(1/2) - 1, sqrt(2) - 1]: f - f^2 / 2 + f^3 p(f), p fitted to the relative error of the whole.
LYDIAN_LANES Lanes log_of_parts(Lanes f, Lanes n) {
  Lanes p = broadcast(0.0697161183f);
  p = fma(p, f, broadcast(-0.114797339f));
  p = fma(p, f, broadcast(0.116854198f));
  p = fma(p, f, broadcast(-0.124256872f));
  p = fma(p, f, broadcast(0.142490581f));
  p = fma(p, f, broadcast(-0.166678026f));
  p = fma(p, f, broadcast(0.200007156f));
  p = fma(p, f, broadcast(-0.24999997f));
  p = fma(p, f, broadcast(0.333333313f));
  const Lanes square = f * f;
  Lanes y = p * f * square;
  y = fma(n, broadcast(-2.12194440e-4f), y);
  y = fma(square, broadcast(-0.5f), y);
  return fma(n, broadcast(0.693359375f), f + y);
}

/// x = 2^n m with m in [sqrt(1/2), sqrt(2)), for positive normal x.
LYDIAN_LANES void split(Lanes x, Lanes* m, Lanes* n) {
  const IntLanes exponent = shift_right_signed<23>(as_bits(x) - broadcast_int(0x3f3504f3u));
  *n = to_float(exponent);
  *m = as_floats(as_bits(x) - shift_left<23>(exponent));
}

/// log(x) within 2 ulp for every float: -inf at 0, inf at inf, NaN below 0 and for NaN.
LYDIAN_LANES Lanes log(Lanes x) {
  const Lanes smallest_normal = broadcast(1.17549435e-38f);
  const Lanes scaled = select_greater(smallest_normal, x, x * broadcast(8388608.0f), x);
  Lanes m, n;
  split(scaled, &m, &n);
  n = n + select_greater(smallest_normal, x, broadcast(-23.0f), zero());
  Lanes y = log_of_parts(m - broadcast(1.0f), n);
  const Lanes infinity = broadcast(__builtin_inff());
  y = select_greater(infinity, x, y, x);  // inf and NaN are themselves
  y = select_greater(x, zero(), y, x - x + select_greater(zero(), x, broadcast(__builtin_nanf("")), negative_infinity()));
  return y;
}

/// log(1 - u) for 0 < u < 1, to the precision of u where u is small.
LYDIAN_LANES Lanes log_of_one_minus(Lanes u) {
  Lanes m, n;
  split(broadcast(1.0f) - u, &m, &n);
  return log_of_parts(select_greater(zero(), n, m - broadcast(1.0f), zero() - u), n);
}

/// 1 / (1 + e^-x).
LYDIAN_LANES Lanes sigmoid(Lanes x) {
  const Lanes one = broadcast(1.0f);
  return one / (one + exp(zero() - x));
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
