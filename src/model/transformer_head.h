#pragma once

#include <cstdint>
#include <span>

#include "lydian/core/token.h"
#include "lydian/kernels/kernel_table.h"
#include "model/transformer_network.h"

namespace lydian {

/// Hidden states, and which token each is asked about.
struct HeadRows {
  const float* hidden = nullptr;                ///< [rows, hidden_stride] after the last norm.
  const TokenId* targets = nullptr;             ///< [rows]
  const float* inverse_temperatures = nullptr;  ///< [rows]
  std::int64_t rows = 0;

  HeadRows from(std::int64_t first, std::int64_t count, const TransformerShape& shape) const {
    return {hidden + first * shape.hidden_stride, targets + first, inverse_temperatures + first, count};
  }
};

/// Scratch of one thread's calls.
struct HeadWorkspace {
  AlignedFloats logits, weight_scratch;
};

/// The head: logits and what is read from them. Logits live only within a tile of rows.
class TransformerHead {
 public:
  TransformerHead(const TransformerNetwork& network, const kernels::KernelTable& table);

  /// Rows whose logits are held at once.
  std::int64_t tile_rows() const { return tile_rows_; }
  void logits(const float* hidden, std::int64_t rows, float* out) const;
  /// log_prob and entropy [rows], null where not wanted.
  void score(const HeadRows& rows, float* log_prob, float* entropy, HeadWorkspace& workspace) const;
  /// d_hidden [rows, hidden_stride] (overwritten) from d_log_prob and d_entropy [rows] (null: zero); weight_gradient (panels) +=.
  void backward(const HeadRows& rows, const float* d_log_prob, const float* d_entropy, float* d_hidden, float* weight_gradient, HeadWorkspace& workspace) const;

 private:
  const TransformerNetwork& network_;
  const TransformerShape& shape_;
  const kernels::KernelTable& table_;
  const std::size_t number_;
  const std::int64_t tile_rows_;
};

}  // namespace lydian
