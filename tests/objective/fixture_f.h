#pragma once

#include <ATen/ops/ones_like.h>
#include <ATen/ops/tensor.h>

#include "lydian/objective/clipped_objective.h"

namespace lydian::fixture_f {

/// Four rows of 6, 4, 5 and 3 tokens in two groups, by hand. The peers' code was run on them (float64); their results stand in tests/golden/.
inline constexpr double kLogProb[] = {-.90, -1.10, -.30, -2.00, -.50, -.70, -.20, -.40, -1.50, -.80, -1.20, -.60, -.10, -.90, -1.40, -.35, -.75, -1.05};
inline constexpr double kOldLogProb[] = {-1.00, -1.00, -.60, -1.60, -.50, -.90, -.25, -.10, -1.90, -.80, -1.00, -.60, -.45, -.90, -1.00, -.30, -1.25, -1.00};
inline constexpr double kRolloutLogProb[] = {-1.05, -.90,  -.65, -1.50, -.52,  -1.00, -.20, -.15,  -1.70,
                                             -.95,  -1.10, -.55, -.40,  -1.00, -1.10, -.33, -1.10, -2.20};
inline constexpr double kEntropy[] = {.1, .9, .2, 1.5, .3, .6, .05, .4, 1.1, .7, .8, .25, .15, 1.2, .95, .35, .55, 1.3};
inline constexpr double kAdvantage[] = {1, 1, 1, 1, 1, 1, -1, -1, -1, -1, .5, .5, .5, .5, .5, -.5, -.5, -.5};
inline constexpr std::int64_t kRow[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3};
inline constexpr std::int64_t kTokens = 18, kRows = 4, kLongestRow = 6;

/// The fixture as an objective reads it; behavior_log_prob is the rollout's, or the old one where the sampler is exact.
inline ObjectiveInput input(at::ScalarType dtype, bool exact_sampler) {
  const auto to_tensor = [dtype](const double(&values)[kTokens]) { return at::tensor(at::ArrayRef<double>(values), at::kDouble).to(dtype); };
  ObjectiveInput input;
  input.log_prob = to_tensor(kLogProb).requires_grad_(true);
  input.entropy = to_tensor(kEntropy);
  input.old_log_prob = to_tensor(kOldLogProb);
  input.behavior_log_prob = exact_sampler ? input.old_log_prob : to_tensor(kRolloutLogProb);
  input.advantage = to_tensor(kAdvantage);
  input.mask = at::ones_like(input.advantage);
  input.row_of_token = at::tensor(at::ArrayRef<std::int64_t>(kRow), at::kLong);
  input.rows = kRows;
  return input;
}

inline LossTotals totals() {
  return {.tokens = kTokens, .sequences = kRows, .groups = 2};
}

}  // namespace lydian::fixture_f
