#include <algorithm>
#include <iostream>

#include "cli/add_shipped.h"
#include "cli/component.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/envs/math_environment.h"
#include "verify/math/grade_math.h"

namespace lydian::cli {
namespace {

constexpr std::int64_t kMostThreads = 1024;  // As LYDIAN_THREADS.

std::string dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

/// The math verifier's options, each as a flag.
const std::vector<OptionDoc>& switches() {
  static const std::vector<OptionDoc> all = [] {
    std::vector<OptionDoc> options = document_config<MathOptions>();
    for (OptionDoc& option : options) option.name = dashed(option.name);
    return options;
  }();
  return all;
}

MathOptions math_options(const Arguments& arguments) {
  Config config;
  for (const OptionDoc& option : switches()) {
    std::string key = option.name;
    std::replace(key.begin(), key.end(), '-', '_');
    if (arguments.has(option.name)) config = config.with_override(key + "=" + arguments.text(option.name));
  }
  MathOptions options;
  read_config(config, options);
  return options;
}

int grade_math(const Arguments& arguments) {
  const std::int64_t threads = arguments.integer("threads", 1, 1);
  if (threads > kMostThreads) throw ConfigError("grade", "--threads of at most " + std::to_string(kMostThreads), arguments.text("threads"));
  const MathGradingSummary summary =
      grade_math_file(arguments.required("input"), arguments.required("output"), math_options(arguments), static_cast<int>(threads));
  if (summary.rows == 0) throw ConfigError("grade", "an input with at least one row", arguments.text("input"));
  if (arguments.has("summary")) write_file_durably(arguments.text("summary"), summary.json() + "\n");
  std::cout << summary.table();
  if (summary.nothing_judged())
    throw Error("grade", "at least one row that can be judged", "none of " + std::to_string(summary.rows) + "; the first: " + summary.first_mistake);
  return kDone;
}

std::vector<Flag> grade_math_flags() {
  std::vector<Flag> flags{{"threads", "N", "math: threads that grade (1); verdicts do not depend on them."},
                          {"summary", "FILE", "math: also write the summary as JSON."}};
  for (const OptionDoc& option : switches()) flags.push_back({option.name, option.type == "bool" ? "true|false" : "N", option.doc});
  return flags;
}

}  // namespace

Component math_component() {
  return {.add_environments = [](Catalog& catalog) { add_shipped<MathEnvironment, MathEnvironmentOptions>(catalog, "math"); },
          .grader = {.name = "math", .flags = grade_math_flags(), .run = grade_math}};
}

}  // namespace lydian::cli
