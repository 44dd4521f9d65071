#pragma once

#include <string>

namespace lydian::sandbox {

/// The interpreter's own file, behind all links. `named` must be absolute; empty: the first of the usual places. Empty where there is none.
/// A script that stands for an interpreter (a version switcher's shim) is passed over, or refused where it was named. Throws ConfigError.
std::string find_interpreter(const std::string& named);

}  // namespace lydian::sandbox
