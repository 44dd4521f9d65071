#include "lydian/objective/clipped_objective.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/objective/finite_difference.h"
#include "lydian/objective/supervised_loss.h"
#include "objective/fixture_f.h"
#include "second_device.h"

namespace lydian {
namespace {

struct Result {
  double loss;
  at::Tensor gradient;
  Metrics sums;
};

Result run(const ClippedObjectiveOptions& options, const ObjectiveInput& input, const LossTotals& totals = fixture_f::totals()) {
  Result result;
  const at::Tensor loss = ClippedObjective(options).loss(input, totals, result.sums);
  loss.backward();
  result.loss = loss.item<double>();
  result.gradient = input.log_prob.grad();
  return result;
}

/// Tokens begin … end - 1 of an input, a leaf of their own; rows keep their numbers.
ObjectiveInput cut(const ObjectiveInput& input, std::int64_t begin, std::int64_t end) {
  ObjectiveInput part = input;
  for (at::Tensor* tensor : {&part.log_prob, &part.entropy, &part.old_log_prob, &part.behavior_log_prob, &part.advantage, &part.mask, &part.row_of_token}) {
    *tensor = tensor->detach().slice(0, begin, end).clone();
  }
  part.log_prob.requires_grad_(true);
  return part;
}

const std::vector<ClippedObjectiveOptions>& every_kind() {
  static const std::vector<ClippedObjectiveOptions> kinds = {
      {.epsilon_high = .28},
      {.epsilon_high = .28, .delta = 1.3, .loss_type = LossAggregation::kSequences, .entropy_coef = .01},
      {.epsilon_high = .28, .loss_type = LossAggregation::kConstant, .importance_sampling_clip_max = 1.1, .max_completion_length = 6}};
  return kinds;
}

TEST(ClippedObjective, GradientFollowsFiniteDifferences) {
  for (const ClippedObjectiveOptions& options : every_kind()) {
    const ObjectiveInput input = fixture_f::input(at::kDouble, false);
    const auto loss = [&](const at::Tensor& log_prob) {
      ObjectiveInput moved = input;
      moved.log_prob = log_prob;
      Metrics sums;
      return ClippedObjective(options).loss(moved, fixture_f::totals(), sums);
    };
    EXPECT_LT(finite_difference_error(loss, input.log_prob), 1e-8);
  }
}

TEST(ClippedObjective, MaskedTokensHaveNoEffect) {
  for (const ClippedObjectiveOptions& options : every_kind()) {
    // Row 1 (tokens 6 … 9) and the last token of row 0 stand for forced or invalid tokens.
    ObjectiveInput input = fixture_f::input(at::kFloat, false);
    input.mask = input.mask.clone();
    input.mask.slice(0, 5, 10).zero_();
    ObjectiveInput garbage = cut(input, 0, fixture_f::kTokens);
    for (at::Tensor* tensor : {&garbage.log_prob, &garbage.old_log_prob, &garbage.behavior_log_prob, &garbage.advantage, &garbage.entropy}) {
      at::Tensor masked = tensor->detach().slice(0, 5, 10);
      masked[0] = std::numeric_limits<float>::quiet_NaN();
      masked[1] = std::numeric_limits<float>::infinity();
      masked[2] = 300.0F;
      masked[3] = -300.0F;
      masked[4] = 7.0F;
    }
    const Result clean = run(options, input), dirty = run(options, garbage);
    EXPECT_EQ(clean.loss, dirty.loss);
    EXPECT_TRUE(at::equal(clean.gradient, dirty.gradient));
    EXPECT_EQ(dirty.gradient.slice(0, 5, 10).abs().sum().item<float>(), 0.0F);
    EXPECT_GT(dirty.gradient.slice(0, 0, 2).abs().min().item<float>(), 0.0F) << "tokens that are trained on";
    EXPECT_EQ(clean.sums.entries(), dirty.sums.entries());
    EXPECT_EQ(clean.sums.at("tokens"), 13.0);
  }
}

TEST(ClippedObjective, MicroBatchesAddUpAndKeepTheGradientsBits) {
  for (const ClippedObjectiveOptions& options : every_kind()) {
    const ObjectiveInput input = fixture_f::input(at::kFloat, false);
    const Result whole = run(options, input);
    const Result first = run(options, cut(input, 0, 10)), second = run(options, cut(input, 10, 18));
    EXPECT_NEAR(first.loss + second.loss, whole.loss, 1e-7);
    EXPECT_TRUE(at::equal(at::cat({first.gradient, second.gradient}), whole.gradient));
    for (const char* name : {"tokens", "clip_ratio/low", "clip_ratio/high", "clip_ratio/region", "approx_kl", "entropy", "importance_weight"}) {
      EXPECT_NEAR(first.sums.at(name) + second.sums.at(name), whole.sums.at(name), 1e-6) << name;
    }
  }
}

TEST(ClippedObjective, EveryKindRunsOnAnyDevice) {
  for (const ClippedObjectiveOptions& options : every_kind()) {
    ObjectiveInput there = cut(fixture_f::input(at::kFloat, false), 0, fixture_f::kTokens);
    for (at::Tensor* tensor :
         {&there.log_prob, &there.entropy, &there.old_log_prob, &there.behavior_log_prob, &there.advantage, &there.mask, &there.row_of_token}) {
      *tensor = tensor->detach().to(second_device::kDevice);
    }
    there.log_prob.requires_grad_(true);
    const Result here = run(options, fixture_f::input(at::kFloat, false)), result = run(options, there);
    EXPECT_NEAR(result.loss, here.loss, 1e-6);
    ASSERT_EQ(result.gradient.device(), second_device::kDevice);
    EXPECT_LT((result.gradient.cpu() - here.gradient).abs().max().item<float>(), 1e-6);
  }
}

TEST(ClippedObjective, AMeanOfMeansIsAnotherLoss) {
  const ObjectiveInput input = fixture_f::input(at::kFloat, true);
  const ClippedObjectiveOptions options{.epsilon_high = .28};
  const Result first = run(options, cut(input, 0, 10), {.tokens = 10, .sequences = 2, .groups = 1});
  const Result second = run(options, cut(input, 10, 18), {.tokens = 8, .sequences = 2, .groups = 1});
  EXPECT_GT(std::abs((first.loss + second.loss) / 2.0 - run(options, input).loss), 1e-3);
}

TEST(ClippedObjective, TotalsOfLessThanTheMicroBatchAreRefused) {
  Metrics sums;
  const ObjectiveInput input = fixture_f::input(at::kFloat, true);
  EXPECT_THROW(ClippedObjective({}).loss(input, {.tokens = 17, .sequences = 4, .groups = 2}, sums), Error);
  EXPECT_THROW(ClippedObjective({}).loss(input, {}, sums), Error);
}

TEST(ClippedObjective, OrderOfRowsDoesNotMatter) {
  for (const ClippedObjectiveOptions& options : every_kind()) {
    const ObjectiveInput input = fixture_f::input(at::kFloat, false);
    ObjectiveInput turned = cut(input, 0, fixture_f::kTokens);
    for (at::Tensor* tensor : {&turned.log_prob, &turned.entropy, &turned.old_log_prob, &turned.behavior_log_prob, &turned.advantage, &turned.mask}) {
      *tensor = at::cat({tensor->detach().slice(0, 10, 18), tensor->detach().slice(0, 0, 10)});
    }
    turned.row_of_token = at::cat({input.row_of_token.slice(0, 10, 18) - 2, input.row_of_token.slice(0, 0, 10) + 2});
    turned.log_prob.requires_grad_(true);
    const Result before = run(options, input), after = run(options, turned);
    EXPECT_NEAR(before.loss, after.loss, 1e-7);
    EXPECT_TRUE(at::equal(before.gradient, at::cat({after.gradient.slice(0, 8, 18), after.gradient.slice(0, 0, 8)})));
  }
}

TEST(ClippedObjective, AtEqualWeightsTheRatioIsExactlyOne) {
  ObjectiveInput input = fixture_f::input(at::kFloat, true);
  input.old_log_prob = input.behavior_log_prob = input.log_prob.detach().clone();
  const Result result = run({.epsilon_high = .28}, input);
  EXPECT_TRUE(at::equal(result.gradient, -(input.advantage / 18.0)));
  EXPECT_EQ(result.sums.at("ratio_max"), 1.0);
  EXPECT_EQ(result.sums.at("approx_kl"), 0.0);
  EXPECT_EQ(result.sums.at("importance_weight"), 18.0);
  EXPECT_EQ(result.sums.at("clip_ratio/region"), 0.0);
}

TEST(ClippedObjective, CountsClippedTokensByDirection) {
  const Result result = run({.epsilon_high = .28}, fixture_f::input(at::kFloat, true));
  // Ratios above 1.28 with A > 0: tokens 2 (e^.3) and 12 (e^.35); below .8 with A < 0: token 7 (e^-.3).
  EXPECT_EQ(result.sums.at("clip_ratio/high"), 2.0);
  EXPECT_EQ(result.sums.at("clip_ratio/low"), 1.0);
  EXPECT_EQ(result.sums.at("clip_ratio/region"), 3.0);
  EXPECT_NEAR(result.sums.at("ratio_max"), std::exp(.5), 1e-6);
  EXPECT_NEAR(result.sums.at("entropy"), 11.4, 1e-5);
  const Metrics means = ClippedObjective({}).statistics(result.sums);
  EXPECT_DOUBLE_EQ(means.at("clip_ratio/high_mean"), 2.0 / 18.0);
  EXPECT_DOUBLE_EQ(means.at("clip_ratio/low_mean"), 1.0 / 18.0);
  EXPECT_NEAR(means.at("entropy"), 11.4 / 18.0, 1e-6);
  EXPECT_EQ(means.at("sampling/importance_sampling_ratio/mean"), 1.0);
  EXPECT_EQ(means.at("ratio/max"), result.sums.at("ratio_max"));
}

TEST(ClippedObjective, AnImmenseRatioOfAGroupWithoutSpreadLeavesEverythingFinite) {
  ObjectiveInput input = cut(fixture_f::input(at::kFloat, false), 0, fixture_f::kTokens);
  input.advantage.zero_();
  input.log_prob.detach().slice(0, 3, 4).fill_(120.0F);
  const Result result = run({.entropy_coef = .01}, input);
  EXPECT_TRUE(std::isfinite(result.loss));
  EXPECT_TRUE(result.gradient.isfinite().all().item<bool>());
  EXPECT_TRUE(std::isfinite(result.sums.at("ratio_max")));
}

TEST(ClippedObjective, LogRatiosAreBoundedAt20AndCarryNoGradientBeyond) {
  for (const double log_ratio : {-25.0, -19.0, 19.0, 25.0}) {
    ObjectiveInput input = cut(fixture_f::input(at::kFloat, false), 0, fixture_f::kTokens);
    input.log_prob.detach().copy_(input.old_log_prob);
    input.log_prob.detach().slice(0, 3, 4).add_(log_ratio);
    input.mask.fill_(1.0);
    input.advantage.fill_(log_ratio > 0.0 ? -1.0 : 1.0);  // The side on which the surrogate does not clip.
    const Result result = run({}, input);
    const bool beyond = std::fabs(log_ratio) > 20.0;
    const double gradient = result.gradient.slice(0, 3, 4).item<double>();
    EXPECT_EQ(gradient == 0.0, beyond) << log_ratio << ": " << gradient;
    if (log_ratio > 0.0) {
      EXPECT_NEAR(std::log(result.sums.at("ratio_max")), beyond ? 20.0 : log_ratio, 1e-4);
    }
  }
}

TEST(ClippedObjective, RowsWithoutTrainableTokensAddNothing) {
  ObjectiveInput input = fixture_f::input(at::kFloat, true);
  input.rows = 6;  // Two rows without a token.
  const ClippedObjectiveOptions options{.epsilon_high = .28, .loss_type = LossAggregation::kSequences};
  EXPECT_NEAR(run(options, input).loss, 0.042610924622996, 1e-6);
  ObjectiveInput masked = cut(input, 0, fixture_f::kTokens);
  masked.mask.zero_();
  const Result result = run(options, masked);
  EXPECT_EQ(result.loss, 0.0);
  EXPECT_EQ(result.gradient.abs().sum().item<float>(), 0.0F);
}

TEST(ClippedObjective, NamesWhatDoesNotFit) {
  Metrics sums;
  ObjectiveInput input = fixture_f::input(at::kFloat, true);
  input.advantage = input.advantage.slice(0, 0, 17);
  try {
    ClippedObjective({}).loss(input, fixture_f::totals(), sums);
    FAIL() << "a tensor of 17 elements was taken";
  } catch (const ShapeError& error) {
    EXPECT_NE(std::string(error.what()).find("advantage"), std::string::npos) << error.what();
  }
  EXPECT_THROW(ClippedObjective({.epsilon = 0.0}), ConfigError);
  EXPECT_THROW(ClippedObjective({.epsilon_high = .28, .delta = 1.1}), ConfigError);
  EXPECT_THROW(ClippedObjective({.loss_type = LossAggregation::kConstant}), ConfigError);
}

TEST(SupervisedLoss, IsTheWeightedMeanAndMicroBatchesAddUp) {
  const at::Tensor log_prob = at::tensor({-1.0F, -2.0F, -4.0F, std::numeric_limits<float>::quiet_NaN()}).requires_grad_(true);
  const at::Tensor weight = at::tensor({1.0F, 0.5F, 0.25F, 0.0F});
  const at::Tensor loss = supervised_loss(log_prob, weight, 1.75);
  loss.backward();
  EXPECT_NEAR(loss.item<double>(), 3.0 / 1.75, 1e-6);
  EXPECT_TRUE(at::equal(log_prob.grad(), -(weight / 1.75)));
  const double parts = supervised_loss(log_prob.slice(0, 0, 2), weight.slice(0, 0, 2), 1.75).item<double>() +
                       supervised_loss(log_prob.slice(0, 2, 4), weight.slice(0, 2, 4), 1.75).item<double>();
  EXPECT_NEAR(parts, 3.0 / 1.75, 1e-6);
  EXPECT_THROW(supervised_loss(log_prob, weight, 1.0), Error);
  EXPECT_THROW(supervised_loss(log_prob, weight.slice(0, 0, 2), 1.75), ShapeError);
}

}  // namespace
}  // namespace lydian
