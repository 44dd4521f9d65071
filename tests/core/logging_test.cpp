#include "lydian/core/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lydian {
namespace {

using Line = std::pair<LogLevel, std::string>;

TEST(Logging, IsSilentUntilASinkIsSetAndAfterItIsTakenAway) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::vector<Line> lines;
  log(LogLevel::kError, "before");
  set_log_sink([&](LogLevel level, std::string_view message) { lines.emplace_back(level, message); });
  log(LogLevel::kDebug, "below the level");
  log(LogLevel::kInfo, "braces {} stay");
  log(LogLevel::kWarning, "careful");
  log(LogLevel::kError, "broken");
  set_log_sink({});
  log(LogLevel::kError, "after");
  EXPECT_THAT(lines, testing::ElementsAre(Line{LogLevel::kInfo, "braces {} stay"}, Line{LogLevel::kWarning, "careful"}, Line{LogLevel::kError, "broken"}));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Logging, PassesWhatIsAtLeastTheLevel) {
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel, std::string_view message) { lines.emplace_back(message); }, LogLevel::kDebug);
  log(LogLevel::kDebug, "debug");
  set_log_sink([&](LogLevel, std::string_view message) { lines.emplace_back(message); }, LogLevel::kError);
  log(LogLevel::kWarning, "warning");
  set_log_sink({});
  EXPECT_THAT(lines, testing::ElementsAre("debug"));
}

TEST(Logging, DropsTheMessageWhereTheSinkThrows) {
  testing::internal::CaptureStderr();
  set_log_sink([](LogLevel, std::string_view) { throw std::runtime_error("full"); });
  EXPECT_NO_THROW(log(LogLevel::kError, "lost"));
  set_log_sink({});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace lydian
