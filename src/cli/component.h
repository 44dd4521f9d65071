#pragma once

#include <string_view>
#include <vector>

#include "cli/command.h"

namespace lydian::cli {

/// `lydian grade NAME`
struct Grader {
  std::string_view name;
  std::vector<Flag> flags;  ///< Besides --input and --output.
  int (*run)(const Arguments& arguments);
};

/// What a component that a build may leave out (CMake: LYDIAN_MATH, LYDIAN_CODE) adds to the program.
struct Component {
  void (*add_environments)(Catalog& catalog);
  Grader grader;
  std::vector<Command> commands{};
};

Component math_component();
Component code_component();

/// Those of this build; CMake writes the list.
const std::vector<Component>& components();

}  // namespace lydian::cli
