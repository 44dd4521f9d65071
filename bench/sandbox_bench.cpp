// What the sandbox costs. Usage: sandbox_bench [seconds a measurement, default 3] [--workers]
// Python stdio runs/s, function cases/s and programs/s, C++ runs/s, processor time of a compilation, overshoot of time-outs, time from a bomb's end to a clean
// cell. One worker, one calling thread, unless stated. With --workers also, each by turns with one: two workers, two loops without any sandbox (what the
// machine gives), and two sandboxes of one worker (what the broker costs that two workers share).
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lydian/sandbox/sandbox.h"

namespace lydian {
namespace {

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

struct Rate {
  double per_second = 0, cpu_ms = 0;
  std::int64_t wrong = 0;
};

/// Runs one request again and again on each of `threads` threads.
Rate rate_of(CodeSandbox& box, const RunRequest& request, double seconds, int threads = 1) {
  std::vector<std::thread> all;
  std::vector<std::int64_t> runs(static_cast<std::size_t>(threads)), wrong(runs);
  std::vector<double> cpu(runs.size());
  const double begin = now();
  for (std::size_t t = 0; t < runs.size(); ++t) {
    all.emplace_back([&, t] {
      while (now() < begin + seconds) {
        const RunReport report = box.run(request);
        wrong[t] += report.outcome == RunOutcome::kCompleted ? 0 : 1;
        cpu[t] += report.cpu_s;
        ++runs[t];
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  Rate rate;
  double total = 0, used = 0;
  for (std::size_t t = 0; t < runs.size(); ++t) total += static_cast<double>(runs[t]), used += cpu[t], rate.wrong += wrong[t];
  rate.per_second = total / (now() - begin);
  rate.cpu_ms = 1000 * used / total;
  return rate;
}

void print(const char* what, const Rate& rate, double factor = 1) {
  std::printf("%-44s %9.1f /s   %6.2f ms of processor time a run%s\n", what, rate.per_second * factor, rate.cpu_ms, rate.wrong > 0 ? "   WRONG OUTCOMES" : "");
  std::fflush(stdout);
}

RunRequest python_stdio() {
  RunRequest request;
  request.program = "import sys\nprint(sum(map(int, sys.stdin.read().split())))\n";
  request.stdin_text = "1 2 3\n";
  return request;
}

RunRequest python_function(int calls) {
  RunRequest request;
  request.mode = RunMode::kFunction;
  request.program = "def f(values, k):\n    return sorted(values)[:k]\n";
  request.entry_point = "f";
  for (int i = 0; i < calls; ++i) request.calls.push_back("{\"args\": [[5, 3, " + std::to_string(i) + ", 1], 2]}");
  return request;
}

RunRequest cpp_stdio(const std::string& mark = {}) {
  RunRequest request;
  request.language = ProgramLanguage::kCpp;
  request.program = "#include <bits/stdc++.h>\nusing namespace std;\n// " + mark +
                    "\nint main() { long a, b; cin >> a >> b; vector<long> v{a, b}; sort(v.begin(), v.end()); cout << v[0] + v[1] << endl; }\n";
  request.stdin_text = "2 3\n";
  return request;
}

void compilations(CodeSandbox& box) {
  std::vector<double> cpu;
  for (int i = 0; i < 15; ++i) cpu.push_back(box.run(cpp_stdio(std::to_string(now()))).compile_cpu_s);
  std::printf("%-44s %9.3f s of processor time, %.3f to %.3f (median and all of 15)\n", "C++ compilation, bits/stdc++.h", quantile(cpu, 0.5), quantile(cpu, 0),
              quantile(cpu, 1));
}

/// Rounds of work that nothing shares, on each of `threads` threads.
double loops_per_second(double seconds, int threads) {
  std::vector<std::thread> all;
  std::vector<double> rounds(static_cast<std::size_t>(threads));
  const double begin = now();
  for (double& each : rounds) {
    all.emplace_back([&each, begin, seconds] {
      double done = 0;
      volatile std::uint64_t state = 1;
      while (now() < begin + seconds) {
        for (int i = 0; i < 10000; ++i) state = state * 6364136223846793005u + 1;
        ++done;
      }
      each = done;
    });
  }
  for (std::thread& thread : all) thread.join();
  double total = 0;
  for (const double each : rounds) total += each;
  return total / (now() - begin);
}

/// Both by turns, since a machine's speed drifts: the median of the rounds' quotients, and all of them.
void print_quotient(const char* what, const std::function<double()>& one, const std::function<double()>& two) {
  std::vector<double> quotients;
  for (int round = 0; round < 11; ++round) {
    const double before = one(), both = two(), after = one();
    quotients.push_back(2 * both / (before + after));
  }
  std::printf("%-44s %9.2f x   %.2f to %.2f (median and all of 11)\n", what, quantile(quotients, 0.5), quantile(quotients, 0), quantile(quotients, 1));
  std::fflush(stdout);
}

void workers_over_one(double seconds) {
  CodeSandbox box, other, two({.workers = 2});
  const auto one = [&] { return rate_of(box, python_stdio(), seconds).per_second; };
  print_quotient(
      "two loops over one, no sandbox", [&] { return loops_per_second(seconds, 1); }, [&] { return loops_per_second(seconds, 2); });
  print_quotient("two workers over one", one, [&] { return rate_of(two, python_stdio(), seconds, 2).per_second; });
  print_quotient("two sandboxes over one", one, [&] {
    double beside = 0;
    std::thread thread([&] { beside = rate_of(other, python_stdio(), seconds).per_second; });
    const double own = rate_of(box, python_stdio(), seconds).per_second;
    thread.join();
    return own + beside;
  });
}

void time_outs(CodeSandbox& box) {
  std::vector<double> over;
  RunRequest request;
  request.program = "while True: pass\n";
  request.limits.wall_s = 0.05;
  for (int i = 0; i < 100; ++i) over.push_back(box.run(request).wall_s - request.limits.wall_s);
  std::printf("%-44s %9.1f ms p50, %.1f ms p99\n", "time-out overshoot, loop", 1e3 * quantile(over, 0.5), 1e3 * quantile(over, 0.99));
  over.clear();
  request.program = "import os, time\nfor i in range(5): os.fork()\ntime.sleep(60)\n";
  request.limits.wall_s = 0.5;
  for (int i = 0; i < 40; ++i) over.push_back(box.run(request).wall_s - request.limits.wall_s);
  std::printf("%-44s %9.1f ms p50, %.1f ms p99\n", "32-process bomb: deadline to clean cell", 1e3 * quantile(over, 0.5), 1e3 * quantile(over, 0.99));
}

int run(int argc, char** argv) {
  double seconds = 3;
  bool workers = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--workers") == 0) {
      workers = true;
    } else {
      seconds = std::atof(argv[i]);
    }
  }
  CodeSandbox box;
  std::printf("%s, %s\n", box.python_version().c_str(), box.compiler_version().c_str());
  print("Python stdio runs", rate_of(box, python_stdio(), seconds));
  print("Python programs, function mode, 10 cases", rate_of(box, python_function(10), seconds));
  print("Python cases, function mode, 100 a program", rate_of(box, python_function(100), seconds), 100);
  box.run(cpp_stdio());
  print("C++ runs of a compiled program", rate_of(box, cpp_stdio(), seconds));
  compilations(box);
  time_outs(box);
  if (workers) workers_over_one(seconds);
  return 0;
}

}  // namespace
}  // namespace lydian

int main(int argc, char** argv) {
  return lydian::run(argc, argv);
}
