#pragma once

#include <map>
#include <string>
#include <vector>

#include "lydian/core/message.h"

namespace lydian {

/// One problem. Plain data: behaviour lives in the Environment and its Verifier.
struct Task {
  std::string id;                 ///< Unique within its environment and split.
  std::string prompt;             ///< Plain text, read as it is; used where `messages` is empty.
  std::vector<Message> messages;  ///< A conversation, rendered by the run's chat template.
  std::string ground_truth;       ///< What the verifier compares with: text, or JSON text where it is structured.
  std::string category;           ///< For reports; may be empty.
  std::map<std::string, std::string> metadata;
};

}  // namespace lydian
