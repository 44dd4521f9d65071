#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lydian/sandbox/run.h"

namespace lydian::code {

/// Where a program stands in a response.
struct ExtractionOptions {
  ProgramLanguage language = ProgramLanguage::kPython;
  bool bare_program = false;  ///< A response without any fence is itself the program.
};

/// The program of a response, or nothing where it has none.
///
/// A block opens with a line of three or more backticks or tildes (at most three blanks before them) and the name of a language or nothing behind them; it
/// closes with a line of the same mark, at least as often, and nothing else. Taken is the last closed block that names the language (python, py, python3; cpp,
/// c++, cc, cxx; in any case), else the last closed block that names none. A block that never closes is no program, nor is anything outside of blocks, except
/// with bare_program a response that opens none. Inside a block nothing opens another.
std::optional<std::string> extract_program(std::string_view response, const ExtractionOptions& options);

}  // namespace lydian::code
