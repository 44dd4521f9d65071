#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lydian/data/rollout.h"
#include "lydian/verify/verifier.h"

namespace lydian {

/// Keeps the verdicts that could not be had again: those of verifiers that are not deterministic. A resumed run samples the same completions again and takes
/// their verdicts, faults too, from here, so that it goes on as the run that was never stopped.
///
/// A file of JSON lines that only grows: purpose, step, environment, prompt and sample number, a digest of task and completion, the verdict. A verdict is found
/// by all of these, so it is never taken for another completion. Verdicts of deterministic verifiers are not kept.
/// Threads: look_up() and keep() may be called from any number; open() and begin() by one, while no look_up() runs.
class VerdictJournal {
 public:
  VerdictJournal();
  ~VerdictJournal();
  VerdictJournal(const VerdictJournal&) = delete;
  VerdictJournal& operator=(const VerdictJournal&) = delete;

  /// Reads what the file, if there is one, holds of steps from `first_step` on; its last line is cut off where it was left half-written. Until it is called,
  /// nothing is kept. Throws IoError naming file and line.
  void open(const std::string& path, std::int64_t first_step);
  bool is_open() const;
  /// What the next verdicts are for ("rollout", "eval", …) and the step. Where one item may be judged twice under one purpose, its sample number must differ.
  /// What was kept before survives a power cut when this returns.
  void begin(std::string_view purpose, std::int64_t step);
  struct Entry {
    std::string item;             ///< What its verdict is kept under; empty where no file is open.
    std::optional<Verdict> kept;  ///< From the file, if it is there.
  };
  Entry look_up(const Rollout& rollout);
  /// Writes down what the verifier said of an entry without a verdict. A verdict that cannot be written down comes back as a fault.
  Verdict keep(const Entry& entry, Verdict verdict);
  std::int64_t reused() const;  ///< Verdicts that were taken from the file.

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
