#include <gtest/gtest.h>

#include <atomic>

#include "lydian/train/run_folder.h"
#include "lydian/verify/task_list_environment.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

constexpr std::int64_t kSteps = 11;

/// As a model that judges: no two calls need agree, not even on equal completions.
class MoodyVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override {
    const std::uint64_t mood = mix64(++calls_);
    return mood % 16 == 0 ? Verdict::fault("in a mood") : Verdict::scored(static_cast<double>(mood % 5) / 4.0);
  }
  bool deterministic() const override { return false; }

 private:
  static inline std::atomic<std::uint64_t> calls_{0};
};

std::shared_ptr<Environment> make_moody(const std::string&, const Config&) {
  TaskList list;
  for (int i = 0; i < 40; ++i) {
    Task task;
    task.id = task.prompt = "say " + std::to_string(i);
    task.ground_truth = "x";
    list.tasks.push_back(task);
    list.demonstrations.push_back(Demonstration{.thinking = {{"so"}}, .answer = {{"x"}}});
  }
  return std::make_shared<TaskListEnvironment>(std::move(list), std::make_shared<MoodyVerifier>(), TaskListEnvironment::Options{.dev_share = 0.3});
}

RunOptions moody_options(const std::string& folder) {
  Config config = tiny_config(folder).without({"environment"});
  for (const char* setting : {"environment.type=moody", "grpo.random_reward=false", "grpo.halt.fault_ratio=0.9", "grpo.eval_items=8"})
    config = config.with_override(setting);
  return read_run_options(config);
}

std::string weights_at_end(const std::string& run) {
  return file_text(RunFolder::checkpoint_path(run, kSteps) + "/model.safetensors");
}

/// A copy of a run as if it had been killed before it saved its first checkpoint after `last`.
void copy_until(const std::string& run, const std::string& target, std::int64_t last) {
  std::filesystem::copy(run, target, std::filesystem::copy_options::recursive);
  for (const std::int64_t step : RunFolder::checkpoints(target)) {
    if (step > last) std::filesystem::remove_all(RunFolder::checkpoint_path(target, step));
  }
  ASSERT_EQ(RunFolder::checkpoints(target).back(), last);
}

TEST(VerdictJournalResume, ARunWithAVerifierThatVariesEndsWithTheSameBits) {
  const TemporaryFolder folder;
  const std::string run = folder / "run", copy = folder / "copy", without = folder / "without";
  ASSERT_EQ(start_run(moody_options(run), make_moody, quiet()), RunEnd::kFinished);
  copy_until(run, copy, 8);
  copy_until(run, without, 8);
  ASSERT_EQ(resume_run(copy, make_moody, quiet()), RunEnd::kFinished);
  EXPECT_TRUE(weights_at_end(copy) == weights_at_end(run));
  EXPECT_EQ(file_text(copy + "/rollouts/11.jsonl"), file_text(run + "/rollouts/11.jsonl"));
  EXPECT_EQ(file_text(copy + "/verdicts.jsonl"), file_text(run + "/verdicts.jsonl"));
  // The control: without the journal the verifier is asked again and says something else.
  std::filesystem::remove(without + "/verdicts.jsonl");
  ASSERT_EQ(resume_run(without, make_moody, quiet()), RunEnd::kFinished);
  EXPECT_FALSE(weights_at_end(without) == weights_at_end(run));
}

// The checkpoint after step 6 stands before the warm-up's measurements, the last one before the sweep and the final ones.
TEST(VerdictJournalResume, MeasurementsOutsideOfStepsRepeatToo) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(start_run(moody_options(run), make_moody, quiet()), RunEnd::kFinished);
  for (const std::int64_t last : {std::int64_t{6}, kSteps}) {
    const std::string copy = folder / ("copy" + std::to_string(last));
    copy_until(run, copy, last);
    ASSERT_EQ(resume_run(copy, make_moody, quiet()), RunEnd::kFinished);
    EXPECT_TRUE(fingerprint_of_run(copy, kSteps) == fingerprint_of_run(run, kSteps)) << "resumed from step " << last;
    EXPECT_EQ(file_text(copy + "/verdicts.jsonl"), file_text(run + "/verdicts.jsonl")) << "resumed from step " << last;
  }
}

}  // namespace
}  // namespace lydian
