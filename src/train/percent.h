#pragma once

#include <cstdio>
#include <string>

namespace lydian {

/// A share as it stands in a message: "97.3 %".
inline std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100.0 * share);
  return text;
}

}  // namespace lydian
