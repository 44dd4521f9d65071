#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "lydian/core/random_stream.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian::kernels {

/// An array with guards at both ends, so that a kernel that writes past its end is seen on every build, not under a sanitizer only.
class Guarded {
 public:
  explicit Guarded(std::int64_t size, float value = 0.0f) : values_(size + 2 * kGuard, kMark) { std::fill(begin(), begin() + size, value); }
  ~Guarded() { check(); }
  Guarded(const Guarded&) = default;
  Guarded& operator=(const Guarded&) = default;
  float* data() { return values_.data() + kGuard; }
  const float* data() const { return values_.data() + kGuard; }
  std::int64_t size() const { return static_cast<std::int64_t>(values_.size()) - 2 * kGuard; }
  float& operator[](std::int64_t i) { return data()[i]; }
  float operator[](std::int64_t i) const { return data()[i]; }
  float* begin() { return data(); }
  float* end() { return data() + size(); }
  bool operator==(const Guarded& other) const {
    return values_.size() == other.values_.size() && std::memcmp(values_.data(), other.values_.data(), values_.size() * sizeof(float)) == 0;
  }
  void check() const {
    for (std::int64_t i = 0; i < kGuard; ++i) {
      EXPECT_EQ(values_[i], kMark) << "written before the beginning";
      EXPECT_EQ(values_[values_.size() - 1 - i], kMark) << "written past the end";
    }
  }

 private:
  static constexpr std::int64_t kGuard = 32;
  static constexpr float kMark = 123456.0f;
  std::vector<float> values_;
};

/// Numbers for the tests, from one stream.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_({.seed = seed}) {}
  std::int64_t between(std::int64_t low, std::int64_t high) { return stream_.between(low, high); }
  float normal(double scale = 1.0) { return static_cast<float>(stream_.normal() * scale); }
  double uniform() { return stream_.uniform(); }
  std::uint64_t bits() { return stream_.bits(); }
  Guarded normals(std::int64_t size, double scale = 1.0) {
    Guarded values(size);
    for (float& value : values) value = normal(scale);
    return values;
  }
  /// Rows [rows][stride] with zeros beyond `width`.
  Guarded rows(std::int64_t rows, std::int64_t width, std::int64_t stride, double scale = 1.0) {
    Guarded values(rows * stride);
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t i = 0; i < width; ++i) values[row * stride + i] = normal(scale);
    }
    return values;
  }

 private:
  RandomStream stream_;
};

inline std::vector<const KernelTable*> available_tables() {
  std::vector<const KernelTable*> tables;
  for (Isa isa : available_isas()) tables.push_back(&table(isa));
  return tables;
}

/// |got - exact| within `tolerance` of the scale of the numbers that were added up.
inline void expect_close(float got, double exact, double scale, const char* what, double tolerance = 2e-6) {
  EXPECT_LE(std::fabs(static_cast<double>(got) - exact), tolerance * (scale + std::fabs(exact) + 1e-6)) << what << ": got " << got << ", exact " << exact;
}

}  // namespace lydian::kernels
