#include "lydian/policy/trainable_transformer.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using torch::autograd::variable_list;

constexpr const char* kComponent = "trainable_transformer";

at::Tensor to_tensor(const std::vector<float>& values, at::IntArrayRef shape) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<float>());
  return tensor;
}

/// Undefined gradients are zero, which the policy reads from an empty span.
at::Tensor dense(const at::Tensor& gradient) {
  return gradient.defined() ? gradient.contiguous() : gradient;
}
std::span<const float> span_of(const at::Tensor& dense, std::int64_t begin, std::int64_t count) {
  if (!dense.defined()) return {};
  return {dense.const_data_ptr<float>() + begin, static_cast<std::size_t>(count)};
}
std::span<const float> span_of(const at::Tensor& dense) {
  return span_of(dense, 0, dense.defined() ? dense.numel() : 0);
}

void refuse_double_backward() {
  if (at::GradMode::is_enabled()) throw Error(kComponent, "double backward is not supported: call backward() without create_graph");
}

/// The whole policy as one node of the graph. It has no input tensors: gradients of the weights go into the policy's buffers.
class PolicyNode final : public torch::autograd::Node {
 public:
  PolicyNode(TransformerPolicy& policy, std::unique_ptr<ForwardRecord> record) : policy_(policy), record_(std::move(record)) {}

  std::string name() const override { return "LydianPolicyBackward"; }
  void release_variables() override { record_.reset(); }

  variable_list apply(variable_list&& gradients) override {
    refuse_double_backward();
    if (!record_) throw Error(kComponent, "one backward for each forward", "a second one: its record is used up");
    const std::unique_ptr<ForwardRecord> record = std::move(record_);
    const at::Tensor d_log_prob = dense(gradients[0]), d_entropy = dense(gradients[1]), d_hidden = dense(gradients[2]);
    policy_.backward(*record, span_of(d_log_prob), span_of(d_entropy), span_of(d_hidden));
    return {};
  }

 private:
  TransformerPolicy& policy_;
  std::unique_ptr<ForwardRecord> record_;
};

/// What the head reads, checked and contiguous.
struct HeadInput {
  at::Tensor hidden;  ///< f32 [n, D]
  std::vector<TokenId> targets;
  at::Tensor temperature;  ///< f32 [n]
  std::int64_t chunk;

  std::int64_t rows() const { return hidden.size(0); }
  std::int64_t width() const { return hidden.size(1); }
};

/// One run of rows of the head.
struct HeadChunk {
  std::span<const float> hidden, temperature;
  std::span<const TokenId> targets;
  std::int64_t begin, rows;
};

template <typename Visit>
void for_each_chunk(const HeadInput& input, Visit&& visit) {
  for (std::int64_t begin = 0; begin < input.rows(); begin += input.chunk) {
    const std::int64_t rows = std::min(input.chunk, input.rows() - begin);
    visit(HeadChunk{.hidden = span_of(input.hidden, begin * input.width(), rows * input.width()),
                    .temperature = span_of(input.temperature, begin, rows),
                    .targets = std::span(input.targets).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(rows)),
                    .begin = begin,
                    .rows = rows});
  }
}

HeadInput checked(const at::Tensor& hidden, const at::Tensor& targets, const at::Tensor& temperature, std::int64_t chunk, std::int64_t width) {
  const auto host = [](const at::Tensor& tensor, at::ScalarType type) { return tensor.device().is_cpu() && tensor.scalar_type() == type; };
  if (hidden.dim() != 2 || hidden.size(1) != width || !host(hidden, at::kFloat)) {
    throw ShapeError(kComponent, "hidden of float32 [n, " + std::to_string(width) + "] on the CPU",
                     hidden.toString() + " in " + std::to_string(hidden.dim()) + " dimensions");
  }
  if (targets.dim() != 1 || targets.size(0) != hidden.size(0) || !host(targets, at::kLong))
    throw ShapeError(kComponent, "targets of int64 [n] on the CPU", targets.toString());
  if (temperature.dim() != 1 || temperature.size(0) != hidden.size(0) || !host(temperature, at::kFloat)) {
    throw ShapeError(kComponent, "temperature of float32 [n] on the CPU", temperature.toString());
  }
  if (chunk < 1) throw Error(kComponent, "chunk of at least 1", std::to_string(chunk));
  HeadInput input{.hidden = hidden.detach().contiguous(), .targets = {}, .temperature = temperature.detach().contiguous(), .chunk = chunk};
  const at::Tensor ids = targets.contiguous();
  input.targets.assign(ids.const_data_ptr<std::int64_t>(), ids.const_data_ptr<std::int64_t>() + ids.numel());
  return input;
}

class HeadNode final : public torch::autograd::Node {
 public:
  HeadNode(TransformerPolicy& policy, HeadInput input, const at::Tensor& hidden)
      : policy_(policy), revision_(policy.weights().revision()), input_(std::move(input)), saved_(hidden, /*is_output=*/false) {}

  std::string name() const override { return "LydianHeadBackward"; }
  void release_variables() override {
    saved_.reset_data();
    input_.hidden.reset();
  }

  variable_list apply(variable_list&& gradients) override {
    refuse_double_backward();
    if (!input_.hidden.defined()) throw Error(kComponent, "hidden states", "none: they were freed by an earlier backward");
    if (policy_.weights().revision() != revision_) throw Error(kComponent, "the weights of the forward", "weights that were updated since");
    saved_.unpack();  // Throws where the hidden states were overwritten since the forward.
    const at::Tensor d_log_prob = dense(gradients[0]), d_entropy = dense(gradients[1]);
    at::Tensor d_hidden = at::empty({input_.rows(), input_.width()}, at::kFloat);
    for_each_chunk(input_, [&](const HeadChunk& chunk) {
      const std::span<float> out(d_hidden.mutable_data_ptr<float>() + chunk.begin * input_.width(), chunk.hidden.size());
      policy_.head_backward(chunk.hidden, chunk.targets, chunk.temperature, span_of(d_log_prob, chunk.begin, chunk.rows),
                            span_of(d_entropy, chunk.begin, chunk.rows),
                            /*gradient_buffer=*/0, out);
    });
    return {d_hidden};
  }

 private:
  TransformerPolicy& policy_;
  std::uint64_t revision_;
  HeadInput input_;
  torch::autograd::SavedVariable saved_;
};

}  // namespace

PolicyOutput TrainableTransformer::forward(const PackedBatch& batch, Want want) {
  const bool differentiable = at::GradMode::is_enabled();
  std::unique_ptr<ForwardRecord> record;
  const ForwardOutput values = policy_.forward(batch, want, differentiable ? &record : nullptr);
  PolicyOutput output;
  const std::int64_t width = policy_.config().hidden_size;
  if (want.log_prob) output.log_prob = to_tensor(values.log_prob, {batch.tokens()});
  if (want.entropy) output.entropy = to_tensor(values.entropy, {batch.tokens()});
  if (want.hidden) output.hidden = to_tensor(values.hidden, {static_cast<std::int64_t>(values.hidden.size()) / width, width});
  if (differentiable) {
    const std::shared_ptr<PolicyNode> node(new PolicyNode(policy_, std::move(record)), torch::autograd::deleteNode);
    torch::autograd::set_history({output.log_prob, output.entropy, output.hidden}, node);
  }
  return output;
}

PolicyOutput TrainableTransformer::head(const at::Tensor& hidden, const at::Tensor& targets, const at::Tensor& temperature, Want want, std::int64_t chunk) {
  if (want.hidden) throw Error(kComponent, "log_prob or entropy from the head", "hidden, which is its input");
  HeadInput input = checked(hidden, targets, temperature, chunk, policy_.config().hidden_size);
  PolicyOutput output;
  if (want.log_prob) output.log_prob = at::empty({input.rows()}, at::kFloat);
  if (want.entropy) output.entropy = at::empty({input.rows()}, at::kFloat);
  for_each_chunk(input, [&](const HeadChunk& part) {
    const ForwardOutput values = policy_.head(part.hidden, part.targets, part.temperature, want);
    if (want.log_prob) std::copy(values.log_prob.begin(), values.log_prob.end(), output.log_prob.mutable_data_ptr<float>() + part.begin);
    if (want.entropy) std::copy(values.entropy.begin(), values.entropy.end(), output.entropy.mutable_data_ptr<float>() + part.begin);
  });
  if (at::GradMode::is_enabled()) {
    const std::shared_ptr<HeadNode> node(new HeadNode(policy_, std::move(input), hidden), torch::autograd::deleteNode);
    node->set_next_edges({torch::autograd::impl::gradient_edge(hidden)});
    torch::autograd::set_history({output.log_prob, output.entropy}, node);
  }
  return output;
}

}  // namespace lydian
