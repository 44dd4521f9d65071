#pragma once

#include <csignal>

#include "lydian/core/interruption.h"

namespace lydian::cli {

/// While it lives, the first SIGTERM or SIGINT only raises a flag, for the run to save and stop; a second one has its usual effect. One at a time.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  bool raised() const;
  /// For what takes long; not to be asked when the flag is gone.
  StopRequest request() const {
    return [this] { return raised(); };
  }

 private:
  struct sigaction old_terminate_, old_interrupt_;
};

}  // namespace lydian::cli
