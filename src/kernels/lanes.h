#pragma once

// The 16-lane float type that every kernel is written over. Everything here has internal linkage and lies in a namespace named after the instruction set: a
// function that the linker could merge across instruction sets would run AVX-512 code on an older machine. For the same reason only integer and intrinsics
// headers are included.
#include <cstdint>

#ifndef LYDIAN_KERNEL_ISA
#error "LYDIAN_KERNEL_ISA names the instruction set: 0 (plain), 2 (AVX2 with FMA) or 512 (AVX-512)"
#elif LYDIAN_KERNEL_ISA == 0
#define LYDIAN_KERNEL_NAMESPACE plain
#elif LYDIAN_KERNEL_ISA == 2
#include <immintrin.h>
#define LYDIAN_KERNEL_NAMESPACE avx2
#elif LYDIAN_KERNEL_ISA == 512
#include <immintrin.h>
#define LYDIAN_KERNEL_NAMESPACE avx512
#endif

#define LYDIAN_LANES [[maybe_unused, gnu::always_inline]] static inline

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

// Each of the three files gives the same operations. max is `x > y ? x : y` and min `x < y ? x : y` (the second where a NaN is compared); load_first and
// store_first touch the first n lanes only, the others read as zero; keep_in_register
// stops the compiler from loading the value again at each use.
#if LYDIAN_KERNEL_ISA == 0
#include "kernels/lanes_plain.h"
#elif LYDIAN_KERNEL_ISA == 2
#include "kernels/lanes_avx2.h"
#else
#include "kernels/lanes_avx512.h"
#endif

#if LYDIAN_KERNEL_ISA != 0
/// Sum of the lanes by the tree 8, 4, 2, 1.
LYDIAN_LANES float sum(Lanes x) {
  const __m256 eight = _mm256_add_ps(low_half(x), high_half(x));
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}
LYDIAN_LANES float max(Lanes x) {
  const __m256 eight = _mm256_max_ps(low_half(x), high_half(x));
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}
LYDIAN_LANES float first(Lanes x) {
  return _mm256_cvtss_f32(low_half(x));
}
/// Into the second-level cache: what is prefetched is used after the whole current panel.
LYDIAN_LANES void prefetch(const float* p) {
  _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T1);
}
#endif

LYDIAN_LANES Lanes zero() {
  return broadcast(0.0f);
}
LYDIAN_LANES Lanes negative_infinity() {
  return broadcast(-__builtin_inff());
}

static constexpr float kLaneNumbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// The first n lanes of x, `other` beyond.
LYDIAN_LANES Lanes first_or(Lanes x, std::int64_t n, Lanes other) {
  return select_greater(broadcast(static_cast<float>(n)), load(kLaneNumbers), x, other);
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
