#include "lydian/verify/verdict_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <memory>
#include <string>
#include <thread>

#include "lydian/core/error.h"
#include "lydian/verify/verifier_pool.h"

namespace lydian {
namespace {

/// Every verdict differs from the one before.
class CountingVerifier final : public Verifier {
 public:
  explicit CountingVerifier(bool deterministic) : deterministic_(deterministic) {}
  Verdict verify(const Task&, const Completion& completion) const override {
    const int call = ++calls_;
    if (completion.text == "fault") return Verdict::fault("fault " + std::to_string(call));
    Verdict verdict = Verdict::scored(call / 3.0, "call " + std::to_string(call));
    verdict.parts = {{"a", call / 7.0}};
    return verdict;
  }
  bool deterministic() const override { return deterministic_; }
  int calls() const { return calls_; }

 private:
  bool deterministic_;
  mutable std::atomic<int> calls_{0};
};

class VerdictJournalTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  static std::shared_ptr<Rollout> rollout(const std::string& text, std::int64_t prompt = 0, std::int32_t sample = 0) {
    auto rollout = std::make_shared<Rollout>();
    auto task = std::make_shared<Task>();
    task->id = "t";
    rollout->task = task;
    rollout->environment = "e";
    rollout->completion.text = text;
    rollout->prompt_number = prompt;
    rollout->sample = sample;
    return rollout;
  }
  std::string file_text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string path_ = (std::filesystem::temp_directory_path() / ("lydian-journal-" + std::to_string(::getpid()))).string();
};

Verdict judged(VerdictJournal& journal, const Verifier& verifier, std::shared_ptr<const Rollout> rollout) {
  VerifierPool pool({.journal = &journal});
  return pool.submit(verifier, std::move(rollout)).get();
}

void expect_equal(const Verdict& a, const Verdict& b) {
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.reward, b.reward);
  EXPECT_EQ(a.parts, b.parts);
  EXPECT_EQ(a.reason, b.reason);
}

TEST_F(VerdictJournalTest, AResumedRunTakesTheSameVerdictsFaultsToo) {
  const CountingVerifier verifier(false);
  Verdict first, second, fault;
  {
    VerdictJournal journal;
    journal.open(path_, 0);
    journal.begin("rollout", 3);
    first = judged(journal, verifier, rollout("x", 0, 0));
    second = judged(journal, verifier, rollout("x", 0, 1));
    fault = judged(journal, verifier, rollout("fault"));
    EXPECT_NE(first.reward, second.reward);
  }
  VerdictJournal resumed;
  resumed.open(path_, 3);
  resumed.begin("rollout", 3);
  expect_equal(judged(resumed, verifier, rollout("x", 0, 1)), second);
  expect_equal(judged(resumed, verifier, rollout("x", 0, 0)), first);
  expect_equal(judged(resumed, verifier, rollout("fault")), fault);
  EXPECT_EQ(verifier.calls(), 3);
  EXPECT_EQ(resumed.reused(), 3);
}

TEST_F(VerdictJournalTest, AVerdictIsForOneCompletionOfOneStep) {
  const CountingVerifier verifier(false);
  {
    VerdictJournal journal;
    journal.open(path_, 0);
    journal.begin("rollout", 3);
    judged(journal, verifier, rollout("x"));
  }
  VerdictJournal resumed;
  resumed.open(path_, 0);
  resumed.begin("rollout", 4);
  judged(resumed, verifier, rollout("x"));
  resumed.begin("eval", 3);
  judged(resumed, verifier, rollout("x"));
  resumed.begin("rollout", 3);
  judged(resumed, verifier, rollout("y"));
  judged(resumed, verifier, rollout("x", 1));
  judged(resumed, verifier, rollout("x", 0, 1));
  auto other_truth = rollout("x");
  auto task = std::make_shared<Task>(*other_truth->task);
  task->ground_truth = "2";
  other_truth->task = task;
  judged(resumed, verifier, other_truth);
  EXPECT_EQ(resumed.reused(), 0);
  EXPECT_EQ(verifier.calls(), 7);
}

TEST_F(VerdictJournalTest, AHalfWrittenLastLineIsCutOff) {
  const CountingVerifier verifier(false);
  {
    VerdictJournal journal;
    journal.open(path_, 0);
    journal.begin("rollout", 1);
    judged(journal, verifier, rollout("x"));
    judged(journal, verifier, rollout("y"));
  }
  const std::string whole = file_text();
  std::filesystem::resize_file(path_, whole.size() - 5);
  {
    VerdictJournal resumed;
    resumed.open(path_, 0);
    resumed.begin("rollout", 1);
    judged(resumed, verifier, rollout("x"));
    judged(resumed, verifier, rollout("y"));
    EXPECT_EQ(resumed.reused(), 1);
  }
  VerdictJournal again;
  again.open(path_, 0);
  again.begin("rollout", 1);
  judged(again, verifier, rollout("y"));
  EXPECT_EQ(again.reused(), 1);
}

TEST_F(VerdictJournalTest, ADeterministicVerifierLeavesNothing) {
  const CountingVerifier verifier(true);
  VerdictJournal journal;
  journal.open(path_, 0);
  journal.begin("rollout", 1);
  EXPECT_EQ(judged(journal, verifier, rollout("x")).reason, "call 1");
  EXPECT_EQ(file_text(), "");
}

TEST_F(VerdictJournalTest, AFileThatIsNoJournalIsRefusedWithItsLine) {
  std::ofstream(path_) << "{\"item\": {\"step\": 1}}\n";
  VerdictJournal journal;
  try {
    journal.open(path_, 0);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr(path_ + ", line 1"));
  }
}

TEST_F(VerdictJournalTest, APoolJudgesThroughIt) {
  const CountingVerifier verifier(false);
  VerdictJournal journal;
  journal.open(path_, 0);
  journal.begin("rollout", 1);
  VerifierPool pool({.threads = 3, .journal = &journal});
  std::vector<std::future<Verdict>> verdicts;
  for (int i = 0; i < 60; ++i) verdicts.push_back(pool.submit(verifier, rollout("x", i)));
  for (auto& verdict : verdicts) EXPECT_TRUE(verdict.get().valid());
  const std::string text = file_text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 60);
}

/// Answers when it is let go.
struct LateVerifier final : Verifier {
  Verdict verify(const Task&, const Completion&) const override {
    open.wait();
    return Verdict::scored(1.0);
  }
  bool deterministic() const override { return false; }
  mutable std::latch open{1};
};

TEST_F(VerdictJournalTest, WhatAPoolGaveUpIsKeptAsAFaultAndNeverAsWhatCameLater) {
  const auto verifier = std::make_shared<const LateVerifier>();
  {
    VerdictJournal journal;
    journal.open(path_, 0);
    journal.begin("rollout", 1);
    VerifierPool pool({.journal = &journal, .patience_s = 0.01});
    EXPECT_EQ(pool.submit(*verifier, rollout("x"), verifier).get().status, VerdictStatus::kVerifierFault);
  }
  verifier->open.count_down();
  while (verifier.use_count() > 1) std::this_thread::yield();
  VerdictJournal journal;
  journal.open(path_, 0);
  journal.begin("rollout", 1);
  EXPECT_EQ(judged(journal, *verifier, rollout("x")).status, VerdictStatus::kVerifierFault);
  EXPECT_EQ(journal.reused(), 1);
}

}  // namespace
}  // namespace lydian
