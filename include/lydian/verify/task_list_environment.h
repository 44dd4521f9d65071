#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "lydian/data/task_list.h"
#include "lydian/verify/environment.h"

namespace lydian {

/// Tasks from a list, split into train, dev and test by a hash of the canonical prompt (canonical_prompt(), whatever chat template a run has), so that no
/// prompt is in two splits and the split of a task never depends on its neighbours. Its demonstrations, where there are any, are the supervised traces.
class TaskListEnvironment final : public Environment, public Demonstrator {
 public:
  struct Options {
    std::string name = "tasks";
    double dev_share = 0.1;  ///< Of all prompts, 0 … 1.
    double test_share = 0.1;
  };
  /// Throws ConfigError on shares outside [0, 1] or above 1 together, without a verifier, without tasks, and on two tasks with one id; ShapeError where there
  /// are demonstrations, but not one entry a task.
  TaskListEnvironment(TaskList list, std::shared_ptr<const Verifier> verifier);
  TaskListEnvironment(TaskList list, std::shared_ptr<const Verifier> verifier, Options options);

  std::string name() const override { return options_.name; }
  std::int64_t size(Split split) const override;
  Task task(Split split, std::int64_t index) const override;
  const Verifier& verifier() const override { return *verifier_; }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override;

 private:
  TaskList list_;
  std::shared_ptr<const Verifier> verifier_;
  Options options_;
  std::array<std::vector<std::size_t>, 3> members_;  ///< Of each split, in list order.
  std::map<std::string, std::size_t> index_of_id_;
};

}  // namespace lydian
