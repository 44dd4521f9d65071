#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lydian/kernels/kernel_table.h"
#include "lydian/model/transformer_policy.h"
#include "model/aligned_floats.h"
#include "model/transformer_network.h"

namespace lydian {

/// One gradient in the layout in which the kernels add to it: packed linears, padded biases and norms, embeddings by row.
class PackedGradient {
 public:
  /// Where each piece begins; the same for all buffers of a network.
  struct Layout {
    explicit Layout(const TransformerNetwork& network);
    std::vector<std::int64_t> linear, bias;  ///< By number of the linear map; bias -1 where it has none.
    std::vector<std::int64_t> vector;        ///< By segment: norms; -1 for the rest.
    std::int64_t embedding = 0;              ///< [vocabulary, hidden_stride]: the input's use of the embedding.
    std::int64_t positions = -1;             ///< [max_positions, hidden_stride]
    std::int64_t floats = 0;
  };

  explicit PackedGradient(const Layout& layout) : layout_(layout) {}

  /// Zero at first use.
  void touch() { floats_.fit(layout_.floats), touched_ = true; }
  bool touched() const { return touched_; }
  void clear();

  const float* at(std::int64_t offset) const { return floats_.data() + offset; }
  float* linear(std::size_t number) { return floats_.data() + layout_.linear[number]; }
  /// Null where the map has none.
  float* bias(std::size_t number) { return layout_.bias[number] < 0 ? nullptr : floats_.data() + layout_.bias[number]; }
  /// A norm's; null for kNoSegment.
  float* vector(SegmentNumber segment) { return segment == kNoSegment ? nullptr : floats_.data() + layout_.vector[static_cast<std::size_t>(segment)]; }
  float* embedding() { return floats_.data() + layout_.embedding; }
  float* positions() { return floats_.data() + layout_.positions; }

 private:
  const Layout& layout_;
  AlignedFloats floats_;
  bool touched_ = false;
};

/// The buffers that prompt groups add their gradients to, by index in the step, so that sums depend on neither threads nor micro-batches.
class GradientBuffers {
 public:
  explicit GradientBuffers(const TransformerNetwork& network);

  static int number_of(std::int32_t group_in_step) { return group_in_step % kGradientBuffers; }
  /// Ready to be added to.
  PackedGradient& touched(int number);
  void clear();
  /// gradient <- gradient + (buffers summed in order; of a tied embedding the head's use, then the input's). Then clears.
  void fold(const kernels::KernelTable& table, ThreadPool& pool, WeightStore& store);

 private:
  /// Sum over touched buffers, in order, of `count` floats at `offset`.
  void sum(const kernels::KernelTable& table, std::int64_t offset, std::int64_t count, float* out) const;
  void fold_linear(const kernels::KernelTable& table, std::size_t number, const WeightStore& store, float* gradient) const;
  /// out [rows][hidden] += the sums of rows of an embedding.
  void add_rows(const kernels::KernelTable& table, std::int64_t offset, std::int64_t rows, float* out) const;
  void fold_rows(const kernels::KernelTable& table, std::int64_t offset, SegmentNumber segment, const WeightStore& store, float* gradient) const;
  void fold_vectors(const kernels::KernelTable& table, const WeightStore& store, float* gradient) const;

  const TransformerNetwork& network_;
  const PackedGradient::Layout layout_;
  std::array<PackedGradient, kGradientBuffers> buffers_;
};

}  // namespace lydian
