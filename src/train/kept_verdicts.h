#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lydian/train/task_sampler.h"
#include "lydian/verify/verdict_journal.h"

namespace lydian {

/// The journal of a run folder, as one part of the run writes and reads it. Parts may share the file: their purposes differ.
class KeptVerdicts {
 public:
  /// Names the file. Until then, nothing is kept.
  void keep_in(std::string path) { path_ = std::move(path); }
  /// For pools that live longer than one purpose; it keeps nothing before the first begin().
  VerdictJournal* journal() { return &journal_; }
  /// Turns to the next verdicts, which are for `purpose` in `step`. The file appears with the first verdict that it could keep, and is opened here and not
  /// when it is named, since the step is known only after a state was loaded.
  VerdictJournal* begin(const std::vector<WeightedEnvironment>& environments, std::string_view purpose, std::int64_t step);

 private:
  std::string path_;
  VerdictJournal journal_;
};

}  // namespace lydian
