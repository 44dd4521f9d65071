#pragma once

#include <csignal>

namespace lydian::cli {

/// While it lives, the first SIGTERM or SIGINT only raises a flag, for the run to save and stop; a second one has its usual effect. One at a time.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  bool raised() const;

 private:
  struct sigaction old_terminate_, old_interrupt_;
};

}  // namespace lydian::cli
