#include "lydian/verify/task_list_environment.h"

#include <utility>

#include "lydian/core/error.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {
TaskListEnvironment::TaskListEnvironment(TaskList list, std::shared_ptr<const Verifier> verifier)
    : TaskListEnvironment(std::move(list), std::move(verifier), Options{}) {}

TaskListEnvironment::TaskListEnvironment(TaskList list, std::shared_ptr<const Verifier> verifier, Options options)
    : list_(std::move(list)), verifier_(std::move(verifier)), options_(std::move(options)) {
  check_split_shares("task_list_environment", options_.dev_share, options_.test_share);
  if (!verifier_) throw ConfigError("task_list_environment", "a verifier", "none");
  if (list_.tasks.empty()) throw ConfigError("task_list_environment", "at least one task", "none");
  if (!list_.demonstrations.empty() && list_.demonstrations.size() != list_.tasks.size()) {
    throw ShapeError("task_list_environment", "no demonstrations, or an entry for each of " + std::to_string(list_.tasks.size()) + " tasks",
                     std::to_string(list_.demonstrations.size()));
  }
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const Task& task = list_.tasks[i];
    if (!index_of_id_.emplace(task.id, i).second) throw ConfigError("task_list_environment", "an id of its own for each task", "two named " + task.id);
    const Split split = split_of_prompt(canonical_prompt(task), options_.dev_share, options_.test_share);
    members_[static_cast<std::size_t>(split)].push_back(i);
  }
}

std::int64_t TaskListEnvironment::size(Split split) const {
  return static_cast<std::int64_t>(members_[static_cast<std::size_t>(split)].size());
}

Task TaskListEnvironment::task(Split split, std::int64_t index) const {
  if (index < 0 || index >= size(split)) {
    throw Error("task_list_environment", std::string("an index below the size of ") + to_string(split) + ", " + std::to_string(size(split)),
                std::to_string(index));
  }
  return list_.tasks[members_[static_cast<std::size_t>(split)][static_cast<std::size_t>(index)]];
}

std::optional<Demonstration> TaskListEnvironment::demonstrate(const Task& task, RandomStream&) const {
  const auto found = index_of_id_.find(task.id);
  if (found == index_of_id_.end()) throw Error("task_list_environment", "a task of this list", "id " + task.id);
  if (list_.demonstrations.empty()) return std::nullopt;
  return list_.demonstrations[found->second];
}

}  // namespace lydian
