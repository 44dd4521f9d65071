#pragma once

#include <dirent.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "lydian/sandbox/sandbox.h"

namespace lydian {

/// Tests that run programs: skipped by name where this machine cannot contain them; failed there if LYDIAN_SANDBOX_REQUIRED is set, for machines that are known
/// to.
class SandboxTest : public testing::Test {
 protected:
  void SetUp() override { make({}); }

  void make(const SandboxOptions& options) {
    box_.reset();
    try {
      box_ = std::make_unique<CodeSandbox>(options);
    } catch (const SandboxUnavailable& unavailable) {
      if (std::getenv("LYDIAN_SANDBOX_REQUIRED") != nullptr) FAIL() << unavailable.what();
      GTEST_SKIP() << unavailable.what();
    }
  }

  RunReport python(const std::string& program, const std::string& input = {}, const RunLimits& limits = {}) {
    RunRequest request;
    request.program = program;
    request.stdin_text = input;
    request.limits = limits;
    return box_->run(request);
  }

  RunReport cpp(const std::string& program, const std::string& input = {}) {
    RunRequest request;
    request.language = ProgramLanguage::kCpp;
    request.program = program;
    request.stdin_text = input;
    return box_->run(request);
  }

  RunReport function(const std::string& program, const std::string& entry_point, const std::vector<std::string>& calls) {
    RunRequest request;
    request.mode = RunMode::kFunction;
    request.program = program;
    request.entry_point = entry_point;
    request.calls = calls;
    return box_->run(request);
  }

  RunReport tests_of(const std::string& program, const std::string& tests, ProgramLanguage language = ProgramLanguage::kPython) {
    RunRequest request;
    request.language = language;
    request.mode = RunMode::kAssert;
    request.program = program;
    request.tests = tests;
    return box_->run(request);
  }

  std::unique_ptr<CodeSandbox> box_;
};

inline RunLimits limits_of(double wall_s) {
  RunLimits limits;
  limits.wall_s = wall_s;
  return limits;
}

/// Processes whose parent is `parent`.
inline std::vector<int> children_of(int parent) {
  std::vector<int> found;
  DIR* processes = opendir("/proc");
  while (const dirent* entry = readdir(processes)) {
    const int pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
    std::string line;
    if (!std::getline(file, line)) continue;
    std::istringstream words(line.substr(line.rfind(')') + 1));
    std::string state;
    int of = 0;
    if (words >> state >> of && of == parent) found.push_back(pid);
  }
  closedir(processes);
  return found;
}

inline int open_files_of(int pid) {
  int count = 0;
  DIR* files = opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (files == nullptr) return -1;
  while (readdir(files) != nullptr) ++count;
  closedir(files);
  return count;
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline int lines_of(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

inline double resident_mib(int pid) {
  const std::string status = text_of("/proc/" + std::to_string(pid) + "/status");
  const auto at = status.find("VmRSS:");
  return at == std::string::npos ? 0 : std::atof(status.c_str() + at + 6) / 1024;
}

/// Control groups of broker `pid`, by name, in the hierarchies of this machine.
inline int control_groups_of(int pid) {
  int count = 0;
  std::istringstream lines(text_of("/proc/self/mountinfo"));
  const std::string name = "lydian-sandbox-" + std::to_string(pid) + "-";
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" - cgroup") == std::string::npos) continue;
    std::istringstream words(line);
    std::string skip, point;
    words >> skip >> skip >> skip >> skip >> point;
    std::istringstream groups(text_of("/proc/self/cgroup"));
    std::vector<std::string> folders{point};
    for (std::string group; std::getline(groups, group);) folders.push_back(point + group.substr(group.rfind(':') + 1));
    for (const std::string& folder : folders) {
      DIR* entries = opendir(folder.c_str());
      if (entries == nullptr) continue;
      while (const dirent* entry = readdir(entries)) count += std::string(entry->d_name).rfind(name, 0) == 0 ? 1 : 0;
      closedir(entries);
    }
  }
  return count;
}

}  // namespace lydian
