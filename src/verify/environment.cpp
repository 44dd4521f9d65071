#include "lydian/verify/environment.h"

namespace lydian {

const char* to_string(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kDev:
      return "dev";
    case Split::kTest:
      return "test";
  }
  return "unknown";
}

std::optional<std::string> Environment::step(const Task&, const Completion&) const {
  return std::nullopt;
}

}  // namespace lydian
