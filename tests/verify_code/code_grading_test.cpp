#include "verify/code/code_grading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "verify_code/scripted_runner.h"

namespace lydian::code {
namespace {

using code_test::ended;
using code_test::ScriptedRunner;
using testing::HasSubstr;
using Json = nlohmann::json;

RunReport echo(const RunRequest& request) {
  RunReport report = ended(RunOutcome::kCompleted, request.program);
  report.stderr_text = "\xff";
  report.wall_s = 0.5;
  return report;
}

std::vector<Json> graded(const std::string& rows, const GradingOptions& options, GradingSummary* summary = nullptr) {
  const std::string input = testing::TempDir() + "grade_rows.jsonl", output = testing::TempDir() + "grade_verdicts.jsonl";
  write_file_durably(input, rows);
  ScriptedRunner runner(echo);
  const GradingSummary counted = grade_file(input, output, runner, options);
  if (summary) *summary = counted;
  std::vector<Json> lines;
  std::string text = read_whole_file(output);
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    lines.push_back(Json::parse(text.substr(begin, text.find('\n', begin) - begin)));
  return lines;
}

TEST(CodeGrading, WritesOneVerdictARowInOrder) {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    rows += R"({"id": "r)" + std::to_string(i) + R"(", "program": ")" + std::to_string(i % 2) +
            R"(", "tests": [{"expected_stdout": "1"}, {"expected_stdout": "1"}]})" + "\n\n";
  }
  for (const int workers : {1, 3}) {
    GradingSummary summary;
    const std::vector<Json> lines = graded(rows, {.workers = workers}, &summary);
    ASSERT_EQ(lines.size(), 40U);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(lines[i]["id"], "r" + std::to_string(i));
      EXPECT_EQ(lines[i]["verdict"], i % 2 ? "accepted" : "wrong_answer");
      EXPECT_EQ(lines[i]["reward"], i % 2 ? 1 : 0);
      EXPECT_EQ(lines[i]["passed"], i % 2 ? 2 : 0);
      EXPECT_EQ(lines[i]["total"], 2);
      EXPECT_EQ(lines[i]["wall_s"], 0.5);
      EXPECT_EQ(lines[i]["layers"], Json::array({"pid_namespace"}));
      EXPECT_FALSE(lines[i].contains("stdout"));
      for (const char* name : {"cpu_s", "peak_mib", "reason"}) EXPECT_TRUE(lines[i].contains(name)) << name;
    }
    EXPECT_EQ(summary.rows, 40);
    EXPECT_EQ(summary.by_verdict.at("accepted"), 20);
  }
}

TEST(CodeGrading, ABrokenRowIsAFaultNamedByItsLine) {
  const std::vector<Json> lines = graded(
      "{\"id\": \"good\", \"program\": \"1\", \"tests\": [{\"expected_stdout\": \"1\"}]}\n{\"id\": 7, \"program\": \"1\"}\nnot json\n\"\xff\"\n"
      "{\"id\": \"last\", \"program\": \"1\", \"tests\": [{\"expected_stdout\": \"1\"}]}",
      {});
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0]["verdict"], "accepted");
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(lines[i]["verdict"], "fault");
    EXPECT_TRUE(lines[i]["reward"].is_null());
    EXPECT_THAT(lines[i]["reason"].get<std::string>(), HasSubstr("grade_rows.jsonl, line " + std::to_string(i + 1)));
  }
  EXPECT_EQ(lines[1]["id"], 7);
  EXPECT_THAT(lines[2]["id"].get<std::string>(), HasSubstr("line 3"));
  EXPECT_EQ(lines[4]["verdict"], "accepted");
}

TEST(CodeGrading, KeepsOutputAndFractionsWhereAskedTo) {
  const std::vector<Json> lines =
      graded(R"({"id": 1, "program": "1", "tests": [{"expected_stdout": "1"}, {"expected_stdout": "2"}, {"expected_stdout": "1"}, {"expected_stdout": "1"}]})",
             {.fraction = true, .keep_output = true});
  EXPECT_EQ(lines.at(0)["reward"], 0.75);
  EXPECT_EQ(lines[0]["verdict"], "wrong_answer");
  EXPECT_EQ(lines[0]["stdout"], "1");
  EXPECT_EQ(lines[0]["stderr"], "\xEF\xBF\xBD") << "bytes that are no UTF-8 are shown as such";
  EXPECT_EQ(lines[0]["compile_log"], "");
}

TEST(CodeGrading, AnyIdComesBack) {
  std::string rows;
  const std::vector<std::string> ids{"null", "1.5", "true", "{}", "\"\""};
  for (const std::string& id : ids) rows += "{\"id\": " + id + "}\n";
  const std::vector<Json> lines = graded(rows, {});
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(lines.at(i)["id"], Json::parse(ids[i]));
}

TEST(CodeGrading, VerdictsCanBeReadWhileOthersAreStillWaitedFor) {
  const std::string input = testing::TempDir() + "grade_slow.jsonl", output = testing::TempDir() + "grade_slow_verdicts.jsonl";
  const std::string row = R"(, "program": "1", "tests": [{"expected_stdout": "1"}]})";
  write_file_durably(input, "{\"id\": 1" + row + "\n{\"id\": 2" + row + "\n");
  std::vector<std::size_t> lines;
  ScriptedRunner runner([&](const RunRequest& request) {
    const std::string written = read_whole_file(output);
    lines.push_back(static_cast<std::size_t>(std::count(written.begin(), written.end(), '\n')));
    return echo(request);
  });
  grade_file(input, output, runner, {});
  EXPECT_EQ(lines, (std::vector<std::size_t>{0, 1}));
}

TEST(CodeGrading, RefusesWhatCannotBeUsed) {
  ScriptedRunner runner(echo);
  EXPECT_THROW(grade_file(testing::TempDir() + "nowhere.jsonl", testing::TempDir() + "out.jsonl", runner, {}), IoError);
  EXPECT_THROW(graded("\n \n", {}), ConfigError) << "an input without a row";
  EXPECT_THROW(graded("{}", {.workers = 0}), ConfigError);
  EXPECT_THROW(graded("{}", {.workers = 600}), ConfigError) << "more than the sandbox makes would be a fault in each row";
  const std::string rows = testing::TempDir() + "grade_same.jsonl";
  write_file_durably(rows, "{}\n");
  EXPECT_THROW(grade_file(rows, testing::TempDir() + "./grade_same.jsonl", runner, {}), ConfigError);
  EXPECT_EQ(read_whole_file(rows), "{}\n");
}

}  // namespace
}  // namespace lydian::code
