#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/report/sinks.h"

namespace lydian {
namespace {

struct Column {
  std::string_view metric, label;
};

/// The numbers that a person watches, in the order in which a line shows them.
constexpr std::array kColumns = {
    Column{"loss", "loss"},
    Column{"reward", "reward"},
    Column{"step_accuracy", "steps"},
    Column{"answer_copy", "copy"},
    Column{"eval/pass_rate", "dev pass"},
    Column{"eval/thinking_mean", "dev thinking"},
    Column{"test/pass_rate", "test pass"},
    Column{"test/greedy_pass_rate", "greedy"},
    Column{"test/thinking_mean", "thinking"},
    Column{"thinking/mean_length", "thinking"},
    Column{"entropy", "entropy"},
    Column{"sampling/sampling_logp_difference/max", "difference"},
    Column{"perf/tokens_per_second", "tokens/s"},
};
/// Of a record that has none of these, the first so many numbers under their own names.
constexpr std::size_t kOtherNumbers = 6;

std::string formatted(const char* format, double value) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(text.size()) - 1))};
}

/// At most six characters for what metrics usually are, always the same number of decimals at the same size, so that lines can be read as columns.
std::string number(double value) {
  const double size = std::fabs(value);
  if (!std::isfinite(value) || value == 0.0) return formatted("%g", value);
  if (size >= 1e7) return formatted("%.3gM", value / 1e6);
  if (size >= 1e4) return formatted("%.1fk", value / 1e3);
  if (size >= 100) return formatted("%.1f", value);
  if (size >= 10) return formatted("%.2f", value);
  if (size >= 1e-3) return formatted("%.4f", value);
  return formatted("%.1e", value);
}

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return hours > 0 ? std::to_string(hours) + ":" + two(minutes) + ":" + two(rest) : std::to_string(minutes) + ":" + two(rest);
}

/// A stage that says nothing about its end, or has gone on beyond it, has an unknown one.
bool has_end(const StepRecord& record) {
  return record.total_steps > 0 && record.step <= record.total_steps;
}

std::string position(const StepRecord& record) {
  const std::string step = std::to_string(record.step);
  if (!has_end(record)) return step;
  const std::string total = std::to_string(record.total_steps);
  return std::string(total.size() - step.size(), ' ') + step + "/" + total;
}

std::vector<std::string> fields_of(const Metrics& metrics) {
  std::vector<std::string> fields;
  for (const Column& column : kColumns) {
    if (const auto value = metrics.get(column.metric)) fields.push_back(std::string(column.label) + " " + number(*value));
  }
  if (!fields.empty()) return fields;
  for (std::size_t i = 0; i < std::min(kOtherNumbers, metrics.entries().size()); ++i) {
    fields.push_back(metrics.entries()[i].first + " " + number(metrics.entries()[i].second));
  }
  return fields;
}

/// Whole fields only, as many as fit into `width` columns.
std::string line_of(const StepRecord& record, std::size_t width) {
  std::string line = record.stage + std::string(record.stage.size() < 5 ? 5 - record.stage.size() : 0, ' ') + " " + position(record);
  for (const std::string& field : fields_of(record.metrics)) {
    if (line.size() + 2 + field.size() > width) break;
    line += "  " + field;
  }
  return line.substr(0, width);
}

class ConsoleSink final : public MetricSink {
 public:
  explicit ConsoleSink(std::FILE* stream) : stream_(stream), terminal_(::isatty(::fileno(stream)) == 1) {}
  ~ConsoleSink() override {
    if (!bar_.empty()) std::fputs(kEraseLine, stream_);
    std::fflush(stream_);
  }

  void write(const StepRecord& record) override {
    std::string text = bar_.empty() ? "" : kEraseLine;
    text += line_of(record, terminal_ ? width() : std::string::npos) + "\n";
    if (terminal_ && has_end(record)) bar_ = bar_of(record);  // A record without an end, an evaluation say, leaves the running stage's bar standing.
    text += bar_;
    last_record_ = Clock::now();
    if (std::fputs(text.c_str(), stream_) < 0 || std::fflush(stream_) != 0) throw IoError("console_sink", "cannot write to its stream");
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Pace {
    Clock::time_point start;
    std::int64_t first_step;
  };
  static constexpr const char* kEraseLine = "\r\033[K";

  /// One column less than there are: a character in the last one makes some terminals wrap.
  std::size_t width() const {
    winsize size{};
    const bool known = ::ioctl(::fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1U : 79U;
  }

  /// Remaining time by the pace of this stage's steps since its first record here (a resumed run begins in the middle); evaluations between them count in.
  std::string remaining(const StepRecord& record) {
    const auto pace = paces_.try_emplace(record.stage, Pace{last_record_, record.step}).first->second;
    const double elapsed = std::chrono::duration<double>(Clock::now() - pace.start).count();
    const auto done = static_cast<double>(std::max<std::int64_t>(record.step - pace.first_step + 1, 1));
    return duration(elapsed / done * static_cast<double>(record.total_steps - record.step)) + " left";
  }

  /// Empty at a stage's end and where the terminal is too narrow.
  std::string bar_of(const StepRecord& record) {
    const std::string time = remaining(record);
    if (record.step == record.total_steps) return "";
    const std::string before = record.stage + " [";
    const std::string after = "] " + position(record) + "  " + time;
    const std::size_t taken = before.size() + after.size();
    if (taken + 10 > width()) return "";
    const std::size_t cells = std::min<std::size_t>(width() - taken, 50);
    const std::size_t full = cells * static_cast<std::size_t>(std::max<std::int64_t>(record.step, 0)) / static_cast<std::size_t>(record.total_steps);
    return before + std::string(full, '#') + std::string(cells - full, '.') + after;
  }

  std::FILE* stream_;
  bool terminal_;
  std::string bar_;  ///< What stands below the last line, without a line end.
  std::map<std::string, Pace> paces_;
  Clock::time_point last_record_ = Clock::now();
};

}  // namespace

std::unique_ptr<MetricSink> console_sink(std::FILE* stream) {
  return std::make_unique<ConsoleSink>(stream);
}

}  // namespace lydian
