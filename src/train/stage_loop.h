#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lydian/text/tokenizer.h"
#include "lydian/train/run_folder.h"

namespace lydian {

/// Where a run stands, and how a stage of it goes step by step: records, checkpoints, halts. The one loop of whole runs, of Trainer::train() and of sft().
struct StageLoop {
  // What the owner decides:
  Policy& policy;
  const Tokenizer& tokenizer;
  std::int64_t save_steps = 0;              ///< Between checkpoints, beside those of a best evaluation, a halt and an interruption.
  std::optional<RunFolder> folder{};        ///< Absent: nothing is kept.
  std::function<StateInventory()> state{};  ///< All that a checkpoint keeps; add_state() is a part of it.
  std::function<bool()> interrupted{};      ///< Polled after every step.
  std::function<void(double)> took{};       ///< Told the seconds of the beginning and of every step, before it is saved.

  // State:
  std::int64_t step = 0;        ///< Of the run.
  std::int64_t first_step = 0;  ///< The value of `step` at which the present stage began.
  std::string halt_reason{};    ///< Not empty: the run must not go on.
  /// Metrics of a step that was interrupted while it was measured: the next thing to do is to measure again, and to record it.
  std::optional<Metrics> unmeasured{};

  // Of the last step:
  Metrics metrics{};
  std::optional<double> score{};

  void add_state(StateInventory& inventory);
  /// Measures and records where the stage starts from.
  void begin(Stage& stage);
  /// Steps until the stage has finished; false where it was interrupted, and saved. The checkpoint after the last step is the owner's. Throws TrainingHalted.
  bool run(Stage& stage);
  void save();

 private:
  /// False where it was interrupted, and saved.
  bool measure(Stage& stage, std::int64_t total_steps, StageStep& result);
};

}  // namespace lydian
