#include "train/stage_loop.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "train/finite_weights.h"
#include "train/wall_clock.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Metrics& metrics) {
  Json json = Json::object();
  for (const auto& [name, value] : metrics.entries()) json[name] = value;
  return json;
}

Metrics metrics_of(const Json& json) {
  Metrics metrics;
  for (const auto& [name, value] : json.items()) {
    if (value.is_number()) metrics.set(name, value.get<double>());  // Null where it was not finite, which no record has.
  }
  return metrics;
}

}  // namespace

void StageLoop::add_state(StateInventory& inventory) {
  inventory.text(
      "run/step",
      [this] {
        Json state{{"step", step}, {"first_step", first_step}, {"halt_reason", halt_reason}};
        if (unmeasured) state["unmeasured"] = json_of(*unmeasured);
        return state.dump();
      },
      [this](const std::string& text) {
        const Json state = Json::parse(text);
        step = state.at("step").get<std::int64_t>();
        first_step = state.at("first_step").get<std::int64_t>();
        halt_reason = state.value("halt_reason", std::string());
        unmeasured.reset();
        if (state.contains("unmeasured")) unmeasured = metrics_of(state["unmeasured"]);
      });
  WeightStore& weights = policy.weights();
  inventory.text(
      "run/weight_version", [&weights] { return std::to_string(weights.version()); },
      [&weights](const std::string& text) { weights.restore_version(std::stoull(text)); });
  folder->add_state(inventory);
}

void StageLoop::begin(Stage& stage) {
  const double start = seconds_now();
  const StageStep first = stage.begin();
  if (folder && !first.metrics.empty()) folder->record(stage.name(), step, step + stage.planned_steps(), first);
  first_step = step;
  if (took) took(seconds_now() - start);
}

bool StageLoop::run(Stage& stage) {
  while (unmeasured || !stage.finished()) {
    const double start = seconds_now();
    StageStep result;
    if (unmeasured) {
      result.metrics = *unmeasured;
    } else {
      result = stage.step();
      ++step;
    }
    const std::int64_t total_steps = std::max(step, first_step + stage.planned_steps());
    if (!measure(stage, total_steps, result)) {
      if (took) took(seconds_now() - start);
      save();
      return false;
    }
    metrics = result.metrics;
    score = metrics.get("eval/reward");
    halt_reason = result.halt_reason;
    if (folder) folder->record(stage.name(), step, total_steps, result);
    const bool halted = !halt_reason.empty();
    const bool stop = !halted && interrupted && interrupted();
    const bool due = save_steps > 0 && step % save_steps == 0;
    const bool best = folder && score && folder->is_best(*score);
    if (took) took(seconds_now() - start);
    // Weights that are not finite are a reason to halt and nothing to keep.
    if (stop || (halted && finite_weights(policy.weights())) || (!halted && (due || best) && !stage.finished())) save();
    if (halted) throw TrainingHalted(stage.name(), halt_reason);
    if (stop) return false;
  }
  return true;
}

bool StageLoop::measure(Stage& stage, std::int64_t total_steps, StageStep& result) {
  try {
    if (result.halt_reason.empty()) stage.measure(result);
    unmeasured.reset();
    return true;
  } catch (const Interrupted&) {
    // The step counts. Its record waits for what was to be measured; its rollouts do not, since no checkpoint keeps them.
    unmeasured = result.metrics;
    score.reset();
    if (folder) folder->record_rollouts(step, total_steps, result);
    return false;
  }
}

void StageLoop::save() {
  if (folder) folder->save_checkpoint(step, policy, tokenizer.fingerprint(), state(), score);
}

}  // namespace lydian
