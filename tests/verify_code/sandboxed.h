#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "folders.h"
#include "lydian/verify/program_runner.h"
#include "verify/code/code_grading.h"

namespace lydian::code_test {

using Json = nlohmann::ordered_json;

/// One sandbox for a test program, or nothing and the reason where this machine has none.
struct Sandboxed {
  std::shared_ptr<ProgramRunner> runner;
  std::string missing;
};

inline const Sandboxed& sandboxed(int workers = 1) {
  static const Sandboxed shared = [workers] {
    Sandboxed made{sandbox_runner({.workers = workers}), {}};
    try {
      RunRequest request;
      request.program = "print(1)";
      const RunReport report = made.runner->run(request);
      if (report.outcome == RunOutcome::kRefused) made.missing = report.evidence;
    } catch (const SandboxUnavailable& unavailable) {
      made.missing = unavailable.what();
    }
    return made;
  }();
  return shared;
}

/// Skips where this machine cannot contain programs; fails there if LYDIAN_SANDBOX_REQUIRED is set, for machines that are known to.
#define LYDIAN_NEEDS_SANDBOX()                                                                               \
  if (!lydian::code_test::sandboxed().missing.empty()) {                                                     \
    if (std::getenv("LYDIAN_SANDBOX_REQUIRED") != nullptr) FAIL() << lydian::code_test::sandboxed().missing; \
    GTEST_SKIP() << lydian::code_test::sandboxed().missing;                                                  \
  }                                                                                                          \
  static_cast<void>(0)

inline Json graded(const Json& row, const code::GradingOptions& options = {.keep_output = true}) {
  return Json::parse(code::grade_row(row.dump(), "a row", *sandboxed().runner, options));
}

/// The rows of a shared file of code tasks; none where the shared data are absent.
inline std::vector<Json> shared_rows(const std::string& name) {
  std::ifstream file(shared_file("data/code/") + name);
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(Json::parse(line));
  return rows;
}

}  // namespace lydian::code_test
