#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cstdlib>

#include "lydian/core/durable_file.h"
#include "lydian/report/sinks.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StepRecord grpo_step(std::int64_t step, std::int64_t total) {
  StepRecord record{"grpo", step, total, {}};
  record.metrics.set("grad_norm", 0.7);
  record.metrics.set("loss", 0.01234);
  record.metrics.set("reward", 0.53125);
  record.metrics.set("thinking/mean_length", 31.25);
  record.metrics.set("entropy", 0.4);
  record.metrics.set("sampling/sampling_logp_difference/max", 0.0);
  record.metrics.set("perf/tokens_per_second", 45678.0);
  return record;
}

/// The two ends of a pseudo-terminal of a given width.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(::grantpt(master_), 0);
    EXPECT_EQ(::unlockpt(master_), 0);
    stream_ = std::fopen(::ptsname(master_), "w");
    const winsize size{24, columns, 0, 0};
    EXPECT_EQ(::ioctl(master_, TIOCSWINSZ, &size), 0);
    termios mode{};
    ::tcgetattr(::fileno(stream_), &mode);
    mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // Line ends as they were written.
    ::tcsetattr(::fileno(stream_), TCSANOW, &mode);
  }
  ~Terminal() {
    std::fclose(stream_);
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::FILE* stream() const { return stream_; }
  /// What was written since the last call. The kernel passes it on in its own time, so an end of ours goes behind it.
  std::string shown() {
    constexpr char kEnd = '\x01';
    std::string text;
    EXPECT_EQ(::write(::fileno(stream_), &kEnd, 1), 1);
    for (char byte = 0; ::read(master_, &byte, 1) == 1 && byte != kEnd;) text += byte;
    return text;
  }

 private:
  int master_;
  std::FILE* stream_ = nullptr;
};

std::string in_a_file(const std::vector<StepRecord>& records) {
  const TemporaryFolder folder;
  const std::string path = folder / "log";
  std::FILE* stream = std::fopen(path.c_str(), "w");
  {
    const auto sink = console_sink(stream);
    for (const StepRecord& record : records) sink->write(record);
  }
  std::fclose(stream);
  return read_whole_file(path);
}

TEST(ConsoleSinkTest, FileGetsPlainLines) {
  EXPECT_EQ(in_a_file({grpo_step(7, 200), grpo_step(200, 200)}),
            "grpo    7/200  loss 0.0123  reward 0.5312  thinking 31.25  entropy 0.4000  difference 0  tokens/s 45.7k\n"
            "grpo  200/200  loss 0.0123  reward 0.5312  thinking 31.25  entropy 0.4000  difference 0  tokens/s 45.7k\n");
}

TEST(ConsoleSinkTest, StepStandsAloneWhereTheEndIsUnknownOrPassed) {
  EXPECT_THAT(in_a_file({grpo_step(7, 0)}), HasSubstr("grpo  7  loss"));
  EXPECT_THAT(in_a_file({grpo_step(201, 200)}), HasSubstr("grpo  201  loss"));
}

TEST(ConsoleSinkTest, RecordWithoutTheUsualNumbersShowsItsOwn) {
  StepRecord record{"sweep", 200, 0, {}};
  record.metrics.set("accuracy/7", 0.25);
  EXPECT_EQ(in_a_file({record}), "sweep 200  accuracy/7 0.2500\n");
}

TEST(ConsoleSinkTest, TerminalGetsABarAndTheRemainingTimeBelowTheLine) {
  Terminal terminal(100);
  auto sink = console_sink(terminal.stream());
  sink->write(grpo_step(1, 4));
  EXPECT_THAT(terminal.shown(), ::testing::MatchesRegex("grpo  1/4  loss .*\ngrpo \\[############\\.+\\] 1/4  0:00 left"));
  sink->write(grpo_step(2, 4));
  EXPECT_THAT(terminal.shown(), ::testing::StartsWith("\r\033[Kgrpo  2/4  loss"));
  StepRecord evaluation{"eval", 2, 0, {}};
  evaluation.metrics.set("eval/pass_rate", 0.75);
  sink->write(evaluation);
  EXPECT_THAT(terminal.shown(), ::testing::MatchesRegex("\r\033\\[Keval  2  dev pass 0.7500\ngrpo \\[.*"));
  sink->write(grpo_step(4, 4));
  EXPECT_THAT(terminal.shown(), Not(HasSubstr("left")));
  sink.reset();
  EXPECT_EQ(terminal.shown(), "");
}

TEST(ConsoleSinkTest, StoppingInTheMiddleErasesTheBar) {
  Terminal terminal(100);
  auto sink = console_sink(terminal.stream());
  sink->write(grpo_step(1, 4));
  terminal.shown();
  sink.reset();
  EXPECT_EQ(terminal.shown(), "\r\033[K");
}

TEST(ConsoleSinkTest, NoLineIsWiderThanTheTerminal) {
  for (const unsigned short columns : {20, 40, 60, 80}) {
    Terminal terminal(columns);
    console_sink(terminal.stream())->write(grpo_step(100, 200));
    const std::string shown = terminal.shown();
    const std::size_t end = shown.find('\n');
    ASSERT_NE(end, std::string::npos);
    EXPECT_LT(end, columns);
    EXPECT_LT(shown.substr(end + 1, shown.find('\r') - end - 1).size(), columns);
  }
}

}  // namespace
}  // namespace lydian
