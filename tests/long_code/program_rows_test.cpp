#include "verify_code/program_rows.h"

namespace lydian {
namespace {

TEST(ProgramRows, AllHaveTheRightVerdicts) {
  LYDIAN_NEEDS_SANDBOX();
  int rows = 0;
  for (const code_test::Json& row : code_test::program_rows()) {
    code_test::expect_right_verdict(row);
    ++rows;
  }
  EXPECT_GT(rows, 1000);
}

}  // namespace
}  // namespace lydian
