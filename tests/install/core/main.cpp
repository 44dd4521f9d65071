// A user of tasks and verifiers alone.
#include <lydian/verify/check_environment.h>
#include <lydian/verify/task_list_environment.h>

#include <cstdio>
#include <memory>

namespace {

struct EqualVerifier final : lydian::Verifier {
  lydian::Verdict verify(const lydian::Task& task, const lydian::Completion& completion) const override {
    return lydian::Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
  }
};

}  // namespace

int main() {
  lydian::TaskList list;
  for (int i = 0; i < 10; ++i) {
    lydian::Task task;
    task.id = std::to_string(i);
    task.prompt = "say " + task.id;
    task.ground_truth = task.id;
    list.tasks.push_back(task);
  }
  const lydian::TaskListEnvironment environment(list, std::make_shared<EqualVerifier>());
  const lydian::Task task = environment.task(lydian::Split::kTrain, 0);
  lydian::Completion completion;
  completion.answer = task.ground_truth;
  const double reward = environment.verifier().verify(task, completion).reward;
  std::printf("core: reward %g\n", reward);
  return reward == 1.0 ? 0 : 1;
}
