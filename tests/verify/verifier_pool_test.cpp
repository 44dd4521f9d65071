#include "lydian/verify/verifier_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <latch>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using std::chrono_literals::operator""ms;

class FunctionVerifier final : public Verifier {
 public:
  explicit FunctionVerifier(std::function<Verdict(const Completion&)> judge) : judge_(std::move(judge)) {}
  Verdict verify(const Task&, const Completion& completion) const override { return judge_(completion); }

 private:
  std::function<Verdict(const Completion&)> judge_;
};

std::shared_ptr<const Rollout> rollout_with(std::string answer) {
  auto rollout = std::make_shared<Rollout>();
  rollout->task = std::make_shared<Task>();
  rollout->completion.answer = std::move(answer);
  return rollout;
}

TEST(VerifierPool, GivesEachRolloutItsOwnVerdict) {
  const FunctionVerifier length([](const Completion& completion) { return Verdict::scored(static_cast<double>(completion.answer.size())); });
  VerifierPool pool({.threads = 3, .queue_capacity = 4});
  std::vector<std::future<Verdict>> verdicts;
  for (int i = 0; i < 500; ++i) verdicts.push_back(pool.submit(length, rollout_with(std::string(i, 'x'))));
  for (int i = 0; i < 500; ++i) EXPECT_EQ(verdicts[i].get().reward, i);
  EXPECT_EQ(pool.counts().judged, 500);
  EXPECT_EQ(pool.counts().faults, 0);
}

TEST(VerifierPool, TurnsEveryEscapeIntoACountedFault) {
  const FunctionVerifier throws([](const Completion& completion) -> Verdict {
    if (completion.answer == "standard") throw std::runtime_error("no such table");
    if (completion.answer == "integer") throw 7;
    if (completion.answer == "nan") return Verdict::scored(std::nan(""));
    if (completion.answer == "infinite") return Verdict::scored(std::numeric_limits<double>::infinity());
    return Verdict::fault("said so itself");
  });
  VerifierPool pool;
  for (const char* way : {"standard", "integer", "nan", "infinite", "own"}) {
    const Verdict verdict = pool.submit(throws, rollout_with(way)).get();
    EXPECT_EQ(verdict.status, VerdictStatus::kVerifierFault) << way;
    EXPECT_FALSE(verdict.valid()) << way;
    EXPECT_FALSE(verdict.reason.empty()) << way;
  }
  EXPECT_NE(pool.submit(throws, rollout_with("standard")).get().reason.find("no such table"), std::string::npos);
  EXPECT_EQ(pool.counts().judged, 6);
  EXPECT_EQ(pool.counts().faults, 6);
}

TEST(VerifierPool, LetsNoMoreWaitThanItsQueueHolds) {
  std::latch open{1};
  std::atomic<int> submitted{0};
  const FunctionVerifier waits([&](const Completion&) {
    open.wait();
    return Verdict::scored(1.0);
  });
  VerifierPool pool({.threads = 2, .queue_capacity = 3});
  std::thread submitter([&] {
    for (int i = 0; i < 10; ++i) {
      pool.submit(waits, rollout_with(""));
      ++submitted;
    }
  });
  // Two jobs are held by the threads and three wait: the sixth submit must block until the verifiers go on.
  while (submitted < 5) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(submitted, 5);
  open.count_down();
  submitter.join();
  EXPECT_EQ(submitted, 10);
}

TEST(VerifierPool, HangingVerifierHoldsOnlyItsOwnThread) {
  std::latch open{1};
  const FunctionVerifier hangs([&](const Completion&) {
    open.wait();
    return Verdict::scored(0.0);
  });
  const FunctionVerifier quick([](const Completion&) { return Verdict::scored(1.0); });
  VerifierPool pool({.threads = 2, .queue_capacity = 2});
  std::future<Verdict> hanging = pool.submit(hangs, rollout_with(""));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(pool.submit(quick, rollout_with("")).get().reward, 1.0);
  EXPECT_EQ(hanging.wait_for(0ms), std::future_status::timeout);
  open.count_down();
  EXPECT_EQ(hanging.get().reward, 0.0);
}

/// Hangs until it is let go, on answers "hang"; all that it looks at is its own.
struct Hanging final : Verifier {
  Verdict verify(const Task&, const Completion& completion) const override {
    if (completion.answer == "hang") {
      open.wait();
      ++ended;
    }
    return Verdict::scored(1.0);
  }
  bool deterministic() const override { return false; }
  mutable std::latch open{1};
  mutable std::atomic<int> ended{0};
};

TEST(VerifierPool, AnItemOverItsBudgetIsAFaultAndItsThreadIsReplaced) {
  const auto verifier = std::make_shared<const Hanging>();
  {
    VerifierPool pool({.threads = 2, .queue_capacity = 100, .patience_s = 0.02});
    std::vector<std::future<Verdict>> hanging;
    for (int i = 0; i < 5; ++i) hanging.push_back(pool.submit(*verifier, rollout_with("hang"), verifier));
    for (std::future<Verdict>& verdict : hanging) {
      const Verdict given_up = verdict.get();
      EXPECT_EQ(given_up.status, VerdictStatus::kVerifierFault);
      EXPECT_NE(given_up.reason.find("no answer within 0.02"), std::string::npos) << given_up.reason;
    }
    EXPECT_EQ(pool.counts().judged, 5);
    EXPECT_EQ(pool.counts().faults, 5);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(pool.submit(*verifier, rollout_with("quick"), verifier).get().reward, 1.0);
    EXPECT_EQ(pool.counts().faults, 5);
  }
  EXPECT_EQ(verifier->ended, 0) << "nobody waited for what has an owner";
  EXPECT_GT(verifier.use_count(), 1);
  verifier->open.count_down();
  while (verifier.use_count() > 1) std::this_thread::yield();  // What was given up ends in peace.
  EXPECT_EQ(verifier->ended, 5);
}

TEST(VerifierPool, WhatWasGivenUpWithoutAnOwnerIsWaitedForAtTheEnd) {
  const Hanging verifier;
  std::thread opens;
  {
    VerifierPool pool({.threads = 1, .patience_s = 0.01});
    EXPECT_FALSE(pool.submit(verifier, rollout_with("hang")).get().valid());
    opens = std::thread([&] {
      std::this_thread::sleep_for(30ms);
      verifier.open.count_down();
    });
  }
  EXPECT_EQ(verifier.ended, 1);
  opens.join();
}

TEST(VerifierPool, AStepOverItsBudgetThrows) {
  struct Hangs final : Environment {
    std::string name() const override { return "hangs"; }
    std::int64_t size(Split) const override { return 1; }
    Task task(Split, std::int64_t) const override { return {}; }
    const Verifier& verifier() const override { return judge; }
    std::optional<std::string> step(const Task&, const Completion&) const override {
      open.wait();
      return std::nullopt;
    }
    Hanging judge;
    mutable std::latch open{1};
  };
  const auto environment = std::make_shared<const Hangs>();
  {
    VerifierPool pool({.threads = 1, .patience_s = 0.01});
    auto words = pool.submit_step(*environment, std::make_shared<Task>(), std::make_shared<Completion>());
    EXPECT_THROW(words.get(), Error);
    EXPECT_TRUE(pool.submit(environment->verifier(), rollout_with(""), environment).get().valid());
  }
  environment->open.count_down();
  while (environment.use_count() > 1) std::this_thread::yield();
}

TEST(VerifierPool, DestructorWaitsForWhatWasSubmitted) {
  std::atomic<int> judged{0};
  const FunctionVerifier slow([&](const Completion&) {
    std::this_thread::sleep_for(1ms);
    ++judged;
    return Verdict::scored(1.0);
  });
  std::vector<std::future<Verdict>> verdicts;
  {
    VerifierPool pool({.threads = 2, .queue_capacity = 100});
    for (int i = 0; i < 20; ++i) verdicts.push_back(pool.submit(slow, rollout_with("")));
  }
  EXPECT_EQ(judged, 20);
  for (auto& verdict : verdicts) EXPECT_EQ(verdict.get().reward, 1.0);
}

TEST(VerifierPool, TakesSubmissionsFromSeveralThreads) {
  const FunctionVerifier quick([](const Completion&) { return Verdict::scored(1.0); });
  VerifierPool pool({.threads = 2, .queue_capacity = 2});
  std::vector<std::thread> submitters;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    submitters.emplace_back([&] {
      for (int i = 0; i < 100; ++i) right += pool.submit(quick, rollout_with("")).get().reward == 1.0;
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(pool.counts().judged, 400);
}

TEST(VerifierPool, RefusesWhatItCannotDo) {
  EXPECT_THROW(VerifierPool({.threads = 0}), ConfigError);
  EXPECT_THROW(VerifierPool({.threads = 1, .queue_capacity = 0}), ConfigError);
  EXPECT_THROW(VerifierPool({.patience_s = -1}), ConfigError);
  EXPECT_THROW(VerifierPool({.patience_s = std::nan("")}), ConfigError);
  const FunctionVerifier quick([](const Completion&) { return Verdict::scored(1.0); });
  VerifierPool pool;
  EXPECT_THROW(pool.submit(quick, nullptr), Error);
  EXPECT_THROW(pool.submit(quick, std::make_shared<Rollout>()), Error);
}

}  // namespace
}  // namespace lydian
