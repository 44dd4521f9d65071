#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lydian/eval/evaluator.h"

namespace lydian {

struct SweepOptions {
  std::vector<std::int64_t> budgets{0, 8, 16, 32, 64};  ///< Thinking tokens, ascending.
  Split split = Split::kTest;
  std::int64_t items = 1000;
  SamplingOptions sampling{};
  std::uint64_t seed = 1;
  std::int64_t fit_from_budget = 1;  ///< Budgets below are left out of the fit.
  bool compare_reruns = false;       ///< Also sample every budget anew and compare tokens and log-probs bit by bit.
  std::int64_t max_rows = 512;
  std::int64_t verifier_threads = 1;  ///< Results do not depend on it.
  VerdictJournal* journal = nullptr;  ///< As VerifierPool's; no setting of a configuration.
  StopRequest interrupted{};          ///< Asked between two tokens and while verdicts take long.
};

void describe(ConfigVisitor& visitor, SweepOptions& options);

/// One budget of a sweep.
struct SweepRow {
  std::int64_t budget = 0, items = 0;
  double accuracy = 0.0, low = 0.0, high = 0.0;  ///< 95 %, clustered by item.
  double thinking_mean = 0.0;                    ///< Thinking tokens used.
  double forced_share = 0.0;                     ///< Items whose thinking was closed by force.
  double law = -1.0;                             ///< Share of items that a flawless policy solves within the budget; -1 without a BudgetLaw.
};

/// Accuracy as a function of thinking length.
struct ThinkingSweep {
  std::vector<SweepRow> rows;
  double spearman = 0.0;  ///< Of budget and accuracy.
  LinearFit fit;          ///< Accuracy against log2(budget), over budgets >= fit_from_budget.
  std::int64_t fit_from_budget = 1;
  std::int64_t reruns_compared = 0, reruns_different = 0;  ///< Completions, with compare_reruns. An exact policy has no different ones.

  /// For a terminal. The accuracies of `before`, rows over the same budgets of a policy less trained, make a last column.
  std::string table(const std::vector<SweepRow>& before = {}) const;
};

/// Throws the ConfigError with which thinking_sweep would refuse these options, before there is a trained policy.
void check_sweep(const SweepOptions& options, const Tokenizer& tokenizer, const Environment& environment);

/// One trace an item at the largest budget, cut at every budget by forking its cached prefix, closed and answered.
/// Faults of the verifier are left out of their row and of its `items`. Throws ConfigError naming the option that does not fit, or an empty split; Error where
/// a log-prob is NaN; Interrupted where it is asked to stop.
/// Cost: the largest budget plus an answer for each budget, not the sum of the budgets; memory of max_rows items at a time.
ThinkingSweep thinking_sweep(const Policy& policy, const Tokenizer& tokenizer, const Environment& environment, const SweepOptions& options = {},
                             ChatTemplate chat_template = ChatTemplate::kPlain);

}  // namespace lydian
