#include "lydian/data/completion.h"

namespace lydian {

const char* to_string(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStopped:
      return "stopped";
    case FinishReason::kLength:
      return "length";
    case FinishReason::kThinkingCut:
      return "thinking_cut";
    case FinishReason::kNoClose:
      return "no_close";
  }
  return "unknown";
}

}  // namespace lydian
