#include "kernels/entries.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

float sum_of_products(const float* x, const float* y, std::int64_t width) {
  Lanes sums = zero();
  for (std::int64_t i = 0; i < width; i += 16) sums = fma(load_first(x + i, width - i), load_first(y + i, width - i), sums);
  return sum(sums);
}

float inverse_rms_of(const float* x, std::int64_t width, float epsilon) {
  return 1.0f / __builtin_sqrtf(sum_of_products(x, x, width) / static_cast<float>(width) + epsilon);
}

/// The factor of x in d(x * r)/dx: dx = r * g - x * (r^3 / width) * sum(g * x).
float norm_slope(float product_sum, float r, std::int64_t width) {
  return -(product_sum * (r * r * r)) / static_cast<float>(width);
}

void clear(float* p, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i) p[i] = 0.0f;
}

std::int64_t whole_lanes(std::int64_t width) {
  return (width + 15) / 16 * 16;
}

}  // namespace

void rms_norm(const float* x, std::int64_t ldx, const float* weight, std::int64_t rows, std::int64_t width, float epsilon, float* y, std::int64_t ldy,
              float* inverse_rms) {
  for (std::int64_t row = 0; row < rows; ++row, x += ldx, y += ldy) {
    inverse_rms[row] = inverse_rms_of(x, width, epsilon);
    const Lanes r = broadcast(inverse_rms[row]);
    for (std::int64_t i = 0; i < width; i += 16) store(y + i, load_first(x + i, width - i) * r * load_first(weight + i, width - i));
  }
}

void rms_norm_backward(const float* dy, std::int64_t lddy, const float* x, std::int64_t ldx, const float* weight, const float* inverse_rms, std::int64_t rows,
                       std::int64_t width, float* dx, std::int64_t lddx, float* weight_gradient) {
  for (std::int64_t row = 0; row < rows; ++row, dy += lddy, x += ldx, dx += lddx) {
    const Lanes r = broadcast(inverse_rms[row]);
    Lanes sums = zero();
    for (std::int64_t i = 0; i < width; i += 16) {
      const std::int64_t n = width - i;
      const Lanes d = load_first(dy + i, n), value = load_first(x + i, n);
      sums = fma(d * load_first(weight + i, n), value, sums);
      store_first(weight_gradient + i, fma(d * r, value, load_first(weight_gradient + i, n)), n);
    }
    const Lanes slope = broadcast(norm_slope(sum(sums), inverse_rms[row], width));
    for (std::int64_t i = 0; i < width; i += 16) {
      const std::int64_t n = width - i;
      const Lanes through = load_first(dy + i, n) * load_first(weight + i, n) * r;
      store(dx + i, load_first(dx + i, n) + fma(load_first(x + i, n), slope, through));
    }
  }
}

void head_norm_rope(const float* x, std::int64_t heads, std::int64_t head_dim, const float* weight, float epsilon, const float* cos, const float* sin,
                    float scale, float* y) {
  const std::int64_t half = head_dim / 2, stride = whole_lanes(head_dim);
  const Lanes factor = broadcast(scale);
  for (std::int64_t head = 0; head < heads; ++head, x += stride, y += stride) {
    const Lanes r = broadcast(weight != nullptr ? inverse_rms_of(x, head_dim, epsilon) : 1.0f);
    for (std::int64_t i = 0; i < half; i += 16) {
      const std::int64_t n = half - i;
      Lanes a = load_first(x + i, n), b = load_first(x + half + i, n);
      if (weight != nullptr) {
        a = a * r * load_first(weight + i, n);
        b = b * r * load_first(weight + half + i, n);
      }
      if (cos != nullptr) {
        const Lanes c = load_first(cos + i, n), s = load_first(sin + i, n);
        const Lanes turned = a * c - b * s;
        b = b * c + a * s;
        a = turned;
      }
      store_first(y + i, a * factor, n);
      store_first(y + half + i, b * factor, n);
    }
    clear(y, head_dim, stride);
  }
}

/// dx <- the gradient before scale and rotation, which is their transpose applied to dy.
static void undo_rope(const float* dy, std::int64_t head_dim, const float* cos, const float* sin, float scale, float* dx) {
  const std::int64_t half = head_dim / 2;
  const Lanes factor = broadcast(scale);
  for (std::int64_t i = 0; i < half; i += 16) {
    const std::int64_t n = half - i;
    Lanes a = load_first(dy + i, n) * factor, b = load_first(dy + half + i, n) * factor;
    if (cos != nullptr) {
      const Lanes c = load_first(cos + i, n), s = load_first(sin + i, n);
      const Lanes turned = a * c + b * s;
      b = b * c - a * s;
      a = turned;
    }
    store_first(dx + i, a, n);
    store_first(dx + half + i, b, n);
  }
}

void head_norm_rope_backward(const float* dy, const float* x, std::int64_t heads, std::int64_t head_dim, const float* weight, float epsilon, const float* cos,
                             const float* sin, float scale, float* dx, float* weight_gradient) {
  const std::int64_t stride = whole_lanes(head_dim);
  for (std::int64_t head = 0; head < heads; ++head, dy += stride, x += stride, dx += stride) {
    undo_rope(dy, head_dim, cos, sin, scale, dx);
    clear(dx, head_dim, stride);
    if (weight == nullptr) continue;
    const float inverse = inverse_rms_of(x, head_dim, epsilon);
    const Lanes r = broadcast(inverse);
    Lanes sums = zero();
    for (std::int64_t i = 0; i < head_dim; i += 16) {
      const std::int64_t n = head_dim - i;
      const Lanes d = load_first(dx + i, n), value = load_first(x + i, n);
      store_first(weight_gradient + i, fma(d * r, value, load_first(weight_gradient + i, n)), n);
      const Lanes through = d * load_first(weight + i, n);
      sums = fma(through, value, sums);
      store_first(dx + i, through * r, n);
    }
    const Lanes slope = broadcast(norm_slope(sum(sums), inverse, head_dim));
    for (std::int64_t i = 0; i < head_dim; i += 16) {
      const std::int64_t n = head_dim - i;
      store_first(dx + i, fma(load_first(x + i, n), slope, load_first(dx + i, n)), n);
    }
  }
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
