#include "model/transformer_network.h"

#include <algorithm>
#include <numbers>

#include "lydian/core/portable_math.h"

namespace lydian {

double rotary_frequency(const TransformerConfig& config, std::int64_t i) {
  const double frequency = portable::pow(config.rope_theta, -static_cast<double>(2 * i) / static_cast<double>(config.head_dim));
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.factor == 1.0) return frequency;
  const double turns = static_cast<double>(scaling.original_max_positions) * frequency / (2.0 * std::numbers::pi);
  const double kept = std::clamp((turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor), 0.0, 1.0);
  return kept * frequency + (1.0 - kept) * frequency / scaling.factor;
}

RotaryTable::RotaryTable(const TransformerConfig& config) {
  if (!config.rotary_positions) return;
  const std::int64_t half = config.head_dim / 2;
  stride_ = kernels::padded(half);
  cosines_.fit(config.max_positions * stride_);
  sines_.fit(config.max_positions * stride_);
  for (std::int64_t i = 0; i < half; ++i) {
    const double frequency = rotary_frequency(config, i);
    for (std::int64_t position = 0; position < config.max_positions; ++position) {
      const double angle = static_cast<double>(position) * frequency;
      cosines_.data()[position * stride_ + i] = static_cast<float>(portable::cos(angle));
      sines_.data()[position * stride_ + i] = static_cast<float>(portable::sin(angle));
    }
  }
}

}  // namespace lydian
