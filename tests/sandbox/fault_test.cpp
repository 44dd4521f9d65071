#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <iterator>
#include <thread>
#include <vector>

#include "sandbox_fixture.h"

namespace lydian {
namespace {

using std::chrono_literals::operator""ms;

/// Runs a program that takes half a second, and `harm` in the middle of it.
RunReport harmed(CodeSandbox& box, const std::function<void()>& harm) {
  RunRequest request;
  request.program = "import time\ntime.sleep(0.5)\nprint('done')\n";
  std::future<RunReport> report = std::async(std::launch::async, [&] { return box.run(request); });
  std::this_thread::sleep_for(200ms);
  harm();
  EXPECT_EQ(report.wait_for(std::chrono::seconds(60)), std::future_status::ready);
  return report.get();
}

int cell_of(const CodeSandbox& box) {
  return children_of(box.broker_pid()).at(0);
}

void expect_done_again(const RunReport& report) {
  EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << report.evidence;
  EXPECT_EQ(report.stdout_text, "done\n");
  EXPECT_EQ(report.attempts, 2);
}

TEST_F(SandboxTest, ABrokerKilledInMidRunIsReplacedAndTheRunDoneAgain) {
  const int broker = box_->broker_pid();
  expect_done_again(harmed(*box_, [&] { kill(broker, SIGKILL); }));
  EXPECT_NE(box_->broker_pid(), broker);
  EXPECT_EQ(box_->counters().brokers_started, 2);
  EXPECT_EQ(box_->counters().repeated, 1);
  EXPECT_EQ(control_groups_of(broker), 0);
}

TEST_F(SandboxTest, AWorkerKilledInMidRunIsReplacedAndTheRunDoneAgain) {
  const int broker = box_->broker_pid();
  expect_done_again(harmed(*box_, [&] { kill(cell_of(*box_), SIGKILL); }));
  EXPECT_EQ(box_->broker_pid(), broker);
  EXPECT_EQ(box_->counters().workers_replaced, 1);
}

TEST_F(SandboxTest, AWarmInterpreterKilledInMidRunIsReplacedAndTheRunDoneAgain) {
  expect_done_again(harmed(*box_, [&] { kill(children_of(cell_of(*box_)).at(0), SIGKILL); }));
  EXPECT_EQ(box_->counters().workers_replaced, 1);
}

TEST_F(SandboxTest, TheFirstProcessOfARunKilledFromOutsideIsAFaultDoneAgain) {
  expect_done_again(harmed(*box_, [&] { kill(children_of(children_of(cell_of(*box_)).at(0)).at(0), SIGKILL); }));
}

/// The first processes of runs in a worker's cell: beside the warm interpreter, and below it.
std::vector<int> runs_of(const CodeSandbox& box, std::size_t count) {
  for (int i = 0; i < 2000; ++i) {
    std::vector<int> found;
    for (const int cell : children_of(box.broker_pid())) {
      const std::vector<int> inside = children_of(cell);
      if (inside.empty()) continue;
      const int warm = *std::min_element(inside.begin(), inside.end());  // It was there before any run.
      std::copy_if(inside.begin(), inside.end(), std::back_inserter(found), [warm](int pid) { return pid != warm; });
      for (const int run : children_of(warm)) found.push_back(run);
    }
    if (found.size() == count) return found;
    std::this_thread::sleep_for(5ms);
  }
  ADD_FAILURE() << "no run was seen";
  return std::vector<int>(count, -1);
}

/// Does `harm` while the request is under way.
RunReport harmed(CodeSandbox& box, const RunRequest& request, const std::function<void()>& harm) {
  std::future<RunReport> report = std::async(std::launch::async, [&] { return box.run(request); });
  harm();
  EXPECT_EQ(report.wait_for(std::chrono::seconds(120)), std::future_status::ready);
  return report.get();
}

TEST_F(SandboxTest, AKillInAssertModeIsNeverAVerdictOnTheProgram) {
  RunRequest request;
  request.mode = RunMode::kAssert;
  request.program = "import time\ndef f():\n    time.sleep(0.5)\n    return 1\n";
  request.tests = "assert f() == 1";
  const std::vector<std::function<void()>> harms{[&] { kill(runs_of(*box_, 2)[0], SIGKILL); }, [&] { kill(runs_of(*box_, 2)[1], SIGKILL); },
                                                 [&] {
                                                   runs_of(*box_, 2);
                                                   kill(cell_of(*box_), SIGKILL);
                                                 },
                                                 [&] {
                                                   runs_of(*box_, 2);
                                                   kill(box_->broker_pid(), SIGKILL);
                                                 }};
  for (std::size_t i = 0; i < harms.size(); ++i) {
    const RunReport report = harmed(*box_, request, harms[i]);
    EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << "harm " << i << ": " << report.evidence;
    EXPECT_EQ(report.attempts, 2) << "harm " << i;
  }
}

TEST_F(SandboxTest, AKillInACompilationIsNeverAnErrorOfTheProgram) {
  ASSERT_EQ(cpp("int main() { return 0; }").outcome, RunOutcome::kCompleted);
  const std::vector<std::function<void()>> harms{[&] { kill(runs_of(*box_, 1)[0], SIGKILL); },
                                                 [&] {
                                                   runs_of(*box_, 1);
                                                   kill(cell_of(*box_), SIGKILL);
                                                 },
                                                 [&] {
                                                   runs_of(*box_, 1);
                                                   kill(box_->broker_pid(), SIGKILL);
                                                 }};
  for (std::size_t i = 0; i < harms.size(); ++i) {
    RunRequest request;
    request.language = ProgramLanguage::kCpp;
    // A second or so of the compiler's time.
    request.program = "constexpr int f() { int s = " + std::to_string(i) +
                      "; for (int i = 0; i < 20; ++i) for (int j = 0; j < 60000; ++j) s += j & 1; return s; }\nstatic_assert(f() > 0);\nint main() {}\n";
    const std::int64_t repeated = box_->counters().repeated;
    const RunReport report = harmed(*box_, request, harms[i]);
    EXPECT_EQ(report.outcome, RunOutcome::kCompleted) << "harm " << i << ": " << report.evidence << report.compile_log;
    EXPECT_EQ(box_->counters().repeated, repeated + 1) << "harm " << i;
  }
}

TEST_F(SandboxTest, ASecondFaultIsReportedAndNeverAVerdict) {
  std::atomic<bool> stop = false;
  std::thread killer([&] {
    while (!stop) {
      for (const int cell : children_of(box_->broker_pid())) kill(cell, SIGKILL);
      std::this_thread::sleep_for(50ms);
    }
  });
  RunRequest request;
  request.program = "import time\ntime.sleep(1)\nprint('done')\n";
  const RunReport report = box_->run(request);
  stop = true;
  killer.join();
  EXPECT_EQ(report.outcome, RunOutcome::kFault) << to_string(report.outcome);
  EXPECT_EQ(box_->counters().faults, 1);
  EXPECT_EQ(python("print(2)").stdout_text, "2\n");  // And the sandbox goes on.
}

TEST_F(SandboxTest, NothingIsLeftWhenASandboxGoes) {
  const int broker = box_->broker_pid();
  python("print(1)");
  EXPECT_GT(control_groups_of(broker) + (box_->layers()[7] == "memory_limit" ? 0 : 1), 0);
  const std::vector<int> cells = children_of(broker);
  ASSERT_EQ(cells.size(), 1u);
  box_.reset();
  EXPECT_NE(kill(broker, 0), 0);
  EXPECT_NE(kill(cells[0], 0), 0);
  EXPECT_EQ(control_groups_of(broker), 0);
}

TEST_F(SandboxTest, ManyThreadsShareFewWorkers) {
  make({.workers = 2});
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        RunRequest request;
        request.program = "print(input())";
        request.stdin_text = std::to_string(t * 100 + i) + "\n";
        right += box_->run(request).stdout_text == request.stdin_text ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

/// A few hundred runs of all kinds of ends leave nothing behind; the long form is in tests/sandbox_long.
TEST_F(SandboxTest, RunsLeaveNothingBehind) {
  const auto some_runs = [&](int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(python("print(input())", "x\n").outcome, RunOutcome::kCompleted);
      if (i % 10 == 0) python("import os\nfor i in range(8):\n    if os.fork() == 0:\n        while True: pass\n", "", limits_of(0.1));
      if (i % 10 == 5) tests_of("def f(): return 1", "assert f() == 1");
    }
  };
  some_runs(30);
  const int broker = box_->broker_pid();
  const int files = open_files_of(broker), own_files = open_files_of(getpid());
  const int mounts = lines_of(text_of("/proc/" + std::to_string(broker) + "/mounts")), groups = control_groups_of(broker);
  const double memory = resident_mib(broker);
  some_runs(100);
  EXPECT_EQ(box_->broker_pid(), broker);
  EXPECT_EQ(open_files_of(broker), files);
  EXPECT_EQ(open_files_of(getpid()), own_files);
  EXPECT_EQ(lines_of(text_of("/proc/" + std::to_string(broker) + "/mounts")), mounts);
  EXPECT_EQ(control_groups_of(broker), groups);
  EXPECT_LT(resident_mib(broker), memory + 1);
  EXPECT_EQ(children_of(broker).size(), 1u);
  EXPECT_EQ(box_->counters().workers_replaced, 0);
}

}  // namespace
}  // namespace lydian
