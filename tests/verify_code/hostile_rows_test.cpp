// Programs that attack: one or more for each class of attack. Those that need the compiler are in tests/long_code.
#include "verify_code/hostile_rows.h"

namespace lydian {
namespace {

using code_test::HostileHarness;
using code_test::Json;

class HostileRows : public testing::TestWithParam<const char*> {};

TEST_P(HostileRows, AreContained) {
  LYDIAN_NEEDS_SANDBOX();
  const HostileHarness harness;
  int rows = 0;
  for (const Json& row : code_test::own_hostile_rows()) {
    if (row["category"] != GetParam() || row["language"] == "cpp") continue;
    harness.expect_contained(row);
    ++rows;
  }
  EXPECT_GT(rows, 0);
}

INSTANTIATE_TEST_SUITE_P(Python, HostileRows,
                         testing::Values("resource", "filesystem", "network", "process", "answers-stdio", "answers-function", "answers-assert", "control"),
                         [](const auto& about) {
                           std::string name = about.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// Memory that outlives its program is not the next one's.
TEST(HostileRowsAfterwards, TheNextProgramHasAllItsMemory) {
  LYDIAN_NEEDS_SANDBOX();
  const HostileHarness harness;
  for (const Json& row : code_test::own_hostile_rows()) {
    if (row["id"] == "mem-in-flight") harness.expect_contained(row);
  }
  const Json next = code_test::graded(Json::parse(
      R"({"id": "next", "program": "x = bytearray(b'x') * (40 << 20)\nprint(6)\n", "tests": [{"expected_stdout": "6"}], "limits": {"mem_mb": 64}})"));
  EXPECT_EQ(next["verdict"], "accepted") << next["reason"];
}

}  // namespace
}  // namespace lydian
