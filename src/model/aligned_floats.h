#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace lydian {

/// Zeroed floats at a cache line (at a huge page where they are many) that grow on demand and never shrink. Not copied.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::int64_t size) { fit(size); }

  /// Makes room for `size` floats; what was held is lost, and all is zero, if it was too small.
  float* fit(std::int64_t size) {
    if (size > size_) allocate(size);
    return floats_.get();
  }
  float* data() { return floats_.get(); }
  const float* data() const { return floats_.get(); }
  std::int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear() {
    if (size_ > 0) std::memset(floats_.get(), 0, static_cast<std::size_t>(size_) * sizeof(float));
  }

 private:
  struct Free {
    void operator()(float* floats) const { std::free(floats); }
  };

  void allocate(std::int64_t size) {
    constexpr std::size_t kLine = 64, kHugePage = std::size_t{2} << 20;
    const std::size_t wanted = static_cast<std::size_t>(size) * sizeof(float);
    const std::size_t alignment = wanted >= kHugePage ? kHugePage : kLine;
    const std::size_t bytes = (wanted + alignment - 1) / alignment * alignment;
    floats_.reset();
    size_ = 0;
    floats_.reset(static_cast<float*>(std::aligned_alloc(alignment, bytes)));
    if (!floats_) throw std::bad_alloc();
    if (alignment == kHugePage) ::madvise(floats_.get(), bytes, MADV_HUGEPAGE);
    std::memset(floats_.get(), 0, bytes);
    size_ = static_cast<std::int64_t>(bytes / sizeof(float));
  }

  std::unique_ptr<float, Free> floats_;
  std::int64_t size_ = 0;
};

}  // namespace lydian
