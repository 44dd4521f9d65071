#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lydian/core/metrics.h"
#include "lydian/eval/thinking_sweep.h"
#include "lydian/train/run.h"
#include "train/kept_verdicts.h"

namespace lydian {

/// What summary.json says of a run, collected as the run goes; part of its state. What was measured on the first environment stands at its top, that on
/// further ones under `others` by their names; metrics likewise. A measurement that throws Interrupted changes nothing.
class RunSummary {
 public:
  /// Both must outlive the summary. `interrupted` is asked while it measures.
  RunSummary(const RunOptions& options, const RunObjects& objects, StopRequest interrupted);

  bool has_warmup() const { return json_.contains("warmup"); }
  bool has_final() const { return json_.contains("final"); }
  /// As Stage's, for what is measured here.
  void keep_verdicts(const std::string& path) { verdicts_.keep_in(path); }
  /// Pass rates and thinking length on the test split, of the present weights; the numbers as metrics. `step` is the run's. At the warm-up also the sweep,
  /// where the run has that stage.
  Metrics measure_warmup(std::int64_t step);
  Metrics measure_final(std::int64_t step);
  Metrics sweep(const SweepOptions& options, std::int64_t step);
  void add_comparison(double max_difference, std::int64_t tokens);
  void set_best_checkpoint(std::int64_t step) { json_["best_checkpoint"] = step; }
  void add_seconds(const std::string& stage, double seconds);
  void add_state(StateInventory& inventory);
  /// summary.json: which lydian wrote it, and what was collected.
  std::string text() const;

 private:
  using Json = nlohmann::ordered_json;

  Metrics measure(const std::string& when, std::int64_t step, Json& summary);
  Json measure_one(std::size_t environment, const std::string& when, std::int64_t step);
  ThinkingSweep swept(std::size_t environment, SweepOptions options, const std::string& purpose, std::int64_t step);
  /// Where `summary` has what was measured on an environment.
  Json& part_of(Json& summary, std::size_t environment) const;
  /// "NAME/" for all environments but the first.
  std::string prefix(std::size_t environment) const;

  const RunOptions& options_;
  const RunObjects& objects_;
  StopRequest interrupted_;
  Json json_;
  KeptVerdicts verdicts_;
};

}  // namespace lydian
