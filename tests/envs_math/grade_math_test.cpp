#include "verify/math/grade_math.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/core/error.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

class GradeMathTest : public ::testing::Test {
 protected:
  MathGradingSummary grade(const std::string& rows, const MathOptions& options = {}, int threads = 1) {
    std::ofstream(input_, std::ios::binary) << rows;
    return grade_math_file(input_, folder_ / "verdicts.jsonl", options, threads);
  }
  std::string output_text() const {
    std::ifstream file(folder_ / "verdicts.jsonl");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<Json> output() const {
    std::vector<Json> lines;
    std::istringstream text(output_text());
    for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
    return lines;
  }

  TemporaryFolder folder_;
  std::string input_ = folder_ / "rows.jsonl";
};

TEST_F(GradeMathTest, GradesAnswersAndResponses) {
  grade(R"({"id": "a", "gold": "1/2", "prediction": "0.5"})"
        "\n"
        R"({"id": "b", "gold": "42", "prediction": "so it is \\boxed{42}", "kind": "response"})"
        "\n\n"
        R"({"id": "c", "gold": ["2", "3"], "response": "first 2, but then \\boxed{3}"})"
        "\n"
        R"({"id": 7, "gold": 10, "prediction": 11})"
        "\n"
        R"({"gold": "5", "response": "I do not know"})");
  const std::vector<Json> lines = output();
  ASSERT_EQ(lines.size(), 5U);
  const std::vector<std::string> keys{"id", "equal", "status", "method", "reason", "extracted", "micros"};
  for (const Json& line : lines) {
    std::vector<std::string> found;
    for (const auto& [key, value] : line.items()) found.push_back(key);
    EXPECT_EQ(found, keys);
    EXPECT_GE(line["micros"].get<std::int64_t>(), 0);
  }
  EXPECT_EQ(lines[0]["id"], "a");
  EXPECT_EQ(lines[0]["equal"], true);
  EXPECT_EQ(lines[1]["equal"], true);
  EXPECT_EQ(lines[1]["extracted"], "42");
  EXPECT_EQ(lines[2]["equal"], true);
  EXPECT_EQ(lines[3]["id"], 7);
  EXPECT_EQ(lines[3]["equal"], false);
  EXPECT_EQ(lines[3]["status"], "scored");
  EXPECT_EQ(lines[4]["id"], nullptr);
  EXPECT_EQ(lines[4]["equal"], false);
  EXPECT_EQ(lines[4]["status"], "unparsable");
}

TEST_F(GradeMathTest, BrokenRowsAreNamedAndStopNothing) {
  const MathGradingSummary summary = grade(
      "{\"id\": 1, \"gold\": \"1\", \"prediction\": \"1\", \"expected\": true}\n"
      "{\"id\": 2, \"gold\": \n"
      "[3]\n"
      "{\"id\": 4, \"prediction\": \"1\", \"expected\": true}\n"
      "{\"id\": 5, \"gold\": \"1\"}\n"
      "{\"id\": 6, \"gold\": \"1\", \"prediction\": \"1\", \"kind\": \"guess\"}\n"
      "{\"id\": 7, \"gold\": [], \"prediction\": \"1\"}\n"
      "{\"id\": 8, \"gold\": \"1\", \"prediction\": null}\n"
      "{\"id\": 9, \"gold\": \"1\", \"prediction\": \"1\", \"expected\": \"yes\"}\n"
      "{\"id\": 10, \"gold\": \"1\", \"prediction\": \"1\"}\n");
  const std::vector<Json> lines = output();
  ASSERT_EQ(lines.size(), 10U);
  for (std::size_t i = 1; i <= 8; ++i) {
    EXPECT_EQ(lines[i]["status"], "broken_row");
    EXPECT_EQ(lines[i]["equal"], false);
    EXPECT_THAT(lines[i]["error"].get<std::string>(), HasSubstr(input_ + ", line " + std::to_string(i + 1)));
  }
  EXPECT_THAT(lines[3]["error"].get<std::string>(), HasSubstr("gold: expected text or a list of texts, got nothing"));
  EXPECT_EQ(lines[3]["id"], 4);
  EXPECT_EQ(lines[9]["equal"], true);
  EXPECT_EQ(summary.broken, 8);
  // A row that is expected to be equal and cannot be read is not left out of the recall.
  EXPECT_EQ(summary.groups.at(0).tally.positives, 2);
  EXPECT_EQ(summary.groups.at(0).tally.true_accepts, 1);
}

TEST_F(GradeMathTest, NumbersOfJsonKeepTheirDigits) {
  struct Case {
    const char *gold, *prediction;
    bool equal;
  };
  const std::vector<Case> cases = {
      {"123456789012345678901234567890", R"("123456789012345678901234567890")", true},
      {"123456789012345678901234567890", R"("123456789012345680000000000000")", false},
      {"-12345678901234567890123", R"("-12345678901234567890123")", true},
      {"[1, 12345678901234567890123]", "12345678901234567890124", false},
      {R"("12345678901234567890123")", "12345678901234567890123", true},
      {R"("\\text{\"} 12345678901234567890123")", "1", false},
      {"18446744073709551615", R"("18446744073709551615")", true},
      {"18446744073709551616", R"("18446744073709551615")", false},
      {"0.12345678901234567890123", R"("0.12345678901234567890123")", true},
      {"1234567890123456.25", R"("1234567890123456.3")", false},
      {"1e22", R"("10000000000000000000000")", true},
      {"1e-400", "0", false},
      {"0.5", R"("1/2")", true},
      {"2.50", "2.5", true},
  };
  std::string rows;
  for (const Case& one : cases) rows += std::string(R"({"id": 12345678901234567890123, "gold": )") + one.gold + R"(, "prediction": )" + one.prediction + "}\n";
  grade(rows, {.decimal_places = 0});
  const std::vector<Json> lines = output();
  ASSERT_EQ(lines.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(lines[i]["equal"], cases[i].equal) << cases[i].gold << " and " << cases[i].prediction << lines[i];
  EXPECT_EQ(lines[0]["id"], "12345678901234567890123");
}

TEST_F(GradeMathTest, AGoldThatCannotBeUsedIsAFaultAndNoVerdict) {
  const MathGradingSummary summary = grade(R"({"id": 1, "gold": "", "prediction": "1"})");
  EXPECT_EQ(output()[0]["status"], "verifier_fault");
  EXPECT_EQ(output()[0]["equal"], false);
  EXPECT_EQ(summary.fault, 1);
}

TEST_F(GradeMathTest, ComparesWithWhatIsExpected) {
  const MathGradingSummary summary =
      grade(R"({"id": 1, "gold": "1", "prediction": "1", "expected": true, "source": "s", "category": "c", "label_type": "math"})"
            "\n"
            R"({"id": 2, "gold": "1", "prediction": "2", "expected": true, "source": "s", "category": "d"})"
            "\n"
            R"({"id": 3, "gold": "1", "prediction": "2", "expected": false, "source": "t", "category": "c"})"
            "\n"
            R"({"id": 4, "gold": "1", "prediction": "1", "expected": false, "source": "t", "category": "d"})"
            "\n"
            R"({"id": 5, "gold": "1", "prediction": "3", "expected": false, "source": "t", "category": "d"})"
            "\n"
            R"({"id": 6, "gold": "1", "prediction": "1"})");
  EXPECT_EQ(summary.rows, 6);
  EXPECT_EQ(summary.equal, 3);
  const Json json = Json::parse(summary.json());
  const auto group = [&](const std::string& field, const std::string& value) {
    for (const Json& one : json["groups"]) {
      if (one["field"] == field && one["value"] == value) return one;
    }
    return Json();
  };
  EXPECT_EQ(group("", ""), Json::parse(R"({"field": "", "value": "", "rows": 5, "accuracy": 0.6, "recall": 0.5, "false_positive_rate": 0.3333333333333333,
                                            "false_accepts": 1, "false_refusals": 1})"));
  EXPECT_EQ(group("source", "s")["recall"], 0.5);
  EXPECT_EQ(group("source", "s")["false_positive_rate"], nullptr);
  EXPECT_EQ(group("category", "d")["accuracy"], Json(1.0 / 3.0));
  EXPECT_EQ(group("label_type", "math")["rows"], 1);
  EXPECT_THAT(summary.table(), HasSubstr("6 rows: 3 equal"));
  EXPECT_THAT(summary.table(), HasSubstr("60.00   50.00   33.33  all"));
}

TEST_F(GradeMathTest, ThreadsDoNotChangeTheOutput) {
  std::string rows;
  for (int i = 0; i < 9000; ++i) {
    rows += R"({"id": )" + std::to_string(i) + R"(, "gold": ")" + std::to_string(i % 7) + R"(", "prediction": ")" + std::to_string(i % 5) + "\"}\n";
    if (i % 100 == 0) rows += "{\"broken\n";
  }
  const auto without_time = [this] {
    std::string text;
    for (Json& line : output()) {
      line.erase("micros");
      text += line.dump() + "\n";
    }
    return text;
  };
  grade(rows, {}, 1);
  const std::string one = without_time();
  for (const int threads : {2, 5}) {
    grade(rows, {}, threads);
    EXPECT_TRUE(without_time() == one) << threads;
  }
  EXPECT_EQ(output().size(), 9090U);
  EXPECT_EQ(output()[1]["status"], "broken_row");
}

TEST_F(GradeMathTest, SwitchesAndARowsOwnRoundingCount) {
  const std::string row = R"({"id": 1, "gold": "40\\%", "prediction": "40"})";
  grade(row);
  EXPECT_EQ(output()[0]["equal"], true);
  grade(row, {.percent_sign_optional = false});
  EXPECT_EQ(output()[0]["equal"], false);
  grade(R"({"gold": "1/3", "prediction": "0.333", "float_rounding": 3})"
        "\n"
        R"({"gold": "1/3", "prediction": "0.333"})"
        "\n"
        R"({"gold": "1/3", "prediction": "0.333", "float_rounding": -1})");
  EXPECT_EQ(output()[0]["equal"], true);
  EXPECT_EQ(output()[1]["equal"], false);
  EXPECT_EQ(output()[2]["status"], "broken_row");
}

TEST_F(GradeMathTest, AFileThatCannotBeReadOrWrittenIsAnErrorAndLeavesNothing) {
  EXPECT_THROW(grade_math_file(folder_ / "absent", folder_ / "out", {}, 1), IoError);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  std::ofstream(input_) << "\n";
  EXPECT_THROW(grade_math_file(input_, folder_ / "no/folder/out", {}, 1), IoError);
}

TEST_F(GradeMathTest, APipeOrADeviceIsWrittenAndNotReplaced) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK);
  std::ofstream(input_) << R"({"gold": "1", "prediction": "1"})"
                        << "\n";
  grade_math_file(input_, pipe, {}, 1);
  char read[4096] = "";
  EXPECT_GT(::read(reader, read, sizeof read - 1), 0);
  ::close(reader);
  EXPECT_EQ(Json::parse(read)["equal"], true);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

}  // namespace
}  // namespace lydian
