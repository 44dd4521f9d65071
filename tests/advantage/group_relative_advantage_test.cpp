#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "lydian/advantage/advantage_estimator.h"
#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"

namespace lydian {
namespace {

RolloutBatch batch_of(std::vector<double> reward, std::vector<std::int32_t> group, std::vector<std::uint8_t> valid = {}) {
  RolloutBatch batch;
  if (valid.empty()) valid.assign(reward.size(), 1);
  batch.reward = std::move(reward);
  batch.group_of_rollout = std::move(group);
  batch.valid = std::move(valid);
  return batch;
}

void expect_near(const std::vector<double>& got, const std::vector<double>& expected, double tolerance = 1e-15) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], tolerance) << i;
}

// Golden values: TRL's GRPOTrainer, float64.
TEST(GroupRelativeAdvantage, EqualsTrlOnTwoPairs) {
  expect_near(GroupRelativeAdvantage().estimate(batch_of({1, 0, .25, .75}, {0, 0, 1, 1})),
              {0.7070067953266834, -0.7070067953266834, -0.7069068377390945, 0.7069068377390945});
}

TEST(GroupRelativeAdvantage, EqualsTrlWithANaNRewardLeftOut) {
  const std::vector<double> expected{0.8658754297607016, -0.8658754297607016, -0.8658754297607016, 0.8658754297607016, 0, 0, 0, 0};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::int32_t> group{0, 0, 0, 0, 1, 1, 1, 1};
  expect_near(GroupRelativeAdvantage().estimate(batch_of({1, 0, 0, 1, nan, 1, 1, 1}, group)), expected);
  expect_near(GroupRelativeAdvantage().estimate(batch_of({1, 0, 0, 1, 0, 1, 1, 1}, group, {1, 1, 1, 1, 0, 1, 1, 1})), expected);
}

TEST(GroupRelativeAdvantage, WithoutScalingGivesDifferencesFromTheMean) {
  expect_near(GroupRelativeAdvantage(ScaleRewards::kNone).estimate(batch_of({1, 0, .25, .75}, {0, 0, 1, 1})), {.5, -.5, -.25, .25});
}

TEST(GroupRelativeAdvantage, SpreadIsThatOfValidMembersOnly) {
  // The fault's reward of 100 must enter neither the mean nor the spread, and its own advantage is exactly 0.
  const std::vector<double> with = GroupRelativeAdvantage().estimate(batch_of({1, 100, 0, .5}, {7, 7, 7, 7}, {1, 0, 1, 1}));
  const std::vector<double> without = GroupRelativeAdvantage().estimate(batch_of({1, 0, .5}, {7, 7, 7}));
  EXPECT_EQ(with, (std::vector<double>{without[0], 0.0, without[1], without[2]}));
}

TEST(GroupRelativeAdvantage, NoSignalIsExactlyZero) {
  // The mean of three times 0.1 is not 0.1 in float64: equal rewards must give 0 all the same.
  for (const ScaleRewards scale : {ScaleRewards::kGroup, ScaleRewards::kNone}) {
    EXPECT_EQ(GroupRelativeAdvantage(scale).estimate(batch_of({.1, .1, .1}, {0, 0, 0})), std::vector<double>(3, 0.0));
    EXPECT_EQ(GroupRelativeAdvantage(scale).estimate(batch_of({5, 1, 1}, {0, 0, 0}, {1, 0, 0})), std::vector<double>(3, 0.0));
    EXPECT_EQ(GroupRelativeAdvantage(scale).estimate(batch_of({5}, {0})), std::vector<double>(1, 0.0));
    EXPECT_TRUE(GroupRelativeAdvantage(scale).estimate(batch_of({}, {})).empty());
  }
}

TEST(GroupRelativeAdvantage, IgnoresShiftsAndTheOrderOfGroups) {
  RandomStream stream({.seed = 4});
  std::vector<double> reward, shifted, reward_reversed;
  std::vector<std::int32_t> group, group_reversed;
  for (int r = 0; r < 40; ++r) {
    reward.push_back(static_cast<double>(stream.below(9)));
    group.push_back(static_cast<std::int32_t>(stream.below(6)) * 3 - 5);  // Interleaved, with gaps and below zero.
    shifted.push_back(reward.back() + 16.0);
  }
  reward_reversed.assign(reward.rbegin(), reward.rend());
  group_reversed.assign(group.rbegin(), group.rend());
  const std::vector<double> advantage = GroupRelativeAdvantage().estimate(batch_of(reward, group));
  expect_near(GroupRelativeAdvantage().estimate(batch_of(shifted, group)), advantage, 1e-13);
  const std::vector<double> reversed = GroupRelativeAdvantage().estimate(batch_of(reward_reversed, group_reversed));
  expect_near({reversed.rbegin(), reversed.rend()}, advantage, 1e-14);
}

TEST(GroupSignal, TellsUsefulFlatAndFaultyGroupsApart) {
  const RolloutBatch batch = batch_of({1, 0, 1, 1, 1, 0, 0, 1}, {9, 9, 2, 2, 4, 4, 5, 5}, {1, 1, 1, 1, 1, 0, 0, 0});
  const GroupSignal signal = group_signal(batch);
  EXPECT_EQ(signal.groups, (std::vector<std::int32_t>{2, 4, 5, 9}));
  EXPECT_EQ(signal.useful, (std::vector<std::uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(signal.flat, 1);
  EXPECT_EQ(signal.too_few_valid, 2);
}

TEST(GroupRelativeAdvantage, RefusesArraysThatDoNotFit) {
  EXPECT_THROW(GroupRelativeAdvantage().estimate(batch_of({1, 0}, {0})), ShapeError);
  EXPECT_THROW(group_signal(batch_of({1, 0}, {0, 0}, {1})), ShapeError);
}

}  // namespace
}  // namespace lydian
