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

RunSummary::RunSummary(const RunOptions& options, const RunObjects& objects) : options_(options), objects_(objects) {
  json_["environment"] = objects.weighted.front().label();
  json_["seed"] = options.seed;
}

Metrics RunSummary::measure(const std::string& when, std::int64_t step) {
  EvaluationOptions evaluation{.items = options_.summary.items, .seed = options_.seed, .verifier_threads = options_.summary.verifier_threads};
  evaluation.sampling.max_completion_length = objects_.policy->max_positions();
  const Environment& environment = *objects_.environments.front();
  evaluation.journal = verdicts_.begin(objects_.weighted, when, step);
  const Evaluation sampled = evaluate(*objects_.policy, *objects_.tokenizer, environment, evaluation, options_.tokenizer.chat_template);
  evaluation.sampling.temperature = 0.0;
  verdicts_.begin(objects_.weighted, when + "/greedy", step);
  const Evaluation greedy = evaluate(*objects_.policy, *objects_.tokenizer, environment, evaluation, options_.tokenizer.chat_template);
  json_[when] = {{"pass_rate", sampled.pass_rate.mean},
                 {"low", sampled.pass_rate.low},
                 {"high", sampled.pass_rate.high},
                 {"greedy_pass_rate", greedy.pass_rate.mean},
                 {"reward", sampled.accuracy.mean},
                 {"thinking_mean", sampled.thinking_mean},
                 {"items", sampled.items},
                 {"faults", sampled.faults}};
  for (const auto& [category, estimate] : sampled.by_category) {
    json_[when]["by_category"][category] = {{"pass_rate", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
  }
  Metrics metrics;
  metrics.set("test/pass_rate", sampled.pass_rate.mean);
  metrics.set("test/greedy_pass_rate", greedy.pass_rate.mean);
  metrics.set("test/reward", sampled.accuracy.mean);
  metrics.set("test/thinking_mean", sampled.thinking_mean);
  return metrics;
}

Metrics RunSummary::measure_final(std::int64_t step) {
  const Metrics metrics = measure("final", step);
  json_["weights_sha256"] = objects_.policy->weights().sha256();
  return metrics;
}

ThinkingSweep RunSummary::swept(SweepOptions options, const char* purpose, std::int64_t step) {
  options.journal = verdicts_.begin(objects_.weighted, purpose, step);
  return thinking_sweep(*objects_.policy, *objects_.tokenizer, *objects_.environments.front(), options, options_.tokenizer.chat_template);
}

Metrics RunSummary::sweep(const SweepOptions& options, std::int64_t step) {
  const ThinkingSweep found = swept(options, "sweep", step);
  json_["sweep"] = rows_of(found);
  json_["fit"] = {{"r2", found.fit.r2}, {"from_budget", found.fit_from_budget}, {"intercept", found.fit.intercept}, {"slope", found.fit.slope}};
  json_["spearman"] = found.spearman;
  if (options.compare_reruns) json_["reruns"] = {{"compared", found.reruns_compared}, {"different", found.reruns_different}};
  Metrics metrics;
  for (const SweepRow& row : found.rows) metrics.set("sweep/" + std::to_string(row.budget) + "/accuracy", row.accuracy);
  metrics.set("sweep/spearman", found.spearman);
  metrics.set("sweep/r2", found.fit.r2);
  return metrics;
}

void RunSummary::sweep_warmup(const SweepOptions& options, std::int64_t step) {
  json_["sweep_warmup"] = rows_of(swept(options, "warmup/sweep", step));
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

std::string describe_summary(const std::string& run_folder) {
  const Json summary = Json::parse(read_whole_file(run_folder + "/summary.json"));
  std::string text;
  char line[256];
  const auto add = [&](auto... values) {
    std::snprintf(line, sizeof line, values...);
    text += line;
  };
  text += summary.at("environment").get<std::string>() + " (seed " + summary.at("seed").dump() + ")\n";
  add("%-9s %10s %10s %18s\n", "", "pass rate", "greedy", "thinking (tokens)");
  for (const char* when : {"warmup", "final"}) {
    if (!summary.contains(when)) continue;
    const Json& found = summary[when];
    add("%-9s %10.3f %10.3f %18.1f\n", when, found["pass_rate"].get<double>(), found["greedy_pass_rate"].get<double>(), found["thinking_mean"].get<double>());
  }
  if (summary.contains("sweep")) {
    text += "\n" + sweep_of(summary).table(sweep_rows(summary.value("sweep_warmup", Json::array()))) + "\n";
  }
  if (summary.contains("tokens_compared")) {
    add("largest difference between recorded and recomputed log-probs: %g, over %lld tokens\n", summary["sampler_trainer_max_abs_diff"].get<double>(),
        static_cast<long long>(summary["tokens_compared"].get<std::int64_t>()));
  }
  if (std::filesystem::exists(run_folder + "/report.html")) text += "report: " + run_folder + "/report.html\n";
  return text;
}

}  // namespace lydian
