#pragma once

#include <string>

namespace lydian::sandbox {

/// Whether a function of this name is the standard library's, so that tests may judge by it: what a program calls so is asked only where tests are nothing
/// without it.
bool is_of_the_library(const std::string& name);

}  // namespace lydian::sandbox
