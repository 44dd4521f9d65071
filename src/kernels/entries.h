#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/lanes.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

// One function for each entry of KernelTable, of the entry's own type, so that the two cannot drift apart.
// clang-format off
#define LYDIAN_KERNEL_ENTRIES(X) \
  X(matmul) X(weight_gradient) X(bias_gradient) \
  X(rms_norm) X(rms_norm_backward) X(head_norm_rope) X(head_norm_rope_backward) \
  X(store_key) X(store_value) X(attention) X(attention_backward) \
  X(swiglu) X(swiglu_backward) X(relu_squared) X(relu_squared_backward) \
  X(score_token) X(draw_token) X(score_token_backward) \
  X(exp) X(log) X(sigmoid) X(sqrt) X(sum) X(sum_of_squares) X(add_to) X(adamw)
// clang-format on
#define LYDIAN_DECLARE_ENTRY(name) std::remove_pointer_t<decltype(KernelTable::name)> name;
LYDIAN_KERNEL_ENTRIES(LYDIAN_DECLARE_ENTRY)
#undef LYDIAN_DECLARE_ENTRY

extern const KernelTable kTable;

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
