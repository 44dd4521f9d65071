#include "model/key_value_memory.h"

namespace lydian {

KeyValueMemory::PageNumber KeyValueMemory::take() {
  if (free_.empty()) {
    const auto first = static_cast<PageNumber>(holders_.size());
    chunks_.push_back(std::make_unique<AlignedFloats>(kPagesPerChunk * page_floats_));
    holders_.resize(holders_.size() + kPagesPerChunk, 0);
    free_.reserve(holders_.size());
    for (PageNumber i = kPagesPerChunk - 1; i >= 0; --i) free_.push_back(first + i);
  }
  const PageNumber page = free_.back();
  free_.pop_back();
  holders_[static_cast<std::size_t>(page)] = 1;
  return page;
}

void KeyValueMemory::release(PageNumber page) {
  if (--holders_[static_cast<std::size_t>(page)] == 0) free_.push_back(page);
}

}  // namespace lydian
