#include <algorithm>
#include <string>

#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"
#include "model/next_token.h"
#include "model/transformer_implementation.h"

namespace lydian {
namespace {

void check(const TransformerShape& shape, std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature) {
  const std::size_t rows = targets.size();
  const auto expect = [](const char* name, std::size_t expected, std::size_t got) {
    if (expected != got) throw ShapeError("transformer_policy", std::string(name) + " of " + std::to_string(expected) + " floats", std::to_string(got));
  };
  expect("hidden", rows * static_cast<std::size_t>(shape.hidden), hidden.size());
  expect("temperature", rows, temperature.size());
  for (const TokenId id : targets) {
    if (id < 0 || id >= shape.vocabulary) throw ShapeError("transformer_policy", "targets below " + std::to_string(shape.vocabulary), std::to_string(id));
  }
}

/// Rows of states as the head takes them.
class PaddedRows {
 public:
  PaddedRows(const TransformerShape& shape, std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature)
      : targets_(targets), states_(static_cast<std::int64_t>(targets.size()) * shape.hidden_stride) {
    for (std::size_t row = 0; row < targets.size(); ++row) {
      const auto from = hidden.begin() + static_cast<std::ptrdiff_t>(row) * shape.hidden;
      std::copy(from, from + shape.hidden, states_.data() + static_cast<std::int64_t>(row) * shape.hidden_stride);
      inverse_temperatures_.push_back(inverse_temperature(temperature[row]));
    }
  }
  HeadRows rows() const { return {states_.data(), targets_.data(), inverse_temperatures_.data(), static_cast<std::int64_t>(targets_.size())}; }

 private:
  std::span<const TokenId> targets_;
  AlignedFloats states_;
  std::vector<float> inverse_temperatures_;
};

}  // namespace

ForwardOutput TransformerPolicy::head(std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature, Want want) const {
  const TransformerNetwork& network = implementation_->network;
  check(network.shape, hidden, targets, temperature);
  network.packed.refresh_forward(network.store, implementation_->threads());
  const PaddedRows padded(network.shape, hidden, targets, temperature);
  const TransformerHead head(network, implementation_->kernels_in_use());
  ForwardOutput output;
  if (want.log_prob) output.log_prob.resize(targets.size());
  if (want.entropy) output.entropy.resize(targets.size());
  if (want.hidden) output.hidden.assign(hidden.begin(), hidden.end());
  const std::int64_t rows = padded.rows().rows, tile = head.tile_rows();
  implementation_->threads().run(static_cast<int>((rows + tile - 1) / tile), [&](int part) {
    const std::int64_t first = part * tile;
    HeadWorkspace workspace;
    head.score(padded.rows().from(first, std::min(tile, rows - first), network.shape), want.log_prob ? output.log_prob.data() + first : nullptr,
               want.entropy ? output.entropy.data() + first : nullptr, workspace);
  });
  return output;
}

void TransformerPolicy::head_backward(std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature,
                                      std::span<const float> d_log_prob, std::span<const float> d_entropy, std::int32_t gradient_buffer,
                                      std::span<float> d_hidden) {
  const TransformerNetwork& network = implementation_->network;
  check(network.shape, hidden, targets, temperature);
  for (const std::span<const float> gradient : {d_log_prob, d_entropy}) {
    if (!gradient.empty() && gradient.size() != targets.size()) {
      throw ShapeError("transformer_policy", "gradients of " + std::to_string(targets.size()) + " entries", std::to_string(gradient.size()));
    }
  }
  if (d_hidden.size() != hidden.size())
    throw ShapeError("transformer_policy", "d_hidden of " + std::to_string(hidden.size()) + " floats", std::to_string(d_hidden.size()));
  if (gradient_buffer < 0) throw ShapeError("transformer_policy", "gradient_buffer of at least 0", std::to_string(gradient_buffer));
  network.packed.refresh_forward(network.store, implementation_->threads());
  network.packed.refresh_transposed(network.store, implementation_->threads());
  const PaddedRows padded(network.shape, hidden, targets, temperature);
  const std::int64_t rows = padded.rows().rows;
  AlignedFloats d_states(std::max<std::int64_t>(1, rows) * network.shape.hidden_stride);
  HeadWorkspace workspace;
  PackedGradient& gradient = implementation_->gradients.touched(GradientBuffers::number_of(gradient_buffer));
  TransformerHead(network, implementation_->kernels_in_use())
      .backward(padded.rows(), d_log_prob.empty() ? nullptr : d_log_prob.data(), d_entropy.empty() ? nullptr : d_entropy.data(), d_states.data(),
                gradient.linear(network.linears.head_number()), workspace);
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* from = d_states.data() + row * network.shape.hidden_stride;
    std::copy(from, from + network.shape.hidden, d_hidden.data() + row * network.shape.hidden);
  }
}

}  // namespace lydian
