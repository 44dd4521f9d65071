// The loop over the steps of a stage: what it saves, logs and takes for the best.
#include "train/stage_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lydian/model/transformer_policy.h"
#include "lydian/text/byte_tokenizer.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// As many steps as there are rewards, one rollout each; pass rates go the other way than rewards.
class ScriptedStage final : public Stage {
 public:
  explicit ScriptedStage(std::vector<double> rewards) : rewards_(std::move(rewards)) {}
  std::string name() const override { return "scripted"; }
  bool finished() const override { return done_ == rewards_.size(); }
  std::int64_t planned_steps() const override { return static_cast<std::int64_t>(rewards_.size()); }
  StageStep step() override {
    ++done_;
    StageStep result;
    result.metrics.set("loss", 1.0);
    result.rollouts.emplace_back().task = std::make_shared<const Task>();
    result.advantage = {0.0};
    return result;
  }
  void measure(StageStep& step) override {
    step.metrics.set("eval/pass_rate", 1.0 - rewards_[done_ - 1]);
    step.metrics.set("eval/reward", rewards_[done_ - 1]);
  }
  void add_state(StateInventory&) override {}

 private:
  std::vector<double> rewards_;
  std::size_t done_ = 0;
};

/// A loop over a run folder of its own.
struct Looped {
  explicit Looped(RunFolder::Options options) {
    options.console = false;
    loop.folder.emplace(RunFolder::create(folder / "run", options));
    loop.state = [this] {
      StateInventory inventory;
      loop.add_state(inventory);
      return inventory;
    };
  }
  std::vector<int> logged() const {
    std::vector<int> steps;
    for (int step = 0; step < 40; ++step) {
      if (std::filesystem::exists(folder / ("run/rollouts/" + std::to_string(step) + ".jsonl"))) steps.push_back(step);
    }
    return steps;
  }

  TemporaryFolder folder;
  ByteTokenizer tokenizer{"ab"};
  TransformerPolicy policy{{.vocab_size = tokenizer.vocab_size(), .hidden_size = 4, .num_layers = 1, .num_heads = 1}, 1};
  StageLoop loop{policy, tokenizer};
};

TEST(StageLoop, TheHighestMeanRewardIsTheBest) {
  Looped run({.save_total_limit = 0});
  ScriptedStage stage({0.2, 0.9, 0.1, 0.5});
  ASSERT_TRUE(run.loop.run(stage));
  EXPECT_EQ(run.loop.folder->best_step(), 2);
  EXPECT_THAT(RunFolder::checkpoints(run.folder / "run"), ElementsAre(1, 2)) << "each one that was the best when it came";
}

TEST(StageLoop, SavesWhatIsDueAndLeavesTheLastStepToItsOwner) {
  Looped run({.save_total_limit = 0});
  run.loop.save_steps = 2;
  ScriptedStage stage({0.9, 0.1, 0.1, 0.1, 0.1, 0.1});
  ASSERT_TRUE(run.loop.run(stage));
  EXPECT_THAT(RunFolder::checkpoints(run.folder / "run"), ElementsAre(1, 2, 4));
}

TEST(StageLoop, LogsRolloutsWhereTheyAreDueAndAtTheStagesEnd) {
  Looped run({.log_rollouts_every = 3});
  run.loop.step = run.loop.first_step = 10;
  ScriptedStage stage({0.2, 0.1, 0.9, 0.1, 0.1, 0.1});
  ASSERT_TRUE(run.loop.run(stage));
  EXPECT_THAT(run.logged(), ElementsAre(12, 14, 15, 16)) << "14 follows the best one's checkpoint, 16 is the last";
}

TEST(StageLoop, LogsNoRolloutsWhereNoneAreAskedFor) {
  Looped run({.log_rollouts_every = 0});
  ScriptedStage stage({0.9, 0.1, 0.1});
  ASSERT_TRUE(run.loop.run(stage));
  EXPECT_THAT(run.logged(), IsEmpty());
}

TEST(StageLoop, TellsTheSecondsOfItsBeginningAndOfEveryStep) {
  Looped run({});
  int told = 0;
  run.loop.took = [&told](double seconds) {
    EXPECT_GE(seconds, 0.0);
    ++told;
  };
  ScriptedStage stage({0.9, 0.1, 0.1});
  run.loop.begin(stage);
  ASSERT_TRUE(run.loop.run(stage));
  EXPECT_EQ(told, 4);
}

}  // namespace
}  // namespace lydian
