#pragma once

namespace lydian::sandbox {

/// C++ texts that are compiled in cells with a program and its tests: how values cross (a header, compiled ahead), the tests' side, the program's side.
inline constexpr const char* kPairHeader = "lydian_pair.h";
const char* cpp_pair_runtime();
const char* cpp_tests_runtime();
const char* cpp_serve_runtime();

}  // namespace lydian::sandbox
