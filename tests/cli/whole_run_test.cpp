#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "cli/program.h"
#include "lydian/core/durable_file.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/report/rollout_log.h"
#include "train/easy_chain.h"

namespace lydian::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kTiny = R"({
  "seed": 5,
  "environment": {"type": "chain", "max_operands": 3},
  "policy": {"hidden_size": 16, "num_layers": 1, "num_heads": 2, "max_positions": 128},
  "summary": {"items": 8},
  "log_rollouts_every": 1,
  "sft": {"max_steps": 3, "batch_size": 4},
  "grpo": {"max_steps": 2, "prompts_per_step": 2, "num_generations": 4, "max_completion_length": 24, "eval_items": 4, "eval_steps": 1},
  "sweep": {"budgets": [2, 7], "items": 4},
  "report": {}
})";

class WholeRun : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    write_file_durably(config_, kTiny);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  bool has(const std::string& name) const { return std::filesystem::exists(folder_ + "/" + name); }

  std::string name_ = testing::TempDir() + "cli_run_" + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string folder_ = name_, config_ = name_ + ".json";
};

TEST_F(WholeRun, IsTrainedThenUsedByEverySubcommand) {
  const Outcome trained = call({"train", config_, "output_dir=" + folder_, "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  for (const char* name : {"config.json", "metrics.jsonl", "summary.json", "report.html", "checkpoints"}) EXPECT_TRUE(has(name)) << name;

  const Outcome twice = call({"train", config_, "output_dir=" + folder_, "--quiet"});
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, HasSubstr("--resume"));

  const Outcome evaluated = call({"eval", folder_, "eval.items=5", "eval.max_completion_length=24"});
  EXPECT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_THAT(evaluated.out, HasSubstr("chain, 5 items"));
  const Outcome swept = call({"sweep", folder_, "sweep.items=3"});
  EXPECT_EQ(swept.code, 0) << swept.err;
  const Outcome generated = call({"generate", folder_, "--prompt", "a3b+5=", "generate.samples=2", "generate.max_completion_length=8"});
  EXPECT_EQ(generated.code, 0) << generated.err;
  EXPECT_EQ(std::count(generated.out.begin(), generated.out.end(), '\n'), 2) << generated.out;
  EXPECT_EQ(call({"report", folder_, "--output", folder_ + "/again.html"}).code, 0);
  EXPECT_TRUE(has("again.html"));
  EXPECT_EQ(call({"eval", folder_, "--step", "999"}).code, 2);
  const Outcome best = call({"eval", folder_, "--step", "best", "eval.items=2", "eval.max_completion_length=24"});
  EXPECT_EQ(best.code, read_whole_file(folder_ + "/summary.json").find("best_checkpoint") == std::string::npos ? 2 : 0) << best.err;
  const Outcome foreign = call({"generate", folder_, "--prompt", "Z"});
  EXPECT_EQ(foreign.code, 2);
  EXPECT_THAT(foreign.err, HasSubstr("a prompt that the run's tokenizer can encode"));
  EXPECT_THAT(call({"generate", folder_, "--prompt", ""}).err, HasSubstr("a prompt by --prompt TEXT or on standard input, got none"));
  const Outcome checkpoint = call({"eval", folder_ + "/checkpoints/step_000005"});
  EXPECT_EQ(checkpoint.code, 2);
  EXPECT_THAT(checkpoint.err, HasSubstr("step_000005, which is a checkpoint"));
}

/// Rewards that a policy earns without skill.
Catalog easy_catalog() {
  Catalog catalog;
  catalog.add("chain", [](const Config&) { return std::make_shared<EasyChain>(); });
  return catalog;
}

/// The mean in the first line that begins with `name`.
double printed(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n  " + name + " ");
  EXPECT_NE(at, std::string::npos) << name << " in " << text;
  return at == std::string::npos ? 0.0 : std::stod(text.substr(at + 3 + name.size()));
}

TEST_F(WholeRun, IsComparedWithAnotherRunAndWithItself) {
  const Catalog catalog = easy_catalog();
  ASSERT_EQ(call({"train", config_, "output_dir=" + folder_, "save_steps=1", "save_total_limit=0", "sft.learning_rate=0.1", "--quiet"}, catalog).code, 0);
  const std::string early = folder_ + "_early";
  std::filesystem::remove_all(early);
  std::filesystem::copy(folder_, early, std::filesystem::copy_options::recursive);
  for (const char* step : {"2", "3", "4", "5"}) std::filesystem::remove_all(early + "/checkpoints/step_00000" + step);
  const std::vector<std::string> options{"eval.items=200", "eval.max_completion_length=24"};
  const auto evaluated = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "eval");
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = call(words, catalog);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  const std::string late_first = evaluated({folder_, "--compare", early}), early_first = evaluated({early, "--compare", folder_});
  const double late = printed(late_first, "accuracy"), first = printed(early_first, "accuracy");
  EXPECT_NE(late, first) << "the test needs policies that differ";
  EXPECT_EQ(printed(late_first, "of the other"), first);
  EXPECT_NEAR(printed(late_first, "difference"), late - first, 2e-4);
  EXPECT_NEAR(printed(early_first, "difference"), first - late, 2e-4);
  EXPECT_EQ(printed(evaluated({folder_, "--compare", folder_}), "difference"), 0.0);
  EXPECT_EQ(evaluated({folder_, "--step", "1"}), evaluated({early})) << "the checkpoint after a step";
  EXPECT_THAT(call({"eval", folder_, "--compare", "/nowhere"}, catalog).err, HasSubstr("/nowhere"));
  std::filesystem::remove_all(early);
}

TEST_F(WholeRun, EveryEnvironmentOfAMixtureIsEvaluatedAndSwept) {
  ASSERT_EQ(call({"train", config_, "output_dir=" + folder_, "--quiet"}).code, 0);
  const std::string mixture = name_ + "_mixture.json";
  write_file_durably(mixture, R"({"environments": {"short": {"type": "chain", "max_operands": 2}, "long": {"type": "chain", "max_operands": 3}},
    "policy": {"hidden_size": 16, "num_layers": 1, "num_heads": 2, "max_positions": 128}, "sweep": {"budgets": [2, 7], "items": 4, "compare_reruns": true}})");
  const std::string weights = "init_from=" + folder_ + "/checkpoints/step_000005";
  const Outcome evaluated = call({"eval", mixture, weights, "eval.items=3", "eval.max_completion_length=24"});
  EXPECT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_THAT(evaluated.out, HasSubstr("short, 3 items"));
  EXPECT_THAT(evaluated.out, HasSubstr("long, 3 items"));
  const Outcome swept = call({"sweep", mixture, weights});
  EXPECT_EQ(swept.code, 0) << swept.err;
  EXPECT_LT(swept.out.find("short\n"), swept.out.find("\nlong\n"));
  const std::string reruns = "compared with runs from scratch: 8, different: 0\n";
  EXPECT_LT(swept.out.find(reruns), swept.out.find("\nlong\n"));
  EXPECT_GT(swept.out.rfind(reruns), swept.out.find("\nlong\n")) << swept.out;
}

TEST_F(WholeRun, RescoresItsRolloutsToEqualBits) {
  ASSERT_EQ(call({"train", config_, "output_dir=" + folder_, "save_steps=1", "save_total_limit=0", "--quiet"}).code, 0);
  const Outcome rescored = call({"eval", "--rescore", folder_, "5"});
  EXPECT_EQ(rescored.code, 0) << rescored.err << rescored.out;
  EXPECT_THAT(rescored.out, HasSubstr(" 0 log-probs differ"));
  EXPECT_EQ(call({"eval", "--rescore", folder_, "77"}).code, 1);
  const std::string log = folder_ + "/rollouts/5.jsonl";
  LoggedRollouts changed = read_rollouts(log);
  float& log_prob = changed.rollouts.back().completion.log_probs.back();
  log_prob = std::nextafter(log_prob, -1.0F);
  write_rollouts(log, 5, changed.rollouts, changed.advantage);
  const Outcome different = call({"eval", "--rescore", folder_, "5"});
  EXPECT_EQ(different.code, 1);
  EXPECT_THAT(different.out, HasSubstr(" 1 log-probs differ"));
}

// CHAIN that sends the process one signal with each trace from the one numbered `traces` on.
struct InterruptingChain final : Environment, Demonstrator {
  explicit InterruptingChain(std::shared_ptr<std::atomic<int>> traces_left, std::vector<int> signals)
      : traces_left(std::move(traces_left)), signals(std::move(signals)) {}
  ChainEnvironment chain{{.max_operands = 3}};
  std::shared_ptr<std::atomic<int>> traces_left;
  std::vector<int> signals;
  std::string name() const override { return "chain"; }
  std::int64_t size(Split split) const override { return chain.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain.task(split, index); }
  const Verifier& verifier() const override { return chain.verifier(); }
  std::string alphabet() const override { return chain.alphabet(); }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override {
    const int beyond = -(--*traces_left);
    if (beyond >= 0 && beyond < static_cast<int>(signals.size())) std::raise(signals[static_cast<std::size_t>(beyond)]);
    return chain.demonstrate(task, stream);
  }
};

Catalog interrupting_catalog(int traces, const std::vector<int>& signals) {
  const auto left = std::make_shared<std::atomic<int>>(traces);
  Catalog catalog;
  catalog.add("chain", [left, signals](const Config&) { return std::make_shared<InterruptingChain>(left, signals); });
  return catalog;
}

const std::string kLastWeights = "/checkpoints/step_000005/model.safetensors";

TEST_F(WholeRun, IsInterruptedWith75AndGoesOnToTheSameBits) {
  const std::string whole = folder_ + "_whole";
  std::filesystem::remove_all(whole);
  ASSERT_EQ(call({"train", config_, "output_dir=" + whole, "--quiet"}, interrupting_catalog(0, {})).code, 0);
  for (const int signal : {SIGTERM, SIGINT}) {
    std::filesystem::remove_all(folder_);
    const Outcome stopped = call({"train", config_, "output_dir=" + folder_, "--quiet"}, interrupting_catalog(6, {signal}));
    EXPECT_EQ(stopped.code, 75) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("to go on: lydian train --resume " + folder_));
    EXPECT_FALSE(has("summary.json"));
    const Outcome resumed = call({"train", "--resume", folder_, "--quiet"}, interrupting_catalog(0, {}));
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(read_whole_file(folder_ + kLastWeights), read_whole_file(whole + kLastWeights));
  }
  std::filesystem::remove_all(whole);
}

/// CHAIN whose verifier sends the process a signal with its first verdict.
struct SignallingChain final : Environment, Verifier {
  explicit SignallingChain(const ChainOptions& options) : chain(options) {}
  ChainEnvironment chain;
  mutable std::atomic<bool> sent{false};
  std::string name() const override { return "chain"; }
  std::int64_t size(Split split) const override { return chain.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain.task(split, index); }
  std::string alphabet() const override { return chain.alphabet(); }
  const Verifier& verifier() const override { return *this; }
  Verdict verify(const Task& task, const Completion& completion) const override {
    if (!sent.exchange(true)) std::raise(SIGTERM);  // A second one would kill.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return chain.verifier().verify(task, completion);
  }
};

TEST_F(WholeRun, EvalAndSweepStopWhenTheyAreInterruptedAndPrintNothingHalfMeasured) {
  ASSERT_EQ(call({"train", config_, "output_dir=" + folder_, "--quiet"}).code, 0);
  Catalog catalog;
  catalog.add("chain", [](const Config& config) {
    ChainOptions options;
    read_config(config, options);
    return std::make_shared<SignallingChain>(options);
  });
  for (const std::string command : {"eval", "sweep"}) {
    const Outcome stopped = call({command, folder_, command + ".items=200", command + ".max_completion_length=24"}, catalog);
    EXPECT_EQ(stopped.code, 75) << stopped.err;
    EXPECT_EQ(stopped.out, "");
    EXPECT_THAT(stopped.err, HasSubstr("interrupted"));
  }
}

using WholeRunDeathTest = WholeRun;

TEST_F(WholeRunDeathTest, ASecondSignalKillsAtOnceAndTheRunGoesOnFromItsCheckpoint) {
  const std::string whole = folder_ + "_whole";
  std::filesystem::remove_all(whole);
  // In the second step: the first signal would be heeded after it, the second comes before.
  EXPECT_EXIT(exit_code({"train", config_, "output_dir=" + folder_, "save_steps=1", "--quiet"}, interrupting_catalog(6, {SIGINT, SIGTERM})),
              testing::KilledBySignal(SIGTERM), "");
  EXPECT_TRUE(has("checkpoints/step_000001"));
  EXPECT_FALSE(has("checkpoints/step_000002"));
  EXPECT_EQ(call({"train", "--resume", folder_, "--quiet"}, interrupting_catalog(0, {})).code, 0);
  ASSERT_EQ(call({"train", config_, "output_dir=" + whole, "--quiet"}, interrupting_catalog(0, {})).code, 0);
  EXPECT_EQ(read_whole_file(folder_ + kLastWeights), read_whole_file(whole + kLastWeights));
  std::filesystem::remove_all(whole);
}

}  // namespace
}  // namespace lydian::cli
