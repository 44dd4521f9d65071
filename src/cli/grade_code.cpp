#include "cli/grade_code.h"

#include <algorithm>
#include <iostream>

#include "lydian/core/error.h"
#include "verify/code/code_grading.h"

namespace lydian::cli {
namespace {

std::string file_of(const Arguments& arguments, std::string_view flag) {
  if (!arguments.has(flag)) throw ConfigError("grade", "--" + std::string(flag) + " FILE", "none");
  return arguments.text(flag);
}

/// "seccomp,landlock" as layers.
std::vector<SandboxLayer> layers_of(const std::string& names) {
  std::vector<SandboxLayer> layers;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    layers.push_back(sandbox_layer(names.substr(begin, end - begin)));
    begin = end + 1;
  }
  return layers;
}

}  // namespace

int grade_code(const Arguments& arguments) {
  code::GradingOptions options;
  options.workers = static_cast<int>(arguments.integer("workers", 1, 1));
  options.fraction = arguments.has("fraction");
  options.keep_output = arguments.has("keep-output");
  const std::shared_ptr<ProgramRunner> runner = sandbox_runner({.workers = options.workers, .do_without = layers_of(arguments.text("do-without"))});
  const code::GradingSummary summary = code::grade_file(file_of(arguments, "input"), file_of(arguments, "output"), *runner, options);
  for (const auto& [verdict, rows] : summary.by_verdict) std::cout << verdict << ' ' << rows << '\n';
  std::cout << "rows " << summary.rows << '\n';
  return kDone;
}

std::vector<Flag> grade_code_flags() {
  return {{"workers", "N", "code: programs that run at once (1)."},
          {"fraction", "", "code: the reward is passed / total, not 1 or 0."},
          {"keep-output", "", "code: also write what programs printed, and the compiler's log."},
          {"do-without", "LAYERS", "code: layers of the sandbox that may be missing, by name, with commas; stamped on every verdict."}};
}

}  // namespace lydian::cli
