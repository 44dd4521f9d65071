#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "lydian/verify/program_runner.h"

namespace lydian::code_test {

/// Runs nothing: answers with what a function makes of the request. Keeps all requests, so that a test sees what would have entered a cell.
class ScriptedRunner final : public ProgramRunner {
 public:
  using Script = std::function<RunReport(const RunRequest&)>;
  explicit ScriptedRunner(Script script) : script_(std::move(script)) {}

  RunReport run(const RunRequest& request) override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests.push_back(request);
    }
    return script_(request);
  }
  std::vector<RunReport> run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                  const std::function<bool(std::size_t, const RunReport&)>& keep_going) override {
    std::vector<RunReport> reports;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      RunRequest one = request;
      one.stdin_text = inputs[i];
      reports.push_back(run(one));
      if (reports.back().outcome == RunOutcome::kCompileError) break;
      if (keep_going && !keep_going(i, reports.back())) break;
    }
    return reports;
  }

  std::vector<RunRequest> requests;

 private:
  Script script_;
  std::mutex mutex_;
};

inline RunReport ended(RunOutcome outcome, std::string stdout_text = {}, std::string evidence = {}) {
  RunReport report;
  report.outcome = outcome;
  report.stdout_text = std::move(stdout_text);
  report.evidence = std::move(evidence);
  report.layers = {"pid_namespace"};
  return report;
}
inline CallReport returned(std::string value) {
  return {CallReport::Status::kReturned, std::move(value), {}};
}

}  // namespace lydian::code_test
