#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "folders.h"
#include "lydian/cli/cli.h"
#include "lydian/core/durable_file.h"
#include "lydian/train/run.h"

namespace lydian {
namespace {

using Json = nlohmann::json;

void expect_learning(const Json& summary) {
  const Json &warmup = summary["warmup"], &last = summary["final"];
  EXPECT_LE(warmup["pass_rate"].get<double>(), 0.45);
  EXPECT_GE(last["pass_rate"].get<double>(), 0.97);
  EXPECT_GE(last["thinking_mean"].get<double>(), 3.0 * warmup["thinking_mean"].get<double>());
}

void expect_thinking_to_pay(const Json& summary) {
  EXPECT_GE(summary["spearman"].get<double>(), 0.95);
  EXPECT_EQ(summary["fit"]["from_budget"].get<int>(), 12);
  EXPECT_GE(summary["fit"]["r2"].get<double>(), 0.98);
  const double pass_rate = summary["final"]["pass_rate"].get<double>();
  ASSERT_EQ(summary["sweep"].size(), 8U);
  EXPECT_EQ(summary["sweep_warmup"].size(), 8U) << "the curve before reinforcement learning stands beside it";
  for (const Json& row : summary["sweep"]) {
    // The interval is 1.96 standard errors to each side.
    const double accuracy = row["accuracy"].get<double>(), error = (row["high"].get<double>() - row["low"].get<double>()) / (2 * 1.96);
    EXPECT_EQ(row["items"].get<int>(), 1000);
    EXPECT_GE(accuracy, row["law"].get<double>() * pass_rate - 3 * error) << "at budget " << row["budget"];
  }
}

// One run for all bars: it takes about a minute of two cores.
TEST(ChainLearns, ToThinkLongerAndThatItPays) {
  const std::string folder = testing::TempDir() + "chain_learns";
  std::filesystem::remove_all(folder);
  const Config config = Config::read_file(source_file("examples/chain.json")).with_override("seed=20260").with_override("output_dir=" + folder);
  const cli::Catalog catalog = cli::Catalog::shipped();
  const auto make_environment = [&catalog](const std::string& type, const Config& options) { return catalog.make(type, options); };
  ASSERT_EQ(start_run(read_run_options(config), make_environment, {.console = false}), RunEnd::kFinished);

  const std::string text = read_whole_file(folder + "/summary.json");
  const Json summary = Json::parse(text);
  EXPECT_EQ(summary["seed"].get<int>(), 20260);
  expect_learning(summary);
  expect_thinking_to_pay(summary);
  EXPECT_EQ(summary["sampler_trainer_max_abs_diff"].get<double>(), 0.0);
  EXPECT_GT(summary["tokens_compared"].get<std::int64_t>(), 100000);
  EXPECT_TRUE(std::filesystem::exists(folder + "/report.html"));
  if (HasFailure()) ADD_FAILURE() << text;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lydian
