#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lydian/core/interruption.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/text/tokenizer.h"
#include "lydian/train/run_options.h"

namespace lydian {

/// The objects that a configuration describes.
struct RunObjects {
  std::vector<std::shared_ptr<Environment>> environments;
  std::vector<WeightedEnvironment> weighted;  ///< The same, with their shares and names.
  std::shared_ptr<Tokenizer> tokenizer;
  std::unique_ptr<TransformerPolicy> policy;
};

/// Makes environments, tokenizer and policy; weights from init_from where it is set.
RunObjects make_run_objects(const RunOptions& options, const MakeEnvironment& make_environment);

/// How a run ended.
enum class RunEnd : std::uint8_t { kFinished, kInterrupted };

struct RunControl {
  /// Polled after every step and while anything is measured; true saves and returns kInterrupted. A measurement that is stopped is repeated on resume.
  StopRequest interrupted;
  bool console = true;
  std::optional<std::int64_t> step{};  ///< The checkpoint from which resume_run goes on, all later ones being removed; absent: the newest.
  std::set<std::string> leave_out{};   ///< State items that resume_run does not load: for tests of the inventory.
};

/// Throws what start_run would throw before it makes output_dir. Makes environments and policy, and reads init_from, to know.
void check_run(const RunOptions& options, const MakeEnvironment& make_environment);

/// All stages of a configuration under one step counter, into options.output_dir (which must be new): checkpoints, metrics, rollouts, summary.json,
/// report.html. Throws TrainingHalted (after saving), ConfigError, IoError.
RunEnd start_run(const RunOptions& options, const MakeEnvironment& make_environment, const RunControl& control = {});
/// Goes on with a run folder from its newest whole checkpoint, under its own configuration, to the same bits as a run that was never stopped. A run that halted
/// throws its TrainingHalted again.
RunEnd resume_run(const std::string& run_folder, const MakeEnvironment& make_environment, const RunControl& control = {});

/// A finished run's summary.json as text for a terminal: pass rates, thinking, the sweep's table, where the report lies.
std::string describe_summary(const std::string& run_folder);

/// Result of scoring logged rollouts again.
struct RescoreReport {
  std::int64_t rollouts = 0, tokens = 0, different = 0;
  double max_abs_difference = 0.0;
};
/// Scores rollouts/STEP.jsonl with the checkpoint after STEP - 1 and compares log-probs bit by bit. Throws ConfigError where there is no such run folder,
/// IoError where rollouts or checkpoint are absent, naming the steps that are there, where the checkpoint is broken, and where there is no token to compare.
RescoreReport rescore(const std::string& run_folder, std::int64_t step);

}  // namespace lydian
