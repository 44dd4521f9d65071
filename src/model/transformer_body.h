#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/kernels/kernel_table.h"
#include "model/transformer_network.h"

namespace lydian {

/// Consecutive tokens of one sequence, to be run through the body together with other spans.
struct BodySpan {
  const TokenId* ids = nullptr;
  std::int64_t tokens = 0;
  std::int64_t first_position = 0;
  float* const* pages = nullptr;          ///< Of the sequence, by block; those of the span's own positions are written.
  const float* inherited_page = nullptr;  ///< Where given, the block of first_position begins with this page's keys and values.

  std::int64_t end_position() const { return first_position + tokens; }
};

/// One layer's activations for the tokens of a run, row-major. In place (nothing kept) input, middle and output are one array.
struct LayerActivations {
  float* input = nullptr;               ///< [tokens, hidden] the residual stream before the layer.
  float* middle = nullptr;              ///< [tokens, hidden] after attention.
  float* output = nullptr;              ///< [tokens, hidden] after the feed-forward.
  float* input_inverse_rms = nullptr;   ///< [tokens]
  float* middle_inverse_rms = nullptr;  ///< [tokens]
  float* qkv = nullptr;                 ///< [tokens, qkv_width] before norm and rotation.
  float* attention = nullptr;           ///< [tokens, query_width]
  float* gate_up = nullptr;             ///< [tokens, gate_up_width]
};

/// Scratch of one thread's runs; grows to the largest and stays.
struct BodyWorkspace {
  void fit(const TransformerShape& shape, std::int64_t tokens, std::int64_t positions);
  /// Activations of a layer that keeps nothing; the stream runs through `stream`.
  LayerActivations in_place();

  AlignedFloats stream, normed, qkv, queries, keys, attention, gate_up, product, attention_scratch, inverse_rms;
  std::vector<const float*> key_blocks, value_blocks;
  std::vector<std::int64_t> last_positions;

 private:
  std::int64_t tokens_ = 0, positions_ = 0;
};

/// The forward of all layers, one code for prompts, decode steps and training: no bit of a token depends on which spans run with it.
class TransformerBody {
 public:
  TransformerBody(const TransformerNetwork& network, const kernels::KernelTable& table) : network_(network), shape_(network.shape), table_(table) {}

  void embed(std::span<const BodySpan> spans, float* stream) const;
  void layer(std::int64_t layer, std::span<const BodySpan> spans, std::int64_t tokens, const LayerActivations& activations, BodyWorkspace& workspace) const;
  /// All layers in place; leaves the result in workspace.stream. `fit` must have been called.
  void run(std::span<const BodySpan> spans, std::int64_t tokens, BodyWorkspace& workspace) const;
  void final_norm(const float* stream, std::int64_t rows, float* hidden, float* inverse_rms) const;

  /// Queries as attention sees them: from a span's rows of qkv into rows of query_width.
  void rotate_queries(std::int64_t layer, const BodySpan& span, const float* qkv, float* queries) const;
  /// Fills the workspace's block pointers for one key/value head.
  kernels::KeyValueBlocks blocks(std::int64_t layer, std::int64_t kv_head, const BodySpan& span, BodyWorkspace& workspace) const;
  /// normed <- the norm before the layer's attention (feed-forward).
  void input_norm(std::int64_t layer, std::int64_t tokens, const LayerActivations& activations, float* normed, float* inverse_rms) const;
  void middle_norm(std::int64_t layer, std::int64_t tokens, const LayerActivations& activations, float* normed, float* inverse_rms) const;
  /// product <- the feed-forward's activation of gate_up.
  void activate(std::int64_t tokens, const float* gate_up, float* product) const;

 private:
  void linear(std::int64_t layer, LayerLinear which, const float* input, std::int64_t stride, std::int64_t tokens, float* output, std::int64_t output_stride,
              kernels::MatmulMode mode) const;
  void store_keys_and_values(std::int64_t layer, const BodySpan& span, const float* qkv, float* keys) const;
  void attend(std::int64_t layer, const BodySpan& span, const float* queries, float* out, BodyWorkspace& workspace) const;

  const TransformerNetwork& network_;
  const TransformerShape& shape_;
  const kernels::KernelTable& table_;
};

}  // namespace lydian
