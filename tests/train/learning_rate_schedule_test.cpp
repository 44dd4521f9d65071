#include "lydian/train/learning_rate_schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lydian {
namespace {

using Kind = LearningRateSchedule::Kind;

TEST(LearningRateSchedule, RisesThenHoldsThenFallsInALine) {
  const LearningRateSchedule schedule{.lr_scheduler_type = Kind::kLinear, .warmup_steps = 10, .decay_share = 0.3, .min_lr_ratio = 0.1};
  const auto rate = [&](std::int64_t step) { return schedule.rate(2.0, step, 100); };
  EXPECT_DOUBLE_EQ(rate(0), 0.2) << "the first step learns already";
  EXPECT_DOUBLE_EQ(rate(4), 1.0);
  for (const std::int64_t step : {9, 10, 50, 69}) EXPECT_DOUBLE_EQ(rate(step), 2.0) << step;
  EXPECT_NEAR(rate(70), 2.0 * (1.0 - 1.0 / 30.0), 1e-12);
  EXPECT_NEAR(rate(84), 1.0, 1e-12);
  EXPECT_NEAR(rate(96), 0.2, 1e-12) << "just at the floor";
  for (const std::int64_t step : {97, 99, 100, 5000}) EXPECT_DOUBLE_EQ(rate(step), 0.2) << step;
}

TEST(LearningRateSchedule, FallsAsHalfACosine) {
  const LearningRateSchedule schedule{.lr_scheduler_type = Kind::kCosine, .decay_share = 0.5, .min_lr_ratio = 0.0};
  for (std::int64_t step = 0; step < 50; ++step) EXPECT_DOUBLE_EQ(schedule.rate(1.0, step, 100), 1.0) << step;
  for (std::int64_t step = 50; step < 100; ++step) {
    EXPECT_NEAR(schedule.rate(1.0, step, 100), 0.5 * (1.0 + std::cos(std::acos(-1.0) * static_cast<double>(step - 49) / 50.0)), 1e-12) << step;
  }
  EXPECT_NEAR(schedule.rate(1.0, 99, 100), 0.0, 1e-12);
}

TEST(LearningRateSchedule, StaysWhereNothingAsksItToFall) {
  EXPECT_EQ(LearningRateSchedule{}.rate(0.5, 0, 10), 0.5);
  EXPECT_EQ(LearningRateSchedule{}.rate(0.5, 9, 10), 0.5) << "constant, whatever decay_share says";
  EXPECT_EQ((LearningRateSchedule{.lr_scheduler_type = Kind::kLinear, .decay_share = 0.0}.rate(0.5, 9, 10)), 0.5);
}

}  // namespace
}  // namespace lydian
