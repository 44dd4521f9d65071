#include "kernels/entries.h"
#include "kernels/vector_math.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

void swiglu(const float* gate, const float* up, std::int64_t ld, std::int64_t rows, std::int64_t width, float* out, std::int64_t ldo) {
  for (std::int64_t row = 0; row < rows; ++row, gate += ld, up += ld, out += ldo) {
    for (std::int64_t i = 0; i < width; i += 16) {
      const Lanes g = load(gate + i);
      store(out + i, g * sigmoid(g) * load(up + i));
    }
  }
}

void swiglu_backward(const float* d_out, std::int64_t ldo, const float* gate, const float* up, std::int64_t ld, std::int64_t rows, std::int64_t width,
                     float* d_gate, float* d_up, std::int64_t ldd) {
  const Lanes one = broadcast(1.0f);
  for (std::int64_t row = 0; row < rows; ++row, gate += ld, up += ld, d_out += ldo, d_gate += ldd, d_up += ldd) {
    for (std::int64_t i = 0; i < width; i += 16) {
      const Lanes g = load(gate + i), s = sigmoid(g), through = load(d_out + i) * s;
      store(d_gate + i, through * load(up + i) * fma(g, one - s, one));
      store(d_up + i, through * g);
    }
  }
}

void relu_squared(const float* x, std::int64_t ld, std::int64_t rows, std::int64_t width, float* out, std::int64_t ldo) {
  for (std::int64_t row = 0; row < rows; ++row, x += ld, out += ldo) {
    for (std::int64_t i = 0; i < width; i += 16) {
      const Lanes positive = max(zero(), load(x + i));  // a NaN stays one
      store(out + i, positive * positive);
    }
  }
}

void relu_squared_backward(const float* d_out, std::int64_t ldo, const float* x, std::int64_t ld, std::int64_t rows, std::int64_t width, float* dx,
                           std::int64_t ldd) {
  for (std::int64_t row = 0; row < rows; ++row, x += ld, d_out += ldo, dx += ldd) {
    for (std::int64_t i = 0; i < width; i += 16) {
      const Lanes positive = max(zero(), load(x + i));
      store(dx + i, load(d_out + i) * (positive + positive));
    }
  }
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
