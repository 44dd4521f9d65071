#include "train/run_summary.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "lydian/core/durable_file.h"
#include "lydian/eval/evaluator.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

Json rows_of(const ThinkingSweep& sweep) {
  Json rows = Json::array();
  for (const SweepRow& row : sweep.rows) {
    rows.push_back({{"budget", row.budget},
                    {"items", row.items},
                    {"accuracy", row.accuracy},
                    {"low", row.low},
                    {"high", row.high},
                    {"thinking_mean", row.thinking_mean},
                    {"forced_share", row.forced_share},
                    {"law", row.law < 0.0 ? Json() : Json(row.law)}});
  }
  return rows;
}

std::vector<SweepRow> sweep_rows(const Json& rows) {
  std::vector<SweepRow> result;
  for (const Json& row : rows) {
    result.push_back({.budget = row.at("budget").get<std::int64_t>(),
                      .items = row.at("items").get<std::int64_t>(),
                      .accuracy = row.at("accuracy").get<double>(),
                      .low = row.at("low").get<double>(),
                      .high = row.at("high").get<double>(),
                      .thinking_mean = row.at("thinking_mean").get<double>(),
                      .forced_share = row.at("forced_share").get<double>(),
                      .law = row.at("law").is_null() ? -1.0 : row.at("law").get<double>()});
  }
  return result;
}

/// What RunSummary::sweep() wrote.
ThinkingSweep sweep_of(const Json& summary) {
  const Json& fit = summary.at("fit");
  ThinkingSweep sweep{.rows = sweep_rows(summary.at("sweep")), .spearman = summary.at("spearman").get<double>()};
  sweep.fit = {.intercept = fit.at("intercept").get<double>(), .slope = fit.at("slope").get<double>(), .r2 = fit.at("r2").get<double>()};
  sweep.fit_from_budget = fit.at("from_budget").get<std::int64_t>();
  return sweep;
}

}  // namespace

RunSummary::RunSummary(const RunOptions& options, const RunObjects& objects, StopRequest interrupted)
    : options_(options), objects_(objects), interrupted_(std::move(interrupted)) {
  json_["environment"] = objects.weighted.front().label();
  json_["seed"] = options.seed;
}

std::string RunSummary::prefix(std::size_t environment) const {
  return environment == 0 ? "" : objects_.weighted[environment].label() + "/";
}

Json& RunSummary::part_of(Json& summary, std::size_t environment) const {
  return environment == 0 ? summary : summary["others"][objects_.weighted[environment].label()];
}

Json RunSummary::measure_one(std::size_t environment, const std::string& when, std::int64_t step) {
  EvaluationOptions evaluation{.items = options_.summary.items, .seed = options_.seed, .verifier_threads = options_.summary.verifier_threads};
  evaluation.sampling.max_completion_length = objects_.policy->max_positions();
  evaluation.interrupted = interrupted_;
  const auto evaluated = [&](const std::string& purpose) {
    evaluation.journal = verdicts_.begin(objects_.weighted, prefix(environment) + purpose, step);
    return evaluate(*objects_.policy, *objects_.tokenizer, *objects_.environments[environment], evaluation, options_.tokenizer.chat_template);
  };
  const Evaluation sampled = evaluated(when);
  evaluation.sampling.temperature = 0.0;
  const Evaluation greedy = evaluated(when + "/greedy");
  Json found{{"pass_rate", sampled.pass_rate.mean},
             {"low", sampled.pass_rate.low},
             {"high", sampled.pass_rate.high},
             {"greedy_pass_rate", greedy.pass_rate.mean},
             {"reward", sampled.accuracy.mean},
             {"thinking_mean", sampled.thinking_mean},
             {"items", sampled.items},
             {"faults", sampled.faults}};
  for (const auto& [category, estimate] : sampled.by_category) {
    found["by_category"][category] = {{"pass_rate", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
  }
  return found;
}

Metrics RunSummary::measure(const std::string& when, std::int64_t step, Json& summary) {
  Metrics metrics;
  for (std::size_t i = 0; i < objects_.weighted.size(); ++i) {
    const Json found = measure_one(i, when, step);
    for (const char* name : {"pass_rate", "greedy_pass_rate", "reward", "thinking_mean"}) metrics.set("test/" + prefix(i) + name, found[name].get<double>());
    part_of(summary, i)[when] = found;
  }
  return metrics;
}

Metrics RunSummary::measure_warmup(std::int64_t step) {
  Json summary = json_;
  const Metrics metrics = measure("warmup", step, summary);
  for (const StageChoice& choice : options_.stages) {
    if (choice.kind != StageChoice::Kind::kSweep) continue;
    for (std::size_t i = 0; i < objects_.weighted.size(); ++i) part_of(summary, i)["sweep_warmup"] = rows_of(swept(i, choice.sweep, "warmup/sweep", step));
  }
  json_ = std::move(summary);
  return metrics;
}

Metrics RunSummary::measure_final(std::int64_t step) {
  Json summary = json_;
  const Metrics metrics = measure("final", step, summary);
  summary["weights_sha256"] = objects_.policy->weights().sha256();
  json_ = std::move(summary);
  return metrics;
}

ThinkingSweep RunSummary::swept(std::size_t environment, SweepOptions options, const std::string& purpose, std::int64_t step) {
  options.journal = verdicts_.begin(objects_.weighted, prefix(environment) + purpose, step);
  options.interrupted = interrupted_;
  return thinking_sweep(*objects_.policy, *objects_.tokenizer, *objects_.environments[environment], options, options_.tokenizer.chat_template);
}

Metrics RunSummary::sweep(const SweepOptions& options, std::int64_t step) {
  Json summary = json_;
  Metrics metrics;
  for (std::size_t i = 0; i < objects_.weighted.size(); ++i) {
    const ThinkingSweep found = swept(i, options, "sweep", step);
    Json& part = part_of(summary, i);
    part["sweep"] = rows_of(found);
    part["fit"] = {{"r2", found.fit.r2}, {"from_budget", found.fit_from_budget}, {"intercept", found.fit.intercept}, {"slope", found.fit.slope}};
    part["spearman"] = found.spearman;
    if (options.compare_reruns) part["reruns"] = {{"compared", found.reruns_compared}, {"different", found.reruns_different}};
    const std::string name = "sweep/" + prefix(i);
    for (const SweepRow& row : found.rows) metrics.set(name + std::to_string(row.budget) + "/accuracy", row.accuracy);
    metrics.set(name + "spearman", found.spearman);
    metrics.set(name + "r2", found.fit.r2);
  }
  json_ = std::move(summary);
  return metrics;
}

void RunSummary::add_comparison(double max_difference, std::int64_t tokens) {
  json_["sampler_trainer_max_abs_diff"] = std::max(json_.value("sampler_trainer_max_abs_diff", 0.0), max_difference);
  json_["tokens_compared"] = json_.value("tokens_compared", std::int64_t{0}) + tokens;
}

void RunSummary::add_seconds(const std::string& stage, double seconds) {
  if (!json_.contains("wall_s")) json_["wall_s"] = Json::object();
  Json& wall = json_["wall_s"];
  wall[stage] = wall.value(stage, 0.0) + seconds;
}

std::string RunSummary::text() const {
  Json whole{{"schema_version", kSchemaVersion}, {"lydian_version", LYDIAN_VERSION}};
  whole.update(json_);
  return whole.dump(2) + "\n";
}

void RunSummary::add_state(StateInventory& inventory) {
  inventory.text(
      "run/summary", [this] { return json_.dump(); }, [this](const std::string& text) { json_ = Json::parse(text); });
}

namespace {

/// What was measured on one environment; nothing where nothing was.
std::string describe_part(const std::string& title, const Json& found) {
  std::string text = title + "\n";
  char line[256];
  const auto add = [&](auto... values) {
    std::snprintf(line, sizeof line, values...);
    text += line;
  };
  add("%-9s %10s %10s %18s\n", "", "pass rate", "greedy", "thinking (tokens)");
  for (const char* when : {"warmup", "final"}) {
    if (!found.contains(when)) continue;
    const Json& row = found[when];
    add("%-9s %10.3f %10.3f %18.1f\n", when, row["pass_rate"].get<double>(), row["greedy_pass_rate"].get<double>(), row["thinking_mean"].get<double>());
  }
  if (found.contains("sweep")) text += "\n" + sweep_of(found).table(sweep_rows(found.value("sweep_warmup", Json::array()))) + "\n";
  return text;
}

}  // namespace

std::string describe_summary(const std::string& run_folder) {
  const Json summary = Json::parse(read_whole_file(run_folder + "/summary.json"));
  std::string text = describe_part(summary.at("environment").get<std::string>() + " (seed " + summary.at("seed").dump() + ")", summary);
  const Json others = summary.value("others", Json::object());
  for (const auto& [name, found] : others.items()) text += describe_part("\n" + name, found);
  if (summary.contains("tokens_compared")) {
    char line[256];
    std::snprintf(line, sizeof line, "largest difference between recorded and recomputed log-probs: %g, over %lld tokens\n",
                  summary["sampler_trainer_max_abs_diff"].get<double>(), static_cast<long long>(summary["tokens_compared"].get<std::int64_t>()));
    text += line;
  }
  if (std::filesystem::exists(run_folder + "/report.html")) text += "report: " + run_folder + "/report.html\n";
  return text;
}

}  // namespace lydian
