#pragma once

#include <chrono>
#include <future>
#include <string_view>

#include "lydian/core/interruption.h"

namespace lydian {

/// Waits for a verdict or a reply; where it takes long, asks now and then whether to stop.
template <typename Future>
void wait_for(const Future& future, const StopRequest& interrupted, std::string_view component) {
  if (!interrupted) return future.wait();
  while (future.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) heed(interrupted, component);
}

}  // namespace lydian
