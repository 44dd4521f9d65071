#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace lydian::ops {

/// A vector's numbers as a tensor of their own on the CPU, of dtype float32, float64 or int64; a copy, so the vector may go.
at::Tensor tensor_of(const std::vector<float>& values);
at::Tensor tensor_of(const std::vector<double>& values);
at::Tensor tensor_of(const std::vector<std::int64_t>& values);

}  // namespace lydian::ops
