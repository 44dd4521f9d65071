#pragma once

#include <functional>

#include "lydian/core/error.h"

namespace lydian {

/// Asked now and then by work that takes long, on the caller's thread; true: stop as soon as possible. Empty: never stop.
using StopRequest = std::function<bool()>;

/// Work that was stopped half done because its StopRequest said so. Nothing of it counts, and it can be begun anew.
class Interrupted : public Error {
 public:
  using Error::Error;
};

/// Throws Interrupted where `interrupted` says so.
inline void heed(const StopRequest& interrupted, std::string_view component) {
  if (interrupted && interrupted()) throw Interrupted(component, "stopped before its end, as it was asked to");
}

}  // namespace lydian
