#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lydian/train/state_inventory.h"
#include "lydian/verify/environment.h"

namespace lydian {

/// A task that was drawn, and from where.
struct DrawnTask {
  std::shared_ptr<const Task> task;
  const Environment* environment = nullptr;
  std::string name;  ///< Of the environment, as its mixture calls it.
};

/// Which tasks the next step draws. Sees no policy.
/// Threads: one caller at a time. What it draws is a function of its options and of what add_state() saves: a resumed run draws what the first would have.
class TaskSampler {
 public:
  virtual ~TaskSampler() = default;
  /// The next `count` tasks, neither more nor fewer; the environments that they point to outlive the sampler.
  /// Throws what an environment's task() throws.
  virtual std::vector<DrawnTask> draw(std::int64_t count) = 0;
  /// Adds what a resumed run needs under names that begin with `prefix`.
  virtual void add_state(StateInventory& inventory, const std::string& prefix) = 0;
};

/// One environment of a mixture. The environment must outlive the sampler.
struct WeightedEnvironment {
  const Environment* environment = nullptr;
  double weight = 1.0;
  std::string name{};  ///< In metrics, rollouts and output; empty: the environment's own. Two of one type stand side by side under different names.

  std::string label() const { return name.empty() ? environment->name() : name; }
};

/// Shuffled epochs over each environment's train split (generated tasks one after another), environments mixed by weight.
///
/// An epoch's order depends on (seed, environment, epoch) only; each task of a finite split is drawn once an epoch. State: draws so far, of each environment.
class ShuffledTaskSampler final : public TaskSampler {
 public:
  /// Throws ConfigError without environments, on a weight that is not positive, and on an empty train split.
  ShuffledTaskSampler(std::vector<WeightedEnvironment> environments, std::uint64_t seed);
  std::vector<DrawnTask> draw(std::int64_t count) override;
  void add_state(StateInventory& inventory, const std::string& prefix) override;

 private:
  std::int64_t index_of_draw(std::size_t environment, std::int64_t draw);

  std::vector<WeightedEnvironment> environments_;
  std::uint64_t seed_;
  std::int64_t draws_ = 0;                        ///< Of all environments together.
  std::vector<std::int64_t> draws_of_;            ///< Of each.
  std::vector<std::vector<std::int64_t>> order_;  ///< Of the present epoch; recomputed after loading.
  std::vector<std::int64_t> epoch_of_order_;
};

}  // namespace lydian
