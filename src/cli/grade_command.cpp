#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "cli/component.h"
#include "lydian/core/error.h"

namespace lydian::cli {
namespace {

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

/// An option of another grader would have no effect.
void check_options(const Arguments& arguments, const Grader& grader) {
  for (const auto& [name, value] : arguments.flags) {
    for (const Component& component : components()) {
      const Grader& other = component.grader;
      const bool is_of_other = std::any_of(other.flags.begin(), other.flags.end(), [&flag = name](const Flag& known) { return known.name == flag; });
      if (is_of_other && other.name != grader.name) {
        throw ConfigError("grade", "options of lydian grade " + std::string(grader.name),
                          "--" + name + ", which belongs to lydian grade " + std::string(other.name));
      }
    }
  }
}

/// "math or code", of those in this build.
std::string grader_names(std::string_view between) {
  std::string names;
  for (const Component& component : components()) names += (names.empty() ? "" : std::string(between)) + std::string(component.grader.name);
  return names;
}

int run(const Arguments& arguments, const Catalog&) {
  const auto asked =
      std::find_if(components().begin(), components().end(), [&](const Component& component) { return component.grader.name == arguments.words[0]; });
  if (asked == components().end()) throw ConfigError("grade", grader_names(" or "), arguments.words[0]);
  check_options(arguments, asked->grader);
  check_files(arguments);
  check_input(arguments.required("input"));
  return asked->grader.run(arguments);
}

std::vector<Flag> flags() {
  std::vector<Flag> all{{"input", "FILE", "Rows to grade, one JSON object a line."}, {"output", "FILE", "Where their verdicts go, in the same order."}};
  for (const Component& component : components()) all.insert(all.end(), component.grader.flags.begin(), component.grader.flags.end());
  return all;
}

}  // namespace

Command grade_command() {
  static const std::string usage = grader_names(" | ") + " --input FILE --output FILE [--SWITCH VALUE …]";
  return {.name = "grade",
          .usage = usage,
          .doc = "Grades answers, whole responses or programs offline: a verdict for each row of a file.",
          .flags = flags(),
          .least_words = 1,
          .most_words = 1,
          .takes_options = false,
          .run = run,
          .options = nullptr};
}

}  // namespace lydian::cli
