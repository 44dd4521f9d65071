#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "cli/program.h"
#include "folders.h"
#include "lydian/core/durable_file.h"

namespace lydian::cli {
namespace {

using testing::HasSubstr;

class GradeCommandTest : public testing::Test {
 protected:
  const std::string rows_ = source_file("examples/math_answers.jsonl");
  const std::string verdicts_ = testing::TempDir() + "grade_verdicts.jsonl";
  const std::string summary_ = testing::TempDir() + "grade_summary.json";
};

TEST_F(GradeCommandTest, GradesTheShippedRowsAsExpected) {
  const Outcome outcome = call({"grade", "math", "--input", rows_, "--output", verdicts_, "--threads", "2", "--summary", summary_});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("  100.00  100.00    0.00  all"));
  const auto summary = nlohmann::json::parse(read_whole_file(summary_));
  EXPECT_EQ(summary["groups"][0]["accuracy"], 1.0);
  std::ifstream rows(rows_), verdicts(verdicts_);
  int count = 0;
  for (std::string row, verdict; std::getline(rows, row) && std::getline(verdicts, verdict); ++count) {
    EXPECT_EQ(nlohmann::json::parse(verdict)["id"], nlohmann::json::parse(row)["id"]);
    EXPECT_EQ(nlohmann::json::parse(verdict)["equal"], nlohmann::json::parse(row)["expected"]) << row;
  }
  EXPECT_EQ(count, summary["rows"]);
}

TEST_F(GradeCommandTest, EverySettingOfTheVerifierIsASwitch) {
  const auto equal = [&](std::vector<std::string> more) {
    const std::string path = testing::TempDir() + "grade_row.jsonl";
    write_file_durably(path, R"({"gold": "12\\text{ cm}", "prediction": "12"})");
    std::vector<std::string> words{"grade", "math", "--input=" + path, "--output=" + verdicts_};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(call(words).code, 0);
    return nlohmann::json::parse(read_whole_file(verdicts_))["equal"].get<bool>();
  };
  EXPECT_TRUE(equal({}));
  EXPECT_FALSE(equal({"--unit-optional", "false"}));
  EXPECT_TRUE(equal({"--unit-optional=true", "--decimal-places=3"}));
}

TEST_F(GradeCommandTest, RefusesWhatItDoesNotKnow) {
  const auto refusal = [](const std::vector<std::string>& words) {
    const Outcome outcome = call(words);
    EXPECT_EQ(outcome.code, 2);
    return outcome.err;
  };
  EXPECT_THAT(refusal({"grade", "math", "--output", verdicts_}), HasSubstr("expected --input FILE, got none"));
  EXPECT_THAT(refusal({"grade", "math", "--input", rows_, "--output", verdicts_, "--unit-optinal", "false"}), HasSubstr("did you mean --unit-optional?"));
  EXPECT_THAT(refusal({"grade", "math", "--input", rows_, "--output", verdicts_, "--boxed", "maybe"}), HasSubstr("boxed"));
  EXPECT_THAT(refusal({"grade", "poems"}), HasSubstr("got poems"));
  EXPECT_THAT(refusal({"grade", "math", "--input", "/no/such/file", "--output", verdicts_}),
              HasSubstr("--input to name a file that can be read, got /no/such/file"));
  const std::string empty = testing::TempDir() + "grade_empty.jsonl";
  write_file_durably(empty, "\n");
  EXPECT_THAT(refusal({"grade", "math", "--input", empty, "--output", verdicts_}), HasSubstr("an input with at least one row"));
}

TEST_F(GradeCommandTest, NoFileStandsTwice) {
  const std::string text = R"({"gold": "1", "prediction": "1"})";
  const std::string rows = testing::TempDir() + "grade_twice.jsonl", same = testing::TempDir() + "./grade_twice.jsonl";
  write_file_durably(rows, text);
  const std::vector<std::vector<std::string>> calls{{"--input", rows, "--output", same},
                                                    {"--input", rows, "--output", verdicts_, "--summary", same},
                                                    {"--input", rows, "--output", verdicts_, "--summary", verdicts_}};
  for (std::vector<std::string> words : calls) {
    words.insert(words.begin(), {"grade", "math"});
    const Outcome outcome = call(words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("to name another file than --"));
  }
  EXPECT_EQ(read_whole_file(rows), text);
}

TEST_F(GradeCommandTest, RefusesOptionsOfTheOtherGraderAndTooManyThreads) {
  const auto refusal = [&](const std::string& what, const std::vector<std::string>& more) {
    std::vector<std::string> words{"grade", what, "--input", rows_, "--output", verdicts_};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = call(words);
    EXPECT_EQ(outcome.code, 2);
    return outcome.err;
  };
  EXPECT_THAT(refusal("math", {"--fraction"}), HasSubstr("--fraction, which belongs to lydian grade code"));
  EXPECT_THAT(refusal("code", {"--summary", summary_}), HasSubstr("--summary, which belongs to lydian grade math"));
  EXPECT_THAT(refusal("code", {"--boxed", "true"}), HasSubstr("--boxed, which belongs to lydian grade math"));
  EXPECT_THAT(refusal("math", {"--threads", "100000"}), HasSubstr("--threads of at most 1024, got 100000"));
}

TEST_F(GradeCommandTest, WhatCannotBeJudgedIsNotEqualAndSaysSoByItsStatus) {
  const std::string path = testing::TempDir() + "grade_unusable.jsonl";
  write_file_durably(path, "{\"gold\": \"\", \"prediction\": \"2\", \"expected\": false}\n{\"gold\": \"1\"}\n{\"gold\": \"1\", \"prediction\": \"1\"}\n");
  EXPECT_EQ(call({"grade", "math", "--input", path, "--output", verdicts_}).code, 0);
  std::istringstream lines(read_whole_file(verdicts_));
  for (const char* status : {"verifier_fault", "broken_row", "scored"}) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    const auto verdict = nlohmann::json::parse(line);
    EXPECT_EQ(verdict["status"], status);
    EXPECT_EQ(verdict["equal"], nlohmann::json(std::string(status) == "scored")) << line;
  }
}

TEST_F(GradeCommandTest, FailsWhereNoRowCanBeJudged) {
  const std::string path = testing::TempDir() + "grade_broken.jsonl";
  const std::vector<std::string> words{"grade", "math", "--input", path, "--output", verdicts_};
  write_file_durably(path, "{\"gold\": \"1\"}\nno JSON\n");
  const Outcome outcome = call(words);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("2 broken"));
  EXPECT_THAT(outcome.err,
              HasSubstr("expected at least one row that can be judged, got none of 2; the first: " + path + ", line 1: expected one of prediction"));
  EXPECT_THAT(read_whole_file(verdicts_), HasSubstr("line 2")) << "the verdicts are there all the same";
  write_file_durably(path, "{\"gold\": \"1\"}\n{\"gold\": \"1\", \"prediction\": \"2\"}\n");
  EXPECT_EQ(call(words).code, 0) << "one row was judged";
}

TEST_F(GradeCommandTest, TheSmallSetOfMathKeepsTheContract) {
  const Outcome outcome = call({"env", "check", "math"});
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, Not(HasSubstr("FAILED")));
}

}  // namespace
}  // namespace lydian::cli
