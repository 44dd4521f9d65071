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
/// `forward(ids i64 [1, T]) -> logits [1, T, V]` is called under the caller's GradMode, with ids on the parameters' device. It is not exact: the trainer
/// recomputes old log-probs, corrects, and reports the difference. Sampling reads the whole sequence again for each token, row by row: right, not fast.
/// Weights: policy().weights() mirrors the parameters from construction on and is written through its update() alone; the module gets them before its next
/// forward. Clones have a store of their own and share the module, which then holds the weights of whoever asks. Outputs stand on the CPU; hidden states cannot
/// be asked for. Threads: one caller at a time, clones included. Not run on a GPU so far. Errors: Error where the module was written past the store, ShapeError
/// where logits have another shape or a row is too long.
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
