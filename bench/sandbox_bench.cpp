// What the sandbox costs. Usage: sandbox_bench [seconds a measurement, default 3] [--workers]
// Python stdio runs/s, function cases/s and programs/s, C++ runs/s, processor time of a compilation, overshoot of time-outs, time from a bomb's end to a clean
// cell; with --workers also two workers over one. One worker, one calling thread, unless stated.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

/// Programs that do not link have been compiled all the same, and their report has the compiler's own times.
void compilations(CodeSandbox& box) {
  std::vector<double> cpu, wall;
  for (int i = 0; i < 8; ++i) {
    RunRequest request = cpp_stdio(std::to_string(now()));
    request.program += "extern int nowhere();\nint somewhere() { return nowhere(); }\n";
    const RunReport report = box.run(request);
    cpu.push_back(report.cpu_s);
    wall.push_back(report.wall_s);
  }
  std::printf("%-44s %9.3f s of processor time, %.3f s wall (medians of 8)\n", "C++ compilation, bits/stdc++.h", quantile(cpu, 0.5), quantile(wall, 0.5));
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
  const Rate one = rate_of(box, python_stdio(), seconds);
  print("Python stdio runs", one);
  print("Python programs, function mode, 10 cases", rate_of(box, python_function(10), seconds));
  print("Python cases, function mode, 100 a program", rate_of(box, python_function(100), seconds), 100);
  box.run(cpp_stdio());
  print("C++ runs of a compiled program", rate_of(box, cpp_stdio(), seconds));
  compilations(box);
  time_outs(box);
  if (workers) {
    CodeSandbox two({.workers = 2});
    const Rate both = rate_of(two, python_stdio(), seconds, 2);
    print("Python stdio runs, two workers", both);
    std::printf("%-44s %9.2f x\n", "two workers over one", both.per_second / one.per_second);
  }
  return 0;
}

}  // namespace
}  // namespace lydian

int main(int argc, char** argv) {
  return lydian::run(argc, argv);
}
