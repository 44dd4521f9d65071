#include "lydian/eval/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"

namespace lydian {
namespace {

using Items = std::vector<std::int64_t>;
using Values = std::vector<double>;

double half_width(const Estimate& estimate) {
  return (estimate.high - estimate.low) / 2.0;
}

/// Variance of the mean over every way to draw as many items as there are, with replacement: the whole bootstrap over items, no draw left to chance. Items have
/// one number of samples.
double exhaustive_bootstrap_variance(const std::vector<Values>& items) {
  const std::size_t count = items.size();
  std::size_t ways = 1;
  for (std::size_t i = 0; i < count; ++i) ways *= count;
  double sum = 0.0, squares = 0.0;
  for (std::size_t way = 0; way < ways; ++way) {
    double total = 0.0;
    std::size_t samples = 0, rest = way;
    for (std::size_t i = 0; i < count; ++i, rest /= count) {
      for (const double score : items[rest % count]) total += score;
      samples += items[rest % count].size();
    }
    const double mean = total / static_cast<double>(samples);
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / static_cast<double>(ways);
  return squares / static_cast<double>(ways) - mean * mean;
}

TEST(ClusteredMean, EqualsTheExhaustiveBootstrapOverItems) {
  RandomStream stream({.seed = 8});
  for (int round = 0; round < 20; ++round) {
    const std::size_t count = 2 + stream.below(4), samples = 1 + stream.below(4);
    std::vector<Values> items(count);
    Values scores;
    Items item;
    for (std::size_t c = 0; c < count; ++c) {
      const double level = stream.uniform();
      for (std::size_t s = 0; s < samples; ++s) {
        items[c].push_back(level + 0.1 * stream.uniform());
        scores.push_back(items[c].back());
        item.push_back(static_cast<std::int64_t>(c));
      }
    }
    const auto c = static_cast<double>(count);
    const double expected = 1.96 * std::sqrt(exhaustive_bootstrap_variance(items) * c / (c - 1.0));
    const Estimate estimate = clustered_mean(scores, item);
    EXPECT_NEAR(half_width(estimate), expected, 1e-9 * expected + 1e-12);
    EXPECT_NEAR((estimate.low + estimate.high) / 2.0, estimate.mean, 1e-12);
  }
}

TEST(ClusteredMean, CoversTheTruthWhereSamplesOfAnItemAgree) {
  // 100 items of 8 nearly equal samples. Taken as independent, the interval would be a third as wide and miss the truth most of the time.
  RandomStream stream({.seed = 9});
  int covered = 0;
  constexpr int kRounds = 400;
  for (int round = 0; round < kRounds; ++round) {
    Values scores;
    Items item;
    for (std::int64_t i = 0; i < 100; ++i) {
      const double ease = stream.uniform() < 0.6 ? 0.95 : 0.05;
      for (int s = 0; s < 8; ++s) {
        scores.push_back(stream.uniform() < ease ? 1.0 : 0.0);
        item.push_back(i);
      }
    }
    const Estimate estimate = clustered_mean(scores, item);
    const double truth = 0.6 * 0.95 + 0.4 * 0.05;
    covered += estimate.low <= truth && truth <= estimate.high;
  }
  EXPECT_GT(covered / double{kRounds}, 0.91);
  EXPECT_LT(covered / double{kRounds}, 0.985);
}

TEST(ClusteredMean, RepeatedSamplesDoNotNarrowTheInterval) {
  RandomStream stream({.seed = 10});
  Values scores, repeated;
  Items item, repeated_item;
  for (std::int64_t i = 0; i < 50; ++i) {
    scores.push_back(stream.uniform());
    item.push_back(i);
    for (int s = 0; s < 16; ++s) {
      repeated.push_back(scores.back());
      repeated_item.push_back(i);
    }
  }
  const Estimate once = clustered_mean(scores, item), often = clustered_mean(repeated, repeated_item);
  EXPECT_NEAR(often.mean, once.mean, 1e-12);
  EXPECT_NEAR(half_width(often), half_width(once), 1e-12);
  // Nor at the ends, where every sample is right.
  const Values right(10, 1.0), right_often(80, 1.0);
  Items ten, ten_often;
  for (std::int64_t i = 0; i < 80; ++i) ten_often.push_back(i / 8);
  for (std::int64_t i = 0; i < 10; ++i) ten.push_back(i);
  EXPECT_EQ(clustered_mean(right_often, ten_often).low, clustered_mean(right, ten).low);
}

TEST(ClusteredMean, OneSampleAnItemOfZerosAndOnesGivesWilson) {
  Values scores(20, 0.0);
  Items item;
  for (std::int64_t i = 0; i < 20; ++i) item.push_back(i);
  scores[3] = 1.0;
  const Estimate one = clustered_mean(scores, item);
  EXPECT_NEAR(one.mean, 0.05, 1e-15);
  // Wilson's ends are the shares p from which the mean is 1.96 standard errors of p away.
  for (const double end : {one.low, one.high}) EXPECT_NEAR(std::abs(one.mean - end), 1.96 * std::sqrt(end * (1.0 - end) / 20.0), 1e-14);
  EXPECT_LT(one.low, one.mean);
  EXPECT_GT(one.high, one.mean);
  const Estimate none = clustered_mean(Values(20, 0.0), item);
  EXPECT_NEAR(none.low, 0.0, 1e-15);
  EXPECT_NEAR(none.high, 1.96 * 1.96 / (20 + 1.96 * 1.96), 1e-12);
}

TEST(ClusteredMean, OneItemSaysNothingAboutOthers) {
  const Estimate estimate = clustered_mean(Values{0.2, 0.4}, Items{5, 5});
  EXPECT_DOUBLE_EQ(estimate.mean, 0.3);
  EXPECT_TRUE(std::isinf(estimate.low) && std::isinf(estimate.high));
  const Estimate binary = clustered_mean(Values{0.0, 1.0, 1.0, 1.0}, Items{5, 5, 5, 5});
  EXPECT_DOUBLE_EQ(binary.mean, 0.75);
  EXPECT_GT(half_width(binary), 0.35);
}

TEST(PairedDifference, IsNarrowWhereNoiseIsShared) {
  RandomStream stream({.seed = 11});
  Values a, b;
  Items item;
  for (std::int64_t i = 0; i < 200; ++i) {
    const double ease = stream.uniform();
    for (int s = 0; s < 2; ++s) {
      b.push_back(ease);
      a.push_back(ease + 0.1 + 0.01 * (stream.uniform() - 0.5));
      item.push_back(i);
    }
  }
  const Estimate difference = paired_difference(a, b, item);
  EXPECT_NEAR(difference.mean, 0.1, 0.001);
  EXPECT_LT(half_width(difference), 0.001);
  EXPECT_GT(half_width(clustered_mean(a, item)), 0.03);
}

TEST(PairedDifference, ClaimsNoCertaintyWhereAllItemsDifferEqually) {
  const double unseen = 1.96 * 1.96 / (20.0 + 1.96 * 1.96);  // Wilson's bound of 0 out of 20.
  Items item;
  for (std::int64_t i = 0; i < 40; ++i) item.push_back(i / 2);
  const Values ones(40, 1.0), zeros(40, 0.0), halves(40, 0.5);
  const Estimate same = paired_difference(ones, ones, item), lost = paired_difference(zeros, ones, item), half = paired_difference(halves, zeros, item);
  EXPECT_EQ(same.mean, 0.0);
  EXPECT_NEAR(same.low, -unseen, 1e-12);
  EXPECT_NEAR(same.high, unseen, 1e-12);
  EXPECT_EQ(lost.mean, -1.0);
  EXPECT_NEAR(lost.low, -1.0, 1e-12);
  EXPECT_NEAR(lost.high, -1.0 + 2.0 * unseen, 1e-12);
  EXPECT_NEAR(half.low, 0.5 - 1.5 * unseen, 1e-12);
  EXPECT_NEAR(half.high, 0.5 + 0.5 * unseen, 1e-12);
  // Scores of no known range have no such bound.
  const Values large(40, 7.0);
  EXPECT_EQ(half_width(paired_difference(large, ones, item)), 0.0);
}

TEST(PairedDifference, NeverTakesDifferencesForShares) {
  // Differences of 0 and 1, one an item: a normal interval, not Wilson's.
  const Estimate difference = paired_difference(Values{1, 1, 0, 1}, Values{0, 1, 0, 0}, Items{0, 1, 2, 3});
  EXPECT_DOUBLE_EQ(difference.mean, 0.5);
  EXPECT_NEAR(half_width(difference), 1.96 * std::sqrt(0.25 * 4.0 / 3.0 / 4.0), 1e-12);
}

TEST(PassAtK, HasTheGoldenValues) {
  EXPECT_DOUBLE_EQ(pass_at_k(8, 2, 1), 0.25);
  EXPECT_DOUBLE_EQ(pass_at_k(8, 2, 2), 0.4642857142857143);
  EXPECT_DOUBLE_EQ(pass_at_k(8, 2, 4), 0.7857142857142857);
  EXPECT_DOUBLE_EQ(pass_at_k(8, 7, 2), 1.0);
  EXPECT_DOUBLE_EQ(pass_at_k(8, 0, 8), 0.0);
  EXPECT_NEAR(pass_at_k(100000, 1, 50000), 0.5, 1e-9);
  EXPECT_THROW(pass_at_k(8, 9, 1), Error);
  EXPECT_THROW(pass_at_k(8, -1, 1), Error);
  EXPECT_THROW(pass_at_k(8, 2, 0), Error);
  EXPECT_THROW(pass_at_k(8, 2, 9), Error);
}

TEST(Spearman, SharesRanksAmongTies) {
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3, 4}, Values{10, 200, 201, 5000}), 1.0);
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3, 4}, Values{4, 3, 2, 1}), -1.0);
  // Ranks of y: 1, 2.5, 2.5, 4; covariance 4.5, variances 5 and 4.5.
  EXPECT_NEAR(spearman(Values{1, 2, 3, 4}, Values{0, 7, 7, 9}), 4.5 / std::sqrt(5.0 * 4.5), 1e-15);
  EXPECT_EQ(spearman(Values{1, 2, 3}, Values{5, 5, 5}), 0.0);
  EXPECT_THROW(spearman(Values{1, 2}, Values{1}), ShapeError);
}

TEST(LinearFit, FindsALineAndItsShare) {
  const LinearFit exact = linear_fit(Values{1, 2, 4}, Values{1, 3, 7});
  EXPECT_NEAR(exact.slope, 2.0, 1e-14);
  EXPECT_NEAR(exact.intercept, -1.0, 1e-14);
  EXPECT_NEAR(exact.r2, 1.0, 1e-14);
  // Residuals of y = x + 1/3 on (0, 0), (1, 2), (2, 2): -1/3, 2/3, -1/3; 1 - (2/3) / (8/3).
  const LinearFit rough = linear_fit(Values{0, 1, 2}, Values{0, 2, 2});
  EXPECT_NEAR(rough.slope, 1.0, 1e-14);
  EXPECT_NEAR(rough.intercept, 1.0 / 3.0, 1e-14);
  EXPECT_NEAR(rough.r2, 0.75, 1e-14);
  EXPECT_EQ(linear_fit(Values{3, 3}, Values{1, 2}).slope, 0.0);
  EXPECT_EQ(linear_fit(Values{1, 2}, Values{3, 3}).r2, 0.0);
}

TEST(Statistics, RefuseArraysThatDoNotFit) {
  EXPECT_THROW(clustered_mean(Values{}, Items{}), ShapeError);
  EXPECT_THROW(clustered_mean(Values{1.0}, Items{1, 2}), ShapeError);
  EXPECT_THROW(paired_difference(Values{1.0}, Values{1.0, 2.0}, Items{1}), ShapeError);
  EXPECT_THROW(linear_fit(Values{}, Values{}), ShapeError);
}

}  // namespace
}  // namespace lydian
