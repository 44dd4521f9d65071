// What a run's deadline means, by what its processes had of the processors.
#include "sandbox/broker/deadline.h"

#include <gtest/gtest.h>

#include "sandbox/broker/deadline.cpp"  // NOLINT(bugprone-suspicious-include): part of the broker, which is no library.

namespace lydian::sandbox {
namespace {

using Kind = DeadlineVerdict::Kind;

/// At the first deadline of a run with a limit of 4 s, unless another is given.
DeadlineVerdict after(double used, double waiting, int attempts = 1, double elapsed = 4, double deadline = 4) {
  return at_deadline({used, waiting, true}, 4, elapsed, deadline, attempts);
}

TEST(Deadline, EndsWhatHadItsTime) {
  for (const int attempts : {1, 2}) {
    EXPECT_EQ(after(0, 0, attempts).kind, Kind::kLate) << "it slept";
    EXPECT_EQ(after(0.01, 0.02, attempts).kind, Kind::kLate) << "it slept, and waited for a moment after each sleep";
    EXPECT_EQ(after(3.9, 0.1, attempts).kind, Kind::kLate) << "it was busy all the time";
    EXPECT_EQ(after(3, 1, attempts).kind, Kind::kLate) << "nearly all";
    EXPECT_EQ(after(7, 2, attempts).kind, Kind::kLate) << "several processes, one of which waited";
  }
}

TEST(Deadline, GivesWhatARunWaitedFor) {
  const DeadlineVerdict little = after(2.5, 1.5);
  EXPECT_EQ(little.kind, Kind::kWait);
  EXPECT_DOUBLE_EQ(little.next, 4.75) << "at most that much at first";
  EXPECT_DOUBLE_EQ(after(2.5, 1.5, 2).next, 5.5);
  EXPECT_DOUBLE_EQ(after(0.5, 3.5, 2).next, 7.5);
  EXPECT_DOUBLE_EQ(after(2.7, 2.1, 2, 5.5, 5.5).next, 6.1) << "and again";
  EXPECT_EQ(after(2.8, 2.1, 2, 5.5, 5.5).kind, Kind::kLate) << "until it has used what a run uses that is not kept waiting";
  EXPECT_EQ(after(1, 2.1, 2, 6.5, 6.5).kind, Kind::kLate) << "or has slept the rest";
}

TEST(Deadline, SaysWhereTheMachineWasTooBusy) {
  EXPECT_EQ(after(1, 3.75, 1, 4.75, 4.75).kind, Kind::kStarved);
  EXPECT_EQ(after(1, 11, 2, 12, 12).kind, Kind::kWait);
  EXPECT_DOUBLE_EQ(after(1, 15, 2, 15.5, 15.5).next, 16);
  EXPECT_EQ(after(1, 15, 2, 16, 16).kind, Kind::kStarved);
}

}  // namespace
}  // namespace lydian::sandbox
