#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/core/config.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/train/run.h"
#include "temporary_folder.h"

namespace lydian {

inline std::shared_ptr<Environment> make_chain(const std::string&, const Config& options) {
  ChainOptions chain;
  read_config(options, chain);
  return std::make_shared<ChainEnvironment>(chain);
}

/// Six supervised and five GRPO steps of a very small policy, caps and two passes included.
inline Config tiny_config(const std::string& output_dir) {
  return Config::parse(R"({
    "seed": 3,
    "environment": {"type": "chain", "max_operands": 4},
    "policy": {"hidden_size": 16, "num_layers": 1, "num_heads": 1, "max_positions": 64, "learned_positions": true, "tie_word_embeddings": true},
    "summary": {"items": 20}, "save_steps": 2, "save_total_limit": 0, "log_rollouts_every": 1,
    "sft": {"max_steps": 6, "batch_size": 16, "learning_rate": 3e-3, "schedule": {"warmup_steps": 2}},
    "grpo": {"max_steps": 5, "prompts_per_step": 6, "num_generations": 4, "max_completion_length": 24, "thinking_cap_share": 0.5, "thinking_cap_max": 12,
             "num_iterations": 2, "random_reward": true, "eval_steps": 2, "eval_items": 10, "halt": {"truncated_ratio": 1.0}},
    "sweep": {"budgets": [2, 7], "items": 20}
  })")
      .with_override("output_dir=" + nlohmann::json(output_dir).dump());
}

inline RunControl quiet() {
  RunControl control;
  control.console = false;
  return control;
}

/// Asks a run to stop when it is asked for the time numbered `poll`: after steps, and often while it measures.
inline RunControl stop_at_poll(int poll) {
  RunControl control = quiet();
  control.interrupted = [left = poll]() mutable { return --left == 0; };
  return control;
}

/// Records of metrics.jsonl without what may differ between equal runs.
inline std::vector<nlohmann::ordered_json> comparable_metrics(const std::string& run_folder) {
  std::vector<nlohmann::ordered_json> records;
  std::ifstream file(run_folder + "/metrics.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto record = nlohmann::ordered_json::parse(line);
    nlohmann::ordered_json kept;
    for (const auto& [key, value] : record.items()) {
      if (key.rfind("time/", 0) != 0 && key.rfind("perf/", 0) != 0) kept[key] = value;
    }
    records.push_back(kept);
  }
  return records;
}

inline std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Asks a run to stop when it has recorded `records` lines; with `stage`, the last of them of this one.
inline RunControl stop_when_recorded(const std::string& run_folder, std::size_t records, const std::string& stage = {}) {
  RunControl control = quiet();
  control.interrupted = [=] {
    const std::vector<nlohmann::ordered_json> found = comparable_metrics(run_folder);
    return found.size() >= records && (stage.empty() || found.back()["stage"] == stage);
  };
  return control;
}

/// Everything that equal runs must have equal: metrics, summary, weights, moments, and the whole state but for seconds. A stop behind the last step saves once
/// more, and the state then knows of what was measured before it: `with_state` false leaves it out.
inline std::string fingerprint_of_run(const std::string& run_folder, std::int64_t last_step, bool with_state = true) {
  std::string text;
  for (const auto& record : comparable_metrics(run_folder)) text += record.dump() + "\n";
  char step[32];
  std::snprintf(step, sizeof step, "/checkpoints/step_%06lld", static_cast<long long>(last_step));
  text += file_text(run_folder + step + "/model.safetensors") + file_text(run_folder + step + "/optimizer.safetensors");
  auto state = nlohmann::ordered_json::parse(file_text(run_folder + step + "/state.json"));
  state["items"]["run/summary"].erase("wall_s");
  auto summary = nlohmann::ordered_json::parse(file_text(run_folder + "/summary.json"));
  summary.erase("wall_s");
  return text + (with_state ? state.dump() : "") + summary.dump();
}

}  // namespace lydian
