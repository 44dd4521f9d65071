#pragma once

#include <cstdlib>
#include <string>

namespace lydian {

// Defined in one generated source, so that no other object of the tests knows where the clone stands: a second clone takes them from the compiler's cache.
extern const char* const kSourceFolder;   ///< The clone.
extern const char* const kProgramFolder;  ///< The programs of the build.

inline std::string source_file(const std::string& name) {
  return std::string(kSourceFolder) + "/" + name;
}

/// Of data that stand beside the clone.
inline std::string shared_file(const std::string& name) {
  return source_file("../shared/" + name);
}

/// Where a test finds no shared data it is skipped; it has failed if LYDIAN_SHARED_REQUIRED is set, for machines that have them.
#define LYDIAN_NEEDS_SHARED(absent, name)                                                      \
  if (absent) {                                                                                \
    if (std::getenv("LYDIAN_SHARED_REQUIRED") != nullptr) FAIL() << lydian::shared_file(name); \
    GTEST_SKIP() << lydian::shared_file(name) << " is not here";                               \
  }                                                                                            \
  static_cast<void>(0)

inline std::string program_file(const std::string& name) {
  return std::string(kProgramFolder) + "/" + name;
}

}  // namespace lydian
