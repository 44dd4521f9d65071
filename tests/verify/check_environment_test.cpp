#include "lydian/verify/check_environment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "lydian/core/error.h"
#include "lydian/testing/environment_contract.h"
#include "lydian/verify/task_list_environment.h"
#include "lydian/verify/weighted_verifier.h"

namespace lydian {
namespace {

using Judge = std::function<Verdict(const Task&, const Completion&)>;

class FunctionVerifier final : public Verifier {
 public:
  explicit FunctionVerifier(Judge judge, bool deterministic = true) : judge_(std::move(judge)), deterministic_(deterministic) {}
  Verdict verify(const Task& task, const Completion& completion) const override { return judge_(task, completion); }
  bool deterministic() const override { return deterministic_; }

 private:
  Judge judge_;
  bool deterministic_;
};

Verdict exact(const Task& task, const Completion& completion) {
  return Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0);
}

/// "Write this word backwards", for words of 3 to 7 letters.
TaskList reverse_tasks(int count = 300) {
  TaskList list;
  RandomStream stream({.seed = 1});
  for (int i = 0; i < count; ++i) {
    Task task;
    task.id = "word-" + std::to_string(i);
    for (std::uint64_t letters = 3 + stream.below(5); letters > 0; --letters) task.prompt += static_cast<char>('a' + stream.below(26));
    task.ground_truth.assign(task.prompt.rbegin(), task.prompt.rend());
    list.demonstrations.push_back(Demonstration{.thinking = {{task.ground_truth}}, .answer = {{task.ground_truth}}});
    list.tasks.push_back(std::move(task));
  }
  return list;
}

/// Passes tasks and traces through, with one promise broken by the test.
class BrokenEnvironment final : public Environment, public Demonstrator, public StepJudge, public BudgetLaw {
 public:
  BrokenEnvironment() : whole_(reverse_tasks(), std::make_shared<FunctionVerifier>(exact)) {}
  std::string name() const override { return "broken"; }
  std::int64_t size(Split split) const override { return whole_.size(split); }
  Task task(Split split, std::int64_t index) const override {
    return change_task(whole_.task(split, accept_outside ? std::max<std::int64_t>(0, index) : index), split, index);
  }
  const Verifier& verifier() const override { return whole_.verifier(); }
  std::string alphabet() const override { return letters; }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override {
    return change_demonstration(whole_.demonstrate(task, stream).value());
  }
  Steps judge_steps(const Task&, std::string_view) const override { return steps; }
  std::string solving_thinking(const Task& task) const override { return task.ground_truth; }
  double solved_within(const Task&, std::int64_t budget) const override { return law(budget); }

  std::function<Task(Task, Split, std::int64_t)> change_task = [](Task task, Split, std::int64_t) { return task; };
  std::function<Demonstration(Demonstration)> change_demonstration = [](Demonstration demonstration) { return demonstration; };
  std::function<double(std::int64_t)> law = [](std::int64_t budget) { return budget >= 7 ? 1.0 : 0.0; };
  std::string letters = "abcdefghijklmnopqrstuvwxyz";
  Steps steps{1, 1};
  bool accept_outside = false;

 private:
  TaskListEnvironment whole_;
};

std::vector<std::string> failed(const Environment& environment, const CheckOptions& options = {}) {
  std::vector<std::string> names;
  for (const EnvironmentCheck& check : check_environment(environment, options)) {
    if (!check.passed && !check.skipped) {
      names.push_back(check.name);
      EXPECT_FALSE(check.detail.empty()) << check.name;
    }
  }
  return names;
}

std::vector<std::string> failed_with(Judge judge, const CheckOptions& options = {}) {
  return failed(TaskListEnvironment(reverse_tasks(), std::make_shared<FunctionVerifier>(std::move(judge))), options);
}

using Names = std::vector<std::string>;

TEST(CheckEnvironment, PassesTheReverseTask) {
  const TaskListEnvironment environment(reverse_tasks(), std::make_shared<FunctionVerifier>(exact));
  testing::expect_environment_contract(environment);
  EXPECT_EQ(failed(BrokenEnvironment()), Names{});
  TaskList without = reverse_tasks();
  without.demonstrations.clear();
  testing::expect_environment_contract(TaskListEnvironment(without, std::make_shared<FunctionVerifier>(exact)));
}

TEST(CheckEnvironment, CatchesAVerifierThatThrows) {
  EXPECT_EQ(failed_with([](const Task& task, const Completion& completion) {
              if (completion.answer.empty()) throw std::out_of_range("front of an empty answer");
              return exact(task, completion);
            }),
            Names{"garbage never throws nor scores"});
  EXPECT_EQ(failed_with([](const Task& task, const Completion& completion) {
              if (completion.finish_reason == FinishReason::kNoClose) throw 3;
              return exact(task, completion);
            }),
            Names{"garbage never throws nor scores"});
}

TEST(CheckEnvironment, CatchesAVerifierThatAcceptsAWrongAnswer) {
  EXPECT_EQ(failed_with([](const Task& task, const Completion& completion) {
              // Right in its first letter is enough.
              return Verdict::scored(!completion.answer.empty() && completion.answer[0] == task.ground_truth[0] ? 1.0 : 0.0);
            }),
            (Names{"wrong answers score wrong", "garbage never throws nor scores"}));
  EXPECT_EQ(failed_with([](const Task& task, const Completion& completion) {
              // Finds the truth anywhere in the text, and every trace has it in its thinking.
              return Verdict::scored(completion.text.find(task.ground_truth) != std::string::npos ? 1.0 : 0.0);
            }),
            Names{"wrong answers score wrong"});
  EXPECT_EQ(failed_with([](const Task&, const Completion&) { return Verdict::scored(1.0); }),
            (Names{"wrong answers score wrong", "garbage never throws nor scores"}));
}

TEST(CheckEnvironment, CatchesAVerifierThatRefusesGold) {
  EXPECT_EQ(failed_with([](const Task& task, const Completion& completion) { return Verdict::scored(completion.answer == task.prompt ? 1.0 : 0.0); }),
            (Names{"gold scores right", "demonstrations end in the right answer"}));
  EXPECT_EQ(
      failed_with([](const Task& task, const Completion& completion) { return Verdict::scored(exact(task, completion).reward * 0.5); }, {.gold_reward = 0.5}),
      Names{});
}

TEST(CheckEnvironment, CatchesAVerifierThatIsNotDeterministic) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  const auto sometimes = [calls](const Task& task, const Completion& completion) {
    Verdict verdict = exact(task, completion);
    if (verdict.reward == 0.0 && ++*calls % 97 == 0) verdict.reward = 0.1;
    return verdict;
  };
  EXPECT_EQ(failed_with(sometimes), (Names{"verdicts repeat", "threads agree"}));
  // One that says so is not asked to repeat.
  EXPECT_EQ(failed(TaskListEnvironment(reverse_tasks(), std::make_shared<FunctionVerifier>(sometimes, /*deterministic=*/false))), Names{});
}

TEST(CheckEnvironment, CatchesVerdictsThatDependOnTheThread) {
  // A value kept for each thread: alone the verdict repeats, on other threads it is another.
  const std::thread::id home = std::this_thread::get_id();
  EXPECT_EQ(failed_with([home](const Task& task, const Completion& completion) {
              Verdict verdict = exact(task, completion);
              if (std::this_thread::get_id() != home) verdict.reward *= 0.5;
              return verdict;
            }),
            Names{"threads agree"});
}

TEST(CheckEnvironment, AllowsChanceHitsWhereTheyAreDeclared) {
  const Judge same_length = [](const Task& task, const Completion& completion) {
    return Verdict::scored(completion.answer.size() == task.ground_truth.size() ? 1.0 : 0.0);
  };
  EXPECT_EQ(failed_with(same_length, {.lucky_share = 0.4}), (Names{"garbage never throws nor scores"}));  // Three NUL bytes are as long as a short word.
  EXPECT_EQ(failed_with(same_length, {.lucky_share = 0.05}), (Names{"wrong answers score wrong", "garbage never throws nor scores"}));
}

TEST(CheckEnvironment, CatchesTasksThatChange) {
  BrokenEnvironment environment;
  std::atomic<int> calls{0};
  environment.change_task = [&](Task task, Split, std::int64_t) {
    task.metadata["call"] = std::to_string(calls++);
    return task;
  };
  EXPECT_EQ(failed(environment), (Names{"tasks repeat", "threads agree"}));
}

TEST(CheckEnvironment, CatchesPromptsThatLeakIntoAnotherSplit) {
  BrokenEnvironment environment;
  const Task leaked = environment.task(Split::kTrain, 3);
  environment.change_task = [&](Task task, Split split, std::int64_t index) {
    if (split != Split::kTest || index != 5) return task;
    Task copy = leaked;
    copy.id = task.id;
    return copy;
  };
  // The list knows its traces by id, so the leaked prompt also has another word's trace.
  EXPECT_EQ(failed(environment).front(), "splits are disjoint");
}

TEST(CheckEnvironment, CatchesEachOtherBrokenPromise) {
  {
    BrokenEnvironment environment;
    environment.accept_outside = true;
    EXPECT_EQ(failed(environment), Names{"indices outside a split are refused"});
  }
  {
    BrokenEnvironment environment;
    environment.letters = "abcdefghijklmnopqrstuvwxy";
    EXPECT_EQ(failed(environment), Names{"alphabet covers all text"});
  }
  {
    BrokenEnvironment environment;
    environment.steps = {2, 1};
    EXPECT_EQ(failed(environment), Names{"solving thinkings are judged right"});
  }
  {
    BrokenEnvironment environment;
    environment.law = [](std::int64_t budget) { return budget == 5 ? 0.5 : 1.0; };
    EXPECT_EQ(failed(environment), Names{"budget law rises within 0 and 1"});
  }
  {
    BrokenEnvironment environment;
    std::atomic<int> draws{0};
    environment.change_demonstration = [&](Demonstration demonstration) {
      demonstration.thinking = {{std::string(draws++ % 3, 'x')}};
      return demonstration;
    };
    EXPECT_EQ(failed(environment), Names{"demonstrations end in the right answer"});
  }
  {
    BrokenEnvironment environment;
    environment.change_demonstration = [](Demonstration demonstration) {
      demonstration.answer[0].weight = -1.0;
      return demonstration;
    };
    EXPECT_EQ(failed(environment), Names{"demonstrations end in the right answer"});
  }
  {
    BrokenEnvironment environment;
    environment.change_task = [](Task task, Split, std::int64_t) {
      task.id = "word-7";
      return task;
    };
    EXPECT_EQ(failed(environment).front(), "ids are unique");
  }
  {
    BrokenEnvironment environment;
    environment.change_task = [](Task task, Split, std::int64_t index) -> Task {
      if (index == 4) throw std::runtime_error("cannot read shard 4");
      return task;
    };
    const std::vector<EnvironmentCheck> checks = check_environment(environment);
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_FALSE(checks[0].passed);
    EXPECT_NE(checks[0].detail.find("cannot read shard 4"), std::string::npos);
  }
}

}  // namespace
}  // namespace lydian
