// Training with a tool in the sandbox: the pool of verifiers runs programs beside sampling, and a run that was stopped ends with the same bits.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "lydian/envs/tool_use_environment.h"
#include "lydian/sandbox/layers.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

constexpr int kSteps = 34;

Config tool_use_config(const std::string& output_dir) {
  return Config::parse(R"({
    "seed": 3,
    "environment": {"type": "tool_use", "digits": 2, "tool_share": 1.0},
    "policy": {"hidden_size": 32, "num_layers": 1, "num_heads": 2, "max_positions": 96, "learned_positions": true, "tie_word_embeddings": true},
    "summary": {"items": 8}, "save_steps": 2, "save_total_limit": 0,
    "sft": {"max_steps": 30, "batch_size": 32, "learning_rate": 1e-2},
    "grpo": {"max_steps": 4, "prompts_per_step": 4, "num_generations": 4, "max_completion_length": 60, "verifier_threads": 2, "random_reward": true}
  })")
      .with_override("output_dir=" + nlohmann::json(output_dir).dump());
}

/// Counts the programs that are run, and whether the training thread ran them.
class WatchedRunner final : public ProgramRunner {
 public:
  explicit WatchedRunner(std::shared_ptr<ProgramRunner> runner) : runner_(std::move(runner)) {}
  RunReport run(const RunRequest& request) override {
    ++runs;
    on_trainer = on_trainer || std::this_thread::get_id() == trainer_;
    return runner_->run(request);
  }
  std::vector<RunReport> run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                  const std::function<bool(std::size_t, const RunReport&)>& keep_going) override {
    return runner_->run_many(request, inputs, keep_going);
  }
  std::atomic<int> runs{0};
  std::atomic<bool> on_trainer{false};

 private:
  std::shared_ptr<ProgramRunner> runner_;
  std::thread::id trainer_ = std::this_thread::get_id();
};

TEST(ToolUseRun, UsesTheSandboxBesideSamplingAndResumesWithTheSameBits) {
  try {
    CodeSandbox probe;
  } catch (const SandboxUnavailable& unavailable) {
    if (std::getenv("LYDIAN_SANDBOX_REQUIRED") != nullptr) FAIL() << unavailable.what();
    GTEST_SKIP() << unavailable.what();
  }
  const auto runner = std::make_shared<WatchedRunner>(sandbox_runner({.workers = 2}));
  const auto make = [&](const std::string&, const Config& options) -> std::shared_ptr<Environment> {
    ToolUseOptions tool_use;
    read_config(options, tool_use);
    return std::make_shared<ToolUseEnvironment>(tool_use, runner);
  };
  const TemporaryFolder folder;
  const std::string whole = folder / "whole";
  ASSERT_EQ(start_run(read_run_options(tool_use_config(whole)), make, quiet()), RunEnd::kFinished);
  EXPECT_GT(runner->runs, 0) << "the policy called its tool";
  EXPECT_FALSE(runner->on_trainer);
  for (const std::size_t stop : {31U, 33U}) {
    const std::string run = folder / ("stopped" + std::to_string(stop));
    ASSERT_EQ(start_run(read_run_options(tool_use_config(run)), make, stop_when_recorded(run, stop)), RunEnd::kInterrupted);
    ASSERT_EQ(resume_run(run, make, quiet()), RunEnd::kFinished);
    EXPECT_TRUE(fingerprint_of_run(run, kSteps) == fingerprint_of_run(whole, kSteps)) << "stopped after record " << stop;
  }
}

}  // namespace
}  // namespace lydian
