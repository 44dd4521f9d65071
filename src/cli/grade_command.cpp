#include <unistd.h>

#include <algorithm>
#include <filesystem>
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

#endif

#ifdef LYDIAN_MATH
constexpr const char* kGraders = "math or code";
#else
constexpr const char* kGraders = "code";
#endif

bool is_one_file(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code unreadable;
  if (fs::is_other(a, unreadable) || fs::is_other(b, unreadable)) return false;  // A device is not replaced.
  return fs::equivalent(a, b, unreadable) || fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal();
}

/// No file that is read or written stands twice: rows, or verdicts, would be lost.
void check_files(const Arguments& arguments) {
  constexpr std::string_view kFiles[] = {"input", "output", "summary"};
  for (std::size_t i = 0; i < std::size(kFiles); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!arguments.has(kFiles[i]) || !arguments.has(kFiles[j]) || !is_one_file(arguments.text(kFiles[i]), arguments.text(kFiles[j]))) continue;
      throw ConfigError("grade", "--" + std::string(kFiles[i]) + " to name another file than --" + std::string(kFiles[j]),
                        arguments.text(kFiles[i]) + " for both");
    }
  }
}

/// Before there is a sandbox or an output.
void check_input(const std::string& input) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(input, unreadable) || access(input.c_str(), R_OK) != 0) {
    throw ConfigError("grade", "--input to name a file that can be read", input);
  }
}

/// An option of the other grader would have no effect.
void check_options(const Arguments& arguments) {
  const std::vector<Flag> of_code = grade_code_flags();
  for (const auto& [name, value] : arguments.flags) {
    if (name == "input" || name == "output") continue;
    const bool is_of_code = std::any_of(of_code.begin(), of_code.end(), [&flag = name](const Flag& known) { return known.name == flag; });
    if (is_of_code != (arguments.words[0] == "code")) {
      throw ConfigError("grade", "options of lydian grade " + arguments.words[0],
                        "--" + name + ", which belongs to lydian grade " + (is_of_code ? "code" : "math"));
    }
  }
}

int run(const Arguments& arguments, const Catalog&) {
  const std::string& what = arguments.words[0];
#ifdef LYDIAN_MATH
  const bool known = what == "math" || what == "code";
#else
  const bool known = what == "code";
#endif
  if (!known) throw ConfigError("grade", kGraders, what);
  check_options(arguments);
  check_files(arguments);
  check_input(arguments.required("input"));
#ifdef LYDIAN_MATH
  if (what == "math") return grade_math(arguments);
#endif
  return grade_code(arguments);
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
