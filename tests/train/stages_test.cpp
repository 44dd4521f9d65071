// What a run's configuration says of its stages and environments: refused in time, and called by its names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "lydian/core/error.h"
#include "lydian/core/logging.h"
#include "lydian/report/rollout_log.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/verify/task_list_environment.h"
#include "train/tiny_run.h"
#include "verify/meeting_verifier.h"

namespace lydian {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Stages, WhatALaterStageWouldRefuseIsRefusedBeforeThereIsAFolder) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  for (const char* wrong : {"sweep.budgets=[7,2]", "sweep.budgets=[]", "environment.dev_share=0", "environment.test_share=0"}) {
    EXPECT_THROW(start_run(read_run_options(tiny_config(run).with_override(wrong)), make_chain, quiet()), ConfigError) << wrong;
    EXPECT_FALSE(std::filesystem::exists(run)) << wrong;
  }
  const Config mixed = tiny_config(run)
                           .without({"environment"})
                           .merged_with(Config::parse(R"({"environments": {"first": {"type": "chain"}, "second": {"type": "chain", "test_share": 0}}})"));
  EXPECT_THROW(start_run(read_run_options(mixed), make_chain, quiet()), ConfigError) << "every environment is measured";
  EXPECT_FALSE(std::filesystem::exists(run));
  const Config gated = tiny_config(run).without({"grpo"}).with_override("environment.dev_share=0").with_override("sft.gate.step_accuracy=0.5");
  EXPECT_THROW(start_run(read_run_options(gated), make_chain, quiet()), ConfigError);
}

TEST(Stages, ARunWithoutAnyIsRefusedBeforeThereIsAFolder) {
  const TemporaryFolder folder;
  RunOptions options = read_run_options(tiny_config(folder / "run"));
  options.stages.clear();
  EXPECT_THROW(start_run(options, make_chain, quiet()), ConfigError);
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(Stages, WhatTheTokenizerCannotWriteIsRefusedBeforeThereIsAFolder) {
  const TemporaryFolder folder;
  const auto refused = [&](const Config& config, const MakeEnvironment& make) {
    EXPECT_THROW(start_run(read_run_options(config), make, quiet()), ConfigError);
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
  };
  // Its prompts can be written, its thinking cannot.
  refused(tiny_config(folder / "run").without({"sft"}).with_override("tokenizer.alphabet=abcdefghijklmnopqrstuvwxyz0123456789+-*="), make_chain);
  // It does not say what it is made of: its first prompt does.
  const auto words = [](const std::string&, const Config&) {
    TaskList list;
    for (int i = 0; i < 40; ++i) list.tasks.push_back({.id = std::to_string(i), .prompt = "say " + std::to_string(i), .ground_truth = "x"});
    return std::make_shared<TaskListEnvironment>(std::move(list), std::make_shared<MeetingVerifier>());
  };
  refused(tiny_config(folder / "run")
              .without({"environment", "sft", "sweep"})
              .with_override("environment.type=words")
              .with_override("tokenizer.alphabet=0123456789"),
          words);
}

TEST(Stages, MeasureOnTheirThreadsOfVerifiers) {
  const TemporaryFolder folder;
  const auto make = [](const std::string&, const Config&) {
    TaskList list;
    for (int i = 0; i < 40; ++i) list.tasks.push_back({.id = std::to_string(i), .prompt = "say " + std::to_string(i), .ground_truth = "x"});
    return std::make_shared<TaskListEnvironment>(std::move(list), std::make_shared<MeetingVerifier>());
  };
  Config config = tiny_config(folder / "run").without({"environment", "sft", "grpo", "sweep"});
  for (const char* setting : {"environment.type=meeting", "summary.verifier_threads=2", "report={}"}) config = config.with_override(setting);
  start_run(read_run_options(config), make, quiet());
  EXPECT_EQ(nlohmann::json::parse(file_text(folder / "run/summary.json"))["final"]["pass_rate"].get<double>(), 1.0);
}

TEST(Environments, OfOneTypeStandSideBySideUnderTheirNames) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Config mixed = tiny_config(run).without({"environment"}).merged_with(Config::parse(R"({"environments": {
    "easy": {"type": "chain", "max_operands": 2, "weight": 2}, "hard": {"type": "chain", "min_operands": 3, "max_operands": 4}}})"));
  ASSERT_EQ(start_run(read_run_options(mixed), make_chain, quiet()), RunEnd::kFinished);
  const Config saved = Config::read_file(run + "/config.json");
  EXPECT_THAT(saved.section("environments").keys(), testing::ElementsAre("easy", "hard"));
  EXPECT_EQ(read_run_options(saved.with_override("environments.easy.weight=5")).environments.front().weight, 5.0);
  std::set<std::string> keys, environments;
  for (const auto& record : comparable_metrics(run)) {
    for (const auto& [key, value] : record.items()) keys.insert(key);
  }
  for (const char* key : {"env/easy/reward", "env/hard/reward", "eval/easy/pass_rate", "eval/hard/pass_rate"}) EXPECT_THAT(keys, Contains(key));
  for (const Rollout& rollout : read_rollouts(run + "/rollouts/9.jsonl").rollouts) environments.insert(rollout.environment);
  EXPECT_THAT(environments, testing::ElementsAre("easy", "hard"));
  const auto summary = nlohmann::json::parse(file_text(run + "/summary.json"));
  EXPECT_EQ(summary["environment"], "easy");
  EXPECT_EQ(summary["others"].size(), 1U);
  for (const char* key : {"warmup", "final", "sweep", "sweep_warmup", "fit", "spearman"}) {
    ASSERT_TRUE(summary["others"]["hard"].contains(key)) << key;
  }
  EXPECT_NE(summary["others"]["hard"]["final"], summary["final"]);
  for (const char* key : {"test/pass_rate", "test/hard/thinking_mean", "sweep/7/accuracy", "sweep/hard/7/accuracy"}) EXPECT_THAT(keys, Contains(key));
  const std::string text = describe_summary(run);
  EXPECT_LT(text.find("easy (seed 3)"), text.find("\nhard\n"));
  EXPECT_LT(text.find("\nhard\n"), text.rfind("warmup")) << text;
}

TEST(Environments, ASingleOneOfTheMapKeepsItsName) {
  const Config mixed = tiny_config("x").without({"environment"}).with_override("environments.only.type=chain");
  EXPECT_TRUE(write_run_options(read_run_options(mixed)).section("environments").has("only"));
}

TEST(Environments, AreOfTheTypeOfTheirNameUnlessTheySayOtherwise) {
  const RunOptions options = read_run_options(Config::parse(R"({"environments": {"chain": {"weight": 3}, "long": {"type": "chain"}}, "report": {}})"));
  ASSERT_EQ(options.environments.size(), 2U);
  EXPECT_EQ(options.environments[0].type, "chain");
  EXPECT_EQ(options.environments[0].weight, 3.0);
  EXPECT_EQ(options.environments[1].type, "chain");
  EXPECT_EQ(options.environments[1].name, "long");
}

TEST(Seed, ReachesEveryStageThatHasNoneOfItsOwn) {
  const Config config = Config::parse(R"({"seed": 9, "environment": {"type": "chain"}, "sft": {}, "grpo": {"seed": 4}, "sweep": {}})");
  const RunOptions options = read_run_options(config), other = read_run_options(write_run_options(options).with_override("seed=12"));
  EXPECT_EQ(options.stages[0].sft.seed, 9U);
  EXPECT_EQ(options.stages[1].grpo.seed, 4U);
  EXPECT_EQ(options.stages[2].sweep.seed, 9U);
  EXPECT_EQ(other.stages[0].sft.seed, 12U);
  EXPECT_EQ(other.stages[1].grpo.seed, 4U);
  EXPECT_EQ(other.stages[2].sweep.seed, 12U);
}

TEST(Metrics, OfTheTestSplitHaveNamesOfTheirOwn) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(read_run_options(tiny_config(run)), make_chain, quiet());
  for (const auto& record : comparable_metrics(run)) {
    const bool whole = record["stage"] == "warmup" || record["stage"] == "final";
    EXPECT_EQ(record.contains("test/pass_rate"), whole) << record;
    EXPECT_FALSE(whole && record.contains("eval/pass_rate")) << record;
  }
}

TEST(SkillGate, AFailedTryIsAWarningThatNamesWhatWasAsked) {
  std::vector<std::string> warnings;
  set_log_sink([&](LogLevel, std::string_view message) { warnings.emplace_back(message); }, LogLevel::kWarning);
  ChainEnvironment environment({.max_operands = 3});
  const ByteTokenizer tokenizer(environment.alphabet());
  TransformerPolicy policy({.vocab_size = tokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 1, .max_positions = 64}, 1);
  SftOptions options{.max_steps = 1, .batch_size = 4};
  options.gate = {.step_accuracy = 1.0, .items = 5, .every_steps = 1, .limit_steps = 2};
  try {
    sft(policy, tokenizer, environment, options);
    ADD_FAILURE() << "an untrained policy passed";
  } catch (const TrainingHalted& halted) {
    EXPECT_THAT(halted.what(), HasSubstr("of 100.0 %"));
    EXPECT_THAT(halted.what(), Not(HasSubstr("copied"))) << "nobody asked for it";
  }
  set_log_sink({}, LogLevel::kWarning);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("was not reached in 1 steps"));
}

}  // namespace
}  // namespace lydian
