#pragma once

#include "cli/command.h"

namespace lydian::cli {

/// `lydian grade code`: programs of a file of rows, judged in the sandbox.
int grade_code(const Arguments& arguments);
/// Its own flags, besides --input and --output.
std::vector<Flag> grade_code_flags();

}  // namespace lydian::cli
