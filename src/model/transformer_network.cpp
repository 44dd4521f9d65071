#include "model/transformer_network.h"

#include "lydian/core/portable_math.h"

namespace lydian {

RotaryTable::RotaryTable(const TransformerConfig& config) {
  if (!config.rotary_positions) return;
  const std::int64_t half = config.head_dim / 2;
  stride_ = kernels::padded(half);
  cosines_.fit(config.max_positions * stride_);
  sines_.fit(config.max_positions * stride_);
  for (std::int64_t i = 0; i < half; ++i) {
    const double frequency = portable::pow(config.rope_theta, -static_cast<double>(2 * i) / static_cast<double>(config.head_dim));
    for (std::int64_t position = 0; position < config.max_positions; ++position) {
      const double angle = static_cast<double>(position) * frequency;
      cosines_.data()[position * stride_ + i] = static_cast<float>(portable::cos(angle));
      sines_.data()[position * stride_ + i] = static_cast<float>(portable::sin(angle));
    }
  }
}

}  // namespace lydian
