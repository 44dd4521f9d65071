#include "lydian/train/task_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>

#include "lydian/core/error.h"
#include "lydian/verify/task_list_environment.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

class NoVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(0.0); }
};

/// A train split of `count` tasks, and no others.
TaskListEnvironment tasks(int count, const std::string& name = "tasks") {
  TaskList list;
  for (int i = 0; i < count; ++i) list.tasks.push_back({.id = name + std::to_string(i), .prompt = name + std::to_string(i)});
  return TaskListEnvironment(std::move(list), std::make_shared<NoVerifier>(), {.name = name, .dev_share = 0.0, .test_share = 0.0});
}

/// Ids of the next draws, in pieces of uneven size.
std::vector<std::string> draw(TaskSampler& sampler, std::int64_t count) {
  std::vector<std::string> ids;
  for (std::int64_t piece = 1; count > 0; count -= piece, piece = piece % 7 + 1) {
    for (const DrawnTask& drawn : sampler.draw(std::min(piece, count))) ids.push_back(drawn.task->id);
  }
  return ids;
}

TEST(ShuffledTaskSampler, DrawsEachTaskOnceAnEpochInANewOrder) {
  const TaskListEnvironment environment = tasks(12);
  ShuffledTaskSampler sampler({{&environment, 1.0}}, 3);
  const std::vector<std::string> ids = draw(sampler, 36);
  std::set<std::vector<std::string>> orders;
  for (auto begin = ids.begin(); begin != ids.end(); begin += 12) {
    std::vector<std::string> epoch(begin, begin + 12);
    orders.insert(epoch);
    std::set<std::string> different(epoch.begin(), epoch.end());
    EXPECT_EQ(different.size(), 12U);
  }
  EXPECT_EQ(orders.size(), 3U) << "every epoch has an order of its own";
  ShuffledTaskSampler again({{&environment, 1.0}}, 3), other({{&environment, 1.0}}, 4);
  EXPECT_EQ(draw(again, 36), ids);
  EXPECT_NE(draw(other, 36), ids);
}

TEST(ShuffledTaskSampler, MixesEnvironmentsByTheirWeights) {
  const TaskListEnvironment large = tasks(50, "large"), small = tasks(7, "small");
  ShuffledTaskSampler sampler({{&large, 3.0}, {&small, 1.0}}, 5);
  constexpr std::int64_t kDraws = 2000;
  std::map<std::string, std::int64_t> times;
  std::int64_t of_small = 0;
  for (const DrawnTask& drawn : sampler.draw(kDraws)) {
    ++times[drawn.task->id];
    ASSERT_TRUE(drawn.environment == &large || drawn.environment == &small);
    EXPECT_EQ(drawn.task->id.substr(0, 5), drawn.environment->name());
    of_small += drawn.environment == &small ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(of_small), 0.25 * kDraws, 5.0 * std::sqrt(0.25 * 0.75 * kDraws));
  // Each environment goes through epochs of its own, whatever is drawn between.
  for (const auto& [id, count] : times) {
    const std::int64_t whole_epochs = id.substr(0, 5) == "small" ? of_small / 7 : (kDraws - of_small) / 50;
    EXPECT_TRUE(count == whole_epochs || count == whole_epochs + 1) << id << ": " << count;
  }
  EXPECT_EQ(times.size(), 57U);
}

TEST(ShuffledTaskSampler, GoesOnInTheMiddleOfAnEpoch) {
  const TaskListEnvironment first = tasks(9, "first"), second = tasks(5, "other");
  const std::vector<WeightedEnvironment> mixture{{&first, 1.0}, {&second, 2.0}};
  ShuffledTaskSampler whole(mixture, 8), stopped(mixture, 8), resumed(mixture, 8);
  draw(whole, 20);
  draw(stopped, 20);
  const TemporaryFolder folder;
  const std::string saved = folder / "state";
  std::filesystem::create_directory(saved);
  StateInventory writing, reading;
  stopped.add_state(writing, "train/");
  writing.save(saved);
  resumed.add_state(reading, "train/");
  reading.load(saved);
  EXPECT_EQ(draw(resumed, 30), draw(whole, 30));

  ShuffledTaskSampler fewer({{&first, 1.0}}, 8);
  StateInventory unfit;
  fewer.add_state(unfit, "train/");
  EXPECT_THROW(unfit.load(saved), IoError) << "the mixture is another one";
}

TEST(ShuffledTaskSampler, NeverRepeatsATaskThatIsGenerated) {
  const ChainEnvironment chain({.max_operands = 4});
  ShuffledTaskSampler sampler({{&chain, 1.0}}, 1), other({{&chain, 1.0}}, 2);
  const std::vector<std::string> ids = draw(sampler, 200), others = draw(other, 200);
  std::set<std::string> all(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 200U);
  all.insert(others.begin(), others.end());
  EXPECT_EQ(all.size(), 400U) << "another seed sees other tasks";
}

TEST(ShuffledTaskSampler, RefusesWhatCannotBeDrawn) {
  const TaskListEnvironment environment = tasks(3);
  EXPECT_THROW(ShuffledTaskSampler({}, 1), ConfigError);
  EXPECT_THROW(ShuffledTaskSampler({{&environment, 0.0}}, 1), ConfigError);
  TaskList list;
  list.tasks.push_back({.id = "a", .prompt = "a"});
  const TaskListEnvironment all_dev(std::move(list), std::make_shared<NoVerifier>(), {.dev_share = 1.0, .test_share = 0.0});
  EXPECT_THROW(ShuffledTaskSampler({{&all_dev, 1.0}}, 1), ConfigError);
}

}  // namespace
}  // namespace lydian
