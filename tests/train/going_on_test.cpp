// How runs end and go on: the loop that whole runs and Trainer::train() share, its checkpoints and its halts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lydian/core/durable_file.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/run_folder.h"
#include "lydian/train/trainer.h"
#include "train/refusal.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A policy and a trainer of it, made anew as by a second start of a program.
struct Program {
  explicit Program(TrainerOptions options) : trainer(Trainer::grpo(policy, tokenizer, environment, std::move(options))) {}

  ChainEnvironment environment{{.max_operands = 3}};
  ByteTokenizer tokenizer{environment.alphabet()};
  TransformerPolicy policy{{.vocab_size = tokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 1, .max_positions = 64}, 5};
  Trainer trainer;
};

TrainerOptions options_of(const std::string& output_dir = {}) {
  TrainerOptions options{.max_steps = 4, .prompts_per_step = 4, .num_generations = 4};
  options.max_completion_length = 12;
  options.random_reward = true;
  options.eval_steps = 0;
  options.eval_items = 4;
  options.halt.truncated_ratio = 1.0;
  options.output_dir = output_dir;
  return options;
}

TEST(Trainer, EvaluatesAtTheEndOfTrainAndNotAtEachStepBeyondThePlan) {
  TrainerOptions options = options_of();
  options.max_steps = 2;
  options.eval_steps = 100;
  Program program(options);
  EXPECT_TRUE(program.trainer.train(1).get("eval/pass_rate")) << "the last step of what was asked";
  program.trainer.train(2);
  StageStep beyond = program.trainer.step();
  program.trainer.measure(beyond);
  EXPECT_FALSE(beyond.metrics.get("eval/pass_rate")) << "no end, only beyond max_steps";
}

TEST(Trainer, EvaluatesBeforeTheFirstStepAfterEveryFewAndAfterTheLast) {
  const TemporaryFolder folder;
  TrainerOptions options = options_of(folder / "run");
  options.eval_steps = 2;
  Program(options).trainer.train(5);
  std::vector<int> evaluated;
  for (const auto& record : comparable_metrics(folder / "run")) {
    if (record.contains("eval/pass_rate")) evaluated.push_back(record["step"].get<int>());
  }
  EXPECT_THAT(evaluated, ElementsAre(0, 2, 4, 5));
}

TEST(Trainer, AResumedRunOfALibraryEndsWithTheSameBits) {
  const TemporaryFolder folder;
  Program whole(options_of(folder / "whole"));
  EXPECT_FALSE(whole.trainer.resume()) << "there is nothing to go on with";
  whole.trainer.train(4);

  Program(options_of(folder / "cut")).trainer.train(3);
  Program second(options_of(folder / "cut"));
  ASSERT_TRUE(second.trainer.resume());
  EXPECT_EQ(second.trainer.steps_done(), 3);
  second.trainer.train(4 - second.trainer.steps_done());
  EXPECT_EQ(second.policy.weights().sha256(), whole.policy.weights().sha256());
  EXPECT_EQ(second.policy.weights().version(), whole.policy.weights().version());
  EXPECT_TRUE(comparable_metrics(folder / "cut") == comparable_metrics(folder / "whole"));
}

TEST(Trainer, ABestEvaluationIsSavedBetweenDueSteps) {
  const TemporaryFolder folder;
  TrainerOptions options = options_of(folder / "run");
  options.eval_steps = 1;
  options.save_total_limit = 0;
  Program(options).trainer.train(2);
  EXPECT_THAT(RunFolder::checkpoints(folder / "run"), ElementsAre(1, 2)) << "the first evaluation after a step is the best so far";
}

TEST(Trainer, AFolderIsTakenOnlyByTheProgramThatItBelongsTo) {
  const TemporaryFolder folder;
  Program(options_of(folder / "library")).trainer.train(1);
  EXPECT_THAT(refusal([&] { Program(options_of(folder / "library")).trainer.train(1); }), HasSubstr("Trainer::resume()"));
  EXPECT_THAT(refusal([&] { resume_run(folder / "library", make_chain, quiet()); }), HasSubstr("Trainer::resume()"));
  start_run(read_run_options(tiny_config(folder / "whole")), make_chain, stop_at_poll(1));
  EXPECT_THAT(refusal([&] { Program(options_of(folder / "whole")).trainer.train(1); }), HasSubstr("lydian train --resume"));
  EXPECT_THAT(refusal([&] { Program(options_of(folder / "whole")).trainer.resume(); }), HasSubstr("lydian train --resume"));
}

TEST(Trainer, MomentsOfAnotherStageAreForgottenAtTheBeginning) {
  Program clean(options_of()), used(options_of());
  for (float& value : used.policy.weights().first_moment()) value = 1.0F;
  clean.trainer.train(1);
  used.trainer.train(1);
  EXPECT_EQ(used.policy.weights().sha256(), clean.policy.weights().sha256());
}

TEST(Resume, AHaltIsRepeatedAndNothingIsDone) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const RunOptions options = read_run_options(tiny_config(run).with_override("sft.gate.step_accuracy=1").with_override("sft.gate.limit_steps=7"));
  const std::string reason = refusal([&] { start_run(options, make_chain, quiet()); });
  EXPECT_THAT(reason, HasSubstr("skill gate was not reached in 7 steps"));
  const std::vector<std::int64_t> saved = RunFolder::checkpoints(run);
  EXPECT_EQ(saved.back(), 7);
  const std::string metrics = file_text(run + "/metrics.jsonl");
  EXPECT_THAT(refusal([&] { resume_run(run, make_chain, quiet()); }), HasSubstr("skill gate was not reached in 7 steps"));
  EXPECT_EQ(RunFolder::checkpoints(run), saved);
  EXPECT_EQ(file_text(run + "/metrics.jsonl"), metrics);
}

TEST(Resume, GoesOnFromTheCheckpointThatIsAskedFor) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(read_run_options(tiny_config(run)), make_chain, quiet());
  const std::string fingerprint = fingerprint_of_run(run, 11);
  RunControl control = stop_at_poll(1);
  control.step = 5;
  EXPECT_THAT(refusal([&] { resume_run(run, make_chain, control); }), HasSubstr("2, 4, 6, "));
  control.step = 4;
  EXPECT_EQ(resume_run(run, make_chain, control), RunEnd::kInterrupted);
  EXPECT_THAT(RunFolder::checkpoints(run), ElementsAre(2, 4, 5));
  EXPECT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished);
  EXPECT_TRUE(fingerprint_of_run(run, 11) == fingerprint);
}

TEST(Resume, OtherDataAreRefusedByName) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(read_run_options(tiny_config(run)), make_chain, stop_at_poll(3));
  const Config other = Config::read_file(run + "/config.json").with_override("environment.max_operands=5");
  write_file_durably(run + "/config.json", other.dump());
  EXPECT_THAT(refusal([&] { resume_run(run, make_chain, quiet()); }), HasSubstr("the tasks of the environment chain to be those with which the run began"));

  const std::string mixed = folder / "mixed";
  const Config two = tiny_config(mixed)
                         .without({"environment"})
                         .with_override(R"(environments={"one": {"type": "chain", "max_operands": 4}, "two": {"type": "chain", "max_operands": 4}})");
  start_run(read_run_options(two), make_chain, stop_at_poll(3));
  write_file_durably(mixed + "/config.json", Config::read_file(mixed + "/config.json").with_override("environments.two.max_operands=3").dump());
  EXPECT_THAT(refusal([&] { resume_run(mixed, make_chain, quiet()); }), HasSubstr("the tasks of the environment two to be those"));
}

std::string final_weights(const std::string& run) {
  return nlohmann::json::parse(read_whole_file(run + "/summary.json")).at("weights_sha256");
}

TEST(Resume, AnotherTokenizerIsRefusedByName) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const std::string alphabet = ChainEnvironment().alphabet();
  start_run(read_run_options(tiny_config(run).with_override("tokenizer.alphabet=" + alphabet)), make_chain, stop_at_poll(3));
  const Config other = Config::read_file(run + "/config.json").with_override("tokenizer.alphabet=" + std::string(alphabet.rbegin(), alphabet.rend()));
  write_file_durably(run + "/config.json", other.dump());
  EXPECT_THAT(refusal([&] { resume_run(run, make_chain, quiet()); }), HasSubstr("tokenizer.txt"));
}

TEST(InitFrom, TakesAPolicyOfTheSameTokenizerAndIsNotNeededAgain) {
  const TemporaryFolder folder;
  const std::string alphabet = ChainEnvironment().alphabet(), run = folder / "run";
  start_run(read_run_options(tiny_config(folder / "first").with_override("tokenizer.alphabet=" + alphabet)), make_chain, stop_at_poll(1));
  const Config second = tiny_config(run).with_override("init_from=" + RunFolder::checkpoint_path(folder / "first", 0));
  const auto start_with = [&](const std::string& bytes, const RunControl& control) {
    return start_run(read_run_options(second.with_override("tokenizer.alphabet=" + bytes)), make_chain, control);
  };
  EXPECT_THAT(refusal([&] { start_with(std::string(alphabet.rbegin(), alphabet.rend()), quiet()); }), HasSubstr("tokenizer.txt"));
  EXPECT_FALSE(std::filesystem::exists(run));
  EXPECT_EQ(start_with(alphabet, stop_at_poll(1)), RunEnd::kInterrupted);
  std::filesystem::remove_all(folder / "first");
  EXPECT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished) << "its own checkpoint holds all weights";
}

TEST(Rollouts, OfTheStepAfterACheckpointAreLoggedSoThatItCanBeRescored) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  start_run(read_run_options(tiny_config(run).with_override("log_rollouts_every=100")), make_chain, quiet());
  const auto logged = [&](int step) { return std::filesystem::exists(run + "/rollouts/" + std::to_string(step) + ".jsonl"); };
  for (const int after_checkpoint : {7, 9, 11}) EXPECT_TRUE(logged(after_checkpoint)) << after_checkpoint;
  for (const int other : {8, 10}) EXPECT_FALSE(logged(other)) << other;
  std::filesystem::remove_all(RunFolder::checkpoint_path(run, 11));
  std::filesystem::remove_all(run + "/rollouts");
  RunControl control = quiet();
  control.step = 10;
  resume_run(run, make_chain, control);
  EXPECT_EQ(rescore(run, 11).different, 0);
}

TEST(Resume, AStopBetweenTheStagesIsHeededAndNothingIsDoneTwice) {
  const TemporaryFolder folder;
  const std::string whole = folder / "whole";
  const auto config = [](const std::string& run) { return read_run_options(tiny_config(run).with_override("report={}")); };
  start_run(config(whole), make_chain, quiet());
  for (const char* stage : {"warmup", "sweep"}) {
    const std::string run = folder / stage;
    EXPECT_EQ(start_run(config(run), make_chain, stop_when_recorded(run, 1, stage)), RunEnd::kInterrupted) << stage;
    EXPECT_EQ(comparable_metrics(run).back()["stage"], stage);
    EXPECT_FALSE(std::filesystem::exists(run + "/report.html"));
    EXPECT_EQ(resume_run(run, make_chain, quiet()), RunEnd::kFinished);
    EXPECT_TRUE(std::filesystem::exists(run + "/report.html"));
    // Not the last checkpoint's state: that of the stop after the sweep knows of the sweep.
    EXPECT_EQ(comparable_metrics(run), comparable_metrics(whole)) << stage;
    EXPECT_EQ(final_weights(run), final_weights(whole)) << stage;
  }
}

TEST(Resume, NoFolderWithFilesOfOthersIsToBeDeleted) {
  const TemporaryFolder folder;
  const std::string run = folder / "run", file = folder / "file";
  RunFolder::create(run, {.console = false}).write_file("notes.txt", "mine");
  write_file_durably(file, "text");
  for (const std::string& sentence :
       {refusal([&] { start_run(read_run_options(tiny_config(run)), make_chain, quiet()); }), refusal([&] { resume_run(run, make_chain, quiet()); })}) {
    EXPECT_THAT(sentence, HasSubstr("files that are no run's, as notes.txt"));
    EXPECT_THAT(sentence, testing::Not(HasSubstr("delete")));
  }
  EXPECT_THAT(refusal([&] { start_run(read_run_options(tiny_config(file)), make_chain, quiet()); }),
              HasSubstr("output_dir to name a folder, got the file " + file));
  EXPECT_EQ(read_whole_file(file), "text");
  std::filesystem::create_directory(folder / "empty");
  EXPECT_THAT(refusal([&] { resume_run(folder / "empty", make_chain, quiet()); }), HasSubstr("none, but an empty folder"));
  EXPECT_THAT(refusal([&] { rescore(folder / "nowhere", 3); }), HasSubstr("a run folder, got " + (folder / "nowhere") + ", which is none"));
}

TEST(Resume, AFolderWithoutACheckpointIsToBeDeleted) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  RunFolder::create(run, {.console = false}).write_file("config.json", tiny_config(run).dump());
  EXPECT_THAT(refusal([&] { start_run(read_run_options(tiny_config(run)), make_chain, quiet()); }), HasSubstr("delete the folder"));
  write_file_durably(run + "/config.json.tmp-1-0", "");  // Of a write that was cut off.
  EXPECT_THAT(refusal([&] { resume_run(run, make_chain, quiet()); }), HasSubstr("delete the folder"));
  EXPECT_THAT(refusal([&] { Program(options_of(run)).trainer.resume(); }), HasSubstr("delete the folder"));
  EXPECT_THAT(refusal([&] { resume_run(folder / "nowhere", make_chain, quiet()); }), HasSubstr("nowhere, which is none"));
  EXPECT_THAT(refusal([&] { start_run(read_run_options(tiny_config("")), make_chain, quiet()); }), HasSubstr("output_dir to name a folder"));
}

}  // namespace
}  // namespace lydian
