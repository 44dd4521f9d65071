#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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
/// Threads: judge() may be called from any number; open() and begin() by one, while no judge() runs.
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
  /// The kept verdict, or else verify_guarded(), which is kept before it is returned. A verdict that cannot be written down is a fault.
  /// `wanted`, if there is one, is asked when the verifier has answered; where it says no, nothing is kept, and the journal may be gone by then.
  Verdict judge(const Verifier& verifier, const Rollout& rollout, const std::function<bool()>& wanted = {});
  std::int64_t reused() const;  ///< Verdicts that were taken from the file.

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
