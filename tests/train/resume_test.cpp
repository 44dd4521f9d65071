#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "lydian/core/error.h"
#include "lydian/train/run_folder.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

constexpr int kSteps = 11;
constexpr int kPolls = 15;  // After each step, and between stages.

RunOptions options_in(const std::string& folder) {
  return read_run_options(tiny_config(folder));
}

const std::string& uninterrupted() {
  static const TemporaryFolder folder;
  static const std::string fingerprint = [] {
    const std::string run = folder / "run";
    EXPECT_EQ(start_run(options_in(run), make_chain, quiet()), RunEnd::kFinished);
    return fingerprint_of_run(run, kSteps);
  }();
  return fingerprint;
}

TEST(Resume, ARunStoppedAtAnyStepEndsWithTheSameBits) {
  for (int stop = 1; stop <= kPolls; ++stop) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    // At the last step of a stage the run is interrupted before it leaves the stage.
    ASSERT_EQ(start_run(options_in(run), make_chain, stop_after(stop)), RunEnd::kInterrupted) << "stopped at " << stop;
    ASSERT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished);
    EXPECT_TRUE(fingerprint_of_run(run, kSteps) == uninterrupted()) << "stopped at step " << stop;
  }
}

TEST(Resume, GoesOnFromAnOlderCheckpointWhenTheNewestIsGone) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, stop_after(11));
  std::filesystem::remove_all(RunFolder::checkpoint_path(run, RunFolder::checkpoints(run).back()));
  ASSERT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished);
  EXPECT_TRUE(fingerprint_of_run(run, kSteps) == uninterrupted());
}

/// Names of everything that the newest checkpoint holds.
std::set<std::string> items_of(const std::string& run) {
  std::set<std::string> items{"weights"};
  const auto state = nlohmann::json::parse(file_text(RunFolder::checkpoint_path(run, RunFolder::checkpoints(run).back()) + "/state.json"));
  for (const auto& [name, value] : state["items"].items()) items.insert(name);
  for (const std::string stage : {"sft/", "grpo/"}) {
    if (items.contains(stage + "step")) items.insert({stage + "first_moment", stage + "second_moment"});
  }
  items.erase("run/stage");  // Without it nothing can be loaded at all.
  return items;
}

/// Whether a run that resumes without `item` ends otherwise than the uninterrupted one, or refuses.
bool is_missed(const std::string& original, const std::string& run, const std::string& item) {
  std::filesystem::remove_all(run);
  std::filesystem::copy(original, run, std::filesystem::copy_options::recursive);
  RunControl control = quiet();
  control.leave_out = {item};
  try {
    resume_run(run, make_chain, control);
    return fingerprint_of_run(run, kSteps) != uninterrupted();
  } catch (const std::exception&) {
    return true;
  }
}

TEST(Resume, EachItemOfTheInventoryIsMissedWhereItIsLeftOut) {
  std::set<std::string> all, missed;
  for (const int stop : {3, 11}) {  // In each stage.
    const TemporaryFolder folder;
    const std::string original = folder / "original";
    start_run(options_in(original), make_chain, stop_after(stop));
    for (const std::string& item : items_of(original)) {
      all.insert(item);
      if (is_missed(original, folder / "copy", item)) missed.insert(item);
    }
  }
  EXPECT_GE(all.size(), 15U);
  for (const std::string& item : all) EXPECT_TRUE(missed.contains(item)) << item << " was not loaded and nothing changed";
}

TEST(Resume, RefusesACheckpointThatWasCutOrChanged) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, stop_after(3));
  const std::string model = RunFolder::checkpoint_path(run, RunFolder::checkpoints(run).back()) + "/model.safetensors";
  std::string bytes = file_text(model);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  std::ofstream(model, std::ios::binary) << bytes;
  try {
    resume_run(run, make_chain, quiet());
    FAIL() << "a changed byte was not noticed";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("model.safetensors"), std::string::npos) << error.what();
  }
}

TEST(Resume, ANewRunRefusesAFolderThatIsNotEmptyAndNamesResume) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, stop_after(1));
  try {
    start_run(options_in(run), make_chain, quiet());
    FAIL() << "the folder was taken";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("--resume"), std::string::npos) << error.what();
  }
}

TEST(Resume, ALoggedStepRescoresToEqualBits) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, quiet());
  const RescoreReport report = rescore(run, 9);  // The first pass of its own step; the checkpoint after step 8 sampled it.
  EXPECT_GT(report.tokens, 100);
  EXPECT_EQ(report.different, 0);
  EXPECT_THROW(rescore(run, 4), IoError);  // A supervised step has no rollouts.
  const auto refusal = [&run] {
    try {
      rescore(run, 9);
    } catch (const IoError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  std::ofstream(run + "/rollouts/9.jsonl", std::ios::trunc);
  EXPECT_NE(refusal().find("with tokens"), std::string::npos) << refusal();
  const std::string model = RunFolder::checkpoint_path(run, 8) + "/model.safetensors";
  std::string bytes = file_text(model);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  std::ofstream(model, std::ios::binary) << bytes;
  EXPECT_NE(refusal().find("model.safetensors"), std::string::npos) << refusal();
}

TEST(Resume, TheSummarySaysWhatTheRunFound) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, quiet());
  const auto summary = nlohmann::json::parse(file_text(run + "/summary.json"));
  EXPECT_EQ(summary["schema_version"].get<int>(), 1);
  EXPECT_TRUE(std::regex_match(summary["lydian_version"].get<std::string>(), std::regex("[0-9]+\\.[0-9]+\\.[0-9]+")));
  for (const char* key : {"environment", "seed", "warmup", "final", "sweep", "sweep_warmup", "fit", "spearman", "sampler_trainer_max_abs_diff",
                          "tokens_compared", "weights_sha256", "wall_s"}) {
    EXPECT_TRUE(summary.contains(key)) << key;
  }
  EXPECT_EQ(summary["sampler_trainer_max_abs_diff"].get<double>(), 0.0);
  EXPECT_GT(summary["tokens_compared"].get<std::int64_t>(), 200);
  EXPECT_NE(describe_summary(run).find("budget"), std::string::npos);
}

}  // namespace
}  // namespace lydian
