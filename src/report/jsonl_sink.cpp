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

/// What a new sink leaves standing of `text`: its first `keep_lines` lines (-1: all), byte for byte. Lines are counted, not told by their step: a stage writes
/// one before its first step, too. A last line that is no JSON is what a killed run left, and goes.
std::string kept_lines(const std::string& path, std::string_view text, std::int64_t keep_lines) {
  std::string kept;
  std::int64_t number = 0;
  for (; !text.empty() && number != keep_lines; ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const nlohmann::json record = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (record.is_discarded() && text.empty()) break;
    if (!record.is_object()) throw IoError("jsonl_sink", path + ", line " + std::to_string(number + 1) + ": expected a JSON object");
    const auto step = record.find("step");
    if (step == record.end() || !step->is_number_integer()) {
      throw IoError("jsonl_sink", path + ", line " + std::to_string(number + 1) + ": expected an integer in the field \"step\"");
    }
    kept.append(line).push_back('\n');
  }
  if (number < keep_lines) {
    throw IoError("jsonl_sink", std::to_string(keep_lines) + " whole lines in " + path + " (as the checkpoint says)", std::to_string(number));
  }
  return kept;
}

void cut_off(const std::string& path, std::int64_t keep_lines) {
  std::error_code unreadable;  // Reading it says why.
  const bool absent = !std::filesystem::exists(path, unreadable) && !unreadable;
  if (absent && keep_lines <= 0) return;
  const std::string standing = read_whole_file(path);
  const std::string kept = kept_lines(path, standing, keep_lines);
  if (kept != standing) write_file_durably(path, kept);
}

class JsonlSink final : public MetricSink {
 public:
  JsonlSink(const std::string& path, std::int64_t keep_lines) : path_(path), file_(cut_first(path, keep_lines)) {}

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
  static AppendFile cut_first(const std::string& path, std::int64_t keep_lines) {
    cut_off(path, keep_lines);
    return AppendFile("jsonl_sink", path);
  }

  std::string path_;
  AppendFile file_;
};

}  // namespace

std::unique_ptr<MetricSink> jsonl_sink(const std::string& path, std::int64_t keep_lines) {
  return std::make_unique<JsonlSink>(path, keep_lines);
}

}  // namespace lydian
