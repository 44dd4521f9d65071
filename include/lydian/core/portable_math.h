#pragma once

namespace lydian::portable {

/// float64 functions with the same bits on every x86-64 machine: additions, multiplications, divisions and tables of ours, no libm,
/// no contraction. Within 2 units in the last place of the exact value over the whole range; the usual limits at 0, infinity and NaN.
/// Used wherever a number decides a weight, a drawn task, a schedule or a cap.
double exp(double x);
double log(double x);  ///< -infinity at 0, NaN below.
double log2(double x);
double pow(double base, double exponent);  ///< base > 0 only; NaN otherwise.
double sin(double x);                      ///< |x| < 2^30; exact argument reduction in that range.
double cos(double x);

}  // namespace lydian::portable
