// A sample of the project's programs, a few for each way to be right, wrong or hostile; all of them are in tests/long_code.
#include "verify_code/program_rows.h"

namespace lydian {
namespace {

TEST(ProgramRows, ASampleHasTheRightVerdicts) {
  LYDIAN_NEEDS_SANDBOX();
  int rows = 0;
  for (const code_test::Json& row : code_test::program_rows()) {
    if (!row.contains("fast")) continue;
    code_test::expect_right_verdict(row);
    ++rows;
  }
  EXPECT_GT(rows, 50);
}

}  // namespace
}  // namespace lydian
