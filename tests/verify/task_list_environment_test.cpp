#include "lydian/verify/task_list_environment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "lydian/core/error.h"
#include "lydian/verify/prompt_split.h"

namespace lydian {
namespace {

class AnyVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(1.0); }
};

TaskList numbered_tasks(int count) {
  TaskList list;
  for (int i = 0; i < count; ++i) {
    Task task;
    task.id = std::to_string(i);
    task.prompt = "what is " + std::to_string(i) + "?";
    task.ground_truth = std::to_string(i);
    list.tasks.push_back(std::move(task));
  }
  return list;
}

const auto kVerifier = std::make_shared<AnyVerifier>();

TEST(TaskListEnvironment, PutsEveryTaskIntoOneSplitNearItsShare) {
  const TaskListEnvironment environment(numbered_tasks(10000), kVerifier, {.dev_share = 0.1, .test_share = 0.25});
  std::set<std::string> ids;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    for (std::int64_t i = 0; i < environment.size(split); ++i) ids.insert(environment.task(split, i).id);
  }
  EXPECT_EQ(ids.size(), 10000U);
  EXPECT_NEAR(static_cast<double>(environment.size(Split::kDev)), 1000, 100);
  EXPECT_NEAR(static_cast<double>(environment.size(Split::kTest)), 2500, 150);
}

TEST(TaskListEnvironment, SplitOfATaskDoesNotDependOnItsNeighbors) {
  const auto test_ids = [](int count) {
    const TaskListEnvironment environment(numbered_tasks(count), kVerifier);
    std::set<std::string> ids;
    for (std::int64_t i = 0; i < environment.size(Split::kTest); ++i) ids.insert(environment.task(Split::kTest, i).id);
    return ids;
  };
  const std::set<std::string> few = test_ids(100), many = test_ids(200);
  EXPECT_FALSE(few.empty());
  for (const std::string& id : few) EXPECT_TRUE(many.contains(id));
}

TEST(TaskListEnvironment, EqualConversationsFallIntoOneSplit) {
  TaskList list;
  for (int i = 0; i < 200; ++i) {
    Task task;
    task.id = std::to_string(i);
    task.messages = {{"system", "Be brief."}, {"user", "question " + std::to_string(i / 2)}};
    list.tasks.push_back(std::move(task));
  }
  const TaskListEnvironment environment(list, kVerifier, {.dev_share = 0.3, .test_share = 0.3});
  std::map<std::string, Split> split_of;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    EXPECT_GT(environment.size(split), 0);
    for (std::int64_t i = 0; i < environment.size(split); ++i) {
      EXPECT_EQ(split_of.emplace(environment.task(split, i).messages[1].content, split).first->second, split);
    }
  }
}

TEST(TaskListEnvironment, GivesTheDemonstrationOfATask) {
  TaskList list = numbered_tasks(3);
  list.demonstrations = {Demonstration{.thinking = {}, .answer = {{"zero", 0.5}}}, std::nullopt, Demonstration{.thinking = {}, .answer = {{"two"}}}};
  const TaskListEnvironment environment(list, kVerifier);
  RandomStream stream({});
  EXPECT_EQ(environment.demonstrate(list.tasks[0], stream)->answer[0].text, "zero");
  EXPECT_EQ(environment.demonstrate(list.tasks[0], stream)->answer[0].weight, 0.5);
  EXPECT_EQ(environment.demonstrate(list.tasks[1], stream), std::nullopt);
  EXPECT_EQ(environment.demonstrate(list.tasks[2], stream)->answer[0].text, "two");
  EXPECT_EQ(TaskListEnvironment(numbered_tasks(3), kVerifier).demonstrate(list.tasks[0], stream), std::nullopt);
  Task stranger;
  stranger.id = "stranger";
  EXPECT_THROW(environment.demonstrate(stranger, stream), Error);
}

TEST(TaskListEnvironment, RefusesWhatItCannotDo) {
  EXPECT_THROW(TaskListEnvironment({}, kVerifier), ConfigError);
  EXPECT_THROW(TaskListEnvironment(numbered_tasks(2), nullptr), ConfigError);
  EXPECT_THROW(TaskListEnvironment(numbered_tasks(2), kVerifier, {.dev_share = 0.6, .test_share = 0.6}), ConfigError);
  EXPECT_THROW(TaskListEnvironment(numbered_tasks(2), kVerifier, {.dev_share = -0.1}), ConfigError);
  EXPECT_THROW(TaskListEnvironment(numbered_tasks(2), kVerifier, {.test_share = std::nan("")}), ConfigError);
  TaskList twice = numbered_tasks(2);
  twice.tasks[1].id = "0";
  EXPECT_THROW(TaskListEnvironment(twice, kVerifier), ConfigError);
  TaskList uneven = numbered_tasks(2);
  uneven.demonstrations.resize(1);
  EXPECT_THROW(TaskListEnvironment(uneven, kVerifier), ShapeError);
  const TaskListEnvironment environment(numbered_tasks(10), kVerifier);
  EXPECT_THROW(environment.task(Split::kTrain, -1), Error);
  EXPECT_THROW(environment.task(Split::kTrain, environment.size(Split::kTrain)), Error);
}

TEST(PromptSplit, IsTheSameOnEveryMachine) {
  std::string splits;
  for (int i = 0; i < 24; ++i) splits += to_string(split_of_prompt("prompt " + std::to_string(i), 0.3, 0.3))[2];
  EXPECT_EQ(splits, "vsvavvsvsvsssassaaavavvs");
  EXPECT_EQ(split_of_prompt("anything", 0.0, 0.0), Split::kTrain);
  EXPECT_EQ(split_of_prompt("anything", 0.0, 1.0), Split::kTest);
  EXPECT_EQ(split_of_prompt("anything", 1.0, 0.0), Split::kDev);
}

}  // namespace
}  // namespace lydian
