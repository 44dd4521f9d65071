#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/aligned_floats.h"

namespace lydian {

/// Reference-counted pages of equal size, made in chunks and kept until the memory goes. One caller at a time.
class KeyValueMemory {
 public:
  using PageNumber = std::int32_t;

  explicit KeyValueMemory(std::int64_t page_floats) : page_floats_(page_floats) {}

  /// A page held once.
  PageNumber take();
  void share(PageNumber page) { ++holders_[static_cast<std::size_t>(page)]; }
  void release(PageNumber page);
  float* data(PageNumber page) const {
    return chunks_[static_cast<std::size_t>(page / kPagesPerChunk)]->data() + static_cast<std::int64_t>(page % kPagesPerChunk) * page_floats_;
  }
  std::int64_t pages_in_use() const { return static_cast<std::int64_t>(holders_.size() - free_.size()); }

 private:
  static constexpr PageNumber kPagesPerChunk = 32;

  const std::int64_t page_floats_;
  std::vector<std::unique_ptr<AlignedFloats>> chunks_;
  std::vector<std::int32_t> holders_;
  std::vector<PageNumber> free_;
};

}  // namespace lydian
