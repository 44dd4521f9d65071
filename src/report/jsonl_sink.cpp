#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/logging.h"
#include "lydian/report/sinks.h"
#include "report/append_file.h"

namespace lydian {
namespace {

std::string line_error(const std::string& path, std::size_t line, const std::string& what) {
  return path + ", line " + std::to_string(line) + ": " + what;
}

/// What a new sink leaves standing of `text`: lines up to `keep_until_step` (-1: all), byte for byte. A last line that is no JSON is what a killed run left,
/// and goes.
std::string kept_lines(const std::string& path, std::string_view text, std::int64_t keep_until_step) {
  std::string kept;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const nlohmann::json record = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (record.is_discarded() && text.empty()) break;
    if (!record.is_object()) throw IoError("jsonl_sink", line_error(path, number, "expected a JSON object"));
    const auto step = record.find("step");
    if (step == record.end() || !step->is_number_integer()) throw IoError("jsonl_sink", line_error(path, number, "expected an integer in the field \"step\""));
    if (keep_until_step >= 0 && step->get<std::int64_t>() > keep_until_step) continue;
    kept.append(line).push_back('\n');
  }
  return kept;
}

void cut_off(const std::string& path, std::int64_t keep_until_step) {
  std::error_code unreadable;  // Reading it says why.
  if (!std::filesystem::exists(path, unreadable) && !unreadable) return;
  const std::string standing = read_whole_file(path);
  const std::string kept = kept_lines(path, standing, keep_until_step);
  if (kept != standing) write_file_durably(path, kept);
}

class JsonlSink final : public MetricSink {
 public:
  JsonlSink(const std::string& path, std::int64_t keep_until_step) : path_(path), file_(cut_first(path, keep_until_step)) {}

  void write(const StepRecord& record) override {
    nlohmann::ordered_json line = {{"stage", record.stage}, {"step", record.step}};
    for (const auto& [name, value] : record.metrics.entries()) {
      if (std::isfinite(value)) {
        line[name] = value;
      } else {
        log(LogLevel::kWarning, path_ + ": " + name + " of step " + std::to_string(record.step) + " is " + std::to_string(value) + " and was left out");
      }
    }
    file_.append(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }

  void flush() override { file_.sync(); }

 private:
  /// The file is opened for appending only after the rename that may replace it.
  static AppendFile cut_first(const std::string& path, std::int64_t keep_until_step) {
    cut_off(path, keep_until_step);
    return AppendFile("jsonl_sink", path);
  }

  std::string path_;
  AppendFile file_;
};

}  // namespace

std::unique_ptr<MetricSink> jsonl_sink(const std::string& path, std::int64_t keep_until_step) {
  return std::make_unique<JsonlSink>(path, keep_until_step);
}

}  // namespace lydian
