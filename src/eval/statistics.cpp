#include "lydian/eval/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>

#include "core/planted_fault.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

constexpr double kNormal95 = 1.96;

void check_lengths(std::size_t first, std::size_t second) {
  if (first != second || first == 0)
    throw ShapeError("statistics", "two arrays of one length, not empty", std::to_string(first) + " and " + std::to_string(second));
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::size_t count_items(std::span<const std::int64_t> item) {
  std::vector<std::int64_t> sorted(item.begin(), item.end());
  std::sort(sorted.begin(), sorted.end());
  return static_cast<std::size_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
}

Estimate wilson(double share, double count) {
  const double z2 = kNormal95 * kNormal95;
  const double center = (share + z2 / (2.0 * count)) / (1.0 + z2 / count);
  const double half = kNormal95 / (1.0 + z2 / count) * std::sqrt(share * (1.0 - share) / count + z2 / (4.0 * count * count));
  return {share, std::max(0.0, center - half), std::min(1.0, center + half)};
}

Estimate clustered_normal(std::span<const double> scores, std::span<const std::int64_t> item) {
  const double mean = mean_of(scores);
  std::map<std::int64_t, double> residual;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::int64_t cluster = planted(PlantedFault::kIndependentSamples) ? static_cast<std::int64_t>(i) : item[i];
    residual[cluster] += scores[i] - mean;
  }
  const auto items = static_cast<double>(residual.size());
  // One item says nothing about how items differ.
  if (residual.size() == 1) return {mean, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  double squares = 0.0;
  for (const auto& [number, sum] : residual) squares += sum * sum;
  const double half = kNormal95 * std::sqrt(squares * items / (items - 1.0)) / static_cast<double>(scores.size());
  return {mean, mean - half, mean + half};
}

/// Ranks from 1; equal values share the mean of their ranks.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end + 1) / 2.0;
    begin = end;
  }
  return ranks;
}

struct Moments {
  double mean_x, mean_y, xx = 0.0, xy = 0.0, yy = 0.0;
};

Moments moments_of(std::span<const double> x, std::span<const double> y) {
  Moments moments{mean_of(x), mean_of(y)};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - moments.mean_x, dy = y[i] - moments.mean_y;
    moments.xx += dx * dx;
    moments.xy += dx * dy;
    moments.yy += dy * dy;
  }
  return moments;
}

bool constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
}

}  // namespace

Estimate clustered_mean(std::span<const double> scores, std::span<const std::int64_t> item) {
  check_lengths(scores.size(), item.size());
  const std::size_t items = count_items(item);
  const bool binary = std::all_of(scores.begin(), scores.end(), [](double score) { return score == 0.0 || score == 1.0; });
  // Where all scores are equal the clustered variance is 0 and claims certainty; the items, not the samples, are what was seen independently.
  if (binary && (items == scores.size() || constant(scores) || items == 1)) return wilson(mean_of(scores), static_cast<double>(items));
  return clustered_normal(scores, item);
}

Estimate paired_difference(std::span<const double> a, std::span<const double> b, std::span<const std::int64_t> item) {
  check_lengths(a.size(), b.size());
  check_lengths(a.size(), item.size());
  std::vector<double> difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  const Estimate estimate = clustered_normal(difference, item);
  const auto in_unit = [](std::span<const double> scores) {
    return std::all_of(scores.begin(), scores.end(), [](double score) { return score >= 0.0 && score <= 1.0; });
  };
  constexpr double kRounding = 1e-9;
  if (estimate.high - estimate.low > kRounding || !in_unit(a) || !in_unit(b)) return estimate;
  // No two items were seen to differ. So many of those not seen may, and by the whole range of a difference.
  const double unseen = wilson(0.0, static_cast<double>(count_items(item))).high;
  return {estimate.mean, estimate.mean - unseen * (estimate.mean + 1.0), estimate.mean + unseen * (1.0 - estimate.mean)};
}

double pass_at_k(std::int64_t n, std::int64_t c, std::int64_t k) {
  if (c < 0 || c > n) throw Error("statistics", "0 <= c <= n = " + std::to_string(n), std::to_string(c));
  if (k < 1 || k > n) throw Error("statistics", "1 <= k <= n = " + std::to_string(n), std::to_string(k));
  if (n - c < k) return 1.0;
  double all_wrong = 1.0;
  for (std::int64_t i = 0; i < k; ++i) all_wrong *= static_cast<double>(n - c - i) / static_cast<double>(n - i);
  return 1.0 - all_wrong;
}

double spearman(std::span<const double> x, std::span<const double> y) {
  check_lengths(x.size(), y.size());
  if (constant(x) || constant(y)) return 0.0;
  const Moments moments = moments_of(ranks_of(x), ranks_of(y));
  return moments.xy / std::sqrt(moments.xx * moments.yy);
}

LinearFit linear_fit(std::span<const double> x, std::span<const double> y) {
  check_lengths(x.size(), y.size());
  const Moments moments = moments_of(x, y);
  if (constant(x)) return {moments.mean_y, 0.0, 0.0};
  const double slope = moments.xy / moments.xx;
  const double r2 = constant(y) ? 0.0 : moments.xy * moments.xy / (moments.xx * moments.yy);
  return {moments.mean_y - slope * moments.mean_x, slope, r2};
}

}  // namespace lydian
