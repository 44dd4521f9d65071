#include "cli/interrupt_flag.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace lydian::cli {
namespace {

// Each in a process of its own, which says by its end how far it came.

TEST(InterruptFlagDeathTest, TheFirstSignalRaisesItAndTheSecondKills) {
  for (const int first : {SIGTERM, SIGINT}) {
    for (const int second : {SIGTERM, SIGINT}) {
      const auto interrupt = [&] {
        const InterruptFlag flag;
        if (flag.raised()) std::_Exit(1);
        std::raise(first);
        if (!flag.raised()) std::_Exit(2);
        std::raise(second);
        std::_Exit(3);
      };
      EXPECT_EXIT(interrupt(), testing::KilledBySignal(second), "") << first << ", then " << second;
    }
  }
}

TEST(InterruptFlagDeathTest, LeavesSignalsAsTheyWere) {
  const auto interrupt = [] {
    std::signal(SIGINT, SIG_IGN);
    {
      const InterruptFlag flag;
      std::raise(SIGINT);
      if (!flag.raised()) std::_Exit(2);
    }
    std::raise(SIGINT);
    if (InterruptFlag().raised()) std::_Exit(3);
    std::_Exit(0);
  };
  EXPECT_EXIT(interrupt(), testing::ExitedWithCode(0), "");
  const auto terminate = [] {
    { const InterruptFlag flag; }
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(terminate(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace lydian::cli
