#include "lydian/verify/external_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "folders.h"
#include "lydian/core/error.h"
#include "lydian/verify/check_environment.h"
#include "lydian/verify/verifier_pool.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;

/// A file's path that is free, removed at the end.
class FreePath {
 public:
  FreePath() : path_((std::filesystem::temp_directory_path() / ("lydian-external-" + std::to_string(::getpid()) + "-" + std::to_string(count_++))).string()) {}
  ~FreePath() { std::filesystem::remove(path_); }
  const std::string& text() const { return path_; }

 private:
  static inline int count_ = 0;
  std::string path_;
};

ExternalVerifierOptions child(const std::string& mode, const std::string& file = {}) {
  ExternalVerifierOptions options{.command = {"python3", source_file("tests/verify/external_child.py"), mode}, .timeout_s = 1};
  if (!file.empty()) options.command.push_back(file);
  return options;
}

Task task_of(const std::string& truth) {
  Task task;
  task.id = "t1";
  task.prompt = "say it";
  task.ground_truth = truth;
  return task;
}

Verdict judged(const ExternalVerifier& verifier, const std::string& answer, const std::string& truth = "right") {
  return verifier.verify(task_of(truth), completion_with_answer(answer));
}

TEST(ExternalVerifier, JudgesByTheChildsRewards) {
  const ExternalVerifier verifier(child("right"));
  const Verdict right = judged(verifier, "right"), wrong = judged(verifier, "wrong!");
  EXPECT_EQ(right.status, VerdictStatus::kScored) << right.reason;
  EXPECT_EQ(right.reward, 1.0);
  EXPECT_EQ(right.reason, "compared");
  EXPECT_EQ(wrong.reward, 0.0);
  ASSERT_EQ(wrong.parts.size(), 1U);
  EXPECT_EQ(wrong.parts[0], (std::pair<std::string, double>("length", 6.0)));
  EXPECT_EQ(verifier.counts().judged, 2);
  EXPECT_EQ(verifier.counts().faults, 0);
  EXPECT_EQ(verifier.counts().started, 1);
  EXPECT_FALSE(verifier.deterministic());
}

TEST(ExternalVerifier, TheChildSeesTheWholeItem) {
  const ExternalVerifier verifier(child("echo"));
  Task task;
  task.id = "t\"2";
  task.messages = {{"user", "zwei\nZeilen"}};
  task.ground_truth = "wahr";
  task.category = "c";
  task.metadata = {{"data_source", "own"}};
  Completion completion = completion_with_answer("ä\xff", "thought");
  completion.finish_reason = FinishReason::kLength;
  completion.thinking_tokens = 7;
  const Verdict verdict = verifier.verify(task, completion);
  ASSERT_TRUE(verdict.valid()) << verdict.reason;
  const auto item = nlohmann::json::parse(verdict.reason);
  EXPECT_EQ(item["task"],
            nlohmann::json::parse(R"({"id": "t\"2", "prompt": [{"role": "user", "content": "zwei\nZeilen"}], "ground_truth": "wahr", "category": "c",
                                                     "metadata": {"data_source": "own"}})"));
  EXPECT_EQ(item["completion"],
            nlohmann::json::parse(R"({"text": "<think>thought</think>ä\ufffd", "thinking": "thought", "answer": "ä\ufffd", "finish_reason": "length",
                                                           "thinking_tokens": 7, "truncated": true})"));
}

/// A way to misbehave, and what the fault's reason must say.
struct Misbehavior {
  const char* mode;
  const char* reason;
  bool tried_again;
};

void PrintTo(const Misbehavior& misbehavior, std::ostream* stream) {
  *stream << misbehavior.mode;
}

class ExternalVerifierFault : public ::testing::TestWithParam<Misbehavior> {};

TEST_P(ExternalVerifierFault, IsAFaultAndNeverAReward) {
  const Misbehavior& expected = GetParam();
  const ExternalVerifier verifier(child(expected.mode));
  // The right answer and a wrong one: neither may come out as a score. What is tried again takes longer, so one will do.
  const int items = expected.tried_again ? 1 : 2;
  for (int item = 1; item <= items; ++item) {
    const auto begin = std::chrono::steady_clock::now();
    const Verdict verdict = judged(verifier, item == 1 ? "right" : "wrong");
    EXPECT_EQ(verdict.status, VerdictStatus::kVerifierFault);
    EXPECT_THAT(verdict.reason, HasSubstr(expected.reason));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    EXPECT_EQ(verifier.counts().started, item * (expected.tried_again ? 2 : 1));
  }
  EXPECT_EQ(verifier.counts().faults, items);
  // The next child judges as if nothing had been.
  const Verdict after = judged(verifier, "well", "well");
  if (std::string(expected.mode).find("start") == std::string::npos) {
    EXPECT_EQ(after.status, VerdictStatus::kScored) << after.reason;
    EXPECT_EQ(after.reward, 1.0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Modes, ExternalVerifierFault,
    ::testing::Values(Misbehavior{"crash", "signal 6", true}, Misbehavior{"hang", "no reply within 1 s", true},
                      Misbehavior{"garbage", "got \"reward: 1.0\"", false}, Misbehavior{"late", "no reply within 1 s", true},
                      Misbehavior{"duplicate", "more than one line", false}, Misbehavior{"oversized", "more than 65536 bytes", false},
                      Misbehavior{"endless", "more than 65536 bytes", false}, Misbehavior{"wrong id", "expected the reply to item", false},
                      Misbehavior{"closed output", "closed its output", true}, Misbehavior{"partial line", "no whole line within 1 s", true},
                      Misbehavior{"partial line, then end", "half a line stands", true}, Misbehavior{"not finite", "NaN", false},
                      Misbehavior{"too large a number", "1e999", false}, Misbehavior{"not finite part", "a to be a finite number, got null", false},
                      Misbehavior{"missing field", "expected a field \"reward\"", false}, Misbehavior{"text as reward", "reward to be a finite number", false},
                      Misbehavior{"exit at start", "no module named judge", true}));

TEST(ExternalVerifier, AChildThatIsNeverReadyIsAFault) {
  ExternalVerifierOptions options = child("hang at start");
  options.start_timeout_s = 0.2;
  const ExternalVerifier verifier(options);
  const Verdict verdict = judged(verifier, "right");
  EXPECT_EQ(verdict.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(verdict.reason, HasSubstr("no reply within 0.2 s"));
}

TEST(ExternalVerifier, AnItemThatHangsIsTriedOnceMore) {
  const FreePath hung;
  const ExternalVerifier verifier(child("hang once", hung.text()));
  const Verdict verdict = judged(verifier, "right");
  EXPECT_EQ(verdict.status, VerdictStatus::kScored) << verdict.reason;
  EXPECT_EQ(verdict.reward, 1.0);
  EXPECT_EQ(verifier.counts().started, 2);
  EXPECT_EQ(verifier.counts().faults, 0);
}

TEST(ExternalVerifier, ASecondReplyIsNeverTakenForTheNextItems) {
  const ExternalVerifier verifier(child("duplicate later"));
  EXPECT_EQ(judged(verifier, "right").reward, 1.0);
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  const Verdict next = judged(verifier, "wrong");
  EXPECT_EQ(next.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(next.reason, HasSubstr("nothing had asked for"));
}

TEST(ExternalVerifier, WhatTheChildSaysOfItselfIsTold) {
  const Verdict error = judged(ExternalVerifier(child("error")), "right");
  EXPECT_EQ(error.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(error.reason, HasSubstr("no such column"));
  const Verdict unparsable = judged(ExternalVerifier(child("unparsable")), "right");
  EXPECT_EQ(unparsable.status, VerdictStatus::kUnparsable);
  EXPECT_EQ(unparsable.reason, "no answer");
}

TEST(ExternalVerifier, AChildThatEndsBetweenItemsIsStartedAnew) {
  const ExternalVerifier verifier(child("end after two"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(judged(verifier, "right").reward, 1.0);
  EXPECT_EQ(verifier.counts().started, 3);
}

TEST(ExternalVerifier, MemoryIsBounded) {
  ExternalVerifierOptions options = child("memory");
  options.timeout_s = 5;
  options.max_memory_mb = 1024;
  const Verdict verdict = judged(ExternalVerifier(options), "right");
  EXPECT_EQ(verdict.status, VerdictStatus::kVerifierFault);
  EXPECT_THAT(verdict.reason, HasSubstr("out of memory"));
}

/// Whether a killed process is gone, or a zombie that whoever inherited it has not reaped; dying takes it a moment.
bool ends_soon(pid_t number) {
  for (int look = 0; look < 400; ++look) {
    std::ifstream status("/proc/" + std::to_string(number) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(status), {}};
    if (text.empty() || text.find(") Z") != std::string::npos || text.find(") X") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

TEST(ExternalVerifier, NoDescendantOutlivesTheChild) {
  const FreePath notes;
  ExternalVerifierOptions options = child("descendants", notes.text());
  options.timeout_s = 10;
  EXPECT_EQ(judged(ExternalVerifier(options), "right").status, VerdictStatus::kVerifierFault);
  std::ifstream file(notes.text());
  int descendants = 0;
  for (pid_t number = 0; file >> number; ++descendants) {
    EXPECT_TRUE(ends_soon(number)) << number;
  }
  EXPECT_EQ(descendants, 2);
}

TEST(ExternalVerifier, ThreadsShareTheChildren) {
  ExternalVerifierOptions options = child("right");
  options.processes = 3;
  options.timeout_s = 5;
  const ExternalVerifier verifier(options);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 30; ++i) {
        const std::string answer = std::to_string(thread) + "-" + std::to_string(i);
        const bool right = i % 3 == 0;
        const Verdict verdict = judged(verifier, answer, right ? answer : "other");
        if (!verdict.valid() || verdict.reward != (right ? 1.0 : 0.0)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(verifier.counts().judged, 180);
  EXPECT_LE(verifier.counts().started, 3);
}

TEST(ExternalVerifier, LargeItemsPassWhole) {
  ExternalVerifierOptions options = child("right");
  options.timeout_s = 10;
  const ExternalVerifier verifier(options);
  const std::string large(3 << 20, 'y');
  const Verdict verdict = judged(verifier, large, large);
  EXPECT_EQ(verdict.reward, 1.0) << verdict.reason;
}

TEST(ExternalVerifier, RefusesOptionsThatCannotBeUsed) {
  EXPECT_THROW(ExternalVerifier({}), ConfigError);
  EXPECT_THROW(ExternalVerifier({.command = {"no-such-program-anywhere"}}), ConfigError);
  EXPECT_THROW(ExternalVerifier({.command = {"python3"}, .timeout_s = 0}), ConfigError);
  EXPECT_THROW(ExternalVerifier({.command = {"python3"}, .processes = 0}), ConfigError);
}

}  // namespace
}  // namespace lydian
