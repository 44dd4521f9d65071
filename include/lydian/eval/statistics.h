#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lydian {

/// A mean with its 95 % interval.
struct Estimate {
  double mean = 0.0, low = 0.0, high = 0.0;
};

/// Mean of scores with an interval clustered by item: samples of one item are not independent.
///
///   Var = (1/n²) Σ_items (Σ_{i in item} (s_i - mean))² · C/(C-1);  low, high = mean ± 1.96 sqrt(Var), for means away from 0 and 1; with one
///   sample an item and 0/1 scores the Wilson interval instead.
/// Source   arXiv:2411.00640; Wilson 1927.
/// In       scores [n]; item [n], equal number for samples of one item
/// Throws   ShapeError where lengths differ or n is 0
Estimate clustered_mean(std::span<const double> scores, std::span<const std::int64_t> item);

/// Mean of differences a - b of paired scores, clustered by item. Where all of at least two items differ equally, by scores from 0 to 1, the normal interval
/// would claim certainty: a share w of other items, the Wilson bound of 0 out of so many items, may then have any difference from -1 to 1,
///   low, high = mean - w (mean + 1), mean + w (1 - mean).
Estimate paired_difference(std::span<const double> a, std::span<const double> b, std::span<const std::int64_t> item);

/// Probability that at least one of k samples drawn from n, of which c are right, is right: 1 - C(n-c, k) / C(n, k). Source: arXiv:2107.03374.
double pass_at_k(std::int64_t n, std::int64_t c, std::int64_t k);

/// Rank correlation with mean ranks for ties; 0 where one side is constant.
double spearman(std::span<const double> x, std::span<const double> y);

/// Least squares y = intercept + slope · x.
struct LinearFit {
  double intercept = 0.0, slope = 0.0, r2 = 0.0;
};
LinearFit linear_fit(std::span<const double> x, std::span<const double> y);

}  // namespace lydian
