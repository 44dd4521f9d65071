#pragma once

#include <string>
#include <vector>

#include "sandbox/cpp_compiler.h"
#include "sandbox/python_program.h"

namespace lydian::sandbox {

/// The compiler's further arguments: where the header of both sides lies; and on the program's side, an entry that is no main().
inline constexpr const char* kTestsFlags[] = {"-I/tmp"};
inline constexpr const char* kServedFlags[] = {"-I/tmp", "-Wl,--wrap=main"};

/// A program and its tests as two executables that talk by plain data.
struct CppTests {
  std::vector<SourceFile> program, tests;
  std::string refusal;  ///< Why the pair cannot be made; empty where it can.
  std::string no_data;  ///< Which result is an object of a class that the tests do not know: no answer, whatever it says that it equals. Empty: none.
  std::string doubt;    ///< What of the program the tests name beyond functions; a reason to refuse if the tests then do not compile alone.
};

/// Finds which functions of the program the tests call, and writes what stands for them on both sides. The tests' executable holds no word of the program: only
/// signatures of known types, written anew.
CppTests split_cpp_tests(const std::string& program, const std::string& tests);

/// How the tests' process ended: its channel says whether a call was lost, its status the rest.
TestsEnd read_cpp_tests_end(std::string_view channel, int wait_status);

}  // namespace lydian::sandbox
