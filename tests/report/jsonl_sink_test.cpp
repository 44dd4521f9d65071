#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/logging.h"
#include "lydian/report/sinks.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;

StepRecord record(std::int64_t step, double loss) {
  StepRecord record{"grpo", step, 0, {}};
  record.metrics.set("loss", loss);
  return record;
}

std::vector<nlohmann::json> lines_of(const std::string& path) {
  std::istringstream text(read_whole_file(path));
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

class JsonlSinkTest : public ::testing::Test {
 protected:
  /// Steps 1, 2 and 3.
  void write_three() {
    const auto sink = jsonl_sink(path_);
    for (int step = 1; step <= 3; ++step) sink->write(record(step, 0.5 * step));
    sink->flush();
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "run/metrics.jsonl";
};

TEST_F(JsonlSinkTest, NumbersComeBackWithTheSameBits) {
  const std::vector<double> values = {0.1, -0.0, 1.0 / 3.0, 5e-324, std::numeric_limits<double>::max(), 9007199254740993.0, 1e21, -2.5e-7};
  const auto sink = jsonl_sink(path_);
  for (std::size_t i = 0; i < values.size(); ++i) sink->write(record(static_cast<std::int64_t>(i), values[i]));
  const auto lines = lines_of(path_);
  ASSERT_EQ(lines.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(lines[i]["loss"].get<double>()), std::bit_cast<std::uint64_t>(values[i])) << values[i];
  }
}

TEST_F(JsonlSinkTest, LineIsStageStepAndMetricsInTheirOrderAtOnce) {
  const auto sink = jsonl_sink(path_);
  StepRecord step = record(7, 0.25);
  step.metrics.set("eval/pass_rate", 1.0);
  sink->write(step);
  EXPECT_EQ(read_whole_file(path_), "{\"stage\":\"grpo\",\"step\":7,\"loss\":0.25,\"eval/pass_rate\":1.0}\n");
}

TEST_F(JsonlSinkTest, NumberThatIsNotFiniteIsLeftOutWithAWarning) {
  std::vector<std::string> warnings;
  set_log_sink([&](LogLevel, std::string_view message) { warnings.emplace_back(message); });
  const auto sink = jsonl_sink(path_);
  StepRecord step = record(1, std::numeric_limits<double>::quiet_NaN());
  step.metrics.set("entropy", std::numeric_limits<double>::infinity());
  step.metrics.set("reward", 1.5);
  sink->write(step);
  set_log_sink({});
  EXPECT_EQ(lines_of(path_).at(0), (nlohmann::json{{"stage", "grpo"}, {"step", 1}, {"reward", 1.5}}));
  EXPECT_THAT(warnings, ::testing::ElementsAre(HasSubstr("loss of step 1 is nan"), HasSubstr("entropy of step 1 is inf")));
}

TEST_F(JsonlSinkTest, AppendsToWhatStands) {
  write_three();
  jsonl_sink(path_)->write(record(4, 2.0));
  EXPECT_EQ(lines_of(path_).size(), 4U);
}

TEST_F(JsonlSinkTest, CutsOffTheLinesBehindThoseKept) {
  write_three();
  const std::string uninterrupted = read_whole_file(path_);
  const auto sink = jsonl_sink(path_, /*keep_lines=*/1);
  EXPECT_EQ(lines_of(path_).size(), 1U);
  sink->write(record(2, 1.0));
  sink->write(record(3, 1.5));
  EXPECT_EQ(read_whole_file(path_), uninterrupted);
  EXPECT_THROW(jsonl_sink(path_, 4), IoError) << "a checkpoint that counted more lines belongs to another file";
  EXPECT_EQ(read_whole_file(path_), uninterrupted);
  jsonl_sink(path_, 0);
  EXPECT_EQ(read_whole_file(path_), "");
}

TEST_F(JsonlSinkTest, DropsTheHalfLineOfAKilledRunAndNothingElse) {
  write_three();
  const std::string whole = read_whole_file(path_);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{10}, std::size_t{30}}) {
    write_file_durably(path_, whole + whole.substr(0, cut));
    jsonl_sink(path_);
    EXPECT_EQ(read_whole_file(path_), whole) << cut;
  }
  write_file_durably(path_, whole.substr(0, whole.size() - 1));  // Only the line's end is missing.
  jsonl_sink(path_);
  EXPECT_EQ(read_whole_file(path_), whole);
}

TEST_F(JsonlSinkTest, LeavesNoTemporaryFile) {
  write_three();
  jsonl_sink(path_, 1);
  const std::filesystem::directory_iterator files(folder_ / "run");
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(JsonlSinkTest, RefusesAFileThatIsNoLog) {
  std::filesystem::create_directories(folder_ / "run");
  const auto refusal = [&](const std::string& text) -> std::string {
    write_file_durably(path_, text);
    try {
      jsonl_sink(path_);
    } catch (const IoError& error) {
      EXPECT_EQ(read_whole_file(path_), text);
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(refusal("{\"step\":1}\nnonsense\n{\"step\":2}\n"), HasSubstr(path_ + ", line 2: expected a JSON object"));
  EXPECT_THAT(refusal("{\"stage\":\"sft\"}\n"), HasSubstr(path_ + ", line 1: expected an integer in the field \"step\""));
}

}  // namespace
}  // namespace lydian
