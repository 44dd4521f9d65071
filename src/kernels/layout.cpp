#include "lydian/kernels/layout.h"

namespace lydian::kernels {

void pack_panels(const float* w, std::int64_t n, std::int64_t k, float* out) {
  for (std::int64_t panel = 0; panel < panels(n); ++panel) {
    for (std::int64_t i = 0; i < k; ++i) {
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        const std::int64_t row = panel * kLanes + lane;
        *out++ = row < n ? w[row * k + i] : 0.0f;
      }
    }
  }
}

void pack_transposed_panels(const float* w, std::int64_t n, std::int64_t k, float* out) {
  for (std::int64_t panel = 0; panel < panels(k); ++panel) {
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        const std::int64_t column = panel * kLanes + lane;
        *out++ = column < k ? w[i * k + column] : 0.0f;
      }
    }
  }
}

void unpack_panels(const float* packed, std::int64_t n, std::int64_t k, float* w) {
  for (std::int64_t row = 0; row < n; ++row) {
    const float* panel = packed + row / kLanes * k * kLanes + row % kLanes;
    for (std::int64_t i = 0; i < k; ++i) w[row * k + i] = panel[i * kLanes];
  }
}

}  // namespace lydian::kernels
