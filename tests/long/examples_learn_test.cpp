// The shipped configurations, as they are, from fresh seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "folders.h"
#include "lydian/cli/cli.h"
#include "lydian/core/durable_file.h"
#include "lydian/train/run.h"

namespace lydian {
namespace {

using Json = nlohmann::json;

/// `lydian WORD…` in this process.
int program(std::vector<std::string> words) {
  words.insert(words.begin(), "lydian");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return cli::run(static_cast<int>(argv.size()), argv.data(), cli::Catalog::shipped());
}

// A build may leave an environment out.
#define LYDIAN_NEEDS_ENVIRONMENT(name)                                                                       \
  if (const auto names = cli::Catalog::shipped().names(); std::count(names.begin(), names.end(), name) == 0) \
  GTEST_SKIP() << name << " is left out of this build"

class ExamplesLearn : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override {
    if (HasFailure() && std::filesystem::exists(folder_ + "/summary.json")) ADD_FAILURE() << read_whole_file(folder_ + "/summary.json");
    std::filesystem::remove_all(folder_);
  }

  /// Trains by a configuration of examples/ to its end; its summary.
  Json trained(const std::string& example, const std::vector<std::string>& overrides) {
    Config config = Config::read_file(source_file("examples/" + example)).with_override("output_dir=" + folder_);
    for (const std::string& each : overrides) config = config.with_override(each);
    const cli::Catalog catalog = cli::Catalog::shipped();
    const auto make_environment = [&catalog](const std::string& type, const Config& options) { return catalog.make(type, options); };
    EXPECT_EQ(start_run(read_run_options(config), make_environment, {.console = false}), RunEnd::kFinished);
    return Json::parse(read_whole_file(folder_ + "/summary.json"));
  }

  static double pass_rate(const Json& summary, const char* when) { return summary[when]["pass_rate"].get<double>(); }

  const std::string folder_ = testing::TempDir() + "examples_learn";
};

TEST_F(ExamplesLearn, WordProblemsBy30Points) {
  const Json summary = trained("word_problems.json", {"seed=40961"});
  EXPECT_GE(pass_rate(summary, "final"), pass_rate(summary, "warmup") + 0.30);
  EXPECT_EQ(summary["sampler_trainer_max_abs_diff"].get<double>(), 0.0);
}

TEST_F(ExamplesLearn, ToUseATool) {
  LYDIAN_NEEDS_ENVIRONMENT("tool_use");
  if (program({"sandbox", "probe"}) != 0) {
    if (std::getenv("LYDIAN_SANDBOX_REQUIRED") != nullptr) FAIL() << "this machine cannot contain programs";
    GTEST_SKIP() << "this machine cannot contain programs";
  }
  const Json summary = trained("tool_use.json", {"seed=40962"});
  EXPECT_LE(pass_rate(summary, "warmup"), 0.40);
  EXPECT_GE(pass_rate(summary, "final"), 0.60);
  EXPECT_GE(pass_rate(summary, "final"), pass_rate(summary, "warmup") + 0.30);
  EXPECT_EQ(summary["sampler_trainer_max_abs_diff"].get<double>(), 0.0);
}

TEST_F(ExamplesLearn, NothingOfAToolThatTellsNothing) {
  LYDIAN_NEEDS_ENVIRONMENT("tool_use");
  const Json summary = trained("tool_use.json", {"seed=40962", "environment.tool=off", "grpo.halt.flat_steps=1000"});
  EXPECT_LE(pass_rate(summary, "warmup"), 0.02);
  EXPECT_LE(pass_rate(summary, "final"), 0.02);
}

TEST_F(ExamplesLearn, Gsm8kGoesThroughTrainAndEval) {
  LYDIAN_NEEDS_ENVIRONMENT("math");
  LYDIAN_NEEDS_SHARED(!std::filesystem::exists(shared_file("data/math/gsm8k_train.jsonl")), "data/math/gsm8k_train.jsonl");
  const auto files = [](const char* split) { return Json::array({shared_file("data/math/gsm8k_" + std::string(split) + ".jsonl")}).dump(); };
  const Json summary = trained("gsm8k.json", {"environment.train=" + files("train"), "environment.test=" + files("test")});
  EXPECT_EQ(summary["sampler_trainer_max_abs_diff"].get<double>(), 0.0);
  EXPECT_GT(summary["tokens_compared"].get<std::int64_t>(), 1000);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/report.html"));
  const std::string rollouts = read_whole_file(folder_ + "/rollouts/65.jsonl");
  EXPECT_NE(rollouts.find("gsm8k"), std::string::npos);
  EXPECT_EQ(program({"eval", folder_, "eval.items=16"}), 0);
}

}  // namespace
}  // namespace lydian
