#pragma once

#include <string>

namespace lydian {

/// One turn of a conversation. `role` is "system", "user", "assistant" or "tool".
struct Message {
  std::string role;
  std::string content;
};

}  // namespace lydian
