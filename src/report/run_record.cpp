#include "report/run_record.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::vector<MetricLine> read_metrics(const std::string& path) {
  std::vector<MetricLine> lines;
  const std::string text = read_whole_file(path);
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const Json record = Json::parse(rest.substr(0, end), nullptr, /*allow_exceptions=*/false);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (record.is_discarded() && rest.empty()) break;  // The half line of a run that was killed, or is still writing.
    if (!record.is_object() || !record.contains("step") || !record["step"].is_number_integer()) {
      throw IoError("html_report", path + ", line " + std::to_string(number) + ": expected an object with an integer \"step\"");
    }
    MetricLine line{record.contains("stage") && record["stage"].is_string() ? record["stage"].get<std::string>() : "", record["step"].get<std::int64_t>(), {}};
    for (const auto& [name, value] : record.items()) {
      if (name != "step" && value.is_number()) line.metrics.set(name, value.get<double>());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

/// Members of summary.json; an absent one is allowed, one of another type is not.
class SummaryReader {
 public:
  SummaryReader(const std::string& path, std::string name, const Json& object) : path_(path), name_(std::move(name)), object_(object) {
    if (!object_.is_object()) fail("an object", object_);
  }

  std::optional<double> number(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) member(key).fail("a number", *value);
    return value->get<double>();
  }
  std::int64_t integer(const char* key) const { return static_cast<std::int64_t>(number(key).value_or(0)); }
  std::string text(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return "";
    return value->is_string() ? value->get<std::string>() : value->dump();
  }
  std::optional<SummaryReader> object(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    return SummaryReader(path_, name_ + key + ".", *value);
  }
  std::vector<SummaryReader> rows(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array()) member(key).fail("a list of rows", *value);
    std::vector<SummaryReader> rows;
    for (const Json& row : *value) rows.emplace_back(path_, std::string(key) + " row " + std::to_string(rows.size() + 1) + ", ", row);
    return rows;
  }
  std::vector<std::pair<std::string, double>> numbers() const {
    std::vector<std::pair<std::string, double>> numbers;
    for (const auto& [key, value] : object_.items()) {
      if (value.is_number()) numbers.emplace_back(key, value.template get<double>());
    }
    return numbers;
  }

 private:
  SummaryReader member(const char* key) const {
    SummaryReader copy = *this;
    copy.name_ += key;
    return copy;
  }
  const Json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  [[noreturn]] void fail(const char* expected, const Json& got) const {
    throw IoError("html_report", path_ + ": " + (name_.empty() ? "" : name_ + ": ") + "expected " + expected + ", got " + got.dump());
  }

  const std::string& path_;
  std::string name_;
  const Json& object_;
};

PolicyOutcome outcome(const std::optional<SummaryReader>& reader) {
  if (!reader) return {};
  return {reader->number("pass_rate"), reader->number("greedy_pass_rate"), reader->number("thinking_mean")};
}

std::vector<BudgetRow> budget_rows(const SummaryReader& summary, const char* key) {
  std::vector<BudgetRow> rows;
  for (const SummaryReader& reader : summary.rows(key)) {
    BudgetRow row;
    row.budget = reader.integer("budget");
    row.items = reader.integer("items");
    row.accuracy = reader.number("accuracy").value_or(0.0);
    row.low = reader.number("low").value_or(row.accuracy);
    row.high = reader.number("high").value_or(row.accuracy);
    row.thinking_mean = reader.number("thinking_mean").value_or(0.0);
    row.forced_share = reader.number("forced_share").value_or(0.0);
    row.law = reader.number("law");
    if (row.law && *row.law < 0.0) row.law.reset();
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const BudgetRow& a, const BudgetRow& b) { return a.budget < b.budget; });
  return rows;
}

SummaryRecord read_summary(const std::string& path) {
  Json json;
  try {
    json = parse_json(read_whole_file(path));
  } catch (const JsonMistake& mistake) {
    throw IoError("html_report", path + (mistake.place.empty() ? "" : ", " + mistake.place) + ": " + mistake.sentence);
  }
  const SummaryReader reader(path, "", json);
  SummaryRecord summary;
  summary.environment = reader.text("environment");
  summary.seed = reader.text("seed");
  summary.weights_sha256 = reader.text("weights_sha256");
  summary.warmup = outcome(reader.object("warmup"));
  summary.final = outcome(reader.object("final"));
  summary.sweep = budget_rows(reader, "sweep");
  summary.sweep_warmup = budget_rows(reader, "sweep_warmup");
  if (const auto fit = reader.object("fit"); fit && fit->number("slope") && fit->number("intercept")) {
    summary.fit = BudgetFit{fit->number("r2").value_or(0.0), *fit->number("intercept"), *fit->number("slope"), fit->integer("from_budget")};
  }
  summary.spearman = reader.number("spearman");
  summary.sampler_trainer_max_abs_diff = reader.number("sampler_trainer_max_abs_diff");
  summary.tokens_compared = reader.number("tokens_compared");
  if (const auto wall = reader.object("wall_s")) summary.wall_s = wall->numbers();
  return summary;
}

std::vector<std::pair<std::int64_t, std::string>> find_rollouts(const std::string& folder) {
  std::vector<std::pair<std::int64_t, std::string>> files;
  std::error_code cause;
  if (!fs::exists(folder, cause) && !cause) return files;
  const fs::directory_iterator entries(folder, cause);
  if (cause) throw IoError("html_report", "cannot read the folder " + folder + ": " + cause.message());
  for (const fs::directory_entry& entry : entries) {
    const std::string stem = entry.path().stem().string();
    std::int64_t step = 0;
    const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), step);
    if (entry.path().extension() == ".jsonl" && parsed.ec == std::errc() && parsed.ptr == stem.data() + stem.size()) {
      files.emplace_back(step, entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

RunRecord read_run(const std::string& run_folder) {
  const auto at = [&](const char* name) { return (fs::path(run_folder) / name).string(); };
  const auto has = [&](const char* name) {
    std::error_code unreadable;  // Reading it says why.
    return fs::exists(at(name), unreadable) || unreadable;
  };
  RunRecord run;
  run.name = fs::path(fs::absolute(run_folder).lexically_normal() / "").parent_path().filename().string();
  if (has("config.json")) run.config_text = read_whole_file(at("config.json"));
  if (has("metrics.jsonl")) run.metrics = read_metrics(at("metrics.jsonl"));
  if (has("summary.json")) run.summary = read_summary(at("summary.json"));
  run.rollout_files = find_rollouts(at("rollouts"));
  if (run.metrics.empty() && !run.summary && run.rollout_files.empty()) {
    throw IoError("html_report", "a run folder with metrics.jsonl, summary.json or rollouts/", "none of them in " + run_folder);
  }
  return run;
}

}  // namespace lydian
