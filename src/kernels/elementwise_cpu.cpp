#include "kernels/entries.h"
#include "kernels/vector_math.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

template <Lanes (*kFunction)(Lanes)>
void map(const float* x, std::int64_t n, float* out) {
  for (std::int64_t i = 0; i < n; i += 16) store_first(out + i, kFunction(load_first(x + i, n - i)), n - i);
}

}  // namespace

void exp(const float* x, std::int64_t n, float* out) {
  map<exp>(x, n, out);
}
void log(const float* x, std::int64_t n, float* out) {
  map<log>(x, n, out);
}
void sigmoid(const float* x, std::int64_t n, float* out) {
  map<sigmoid>(x, n, out);
}
void sqrt(const float* x, std::int64_t n, float* out) {
  map<sqrt>(x, n, out);
}

float sum(const float* x, std::int64_t n) {
  Lanes sums = zero();
  for (std::int64_t i = 0; i < n; i += 16) sums = sums + load_first(x + i, n - i);
  return sum(sums);
}

double sum_of_squares(const float* x, std::int64_t n) {
  double lanes[16] = {};
  for (std::int64_t i = 0; i < n; i += 16) {
    float part[16];
    store(part, load_first(x + i, n - i));
    // The square of a float is exact in float64, so that a fused multiplication would give the same bits.
    for (int lane = 0; lane < 16; ++lane) lanes[lane] += static_cast<double>(part[lane]) * static_cast<double>(part[lane]);
  }
  for (int half = 8; half > 0; half /= 2) {
    for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

void add_to(const float* x, std::int64_t n, float* out) {
  for (std::int64_t i = 0; i < n; i += 16) store_first(out + i, load_first(out + i, n - i) + load_first(x + i, n - i), n - i);
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
