#pragma once

#include <string>

namespace lydian {

// Defined in one generated source, so that no other object of the tests knows where the clone stands: a second clone takes them from the compiler's cache.
extern const char* const kSourceFolder;   ///< The clone.
extern const char* const kProgramFolder;  ///< The programs of the build.

inline std::string source_file(const std::string& name) {
  return std::string(kSourceFolder) + "/" + name;
}

/// Of data that stand beside the clone; tests that need them are skipped where they are absent.
inline std::string shared_file(const std::string& name) {
  return source_file("../shared/" + name);
}

inline std::string program_file(const std::string& name) {
  return std::string(kProgramFolder) + "/" + name;
}

}  // namespace lydian
