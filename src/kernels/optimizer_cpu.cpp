#include "kernels/entries.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

void adamw(float* w, float* m, float* v, const float* gradient, std::int64_t n, float gradient_scale, float learning_rate, float beta1, float beta2,
           float epsilon, float weight_decay, float correction1, float correction2) {
  const Lanes gain1 = broadcast(1.0f - beta1), gain2 = broadcast(1.0f - beta2);
  for (std::int64_t i = 0; i < n; i += 16) {
    const std::int64_t count = n - i;
    const Lanes g = load_first(gradient + i, count) * broadcast(gradient_scale);
    const Lanes old_m = load_first(m + i, count), old_v = load_first(v + i, count), weight = load_first(w + i, count);
    const Lanes new_m = fma(gain1, g - old_m, old_m);
    const Lanes new_v = fma(gain2, g * g - old_v, old_v);
    const Lanes direction = new_m * broadcast(correction1) / (sqrt(new_v * broadcast(correction2)) + broadcast(epsilon));
    const Lanes step = fma(broadcast(weight_decay), weight, direction);
    store_first(m + i, new_m, count);
    store_first(v + i, new_v, count);
    store_first(w + i, fma(broadcast(-learning_rate), step, weight), count);
  }
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
