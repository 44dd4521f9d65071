#pragma once

#include <cstdint>
#include <span>

#include "lydian/kernels/kernel_table.h"
#include "model/gradient_buffers.h"
#include "model/transformer_body.h"
#include "model/transformer_record.h"

namespace lydian {

/// Gradients by keys and values, by position, for all layers of one group at a time. Positions of the prompt gather from all rows; those beyond it belong to
/// one row at a time.
class KeyValueGradient {
 public:
  void fit(const TransformerShape& shape, std::int64_t positions);
  std::int64_t stride() const { return stride_; }
  /// [positions][keys of all heads, values of all heads]
  float* layer(std::int64_t layer) { return floats_.data() + layer * positions_ * stride_; }
  /// Zeroes positions begin … end - 1 of a layer.
  void clear(std::int64_t layer, std::int64_t begin, std::int64_t end);

 private:
  AlignedFloats floats_;
  std::int64_t stride_ = 0, positions_ = 0;
};

/// Scratch of one thread's backward passes.
struct BackwardWorkspace {
  void fit(const TransformerShape& shape, std::int64_t tokens, std::int64_t positions);

  BodyWorkspace body;
  KeyValueGradient key_value;
  AlignedFloats d_stream, d_normed, d_product, d_gate_up, d_attention, d_qkv, probabilities, attention_scratch, weight_scratch;

 private:
  std::int64_t tokens_ = 0, positions_ = 0;
};

/// A span of the body with what its keys' and values' gradients need to know.
struct BackwardSpan {
  BodySpan body;
  bool is_prompt = false;
  bool ends_stream = false;  ///< The first of its stream that the backward meets.
  std::int64_t prompt_tokens = 0;
};

/// The backward of the layers for one chunk; chunks and the spans within them are taken from the last to the first, so a position's key and value gradients are
/// whole when it is reached.
class TransformerBackward {
 public:
  TransformerBackward(const TransformerNetwork& network, const kernels::KernelTable& table)
      : network_(network), shape_(network.shape), table_(table), body_(network, table) {}

  /// d_final [tokens, hidden_stride] is the gradient by the states after the last norm.
  void run(std::span<const BackwardSpan> spans, std::int64_t tokens, const ChunkActivations& kept, const float* d_final, PackedGradient& gradient,
           BackwardWorkspace& workspace) const;

 private:
  void feed_forward(std::int64_t layer, std::int64_t tokens, const LayerActivations& kept, PackedGradient& gradient, BackwardWorkspace& workspace) const;
  void attention(std::int64_t layer, std::span<const BackwardSpan> spans, std::int64_t tokens, const LayerActivations& kept, PackedGradient& gradient,
                 BackwardWorkspace& workspace) const;
  void attend(std::int64_t layer, const BackwardSpan& span, std::int64_t first, const LayerActivations& kept, BackwardWorkspace& workspace) const;
  void undo_rotation(std::int64_t layer, const BackwardSpan& span, std::int64_t first, const LayerActivations& kept, PackedGradient& gradient,
                     BackwardWorkspace& workspace) const;
  void embedding(std::span<const BackwardSpan> spans, const float* d_stream, PackedGradient& gradient) const;
  void weight_gradient(std::size_t number, const float* x, std::int64_t x_stride, const float* dy, std::int64_t dy_stride, std::int64_t tokens,
                       PackedGradient& gradient, BackwardWorkspace& workspace) const;
  void input_gradient(std::size_t number, const float* dy, std::int64_t dy_stride, std::int64_t tokens, float* dx, std::int64_t dx_stride) const;

  const TransformerNetwork& network_;
  const TransformerShape& shape_;
  const kernels::KernelTable& table_;
  const TransformerBody body_;
};

}  // namespace lydian
