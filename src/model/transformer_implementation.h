#pragma once

#include <memory>

#include "lydian/kernels/kernel_table.h"
#include "lydian/model/transformer_policy.h"
#include "model/gradient_buffers.h"
#include "model/transformer_network.h"
#include "model/transformer_training.h"

namespace lydian {

struct TransformerPolicy::Implementation {
  explicit Implementation(const TransformerConfig& resolved) : network(resolved), gradients(network) {}

  ThreadPool& threads() const;
  const kernels::KernelTable& kernels_in_use() const { return table != nullptr ? *table : kernels::active_table(); }
  TransformerTraining training() const { return {network, kernels_in_use(), threads(), *workspaces}; }

  TransformerNetwork network;
  GradientBuffers gradients;
  const std::shared_ptr<SlabPool> slabs = std::make_shared<SlabPool>();
  const std::unique_ptr<TrainingWorkspaces> workspaces = std::make_unique<TrainingWorkspaces>();
  const kernels::KernelTable* table = nullptr;
  ThreadPool* pool = nullptr;
};

}  // namespace lydian
