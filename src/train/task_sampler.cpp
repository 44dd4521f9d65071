#include "lydian/train/task_sampler.h"

#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"

namespace lydian {

ShuffledTaskSampler::ShuffledTaskSampler(std::vector<WeightedEnvironment> environments, std::uint64_t seed)
    : environments_(std::move(environments)), seed_(seed) {
  if (environments_.empty()) throw ConfigError("task_sampler", "at least one environment", "none");
  for (const WeightedEnvironment& choice : environments_) {
    if (!(choice.weight > 0.0)) throw ConfigError("task_sampler", "a positive weight for " + choice.label(), std::to_string(choice.weight));
    if (choice.environment->size(Split::kTrain) < 1) throw ConfigError("task_sampler", "tasks in the train split of " + choice.label(), "none");
  }
  draws_of_.assign(environments_.size(), 0);
  order_.resize(environments_.size());
  epoch_of_order_.assign(environments_.size(), -1);
}

std::int64_t ShuffledTaskSampler::index_of_draw(std::size_t environment, std::int64_t draw) {
  const std::int64_t size = environments_[environment].environment->size(Split::kTrain);
  // Generated tasks are taken one after another, from a place that the seed decides: runs of other seeds, and other stages, see other tasks.
  if (size == Environment::kUnbounded) {
    const std::uint64_t start = mix64(seed_ ^ mix64(static_cast<std::uint64_t>(StreamPurpose::kTaskOrder) + environment)) >> 24;
    return static_cast<std::int64_t>(start) + draw;
  }
  const std::int64_t epoch = draw / size;
  std::vector<std::int64_t>& order = order_[environment];
  if (epoch_of_order_[environment] != epoch) {
    order.resize(static_cast<std::size_t>(size));
    std::iota(order.begin(), order.end(), 0);
    RandomStream stream({.seed = seed_, .purpose = StreamPurpose::kTaskOrder, .step = static_cast<std::uint64_t>(epoch), .prompt = environment, .sample = 1});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
    epoch_of_order_[environment] = epoch;
  }
  return order[static_cast<std::size_t>(draw % size)];
}

std::vector<DrawnTask> ShuffledTaskSampler::draw(std::int64_t count) {
  double total = 0.0;
  for (const WeightedEnvironment& choice : environments_) total += choice.weight;
  std::vector<DrawnTask> drawn;
  for (std::int64_t i = 0; i < count; ++i, ++draws_) {
    std::size_t chosen = 0;
    if (environments_.size() > 1) {
      RandomStream stream({.seed = seed_, .purpose = StreamPurpose::kTaskOrder, .prompt = static_cast<std::uint64_t>(draws_)});
      double left = stream.uniform() * total;
      while (chosen + 1 < environments_.size() && left >= environments_[chosen].weight) left -= environments_[chosen++].weight;
    }
    const Environment& environment = *environments_[chosen].environment;
    const std::int64_t index = index_of_draw(chosen, draws_of_[chosen]++);
    drawn.push_back({std::make_shared<const Task>(environment.task(Split::kTrain, index)), &environment, environments_[chosen].label()});
  }
  return drawn;
}

void ShuffledTaskSampler::add_state(StateInventory& inventory, const std::string& prefix) {
  inventory.text(
      prefix + "task_sampler",
      [this] {
        return nlohmann::json{{"draws", draws_}, {"draws_of", draws_of_}}.dump();
      },
      [this](const std::string& text) {
        const nlohmann::json state = nlohmann::json::parse(text);
        draws_ = state.at("draws").get<std::int64_t>();
        const auto draws_of = state.at("draws_of").get<std::vector<std::int64_t>>();
        if (draws_of.size() != draws_of_.size()) {
          throw IoError("task_sampler", std::to_string(draws_of_.size()) + " environments in the saved state", std::to_string(draws_of.size()));
        }
        draws_of_ = draws_of;
      });
}

}  // namespace lydian
