#include "lydian/data/verdict.h"

namespace lydian {

const char* to_string(VerdictStatus status) {
  switch (status) {
    case VerdictStatus::kScored:
      return "scored";
    case VerdictStatus::kUnparsable:
      return "unparsable";
    case VerdictStatus::kResourceLimit:
      return "resource_limit";
    case VerdictStatus::kVerifierFault:
      return "verifier_fault";
  }
  return "unknown";
}

}  // namespace lydian
