#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/core/durable_file.h"
#include "lydian/core/random_stream.h"
#include "lydian/report/rollout_log.h"
#include "lydian/report/sinks.h"

namespace lydian {

/// A run folder that looks like a finished demonstration, written by the real sinks: 300 supervised steps, 120 steps of reinforcement, rollouts, sweep,
/// summary.
class SyntheticRun {
 public:
  explicit SyntheticRun(std::string folder) : folder_(std::move(folder)) {}

  void write_all() {
    write_config();
    write_metrics();
    write_rollout_files();
    write_summary();
  }

  void write_config() const {
    write_file_durably(folder_ + "/config.json", "{\n  \"seed\": 7,\n  \"sft\": {\"max_steps\": 300},\n  \"grpo\": {\"learning_rate\": 3e-4}\n}\n");
  }

  void write_metrics() {
    sinks_.clear();
    sinks_.push_back(jsonl_sink(folder_ + "/metrics.jsonl"));
    sinks_.push_back(tensorboard_sink(folder_ + "/tensorboard"));
    for (std::int64_t step = 1; step <= kSupervisedSteps; ++step) record_supervised(step);
    for (std::int64_t step = kSupervisedSteps; step <= kLastStep; ++step) record_reinforced(step);
    sinks_.clear();
  }

  void write_rollout_files() {
    for (std::int64_t step = kSupervisedSteps + 1; step <= kLastStep; step += 8) {
      std::vector<Rollout> rollouts;
      std::vector<double> advantage;
      for (std::int32_t row = 0; row < 24; ++row) {
        rollouts.push_back(rollout(progress(step), row));
        advantage.push_back(rollouts.back().verdict.valid() ? rollouts.back().verdict.reward - progress(step) : 0.0);
      }
      write_rollouts(folder_ + "/rollouts/" + std::to_string(step) + ".jsonl", step, rollouts, advantage);
    }
  }

  void write_summary() const {
    nlohmann::ordered_json summary = {{"environment", "chain"},
                                      {"seed", 7},
                                      {"warmup", {{"pass_rate", 0.402}, {"greedy_pass_rate", 0.388}, {"thinking_mean", 12.3}}},
                                      {"final", {{"pass_rate", 0.985}, {"greedy_pass_rate", 0.991}, {"thinking_mean", 41.6}}}};
    for (const int budget : {7, 12, 17, 27, 37, 47, 62, 77}) {
      const double law = std::clamp((std::log2(budget) - 2.4) / 3.9, 0.0, 1.0), accuracy = 0.1 + 0.885 * law, warmup = 0.1 + 0.3 * std::min(1.0, law * 1.6);
      const auto row = [&](double share) {
        const double half = 1.96 * std::sqrt(share * (1 - share) / 1000);
        return nlohmann::ordered_json{
            {"budget", budget},        {"items", 1000}, {"accuracy", share}, {"low", share - half}, {"high", share + half}, {"thinking_mean", 0.8 * budget},
            {"forced_share", 1 - law}, {"law", law}};
      };
      summary["sweep"].push_back(row(accuracy));
      summary["sweep_warmup"].push_back(row(warmup));
    }
    summary["fit"] = {{"r2", 0.9931}, {"from_budget", 12}, {"intercept", -0.4446}, {"slope", 0.2269}};
    summary["spearman"] = 1.0;
    summary["sampler_trainer_max_abs_diff"] = 0.0;
    summary["tokens_compared"] = 1234567;
    summary["weights_sha256"] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    summary["wall_s"] = {{"sft", 21.4}, {"grpo", 63.2}, {"sweep", 4.8}};
    write_file_durably(folder_ + "/summary.json", summary.dump(2));
  }

 private:
  static constexpr std::int64_t kSupervisedSteps = 300, kLastStep = 420;

  /// Pass rate at a step of reinforcement.
  static double progress(std::int64_t step) { return 0.4 + 0.58 * (1 - std::exp(-static_cast<double>(step - kSupervisedSteps) / 30)); }
  double noise(double scale) { return scale * chance_.normal(); }

  void record(const StepRecord& step) {
    for (const auto& sink : sinks_) sink->write(step);
  }

  void record_supervised(std::int64_t step) {
    StepRecord line{"sft", step, kSupervisedSteps, {}};
    line.metrics.set("loss", 0.25 + 2.3 * std::exp(-static_cast<double>(step) / 40) + noise(0.02));
    line.metrics.set("grad_norm", 0.5 + 2 * std::exp(-static_cast<double>(step) / 60) + std::fabs(noise(0.1)));
    line.metrics.set("learning_rate", 1e-3);
    if (step % 50 == 0) {
      line.metrics.set("step_accuracy", 1 - 0.9 * std::exp(-static_cast<double>(step) / 60));
      line.metrics.set("answer_copy", 1 - 0.9 * std::exp(-static_cast<double>(step) / 45));
    }
    line.metrics.set("time/step", 0.07);
    record(line);
  }

  void record_reinforced(std::int64_t step) {
    const double pass = progress(step);
    if (step % 20 == 0) {
      StepRecord evaluation{"eval", step, 0, {}};
      evaluation.metrics.set("eval/pass_rate", pass);
      evaluation.metrics.set("eval/thinking_mean", 12 + 50 * (pass - 0.4));
      record(evaluation);
    }
    if (step == kSupervisedSteps || step == kLastStep) {
      StepRecord measured{step == kLastStep ? "final" : "warmup", step, 0, {}};
      measured.metrics.set("test/pass_rate", pass - 0.02);
      measured.metrics.set("test/greedy_pass_rate", pass);
      record(measured);
    }
    if (step == kSupervisedSteps) return;
    StepRecord line{"grpo", step, kLastStep, {}};
    line.metrics.set("loss", noise(0.01));
    line.metrics.set("reward", std::clamp(pass + noise(0.03), 0.0, 1.0));
    line.metrics.set("frac_reward_zero_std", std::clamp(0.2 + 0.6 * (pass - 0.4) + noise(0.04), 0.0, 1.0));
    line.metrics.set("entropy", 0.45 - 0.4 * (pass - 0.4) + noise(0.01));
    line.metrics.set("grad_norm", 0.3 + std::fabs(noise(0.1)));
    line.metrics.set("thinking/mean_length", 12 + 50 * (pass - 0.4) + noise(1));
    line.metrics.set("thinking/forced_ratio", std::clamp(0.12 + noise(0.02), 0.0, 1.0));
    line.metrics.set("sampling/sampling_logp_difference/max", 0.0);
    line.metrics.set("perf/tokens_per_second", 61000 + noise(500));
    record(line);
  }

  /// a3+b5:8c-2:6 and so on: 2 tokens, then 5 a step; a weak policy stops early or is forced to close.
  Rollout rollout(double skill, std::int32_t row) {
    const std::int32_t group = row / 8;
    const int operands = 3 + 4 * group,
              wanted = chance_.uniform() < skill ? operands : 1 + static_cast<int>(chance_.below(static_cast<std::uint64_t>(operands)));
    const bool forced = row % 8 == 6 && wanted > 2;
    Task task;
    task.id = std::to_string(group);
    task.category = std::to_string(operands);
    std::string thinking;
    int value = 0, said = 0;
    for (int i = 0; i < operands; ++i) {
      const int operand = (3 + 5 * i + group) % 10;
      const std::string term = std::string(i > 0 ? "+" : "") + static_cast<char>('a' + i) + std::to_string(operand);
      task.prompt += term;
      value = (value + operand) % 10;
      if (i < (forced ? wanted / 2 : wanted)) thinking += i > 0 ? term + ":" + std::to_string(said = value) : term;
    }
    task.prompt += "=";
    task.ground_truth = std::to_string(value);
    Rollout made;
    made.task = std::make_shared<Task>(task);
    made.environment = "chain";
    made.prompt_ids = {5, 6};
    made.group = group;
    made.sample = row % 8;
    fill_completion(made.completion, thinking, std::to_string(said), forced);
    made.verdict = row == 23 ? Verdict::fault("the verifier threw") : Verdict::scored(said == value ? 1 : 0, said == value ? "" : "another last digit");
    return made;
  }

  void fill_completion(Completion& completion, const std::string& thinking, const std::string& answer, bool forced) {
    const auto add = [&](TokenId id, TokenSource source) {
      completion.token_ids.push_back(id);
      completion.sources.push_back(source);
      const double draw = chance_.uniform();
      completion.log_probs.push_back(static_cast<float>(source == TokenSource::kForced ? -5.5 : -6 * std::pow(draw, 9)));
    };
    add(1, TokenSource::kSampled);
    for (const char character : thinking) add(character, TokenSource::kSampled);
    add(2, forced ? TokenSource::kForced : TokenSource::kSampled);
    for (const char character : answer) add(character, TokenSource::kSampled);
    add(0, TokenSource::kSampled);
    completion.text = "<think>" + thinking + "</think>" + answer + "<eos>";
    completion.thinking = thinking;
    completion.answer = answer;
    completion.thinking_tokens = static_cast<std::int64_t>(thinking.size());
    completion.thinking_spans = {{1, 1 + completion.thinking_tokens}};
    completion.answer_span = {2 + completion.thinking_tokens, 2 + completion.thinking_tokens + static_cast<std::int64_t>(answer.size())};
    completion.thinking_forced = forced;
    if (forced) completion.budget.max_tokens = completion.thinking_tokens;
    completion.budget.open = 1;
    completion.budget.close = 2;
  }

  std::string folder_;
  RandomStream chance_{StreamKey{.seed = 5, .purpose = StreamPurpose::kAudit}};
  std::vector<std::unique_ptr<MetricSink>> sinks_;
};

}  // namespace lydian
