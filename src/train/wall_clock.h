#pragma once

#include <chrono>

namespace lydian {

/// For what is reported only; nothing may be decided by it.
inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace lydian
