#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.h"

namespace lydian::cli {
namespace {

using testing::HasSubstr;

TEST(SandboxCommandLine, WantsAProgramWhoseLanguageItsNameSays) {
  const Outcome rows = call({"sandbox", "run", "rows.jsonl"});
  EXPECT_EQ(rows.code, 2);
  EXPECT_EQ(rows.err, "[sandbox] expected a program whose name ends in .py, .cpp or .cc, got rows.jsonl\n");
  const Outcome more = call({"sandbox", "probe", "more"});
  EXPECT_EQ(more.code, 2);
  EXPECT_THAT(more.err, HasSubstr("got lydian sandbox probe more"));
}

}  // namespace
}  // namespace lydian::cli
