#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lydian/core/metrics.h"

namespace lydian {

/// One line of metrics.jsonl.
struct MetricLine {
  std::string stage;
  std::int64_t step = 0;
  Metrics metrics;
};

/// What summary.json says about a policy.
struct PolicyOutcome {
  std::optional<double> pass_rate, greedy_pass_rate, thinking_mean;
};

/// One budget of a sweep; `law` is absent where the environment has none.
struct BudgetRow {
  std::int64_t budget = 0, items = 0;
  double accuracy = 0.0, low = 0.0, high = 0.0, thinking_mean = 0.0, forced_share = 0.0;
  std::optional<double> law;
};

/// accuracy = intercept + slope · log2(budget), over budgets from `from_budget` up.
struct BudgetFit {
  double r2 = 0.0, intercept = 0.0, slope = 0.0;
  std::int64_t from_budget = 1;
};

/// summary.json, as much of it as there is.
struct SummaryRecord {
  std::string environment, seed, weights_sha256;
  PolicyOutcome warmup, final;
  std::vector<BudgetRow> sweep, sweep_warmup;
  std::optional<BudgetFit> fit;
  std::optional<double> spearman, sampler_trainer_max_abs_diff, tokens_compared;
  std::vector<std::pair<std::string, double>> wall_s;  ///< Seconds by stage.
};

/// A run folder as its report sees it. Every piece may be missing.
struct RunRecord {
  std::string name;         ///< The folder's own.
  std::string config_text;  ///< config.json as it stands; empty where there is none.
  std::vector<MetricLine> metrics;
  std::optional<SummaryRecord> summary;
  std::vector<std::pair<std::int64_t, std::string>> rollout_files;  ///< Step and path, ascending.
};

/// Throws IoError where the folder has none of the pieces, or where one cannot be understood, naming file and line.
RunRecord read_run(const std::string& run_folder);

}  // namespace lydian
