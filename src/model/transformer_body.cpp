#include "model/transformer_body.h"

#include <algorithm>

namespace lydian {

void BodyWorkspace::fit(const TransformerShape& shape, std::int64_t tokens, std::int64_t positions) {
  if (tokens <= tokens_ && positions <= positions_) return;
  tokens_ = std::max(tokens, tokens_);
  positions_ = std::max(positions, positions_);
  stream.fit(tokens_ * shape.hidden_stride);
  normed.fit(tokens_ * shape.hidden_stride);
  qkv.fit(tokens_ * shape.qkv_width);
  queries.fit(tokens_ * shape.query_width);
  keys.fit(shape.kv_width);
  attention.fit(tokens_ * shape.query_width);
  gate_up.fit(tokens_ * shape.gate_up_width);
  product.fit(tokens_ * shape.intermediate_stride);
  inverse_rms.fit(2 * kernels::padded(tokens_));
  const std::int64_t rows = std::max(tokens_, shape.heads_per_kv);
  const std::int64_t blocks = blocks_for(positions_);
  attention_scratch.fit(rows * blocks * kBlockPositions);
  key_blocks.resize(static_cast<std::size_t>(blocks));
  value_blocks.resize(static_cast<std::size_t>(blocks));
  last_positions.resize(static_cast<std::size_t>(rows));
}

LayerActivations BodyWorkspace::in_place() {
  return {stream.data(), stream.data(),    stream.data(), inverse_rms.data(), inverse_rms.data() + kernels::padded(tokens_),
          qkv.data(),    attention.data(), gate_up.data()};
}

void TransformerBody::embed(std::span<const BodySpan> spans, float* stream) const {
  const float* table = network_.weight(network_.segments.embedding);
  const float* positions = network_.weight(network_.segments.positions);
  for (const BodySpan& span : spans) {
    for (std::int64_t i = 0; i < span.tokens; ++i, stream += shape_.hidden_stride) {
      const float* row = table + span.ids[i] * shape_.hidden;
      std::copy(row, row + shape_.hidden, stream);
      std::fill(stream + shape_.hidden, stream + shape_.hidden_stride, 0.0F);
      if (positions != nullptr) table_.add_to(positions + (span.first_position + i) * shape_.hidden, shape_.hidden, stream);
    }
  }
}

void TransformerBody::linear(std::int64_t layer, LayerLinear which, const float* input, std::int64_t stride, std::int64_t tokens, float* output,
                             std::int64_t output_stride, kernels::MatmulMode mode) const {
  const std::size_t number = TransformerLinears::number(layer, which);
  const PackedLinear& linear = network_.linears.all()[number];
  table_.matmul(input, stride, network_.packed.forward(number), linear.inputs(), tokens, 0, linear.output_panels(), network_.packed.bias(number), output,
                output_stride, mode);
}

void TransformerBody::input_norm(std::int64_t layer, std::int64_t tokens, const LayerActivations& activations, float* normed, float* inverse_rms) const {
  table_.rms_norm(activations.input, shape_.hidden_stride, network_.weight(network_.segments.layers[static_cast<std::size_t>(layer)].input_norm), tokens,
                  shape_.hidden, shape_.epsilon, normed, shape_.hidden_stride, inverse_rms);
}

void TransformerBody::middle_norm(std::int64_t layer, std::int64_t tokens, const LayerActivations& activations, float* normed, float* inverse_rms) const {
  table_.rms_norm(activations.middle, shape_.hidden_stride, network_.weight(network_.segments.layers[static_cast<std::size_t>(layer)].post_attention_norm),
                  tokens, shape_.hidden, shape_.epsilon, normed, shape_.hidden_stride, inverse_rms);
}

void TransformerBody::final_norm(const float* stream, std::int64_t rows, float* hidden, float* inverse_rms) const {
  table_.rms_norm(stream, shape_.hidden_stride, network_.weight(network_.segments.final_norm), rows, shape_.hidden, shape_.epsilon, hidden,
                  shape_.hidden_stride, inverse_rms);
}

void TransformerBody::activate(std::int64_t tokens, const float* gate_up, float* product) const {
  if (shape_.gated) {
    table_.swiglu(gate_up, gate_up + shape_.intermediate_stride, shape_.gate_up_width, tokens, shape_.intermediate, product, shape_.intermediate_stride);
  } else {
    table_.relu_squared(gate_up, shape_.gate_up_width, tokens, shape_.intermediate, product, shape_.intermediate_stride);
  }
}

void TransformerBody::rotate_queries(std::int64_t layer, const BodySpan& span, const float* qkv, float* queries) const {
  const float* norm = network_.weight(network_.segments.layers[static_cast<std::size_t>(layer)].query_norm);
  const float scale = shape_.query_scale;
  for (std::int64_t i = 0; i < span.tokens; ++i) {
    const std::int64_t position = span.first_position + i;
    table_.head_norm_rope(qkv + i * shape_.qkv_width, shape_.heads, shape_.head_dim, norm, shape_.epsilon, network_.rotary.cosines(position),
                          network_.rotary.sines(position), scale, queries + i * shape_.query_width);
  }
}

void TransformerBody::store_keys_and_values(std::int64_t layer, const BodySpan& span, const float* qkv, float* keys) const {
  const float* norm = network_.weight(network_.segments.layers[static_cast<std::size_t>(layer)].key_norm);
  if (span.inherited_page != nullptr) {
    const std::int64_t slice = shape_.key_offset(layer, 0);
    const float* from = span.inherited_page + slice;
    std::copy(from, from + shape_.page_layer_floats(), span.pages[span.first_position / kBlockPositions] + slice);
  }
  for (std::int64_t i = 0; i < span.tokens; ++i) {
    const std::int64_t position = span.first_position + i;
    const float* row = qkv + i * shape_.qkv_width;
    float* page = span.pages[position / kBlockPositions];
    table_.head_norm_rope(row + shape_.query_width, shape_.kv_heads, shape_.head_dim, norm, shape_.epsilon, network_.rotary.cosines(position),
                          network_.rotary.sines(position), 1.0F, keys);
    for (std::int64_t head = 0; head < shape_.kv_heads; ++head) {
      const float* value = row + shape_.query_width + shape_.kv_width + head * shape_.head_width;
      table_.store_key(keys + head * shape_.head_width, shape_.head_dim, position % kBlockPositions, page + shape_.key_offset(layer, head));
      table_.store_value(value, shape_.head_dim, position % kBlockPositions, page + shape_.value_offset(layer, head));
    }
  }
}

kernels::KeyValueBlocks TransformerBody::blocks(std::int64_t layer, std::int64_t kv_head, const BodySpan& span, BodyWorkspace& workspace) const {
  const std::int64_t keys = shape_.key_offset(layer, kv_head), values = shape_.value_offset(layer, kv_head);
  const std::int64_t count = blocks_for(span.end_position());
  for (std::int64_t block = 0; block < count; ++block) {
    workspace.key_blocks[static_cast<std::size_t>(block)] = span.pages[block] + keys;
    workspace.value_blocks[static_cast<std::size_t>(block)] = span.pages[block] + values;
  }
  return {workspace.key_blocks.data(), workspace.value_blocks.data()};
}

void TransformerBody::attend(std::int64_t layer, const BodySpan& span, const float* queries, float* out, BodyWorkspace& workspace) const {
  // One token: the query heads of a key/value head are the rows, so that they share its loads. Several tokens: the rows are the tokens of one head.
  const bool single = span.tokens == 1;
  const std::int64_t rows = single ? shape_.heads_per_kv : span.tokens;
  const std::int64_t stride = single ? shape_.head_width : shape_.query_width;
  for (std::int64_t i = 0; i < rows; ++i) workspace.last_positions[static_cast<std::size_t>(i)] = span.first_position + (single ? 0 : i);
  for (std::int64_t kv_head = 0; kv_head < shape_.kv_heads; ++kv_head) {
    const kernels::KeyValueBlocks seen = blocks(layer, kv_head, span, workspace);
    for (std::int64_t i = 0; i < (single ? 1 : shape_.heads_per_kv); ++i) {
      const std::int64_t column = (kv_head * shape_.heads_per_kv + i) * shape_.head_width;
      table_.attention(queries + column, stride, rows, workspace.last_positions.data(), seen, shape_.head_dim, out + column, stride, nullptr, 0,
                       workspace.attention_scratch.data());
    }
  }
}

void TransformerBody::layer(std::int64_t layer, std::span<const BodySpan> spans, std::int64_t tokens, const LayerActivations& activations,
                            BodyWorkspace& workspace) const {
  input_norm(layer, tokens, activations, workspace.normed.data(), activations.input_inverse_rms);
  linear(layer, kQkv, workspace.normed.data(), shape_.hidden_stride, tokens, activations.qkv, shape_.qkv_width, kernels::MatmulMode::kStore);
  std::int64_t first = 0;
  for (const BodySpan& span : spans) {
    if (span.tokens == 0) continue;
    const float* qkv = activations.qkv + first * shape_.qkv_width;
    float* queries = workspace.queries.data() + first * shape_.query_width;
    rotate_queries(layer, span, qkv, queries);
    store_keys_and_values(layer, span, qkv, workspace.keys.data());
    attend(layer, span, queries, activations.attention + first * shape_.query_width, workspace);
    first += span.tokens;
  }
  const std::int64_t stream_floats = tokens * shape_.hidden_stride;
  if (activations.middle != activations.input) std::copy(activations.input, activations.input + stream_floats, activations.middle);
  linear(layer, kAttentionOutput, activations.attention, shape_.query_width, tokens, activations.middle, shape_.hidden_stride, kernels::MatmulMode::kAdd);
  middle_norm(layer, tokens, activations, workspace.normed.data(), activations.middle_inverse_rms);
  linear(layer, kGateUp, workspace.normed.data(), shape_.hidden_stride, tokens, activations.gate_up, shape_.gate_up_width, kernels::MatmulMode::kStore);
  activate(tokens, activations.gate_up, workspace.product.data());
  if (activations.output != activations.middle) std::copy(activations.middle, activations.middle + stream_floats, activations.output);
  linear(layer, kDown, workspace.product.data(), shape_.intermediate_stride, tokens, activations.output, shape_.hidden_stride, kernels::MatmulMode::kAdd);
}

void TransformerBody::run(std::span<const BodySpan> spans, std::int64_t tokens, BodyWorkspace& workspace) const {
  embed(spans, workspace.stream.data());
  const LayerActivations activations = workspace.in_place();
  for (std::int64_t i = 0; i < shape_.layers; ++i) layer(i, spans, tokens, activations, workspace);
}

}  // namespace lydian
