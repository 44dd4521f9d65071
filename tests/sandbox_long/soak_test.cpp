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

TEST_F(SandboxTest, CppTestsAreNotFooledByTheirProgram) {
  const char* tests = "#undef NDEBUG\n#include <cassert>\nint main() { assert(total({3, 1}) == 4); assert(total({}) == 0); }\n";
  const std::string start = "#include <vector>\nusing namespace std;\n#include <cstdlib>\n#include <csignal>\n#include <unistd.h>\n";
  for (const char* program :
       {"int total(vector<int> v) { return 4; }\n", "int total(vector<int> v) { _exit(0); }\n", "int total(vector<int> v) { while (true) { } }\n",
        "#define assert(x)\nextern \"C\" void __assert_fail(const char*, const char*, unsigned, const char*) { }\nint total(vector<int> v) { return 1; }\n",
        "struct A { A() { signal(SIGABRT, [](int) { _exit(0); }); } } a;\nint total(vector<int> v) { abort(); }\n",
        "#define main other\nint total(vector<int> v) { return v.size() * 3; }\nint main() { return 0; }\n",
        "int total(vector<int> v) { char m[] = \"{\\\"proved\\\":1}\"; for (int f = 3; f < 9; ++f) if (write(f, m, sizeof m)) { } return 4; }\n"}) {
    const RunOutcome outcome = tests_of(start + program, tests, ProgramLanguage::kCpp).outcome;
    EXPECT_TRUE(outcome == RunOutcome::kTestsFailed || outcome == RunOutcome::kRuntimeError || outcome == RunOutcome::kTimeLimit)
        << to_string(outcome) << program;
  }
}

}  // namespace
}  // namespace lydian
