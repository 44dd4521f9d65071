#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/core/interruption.h"
#include "lydian/core/metrics.h"
#include "lydian/data/rollout.h"
#include "lydian/train/state_inventory.h"

namespace lydian {

/// Training that stopped by itself, with a reason for a person to read: a skill that is not reached, too many truncated completions, no signal for long, a
/// failing verifier.
class TrainingHalted : public Error {
 public:
  using Error::Error;
};

/// What one step gives to those who keep records.
struct StageStep {
  Metrics metrics;
  std::vector<Rollout> rollouts;  ///< Empty in stages without rollouts.
  std::vector<double> advantage;  ///< Of each rollout.
  std::string halt_reason;        ///< Not empty: the stage must not go on, and why.
};

/// A part of a run that goes on by steps: supervised, GRPO. A run has several under one step counter.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string name() const = 0;
  virtual bool finished() const = 0;
  virtual std::int64_t planned_steps() const = 0;
  /// Before the first step: measures where the stage starts from; no metrics where there is nothing to measure.
  virtual StageStep begin() { return {}; }
  /// Called until finished().
  virtual StageStep step() = 0;
  /// After each step that did not halt: measures what is due (an evaluation, a gate) and adds it to the step's metrics; a gate may halt. Where it throws
  /// Interrupted, nothing is changed, and it is called again for the same step, by a resumed run with its metrics alone.
  virtual void measure(StageStep& step) { static_cast<void>(step); }
  /// Adds everything that a resumed stage needs, weights apart.
  virtual void add_state(StateInventory& inventory) = 0;
  /// What begin() and measure() ask while they measure; where it says so, they throw Interrupted. Steps are not stopped.
  virtual void stop_when(StopRequest interrupted) { static_cast<void>(interrupted); }
  /// Names the file in which the verdicts of verifiers that are not deterministic are kept, and from which a resumed stage takes them; made when there is one.
  virtual void keep_verdicts(const std::string& path) { static_cast<void>(path); }
};

}  // namespace lydian
