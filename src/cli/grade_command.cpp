#include <algorithm>
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "cli/grade_code.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#ifdef LYDIAN_MATH
#include "verify/math/grade_math.h"
#endif

namespace lydian::cli {
namespace {

#ifdef LYDIAN_MATH

std::string required(const Arguments& arguments, std::string_view flag) {
  if (!arguments.has(flag)) throw ConfigError("grade", "--" + std::string(flag) + " FILE", "none");
  return arguments.text(flag);
}

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
  const MathGradingSummary summary = grade_math_file(required(arguments, "input"), required(arguments, "output"), math_options(arguments),
                                                     static_cast<int>(arguments.integer("threads", 1, 1)));
  if (arguments.has("summary")) write_file_durably(arguments.text("summary"), summary.json() + "\n");
  std::cout << summary.table();
  return kDone;
}

#endif

#ifdef LYDIAN_MATH
constexpr const char* kGraders = "math or code";
#else
constexpr const char* kGraders = "code";
#endif

int run(const Arguments& arguments, const Catalog&) {
#ifdef LYDIAN_MATH
  if (arguments.words[0] == "math") return grade_math(arguments);
#endif
  if (arguments.words[0] == "code") return grade_code(arguments);
  throw ConfigError("grade", kGraders, arguments.words[0]);
}

std::vector<Flag> flags() {
  std::vector<Flag> all{{"input", "FILE", "Rows to grade, one JSON object a line."},
                        {"output", "FILE", "Where their verdicts go, in the same order."},
                        {"threads", "N", "math: threads that grade (1); verdicts do not depend on them."},
                        {"summary", "FILE", "math: also write the summary as JSON."}};
  for (const Flag& flag : grade_code_flags()) all.push_back(flag);
#ifdef LYDIAN_MATH
  for (const OptionDoc& option : switches()) all.push_back({option.name, option.type == "bool" ? "true|false" : "N", option.doc});
#endif
  return all;
}

}  // namespace

Command grade_command() {
  return {.name = "grade",
          .usage = "math | code --input FILE --output FILE [--SWITCH VALUE …]",
          .doc = "Grades answers, whole responses or programs offline: a verdict for each row of a file.",
          .flags = flags(),
          .least_words = 1,
          .most_words = 1,
          .takes_options = false,
          .run = run,
          .options = nullptr};
}

}  // namespace lydian::cli
