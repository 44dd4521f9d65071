#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "folders.h"
#include "lydian/core/durable_file.h"
#include "verify_code/sandboxed.h"

namespace lydian::cli {
namespace {

using testing::HasSubstr;

TEST(GradeCode, WritesAVerdictForEachRow) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string input = testing::TempDir() + "cli_code_rows.jsonl", output = testing::TempDir() + "cli_code_verdicts.jsonl";
  write_file_durably(
      input, "{\"id\": \"right\", \"program\": \"print(input())\", \"tests\": [{\"stdin\": \"7\\n\", \"expected_stdout\": \"7\\n\"}]}\n{\"id\": \"broken\"}\n");
  const Outcome outcome = call({"grade", "code", "--input", input, "--output", output, "--workers", "2", "--keep-output"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::string verdicts = read_whole_file(output);
  EXPECT_THAT(verdicts, HasSubstr("{\"id\":\"broken\",\"verdict\":\"fault\",\"reward\":null"));
  EXPECT_THAT(outcome.out, HasSubstr("rows 2\n"));
  EXPECT_THAT(verdicts, HasSubstr("{\"id\":\"right\",\"verdict\":\"accepted\",\"reward\":1.0,\"passed\":1,\"total\":1"));
  EXPECT_THAT(verdicts, HasSubstr("\"stdout\":\"7\\n\""));
  write_file_durably(input, "{\"id\": \"broken\"}\n");
  const Outcome nothing = call({"grade", "code", "--input", input, "--output", output});
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("expected at least one row that can be judged, got none of 1; " + output + " says why"));
}

TEST(GradeCode, TheExampleHasRowsOfEveryMode) {
  LYDIAN_NEEDS_SANDBOX();
  const std::string output = testing::TempDir() + "cli_code_example.jsonl";
  const Outcome outcome = call({"grade", "code", "--input", source_file("examples/programs.jsonl"), "--output", output, "--workers", "2"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* verdict : {"accepted 3\n", "wrong_answer 2\n", "time_limit 1\n", "rows 6\n"}) EXPECT_THAT(outcome.out, HasSubstr(verdict));
  EXPECT_THAT(read_whole_file(output), HasSubstr("AssertionError in line 2 of the tests: assert median([1, 2, 3, 4]) == 2.5"));
}

TEST(GradeCode, RefusesByName) {
  EXPECT_EQ(call({"grade", "code", "--output", "x"}).code, 2);
  EXPECT_THAT(call({"grade", "code", "--output", "x"}).err, HasSubstr("--input FILE"));
  const std::string rows = source_file("examples/programs.jsonl");
  EXPECT_THAT(call({"grade", "code", "--input", rows, "--output", "b", "--workers", "0"}).err, HasSubstr("--workers"));
  EXPECT_THAT(call({"grade", "code", "--input", rows, "--output", "b", "--do-without", "sand"}).err, HasSubstr("a layer among"));
}

TEST(GradeCode, FilesThatCannotBeUsedAreSaidBeforeAnythingElse) {
  const std::string rows = testing::TempDir() + "cli_code_files.jsonl", output = testing::TempDir() + "cli_code_files_out.jsonl";
  const auto says = [&](const std::string& input, const std::string& to, const std::string& sentence) {
    const Outcome outcome = call({"grade", "code", "--input", input, "--output", to});
    EXPECT_EQ(outcome.code, 2) << input << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(sentence));
  };
  says(testing::TempDir() + "nowhere.jsonl", output, "--input to name a file that can be read");
  says(testing::TempDir(), output, "--input to name a file that can be read");
  write_file_durably(rows, "{}\n");
  says(rows, rows, "--output to name another file than --input");
  EXPECT_EQ(read_whole_file(rows), "{}\n");
  EXPECT_EQ(call({"grade", "code", "--input", rows, "--output", output, "--workers", "0"}).code, 2);
}

}  // namespace
}  // namespace lydian::cli
