#include "lydian/verify/prompt_split.h"

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"

namespace lydian {

std::string canonical_prompt(const Task& task) {
  if (task.messages.empty()) return task.prompt;
  std::string text;
  for (const Message& message : task.messages) text += message.role + '\x1f' + message.content + '\x1e';
  return text;
}

Split split_of_prompt(std::string_view canonical_prompt, double dev_share, double test_share) {
  // FNV-1a, then a full mix: FNV alone leaves the high bits of short texts poorly spread, and the share is read from them.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : canonical_prompt) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  const double place = static_cast<double>(mix64(hash) >> 11) * 0x1.0p-53;
  if (place < test_share) return Split::kTest;
  return place < test_share + dev_share ? Split::kDev : Split::kTrain;
}

void check_share(std::string_view component, std::string_view name, double value) {
  if (!(value >= 0.0 && value <= 1.0)) throw ConfigError(component, std::string(name) + " from 0 to 1", std::to_string(value));
}

void check_split_shares(std::string_view component, double dev_share, double test_share) {
  check_share(component, "dev_share", dev_share);
  check_share(component, "test_share", test_share);
  check_share(component, "dev_share + test_share", dev_share + test_share);
}

}  // namespace lydian
