#include "cli/code/grade_code.h"

#include <iostream>

#include "cli/code/layer_names.h"
#include "lydian/core/error.h"
#include "verify/code/code_grading.h"

namespace lydian::cli {

int grade_code(const Arguments& arguments) {
  code::GradingOptions options;
  options.workers = static_cast<int>(arguments.integer("workers", 1, 1));
  options.fraction = arguments.has("fraction");
  options.keep_output = arguments.has("keep-output");
  const std::shared_ptr<ProgramRunner> runner = sandbox_runner({.workers = options.workers, .do_without = layers_named(arguments.text("do-without"))});
  const code::GradingSummary summary = code::grade_file(arguments.required("input"), arguments.required("output"), *runner, options);
  for (const auto& [verdict, rows] : summary.by_verdict) std::cout << verdict << ' ' << rows << '\n';
  std::cout << "rows " << summary.rows << '\n';
  const auto faults = summary.by_verdict.find("fault");
  if (faults != summary.by_verdict.end() && faults->second == summary.rows) {
    throw Error("grade", "at least one row that can be judged", "none of " + std::to_string(summary.rows) + "; " + arguments.text("output") + " says why");
  }
  return kDone;
}

std::vector<Flag> grade_code_flags() {
  return {{"workers", "N", "code: programs that run at once (1)."},
          {"fraction", "", "code: the reward is passed / total, not 1 or 0."},
          {"keep-output", "", "code: also write what programs printed, and the compiler's log."},
          {"do-without", "LAYERS", "code: layers of the sandbox that may be missing, by name, with commas; stamped on every verdict."}};
}

}  // namespace lydian::cli
