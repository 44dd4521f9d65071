#include "lydian/ops/elementwise.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ops/exact_function.h"

namespace lydian::ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using Kernel = void (*)(const float* x, std::int64_t n, float* out);

at::Tensor map(Kernel kernel, const at::Tensor& x) {
  const at::Tensor contiguous = x.contiguous();
  at::Tensor out = at::empty(x.sizes(), x.options());
  kernel(contiguous.const_data_ptr<float>(), out.numel(), out.mutable_data_ptr<float>());
  return out;
}

/// One function of the table. `Rule` gives its kernel, which of x and y the backward reads, and the gradient from it.
template <typename Rule>
struct Elementwise : Function<Elementwise<Rule>> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    at::Tensor y = map(Rule::kernel(), x);
    context->save_for_backward({Rule::kReadsInput ? x : y});
    return y;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_double_backward();
    return {Rule::backward(gradients[0], context->get_saved_variables()[0])};
  }
};

struct ExpRule {
  static constexpr bool kReadsInput = false;
  static Kernel kernel() { return kernels::active_table().exp; }
  static at::Tensor backward(const at::Tensor& dy, const at::Tensor& y) { return dy * y; }
};

struct LogRule {
  static constexpr bool kReadsInput = true;
  static Kernel kernel() { return kernels::active_table().log; }
  static at::Tensor backward(const at::Tensor& dy, const at::Tensor& x) { return dy / x; }
};

struct SqrtRule {
  static constexpr bool kReadsInput = false;
  static Kernel kernel() { return kernels::active_table().sqrt; }
  static at::Tensor backward(const at::Tensor& dy, const at::Tensor& y) { return dy / (y + y); }
};

struct SigmoidRule {
  static constexpr bool kReadsInput = true;
  static Kernel kernel() { return kernels::active_table().sigmoid; }
  /// 1 - sigmoid(x) is taken as sigmoid(-x): the difference would lose all digits where x is large.
  static at::Tensor backward(const at::Tensor& dy, const at::Tensor& x) { return dy * (map(kernel(), x) * map(kernel(), -x)); }
};

}  // namespace

at::Tensor exp(const at::Tensor& x) {
  return is_exact(x) ? Elementwise<ExpRule>::apply(x) : x.exp();
}
at::Tensor log(const at::Tensor& x) {
  return is_exact(x) ? Elementwise<LogRule>::apply(x) : x.log();
}
at::Tensor sqrt(const at::Tensor& x) {
  return is_exact(x) ? Elementwise<SqrtRule>::apply(x) : x.sqrt();
}
at::Tensor sigmoid(const at::Tensor& x) {
  return is_exact(x) ? Elementwise<SigmoidRule>::apply(x) : x.sigmoid();
}

}  // namespace lydian::ops
