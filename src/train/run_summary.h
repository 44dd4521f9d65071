#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lydian/core/metrics.h"
#include "lydian/eval/thinking_sweep.h"
#include "lydian/train/run.h"
#include "train/kept_verdicts.h"

namespace lydian {

/// What summary.json says of a run, collected as the run goes; part of its state. All of it is about the first environment.
class RunSummary {
 public:
  /// Both must outlive the summary.
  RunSummary(const RunOptions& options, const RunObjects& objects);

  bool has_warmup() const { return json_.contains("warmup"); }
  bool has_final() const { return json_.contains("final"); }
  /// As Stage's, for what is measured here.
  void keep_verdicts(const std::string& path) { verdicts_.keep_in(path); }
  /// Pass rates and thinking length on the test split, of the present weights; the numbers as metrics. `step` is the run's.
  Metrics measure_warmup(std::int64_t step) { return measure("warmup", step); }
  Metrics measure_final(std::int64_t step);
  Metrics sweep(const SweepOptions& options, std::int64_t step);
  void sweep_warmup(const SweepOptions& options, std::int64_t step);
  void add_comparison(double max_difference, std::int64_t tokens);
  void set_best_checkpoint(std::int64_t step) { json_["best_checkpoint"] = step; }
  void add_seconds(const std::string& stage, double seconds);
  void add_state(StateInventory& inventory);
  /// summary.json: which lydian wrote it, and what was collected.
  std::string text() const;

 private:
  Metrics measure(const std::string& when, std::int64_t step);
  ThinkingSweep swept(SweepOptions options, const char* purpose, std::int64_t step);

  const RunOptions& options_;
  const RunObjects& objects_;
  nlohmann::ordered_json json_;
  KeptVerdicts verdicts_;
};

}  // namespace lydian
