#include "lydian/ops/tensor_of.h"

#include <ATen/ops/empty.h>

#include <cstring>

namespace lydian::ops {
namespace {

template <typename T>
at::Tensor copy_of(const std::vector<T>& values, at::ScalarType type) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::TensorOptions().dtype(type));
  if (!values.empty()) std::memcpy(tensor.mutable_data_ptr(), values.data(), values.size() * sizeof(T));
  return tensor;
}

}  // namespace

at::Tensor tensor_of(const std::vector<float>& values) {
  return copy_of(values, at::kFloat);
}
at::Tensor tensor_of(const std::vector<double>& values) {
  return copy_of(values, at::kDouble);
}
at::Tensor tensor_of(const std::vector<std::int64_t>& values) {
  return copy_of(values, at::kLong);
}

}  // namespace lydian::ops
