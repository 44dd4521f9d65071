#include "train/stage_loop.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "train/finite_weights.h"
#include "train/wall_clock.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

void StageLoop::add_state(StateInventory& inventory) {
  inventory.text(
      "run/step",
      [this] {
        return Json{{"step", step}, {"first_step", first_step}, {"halt_reason", halt_reason}}.dump();
      },
      [this](const std::string& text) {
        const Json state = Json::parse(text);
        step = state.at("step").get<std::int64_t>();
        first_step = state.at("first_step").get<std::int64_t>();
        halt_reason = state.value("halt_reason", std::string());
      });
  WeightStore& weights = policy.weights();
  inventory.text(
      "run/weight_version", [&weights] { return std::to_string(weights.version()); },
      [&weights](const std::string& text) { weights.restore_version(std::stoull(text)); });
  folder->add_state(inventory);
}

void StageLoop::begin(Stage& stage) {
  const StageStep first = stage.begin();
  if (folder && !first.metrics.empty()) folder->record(stage.name(), step, step + stage.planned_steps(), first);
  first_step = step;
}

bool StageLoop::run(Stage& stage) {
  while (!stage.finished()) {
    const double start = seconds_now();
    const StageStep result = stage.step();
    ++step;
    metrics = result.metrics;
    score = metrics.get("eval/reward");
    halt_reason = result.halt_reason;
    if (folder) folder->record(stage.name(), step, std::max(step, first_step + stage.planned_steps()), result);
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

void StageLoop::save() {
  if (folder) folder->save_checkpoint(step, policy, tokenizer.fingerprint(), state(), score);
}

}  // namespace lydian
