#include "lydian/train/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "lydian/model/transformer_policy.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

using testing::ElementsAre;

TransformerPolicy tiny_policy(std::uint64_t seed = 1) {
  return TransformerPolicy({.vocab_size = 8, .hidden_size = 4, .num_layers = 1, .num_heads = 1}, seed);
}

/// Checkpoints after steps 1, 2, …, one for each score.
void save_all(RunFolder& folder, const std::vector<double>& scores) {
  const TransformerPolicy policy = tiny_policy();
  StateInventory inventory;
  folder.add_state(inventory);
  for (std::size_t i = 0; i < scores.size(); ++i) folder.save_checkpoint(static_cast<std::int64_t>(i) + 1, policy, "t", inventory, scores[i]);
}

TEST(RunFolder, KeepsTheNewestCheckpointsAndTheBest) {
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.save_total_limit = 2, .console = false});
  save_all(folder, {0.1, 0.9, 0.2, 0.9, 0.3, 0.4});
  EXPECT_THAT(RunFolder::checkpoints(temporary / "run"), ElementsAre(2, 5, 6)) << "of two equal scores the earlier one is the best";
}

TEST(RunFolder, DropsABestThatWasBeaten) {
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.save_total_limit = 1, .console = false});
  save_all(folder, {0.5, 0.1, 0.7, 0.2});
  EXPECT_THAT(RunFolder::checkpoints(temporary / "run"), ElementsAre(3, 4));
}

TEST(RunFolder, KeepsAllWithoutALimitAndTheNewestWithoutScores) {
  const TemporaryFolder temporary;
  RunFolder all = RunFolder::create(temporary / "all", {.save_total_limit = 0, .console = false});
  save_all(all, {0.5, 0.1, 0.2, 0.3});
  EXPECT_THAT(RunFolder::checkpoints(temporary / "all"), ElementsAre(1, 2, 3, 4));
  RunFolder newest = RunFolder::create(temporary / "newest", {.save_total_limit = 1, .console = false});
  const TransformerPolicy policy = tiny_policy();
  for (std::int64_t step = 1; step <= 3; ++step) newest.save_checkpoint(step, policy, "t", {});
  EXPECT_THAT(RunFolder::checkpoints(temporary / "newest"), ElementsAre(3));
}

TEST(RunFolder, RemembersTheBestAfterItIsOpenedAgain) {
  const TemporaryFolder temporary;
  const std::string run = temporary / "run";
  {
    RunFolder first = RunFolder::create(run, {.save_total_limit = 1, .console = false});
    save_all(first, {0.8, 0.1});
    EXPECT_EQ(first.best_step(), 1);
  }
  EXPECT_EQ(RunFolder::checkpoint_step(run), 2);
  EXPECT_EQ(RunFolder::checkpoint_step(run, RunFolder::kBestStep), 1);
  RunFolder again = RunFolder::reopen(run, {.save_total_limit = 1, .console = false});
  StateInventory inventory;
  again.add_state(inventory);
  TransformerPolicy policy = tiny_policy(2);
  load_checkpoint(RunFolder::checkpoint_path(run, 2), policy, &inventory);
  again.go_on(2);
  EXPECT_EQ(policy.weights().sha256(), tiny_policy().weights().sha256());
  EXPECT_FALSE(again.is_best(0.8));
  EXPECT_TRUE(again.is_best(0.81));
  again.save_checkpoint(3, policy, "t", inventory, 0.5);
  EXPECT_THAT(RunFolder::checkpoints(run), ElementsAre(1, 3)) << "the best of before the stop is kept";
}

TEST(RunFolder, HasNoBestWithoutAnEvaluation) {
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.console = false});
  StateInventory inventory;
  folder.add_state(inventory);
  folder.save_checkpoint(1, tiny_policy(), "t", inventory);
  EXPECT_EQ(folder.best_step(), std::nullopt);
  try {
    RunFolder::checkpoint_step(temporary / "run", RunFolder::kBestStep);
    FAIL() << "there is no best one";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("eval_steps"));
  }
}

TEST(RunFolder, LogsTheRolloutsOfAStepThatHalts) {
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.console = false, .log_rollouts_every = 100});
  StageStep step;
  step.rollouts.emplace_back().task = std::make_shared<const Task>();
  step.advantage = {0.0};
  folder.record("grpo", 3, 10, step);
  step.halt_reason = "enough";
  folder.record("grpo", 4, 10, step);
  EXPECT_FALSE(std::filesystem::exists(temporary / "run/rollouts/3.jsonl"));
  EXPECT_TRUE(std::filesystem::exists(temporary / "run/rollouts/4.jsonl"));
}

TEST(RunFolder, IsWrittenByOneAtATime) {
  const TemporaryFolder temporary;
  const std::string run = temporary / "run";
  {
    const RunFolder first = RunFolder::create(run, {.console = false});
    EXPECT_THROW(RunFolder::reopen(run, {.console = false}), ConfigError);
  }
  EXPECT_NO_THROW(RunFolder::reopen(run, {.console = false}));
}

TEST(RunFolder, HasAWholeCheckpointAtEveryInstantOfASecondSave) {
  const TemporaryFolder temporary;
  RunFolder folder = RunFolder::create(temporary / "run", {.console = false});
  const TransformerPolicy policy = tiny_policy();
  folder.save_checkpoint(1, policy, "t", {});
  const std::string model = RunFolder::checkpoint_path(temporary / "run", 1) + "/model.safetensors";
  std::atomic<bool> saving{true}, absent{false};
  std::thread watch([&] {
    while (saving) {
      if (access(model.c_str(), F_OK) != 0) absent = true;
    }
  });
  for (int save = 0; save < 40; ++save) folder.save_checkpoint(1, policy, "t", {});
  saving = false;
  watch.join();
  EXPECT_FALSE(absent);
}

TEST(RunFolder, SavesAStepAgainAndSweepsUpWhatWasCutOff) {
  const TemporaryFolder temporary;
  const std::string run = temporary / "run";
  RunFolder folder = RunFolder::create(run, {.save_total_limit = 0, .console = false});
  StateInventory inventory;
  folder.add_state(inventory);
  const TransformerPolicy first = tiny_policy(1), second = tiny_policy(2);
  const std::string cut_off = RunFolder::checkpoint_path(run, 1) + ".tmp";
  std::filesystem::create_directories(cut_off + "/stale");
  folder.save_checkpoint(1, first, "t", inventory);
  EXPECT_FALSE(std::filesystem::exists(RunFolder::checkpoint_path(run, 1) + "/stale")) << "of a save that was cut off";
  folder.save_checkpoint(1, second, "t", inventory);
  EXPECT_FALSE(std::filesystem::exists(cut_off)) << "the one before";
  TransformerPolicy policy = tiny_policy(3);
  load_checkpoint(RunFolder::checkpoint_path(run, 1), policy, &inventory);
  EXPECT_EQ(policy.weights().sha256(), second.weights().sha256());
  const std::string cut = RunFolder::checkpoint_path(run, 9) + ".tmp";
  std::filesystem::create_directories(cut);
  folder.go_on(1);
  EXPECT_FALSE(std::filesystem::exists(cut));
  EXPECT_THAT(RunFolder::checkpoints(run), ElementsAre(1));
}

}  // namespace
}  // namespace lydian
