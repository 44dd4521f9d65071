#pragma once

#include "lydian/model/transformer_policy.h"
#include "lydian/policy/trainable_policy.h"

namespace lydian {

/// A TransformerPolicy as one autograd node: any torch loss over its outputs reaches the weights' gradient.
///
/// Gradients go into the policy's gradient buffers as a side effect of backward(); double backward is refused (Error). log_prob equals the sampler's bit by
/// bit.
class TrainableTransformer final : public TrainablePolicy {
 public:
  /// `policy` must outlive this.
  explicit TrainableTransformer(TransformerPolicy& policy) : policy_(policy) {}

  Policy& policy() override { return policy_; }
  TransformerPolicy& transformer() { return policy_; }
  PolicyOutput forward(const PackedBatch& batch, Want want) override;
  void finish_gradient() override { policy_.fold_gradient(); }
  void clear_gradient() override { policy_.clear_gradient(); }

  /// The head by itself, differentiable in `hidden` f32 [n, D] and in its own weights: log-prob and entropy [n] of targets i64 [n] at temperature f32 [n],
  /// `chunk` rows at a time.
  PolicyOutput head(const at::Tensor& hidden, const at::Tensor& targets, const at::Tensor& temperature, Want want, std::int64_t chunk = 1024);

 private:
  TransformerPolicy& policy_;
};

}  // namespace lydian
