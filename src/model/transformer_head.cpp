#include "model/transformer_head.h"

#include <algorithm>

namespace lydian {
namespace {

constexpr std::int64_t kLogitFloats = std::int64_t{1} << 16;  // A tile's logits stay in the second-level cache.

}  // namespace

TransformerHead::TransformerHead(const TransformerNetwork& network, const kernels::KernelTable& table)
    : network_(network),
      shape_(network.shape),
      table_(table),
      number_(network.linears.head_number()),
      tile_rows_(std::clamp<std::int64_t>(kLogitFloats / shape_.vocabulary_stride, 16, 128)) {}

void TransformerHead::logits(const float* hidden, std::int64_t rows, float* out) const {
  table_.matmul(hidden, shape_.hidden_stride, network_.packed.forward(number_), shape_.hidden, rows, 0, kernels::panels(shape_.vocabulary), nullptr, out,
                shape_.vocabulary_stride, kernels::MatmulMode::kStore);
}

void TransformerHead::score(const HeadRows& rows, float* log_prob, float* entropy, HeadWorkspace& workspace) const {
  float* logits_of_tile = workspace.logits.fit(tile_rows_ * shape_.vocabulary_stride);
  for (std::int64_t first = 0; first < rows.rows; first += tile_rows_) {
    const HeadRows tile = rows.from(first, std::min(tile_rows_, rows.rows - first), shape_);
    logits(tile.hidden, tile.rows, logits_of_tile);
    for (std::int64_t i = 0; i < tile.rows; ++i) {
      const kernels::TokenScore score = table_.score_token(logits_of_tile + i * shape_.vocabulary_stride, shape_.vocabulary, tile.inverse_temperatures[i],
                                                           tile.targets[i], entropy != nullptr);
      if (log_prob != nullptr) log_prob[first + i] = score.log_prob;
      if (entropy != nullptr) entropy[first + i] = score.entropy;
    }
  }
}

void TransformerHead::backward(const HeadRows& rows, const float* d_log_prob, const float* d_entropy, float* d_hidden, float* weight_gradient,
                               HeadWorkspace& workspace) const {
  const std::int64_t panels = kernels::panels(shape_.vocabulary), tile_rows = std::min(tile_rows_, rows.rows);
  float* d_logits = workspace.logits.fit(tile_rows_ * shape_.vocabulary_stride);
  float* scratch = workspace.weight_scratch.fit(kernels::weight_gradient_scratch(tile_rows, shape_.hidden, panels));
  for (std::int64_t first = 0; first < rows.rows; first += tile_rows) {
    const HeadRows tile = rows.from(first, std::min(tile_rows, rows.rows - first), shape_);
    logits(tile.hidden, tile.rows, d_logits);
    for (std::int64_t i = 0; i < tile.rows; ++i) {
      const float by_log_prob = d_log_prob == nullptr ? 0.0F : d_log_prob[first + i];
      const float by_entropy = d_entropy == nullptr ? 0.0F : d_entropy[first + i];
      table_.score_token_backward(d_logits + i * shape_.vocabulary_stride, shape_.vocabulary, tile.inverse_temperatures[i], tile.targets[i], by_log_prob,
                                  by_entropy);
    }
    table_.weight_gradient(tile.hidden, shape_.hidden_stride, d_logits, shape_.vocabulary_stride, tile.rows, shape_.hidden, 0, panels, weight_gradient,
                           scratch);
    table_.matmul(d_logits, shape_.vocabulary_stride, network_.packed.transposed(number_), shape_.vocabulary, tile.rows, 0, kernels::panels(shape_.hidden),
                  nullptr, d_hidden + first * shape_.hidden_stride, shape_.hidden_stride, kernels::MatmulMode::kStore);
  }
}

}  // namespace lydian
