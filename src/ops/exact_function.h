#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include "lydian/core/error.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian::ops {

/// Whether the kernels take this tensor; else torch's own function does.
inline bool is_exact(const at::Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.layout() == at::kStrided;
}

/// A backward that was asked to carry gradient itself would give numbers without it, silently.
inline void refuse_double_backward() {
  if (at::GradMode::is_enabled()) throw Error("ops", "double backward is not supported: call backward() without create_graph");
}

}  // namespace lydian::ops
