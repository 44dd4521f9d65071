#include <gtest/gtest.h>
#include <unistd.h>

#include "sandbox/sandbox_fixture.h"

namespace lydian {
namespace {

/// 100,000 runs: no growth of memory, descriptors, mounts, control groups or processes. LYDIAN_SOAK_RUNS asks for another number.
TEST_F(SandboxTest, AHundredThousandRunsLeaveNothingBehind) {
  const char* asked = std::getenv("LYDIAN_SOAK_RUNS");
  const int runs = asked == nullptr ? 100000 : std::atoi(asked);
  const auto one = [&](int i) {
    const RunReport report = i % 100 == 99 ? python("import os\nfor i in range(16): os.fork()\n", "", limits_of(0.05)) : python("print(input())", "x\n");
    ASSERT_TRUE(i % 100 == 99 || report.outcome == RunOutcome::kCompleted) << report.evidence;
  };
  for (int i = 0; i < runs / 100; ++i) one(i);
  const int broker = box_->broker_pid();
  const int files = open_files_of(broker), own_files = open_files_of(getpid()), groups = control_groups_of(broker);
  const int mounts = lines_of(text_of("/proc/" + std::to_string(broker) + "/mounts"));
  const double memory = resident_mib(broker), own_memory = resident_mib(getpid());
  for (int i = 0; i < runs; ++i) one(i);
  std::printf("broker %.2f -> %.2f MiB, library %.2f -> %.2f MiB\n", memory, resident_mib(broker), own_memory, resident_mib(getpid()));
  EXPECT_EQ(box_->broker_pid(), broker);
  EXPECT_EQ(open_files_of(broker), files);
  EXPECT_EQ(open_files_of(getpid()), own_files);
  EXPECT_EQ(lines_of(text_of("/proc/" + std::to_string(broker) + "/mounts")), mounts);
  EXPECT_EQ(control_groups_of(broker), groups);
  EXPECT_EQ(children_of(broker).size(), 1u);
  EXPECT_LT(resident_mib(broker), memory + 1);
}

}  // namespace
}  // namespace lydian
