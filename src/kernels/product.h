#pragma once

#include <cstdint>

#include "kernels/lanes.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {

/// What becomes of C [rows][panels of 16]. Every element is one chain of fused multiply-adds in step order.
enum class Finish : std::uint8_t {
  kStore,     ///< C = (chain from 0) (+ bias)
  kAdd,       ///< C = C + ((chain from 0) (+ bias))
  kContinue,  ///< C = chain from C
};

/// C = A · B over `steps` steps, the one product under every kernel. A element (r, s) is at a + r * a_row + s * a_step; C (r, panel p) at c + r * c_row + p *
/// c_panel. B row s of panel p (16 floats): contiguous panels at b + p * b_panel + s * b_step; or, where `panel_list` is given, at panel_list[p] + s * b_step;
/// or, where `segment_list` is given, at segment_list[s / 16] + 16 * p + (s % 16) * b_step.
struct Product {
  const float* a;
  std::int64_t a_row, a_step;
  const float* b;
  std::int64_t b_panel, b_step;
  const float* const* panel_list;
  const float* const* segment_list;
  std::int64_t steps, rows, panels;
  float* c;
  std::int64_t c_row, c_panel;
  const float* bias;  ///< [panels][16], or null
  Finish finish;
};

void multiply(const Product& product);

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
