#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lydian/policy/trainable_policy.h"

namespace lydian {

/// Any torch module as a policy, on any device.
///
/// `forward(ids i64 [1, T]) -> logits f32 [1, T, V]` is called under the caller's GradMode; parameters are the module's, by name. It is not exact: the
/// trainer recomputes old log-probs, corrects, and reports the difference. Sampling recomputes the whole sequence for each token: right, not fast.
class TorchPolicy final : public TrainablePolicy {
 public:
  using Forward = std::function<at::Tensor(const at::Tensor& ids)>;
  using Parameters = std::vector<std::pair<std::string, at::Tensor>>;

  /// Throws ConfigError without parameters, or where one is no float32 leaf.
  TorchPolicy(Forward forward, Parameters parameters, std::int64_t vocab_size, std::int64_t max_positions);
  ~TorchPolicy() override;

  Policy& policy() override;
  PolicyOutput forward(const PackedBatch& batch, Want want) override;
  void finish_gradient() override;
  void clear_gradient() override;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
