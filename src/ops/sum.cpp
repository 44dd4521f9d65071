#include "lydian/ops/sum.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <string>

#include "ops/exact_function.h"

namespace lydian::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

struct Sum : Function<Sum> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    context->saved_data["sizes"] = x.sizes().vec();
    const at::Tensor contiguous = x.contiguous();
    at::Tensor out = at::empty({}, x.options());
    *out.mutable_data_ptr<float>() = kernels::active_table().sum(contiguous.const_data_ptr<float>(), contiguous.numel());
    return out;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_double_backward();
    return {gradients[0].expand(context->saved_data["sizes"].toIntVector())};
  }
};

struct SegmentSum : Function<SegmentSum> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& values, const at::Tensor& segment, std::int64_t segments) {
    context->save_for_backward({segment});
    const at::Tensor contiguous = values.contiguous();
    at::Tensor out = at::zeros({segments}, values.options());
    const float* value = contiguous.const_data_ptr<float>();
    const std::int64_t* id = segment.const_data_ptr<std::int64_t>();
    float* result = out.mutable_data_ptr<float>();
    for (std::int64_t begin = 0, end = 0, n = values.numel(); begin < n; begin = end) {
      while (end < n && id[end] == id[begin]) ++end;
      result[id[begin]] = kernels::active_table().sum(value + begin, end - begin);
    }
    return out;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_double_backward();
    return {gradients[0].index_select(0, context->get_saved_variables()[0]), at::Tensor(), at::Tensor()};
  }
};

/// Contiguous ids on the CPU, checked.
at::Tensor checked_segment(const at::Tensor& values, const at::Tensor& segment, std::int64_t segments) {
  if (values.dim() != 1 || segment.dim() != 1 || segment.numel() != values.numel()) {
    throw ShapeError("segment_sum", "values and segment of one length", std::to_string(values.numel()) + " and " + std::to_string(segment.numel()));
  }
  if (segment.scalar_type() != at::kLong) throw ShapeError("segment_sum", "segment of int64", segment.toString());
  const at::Tensor contiguous = segment.cpu().contiguous();
  const std::int64_t* id = contiguous.const_data_ptr<std::int64_t>();
  for (std::int64_t t = 0, previous = 0; t < contiguous.numel(); previous = id[t++]) {
    if (id[t] < previous || id[t] >= segments) {
      throw ShapeError("segment_sum", "segment non-decreasing and below " + std::to_string(segments), std::to_string(id[t]) + " at entry " + std::to_string(t));
    }
  }
  return contiguous;
}

}  // namespace

at::Tensor sum(const at::Tensor& x) {
  return is_exact(x) ? Sum::apply(x) : x.sum();
}

at::Tensor segment_sum(const at::Tensor& values, const at::Tensor& segment, std::int64_t segments) {
  const at::Tensor ids = checked_segment(values, segment, segments);
  if (is_exact(values)) return SegmentSum::apply(values, ids, segments);
  return at::zeros({segments}, values.options()).index_add(0, ids.to(values.device()), values);
}

}  // namespace lydian::ops
