#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lydian/sandbox/run.h"
#include "lydian/sandbox/sandbox.h"

namespace lydian {

/// Where programs are run: a CodeSandbox, or in a test whatever the test wants to come back. The members are those of CodeSandbox.
class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;
  virtual RunReport run(const RunRequest& request) = 0;
  virtual std::vector<RunReport> run_many(const RunRequest& request, const std::vector<std::string>& inputs,
                                          const std::function<bool(std::size_t, const RunReport&)>& keep_going) = 0;
};

/// A CodeSandbox that is started by the first run, so that whoever only looks at tasks needs none.
///
/// Threads: any. Throws what CodeSandbox throws, at every run until it can be started: SandboxUnavailable where this machine cannot contain programs.
std::shared_ptr<ProgramRunner> sandbox_runner(const SandboxOptions& options = {});

}  // namespace lydian
