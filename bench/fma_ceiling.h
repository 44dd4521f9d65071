#pragma once

#include <immintrin.h>

#include <cstdint>
#include <vector>

#include "lydian/core/thread_pool.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian::bench {

inline constexpr int kCeilingSteps = 20000;
inline constexpr int kCeilingChains = 12;  // Enough to hide the latency of a fused multiply-add, few enough for the registers.

__attribute__((target("avx2,fma"))) inline float fma_loop_avx2() {
  __m256 sums[kCeilingChains];
  for (int i = 0; i < kCeilingChains; ++i) sums[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 x = _mm256_set1_ps(0.999F), y = _mm256_set1_ps(1e-3F);
  for (int step = 0; step < kCeilingSteps; ++step) {
#pragma GCC unroll 12
    for (int i = 0; i < kCeilingChains; ++i) sums[i] = _mm256_fmadd_ps(sums[i], x, y);
  }
  for (int i = 1; i < kCeilingChains; ++i) sums[0] = _mm256_add_ps(sums[0], sums[i]);
  return _mm256_cvtss_f32(sums[0]);
}

__attribute__((target("avx512f"))) inline float fma_loop_avx512() {
  __m512 sums[kCeilingChains];
  for (int i = 0; i < kCeilingChains; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 x = _mm512_set1_ps(0.999F), y = _mm512_set1_ps(1e-3F);
  for (int step = 0; step < kCeilingSteps; ++step) {
#pragma GCC unroll 12
    for (int i = 0; i < kCeilingChains; ++i) sums[i] = _mm512_fmadd_ps(sums[i], x, y);
  }
  for (int i = 1; i < kCeilingChains; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  return _mm512_cvtss_f32(sums[0]);
}

/// Runs fused multiply-adds in registers alone, of the instruction set in use (AVX2's for the plain one); gives their number of floating-point operations.
inline double run_fma_loop() {
  [[maybe_unused]] static volatile float sink;
  const bool wide = kernels::active_table().isa == kernels::Isa::kAvx512;
  sink = wide ? fma_loop_avx512() : fma_loop_avx2();
  return static_cast<double>(kCeilingSteps) * kCeilingChains * (wide ? 32 : 16);
}

/// Floating-point operations a second of all threads of the pool together, by the clock `now` (seconds).
template <typename Clock>
double pool_ceiling(ThreadPool& pool, Clock&& now) {
  std::vector<double> flops(static_cast<std::size_t>(pool.size()) * 40);
  const double begin = now();
  pool.run(static_cast<int>(flops.size()), [&](int part) { flops[static_cast<std::size_t>(part)] = run_fma_loop(); });
  double sum = 0;
  for (const double part : flops) sum += part;
  return sum / (now() - begin);
}

}  // namespace lydian::bench
