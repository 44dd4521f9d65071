#include "lydian/objective/clipped_objective.h"

#include <gtest/gtest.h>

#include "objective/fixture_f.h"

namespace lydian {
namespace {

struct Golden {
  const char* peer;
  ClippedObjectiveOptions options;
  bool exact_sampler;
  double loss, gradient;  ///< The loss, and the sum of |d loss / d log_prob|, as the peer's code gave them in float64.
};

const Golden kGoldens[] = {
    {"TRL dapo, verl vanilla token-mean, OpenRLHF ppo, slime per token", {.epsilon_high = .28}, true, -0.13597614922200857, 0.6647190218740167},
    {"verl epsilon .2/.2", {}, true, -0.12812044043533247, 0.5968633130873405},
    {"TRL grpo, slime per sample", {.epsilon_high = .28, .loss_type = LossAggregation::kSequences}, true, 0.042610924622996, 0.66087439},
    {"TRL dr_grpo, verl seq-mean-token-sum-norm",
     {.epsilon_high = .28, .loss_type = LossAggregation::kConstant, .max_completion_length = 6},
     true,
     -0.10198211191650643,
     0.49853926640551244},
    {"verl seq-mean-token-sum",
     {.epsilon_high = .28, .loss_type = LossAggregation::kConstant, .max_completion_length = 1},
     true,
     -0.6118926714990386,
     2.9912355984330747},
    {"TRL dapo delta=1.3", {.epsilon_high = .28, .delta = 1.3}, true, -0.15631977883263826, 0.5360420589300536},
    {"TRL dapo entropy_coef .01", {.epsilon_high = .28, .entropy_coef = .01}, true, -0.1423094825553419, 0.6647190218740167},
    {"verl vanilla with token truncated importance sampling at 2.0",
     {.epsilon_high = .28, .importance_sampling_clip_max = 2.0},
     false,
     -0.13263784529835845,
     0.6856824072282138},
    {"the same without correction", {.epsilon_high = .28, .importance_sampling_clip_max = 0.0}, false, -0.13597614922200857, 0.6647190218740167},
};

void expect_golden(const Golden& golden, at::ScalarType dtype, double tolerance) {
  const ObjectiveInput input = fixture_f::input(dtype, golden.exact_sampler);
  Metrics sums;
  const at::Tensor loss = ClippedObjective(golden.options).loss(input, fixture_f::totals(), sums);
  loss.backward();
  EXPECT_NEAR(loss.item<double>(), golden.loss, tolerance) << golden.peer;
  EXPECT_NEAR(input.log_prob.grad().abs().sum().item<double>(), golden.gradient, tolerance) << golden.peer;
}

TEST(ClippedObjectiveGolden, Float64GivesThePeersNumbers) {
  for (const Golden& golden : kGoldens) expect_golden(golden, at::kDouble, 1e-8);
}

TEST(ClippedObjectiveGolden, Float32GivesThePeersNumbers) {
  for (const Golden& golden : kGoldens) expect_golden(golden, at::kFloat, 1e-6);
}

}  // namespace
}  // namespace lydian
