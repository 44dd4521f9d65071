#pragma once

#include <cstdint>

namespace lydian::kernels {

/// Lanes of the float vector that every kernel is written over, whatever the processor has: 1 register of AVX-512, 2 of AVX2, 16 plain floats.
inline constexpr std::int64_t kLanes = 16;

/// `n` rounded up to whole vectors. Rows of activations are stored `padded(width)` apart, and lanes beyond the width are zero.
constexpr std::int64_t padded(std::int64_t n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// A packed matrix: a weight W [N, K] (row-major, as a checkpoint has it) cut into panels of 16 outputs, each stored [K][16]; lanes beyond N are zero. The
/// panels follow each other, `panels(N) * K * 16` floats in all. A product runs over panels; every output is one chain of fused multiply-adds over k = 0 … K-1,
/// so no bit of it depends on how rows, panels or threads were cut.
constexpr std::int64_t panels(std::int64_t n) {
  return (n + kLanes - 1) / kLanes;
}

/// Floats that KernelTable::weight_gradient needs beside its output, for m rows, inputs of width k and `panels` panels of outputs.
constexpr std::int64_t weight_gradient_scratch(std::int64_t m, std::int64_t k, std::int64_t panels) {
  return (panels * kLanes + padded(k) + kLanes) * m + kLanes;
}

/// out [panels(n)][k][16] <- w [n][k].
void pack_panels(const float* w, std::int64_t n, std::int64_t k, float* out);
/// The panels of W transposed, for the gradient of the input: out [panels(k)][n][16] <- w [n][k].
void pack_transposed_panels(const float* w, std::int64_t n, std::int64_t k, float* out);
/// w [n][k] <- panels [panels(n)][k][16].
void unpack_panels(const float* packed, std::int64_t n, std::int64_t k, float* w);

}  // namespace lydian::kernels
