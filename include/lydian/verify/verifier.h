#pragma once

#include "lydian/data/completion.h"
#include "lydian/data/task.h"
#include "lydian/data/verdict.h"

namespace lydian {

/// Judges one completion of one task.
///
/// Must be const, safe from several threads, bounded in time and memory, and, unless deterministic() says otherwise, give equal verdicts for equal (task,
/// completion). Never throws for bad model output (that is an unparsable verdict); whatever does escape becomes VerdictStatus::kVerifierFault.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual Verdict verify(const Task& task, const Completion& completion) const = 0;
  /// False where equal inputs may be judged differently; a run then keeps the verdicts (VerdictJournal).
  virtual bool deterministic() const { return true; }
};

}  // namespace lydian
