#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <set>
#include <tuple>

#include "lydian/core/error.h"
#include "lydian/eval/evaluator.h"
#include "lydian/eval/thinking_sweep.h"
#include "lydian/train/run_folder.h"
#include "train/easy_chain.h"

namespace lydian {
namespace {

constexpr int kSteps = 11;

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
  constexpr std::size_t kRecords = 15;  // Of 11 steps, of the warm-up, where GRPO begins, of the sweep and of the end.
  for (std::size_t records = 1; records < kRecords - 1; ++records) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    // At the last step of a stage the run is interrupted before it leaves the stage.
    ASSERT_EQ(start_run(options_in(run), make_chain, stop_when_recorded(run, records)), RunEnd::kInterrupted) << "after record " << records;
    ASSERT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished);
    EXPECT_EQ(comparable_metrics(run).size(), kRecords);
    EXPECT_TRUE(fingerprint_of_run(run, kSteps) == uninterrupted()) << "stopped after record " << records;
  }
}

/// A run in which everything is measured that a run can measure: a gate, dev evaluations, the test split before and after, sweeps with reruns.
RunOptions measuring_options(const std::string& run) {
  Config config = tiny_config(run).without({"environment"});
  for (const char* setting : {"environment.type=easy", "sft.gate.step_accuracy=0.5", "sft.gate.items=4", "sweep.compare_reruns=true"}) {
    config = config.with_override(setting);
  }
  return read_run_options(config);
}

struct StoppedState {
  bool unmeasured = false, sweep_recorded = false;
  std::size_t stage = 0;
};

StoppedState stopped_state(const std::string& run) {
  const std::string state = file_text(RunFolder::checkpoint_path(run, RunFolder::checkpoints(run).back()) + "/state.json");
  const auto items = nlohmann::json::parse(state)["items"];
  return {items["run/step"].contains("unmeasured"), items["run/summary"].contains("sweep"), items["run/stage"]["index"].get<std::size_t>()};
}

TEST(Resume, AMeasurementThatWasStoppedIsRepeatedToTheSameBitsAndMetrics) {
  const TemporaryFolder whole;
  ASSERT_EQ(start_run(measuring_options(whole / "run"), make_easy_or_chain, quiet()), RunEnd::kFinished);
  std::set<std::size_t> unmeasured_in;
  int stops = 0;
  // A stride that meets every kind of measurement several times.
  for (int poll = 1;; poll += 13, ++stops) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    if (start_run(measuring_options(run), make_easy_or_chain, stop_at_poll(poll)) == RunEnd::kFinished) break;
    EXPECT_FALSE(std::filesystem::exists(run + "/summary.json"));
    const StoppedState stopped = stopped_state(run);
    if (stopped.unmeasured) unmeasured_in.insert(stopped.stage);
    ASSERT_EQ(resume_run(run, make_easy_or_chain, quiet()), RunEnd::kFinished) << poll;
    EXPECT_TRUE(fingerprint_of_run(run, kSteps, !stopped.sweep_recorded) == fingerprint_of_run(whole / "run", kSteps, !stopped.sweep_recorded)) << poll;
    for (int step = 7; step <= kSteps; ++step) {
      const std::string rollouts = "/rollouts/" + std::to_string(step) + ".jsonl";
      EXPECT_EQ(file_text(run + rollouts), file_text(whole / ("run" + rollouts))) << poll;
    }
  }
  EXPECT_GT(stops, 8);
  EXPECT_TRUE(unmeasured_in.contains(0)) << "a stop in the gate";
}

/// A stop that is asked for at the poll numbered `poll` after the record numbered `records`: within one kind of measurement.
struct Stop {
  const char* measurement;
  std::size_t records;
  int poll;
  bool unmeasured;  ///< Of a step, whose record waits for it.
};

RunControl stop_within(const std::string& run, const Stop& stop) {
  RunControl control = quiet();
  control.interrupted = [run, stop, polls = std::make_shared<int>(0)] { return comparable_metrics(run).size() >= stop.records && ++*polls == stop.poll; };
  return control;
}

TEST(Resume, AStopWithinEachKindOfMeasurementIsHeededThere) {
  const TemporaryFolder whole;
  ASSERT_EQ(start_run(measuring_options(whole / "run"), make_easy_or_chain, quiet()), RunEnd::kFinished);
  // The polls before it: of the loop behind a step, and between stages.
  for (const Stop& stop : {Stop{"the gate after step 6", 5, 2, true}, Stop{"the warm-up", 6, 3, false}, Stop{"the evaluation before GRPO", 7, 2, false},
                           Stop{"the evaluation after step 8", 9, 2, true}, Stop{"the evaluation after step 11", 12, 2, true}, Stop{"the sweep", 13, 3, false},
                           Stop{"the end", 14, 1, false}}) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    ASSERT_EQ(start_run(measuring_options(run), make_easy_or_chain, stop_within(run, stop)), RunEnd::kInterrupted) << stop.measurement;
    EXPECT_EQ(comparable_metrics(run).size(), stop.records) << stop.measurement << " went on";
    const StoppedState stopped = stopped_state(run);
    EXPECT_EQ(stopped.unmeasured, stop.unmeasured) << stop.measurement;
    ASSERT_EQ(resume_run(run, make_easy_or_chain, quiet()), RunEnd::kFinished) << stop.measurement;
    EXPECT_TRUE(fingerprint_of_run(run, kSteps, !stopped.sweep_recorded) == fingerprint_of_run(whole / "run", kSteps, !stopped.sweep_recorded))
        << stop.measurement;
    for (int step = 7; step <= kSteps; ++step) {
      const std::string rollouts = "/rollouts/" + std::to_string(step) + ".jsonl";
      EXPECT_EQ(file_text(run + rollouts), file_text(whole / ("run" + rollouts))) << stop.measurement;
    }
  }
}

TEST(Resume, GoesOnFromAnOlderCheckpointWhenTheNewestIsGone) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(options_in(run), make_chain, stop_when_recorded(run, 12));
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
  for (const std::size_t records : {3U, 12U}) {  // In each stage.
    const TemporaryFolder folder;
    const std::string original = folder / "original";
    start_run(options_in(original), make_chain, stop_when_recorded(original, records));
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
  start_run(options_in(run), make_chain, stop_at_poll(3));
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
  start_run(options_in(run), make_chain, stop_at_poll(1));
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

TEST(Resume, TheSummaryHasWhatTheLibraryMeasures) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  RunOptions options = measuring_options(run);
  options.stages[1].grpo.learning_rate = 0.05;  // So that the sweeps before and after differ.
  start_run(options, make_easy_or_chain, quiet());
  const auto summary = nlohmann::json::parse(file_text(run + "/summary.json"));
  std::vector<ThinkingSweep> sweeps;
  for (const auto& [when, step, sweep] : {std::tuple{"warmup", 6, "sweep_warmup"}, std::tuple{"final", kSteps, "sweep"}}) {
    RunOptions trained = options;
    trained.init_from = RunFolder::checkpoint_path(run, step);
    const RunObjects objects = make_run_objects(trained, make_easy_or_chain);
    EvaluationOptions evaluation{.items = 20, .seed = options.seed};
    evaluation.sampling.max_completion_length = 64;
    const Evaluation sampled = evaluate(*objects.policy, *objects.tokenizer, *objects.environments[0], evaluation);
    evaluation.sampling.temperature = 0.0;
    const Evaluation greedy = evaluate(*objects.policy, *objects.tokenizer, *objects.environments[0], evaluation);
    const nlohmann::json& found = summary[when];
    EXPECT_EQ(found["pass_rate"], sampled.pass_rate.mean) << when;
    EXPECT_EQ(found["low"], sampled.pass_rate.low);
    EXPECT_EQ(found["high"], sampled.pass_rate.high);
    EXPECT_EQ(found["greedy_pass_rate"], greedy.pass_rate.mean);
    EXPECT_EQ(found["thinking_mean"], sampled.thinking_mean);
    EXPECT_EQ(found["reward"], sampled.accuracy.mean);
    EXPECT_EQ(found["items"], 20);
    EXPECT_NE(sampled.pass_rate.mean, greedy.pass_rate.mean) << "the test needs them to differ";
    const ThinkingSweep& swept =
        sweeps.emplace_back(thinking_sweep(*objects.policy, *objects.tokenizer, *objects.environments[0], options.stages.back().sweep));
    ASSERT_EQ(summary[sweep].size(), 2U);
    for (std::size_t b = 0; b < 2; ++b) {
      const nlohmann::json& row = summary[sweep][b];
      EXPECT_EQ(row["budget"], swept.rows[b].budget);
      EXPECT_EQ(row["accuracy"], swept.rows[b].accuracy);
      EXPECT_EQ(row["low"], swept.rows[b].low);
      EXPECT_EQ(row["high"], swept.rows[b].high);
      EXPECT_EQ(row["thinking_mean"], swept.rows[b].thinking_mean);
      EXPECT_EQ(row["forced_share"], swept.rows[b].forced_share);
    }
  }
  EXPECT_NE(summary["warmup"], summary["final"]);
  EXPECT_NE(sweeps[0].rows[1].accuracy, sweeps[1].rows[1].accuracy) << "the test needs them to differ";
  ThinkingSweep shown = sweeps[1];
  shown.reruns_compared = 0;
  const std::string text = describe_summary(run);
  EXPECT_NE(text.find(shown.table(sweeps[0].rows)), std::string::npos) << text;
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
  double compared = 0.0;
  for (const auto& record : comparable_metrics(run)) compared += record.value("sampling/tokens_compared", 0.0);
  EXPECT_EQ(summary["tokens_compared"].get<double>(), compared) << "over all steps";
  EXPECT_GT(compared, 200.0);
  EXPECT_NE(describe_summary(run).find("budget"), std::string::npos);
}

}  // namespace
}  // namespace lydian
