#include "cli/interrupt_flag.h"

namespace lydian::cli {
namespace {

volatile std::sig_atomic_t signals = 0;

void handle(int signal) {
  signals = 1;
  // Both signals, so that the second one kills whichever it is.
  struct sigaction usual = {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal == SIGTERM ? SIGINT : SIGTERM, &usual, nullptr);
}

}  // namespace

InterruptFlag::InterruptFlag() {
  signals = 0;
  struct sigaction once = {};
  once.sa_handler = handle;
  once.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGTERM, &once, &old_terminate_);
  sigaction(SIGINT, &once, &old_interrupt_);
}

InterruptFlag::~InterruptFlag() {
  sigaction(SIGTERM, &old_terminate_, nullptr);
  sigaction(SIGINT, &old_interrupt_, nullptr);
}

bool InterruptFlag::raised() const {
  return signals != 0;
}

}  // namespace lydian::cli
