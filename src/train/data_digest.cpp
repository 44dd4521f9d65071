#include "train/data_digest.h"

#include <algorithm>
#include <string_view>

#include "lydian/core/sha256.h"

namespace lydian {
namespace {

constexpr std::int64_t kTasks = 256;

void add_text(Sha256& digest, std::string_view text) {
  const auto size = static_cast<std::uint64_t>(text.size());  // So that no two lists of texts read alike.
  digest.add(&size, sizeof size);
  digest.add(text.data(), text.size());
}

}  // namespace

std::string data_digest(const Environment& environment) {
  Sha256 digest;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    const std::int64_t size = environment.size(split), step = size == Environment::kUnbounded ? 1 : std::max<std::int64_t>(1, size / kTasks);
    digest.add(&size, sizeof size);
    for (std::int64_t i = 0; i < kTasks && i * step < size; ++i) {
      const Task task = environment.task(split, i * step);
      for (const std::string* text : {&task.id, &task.prompt, &task.ground_truth}) add_text(digest, *text);
      for (const Message& message : task.messages) add_text(digest, message.content);
    }
  }
  return digest.hex();
}

}  // namespace lydian
