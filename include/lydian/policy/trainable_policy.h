#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "lydian/model/packed_batch.h"
#include "lydian/model/policy.h"

namespace lydian {

/// Outputs with gradient; undefined where not wanted.
struct PolicyOutput {
  at::Tensor log_prob;  ///< f32 [N] nats
  at::Tensor entropy;   ///< f32 [N] nats
  at::Tensor hidden;    ///< f32 [N + bootstrap rows, D], after the last norm: where token t was predicted from, then after the last token of bootstrap rows.
};

/// A forward that carries gradient, over a Policy that it holds. Has a policy, is none: sampling goes by policy().decode_session() alone.
class TrainablePolicy {
 public:
  virtual ~TrainablePolicy() = default;
  virtual Policy& policy() = 0;
  /// With gradient unless at::GradMode is off.
  virtual PolicyOutput forward(const PackedBatch& batch, Want want) = 0;
  /// After the last backward() of an optimizer step: the whole gradient stands in policy().weights().gradient().
  virtual void finish_gradient() = 0;
  /// Forgets gradients so far.
  virtual void clear_gradient() = 0;
};

}  // namespace lydian
