#include "model/transformer_backward.h"

#include <algorithm>

namespace lydian {

void KeyValueGradient::fit(const TransformerShape& shape, std::int64_t positions) {
  stride_ = 2 * shape.kv_width;
  positions_ = std::max(positions, positions_);
  floats_.fit(shape.layers * positions_ * stride_);
}

void KeyValueGradient::clear(std::int64_t layer_number, std::int64_t begin, std::int64_t end) {
  float* rows = layer(layer_number);
  if (begin < end) std::fill(rows + begin * stride_, rows + end * stride_, 0.0F);
}

void BackwardWorkspace::fit(const TransformerShape& shape, std::int64_t tokens, std::int64_t positions) {
  body.fit(shape, tokens, positions);
  if (tokens <= tokens_ && positions <= positions_) return;
  tokens_ = std::max(tokens, tokens_);
  positions_ = std::max(positions, positions_);
  d_stream.fit(tokens_ * shape.hidden_stride);
  d_normed.fit(tokens_ * shape.hidden_stride);
  d_product.fit(tokens_ * shape.intermediate_stride);
  d_gate_up.fit(tokens_ * shape.gate_up_width);
  d_attention.fit(tokens_ * shape.query_width);
  d_qkv.fit(tokens_ * shape.qkv_width);
  const std::int64_t seen = blocks_for(positions_) * kBlockPositions;
  probabilities.fit(tokens_ * seen);
  attention_scratch.fit(tokens_ * seen + 2 * seen * shape.head_width);
  const std::int64_t widest_input = std::max({shape.hidden_stride, shape.query_width, shape.intermediate_stride});
  const std::int64_t widest_output = std::max({shape.hidden_stride, shape.qkv_width, shape.gate_up_width});
  weight_scratch.fit(kernels::weight_gradient_scratch(tokens_, widest_input, kernels::panels(widest_output)));
}

void TransformerBackward::weight_gradient(std::size_t number, const float* x, std::int64_t x_stride, const float* dy, std::int64_t dy_stride,
                                          std::int64_t tokens, PackedGradient& gradient, BackwardWorkspace& workspace) const {
  const PackedLinear& linear = network_.linears.all()[number];
  table_.weight_gradient(x, x_stride, dy, dy_stride, tokens, linear.inputs(), 0, linear.output_panels(), gradient.linear(number),
                         workspace.weight_scratch.data());
  if (linear.has_bias()) table_.bias_gradient(dy, dy_stride, tokens, linear.outputs(), gradient.bias(number));
}

void TransformerBackward::input_gradient(std::size_t number, const float* dy, std::int64_t dy_stride, std::int64_t tokens, float* dx,
                                         std::int64_t dx_stride) const {
  const PackedLinear& linear = network_.linears.all()[number];
  table_.matmul(dy, dy_stride, network_.packed.transposed(number), linear.outputs(), tokens, 0, linear.input_panels(), nullptr, dx, dx_stride,
                kernels::MatmulMode::kStore);
}

void TransformerBackward::feed_forward(std::int64_t layer, std::int64_t tokens, const LayerActivations& kept, PackedGradient& gradient,
                                       BackwardWorkspace& workspace) const {
  const std::size_t down = TransformerLinears::number(layer, kDown), gate_up = TransformerLinears::number(layer, kGateUp);
  const std::int64_t inner = shape_.intermediate_stride, width = shape_.gate_up_width, stream = shape_.hidden_stride;
  float *d_stream = workspace.d_stream.data(), *product = workspace.body.product.data(), *normed = workspace.body.normed.data();
  body_.activate(tokens, kept.gate_up, product);
  weight_gradient(down, product, inner, d_stream, stream, tokens, gradient, workspace);
  input_gradient(down, d_stream, stream, tokens, workspace.d_product.data(), inner);
  float* d_gate_up = workspace.d_gate_up.data();
  if (shape_.gated) {
    table_.swiglu_backward(workspace.d_product.data(), inner, kept.gate_up, kept.gate_up + inner, width, tokens, shape_.intermediate, d_gate_up,
                           d_gate_up + inner, width);
  } else {
    table_.relu_squared_backward(workspace.d_product.data(), inner, kept.gate_up, width, tokens, shape_.intermediate, d_gate_up, width);
  }
  body_.middle_norm(layer, tokens, kept, normed, workspace.body.inverse_rms.data());
  weight_gradient(gate_up, normed, stream, d_gate_up, width, tokens, gradient, workspace);
  input_gradient(gate_up, d_gate_up, width, tokens, workspace.d_normed.data(), stream);
  const SegmentNumber norm = network_.segments.layers[static_cast<std::size_t>(layer)].post_attention_norm;
  table_.rms_norm_backward(workspace.d_normed.data(), stream, kept.middle, stream, network_.weight(norm), kept.middle_inverse_rms, tokens, shape_.hidden,
                           d_stream, stream, gradient.vector(norm));
}

void TransformerBackward::attend(std::int64_t layer, const BackwardSpan& span, std::int64_t first, const LayerActivations& kept,
                                 BackwardWorkspace& workspace) const {
  const BodySpan& body = span.body;
  BodyWorkspace& scratch = workspace.body;
  const std::int64_t width = shape_.head_width, probability_stride = blocks_for(body.end_position()) * kBlockPositions;
  float* queries = scratch.queries.data();
  body_.rotate_queries(layer, body, kept.qkv + first * shape_.qkv_width, queries);
  for (std::int64_t i = 0; i < body.tokens; ++i) scratch.last_positions[static_cast<std::size_t>(i)] = body.first_position + i;
  float* d_keys = workspace.key_value.layer(layer);
  float* d_values = d_keys + shape_.kv_width;
  for (std::int64_t head = 0; head < shape_.heads; ++head) {
    const std::int64_t kv_head = head / shape_.heads_per_kv, column = head * width;
    const kernels::KeyValueBlocks seen = body_.blocks(layer, kv_head, body, scratch);
    // Probabilities cost less to make again than to keep: they grow with the square of the length.
    table_.attention(queries + column, shape_.query_width, body.tokens, scratch.last_positions.data(), seen, shape_.head_dim, scratch.attention.data() + column,
                     shape_.query_width, workspace.probabilities.data(), probability_stride, scratch.attention_scratch.data());
    table_.attention_backward(workspace.d_attention.data() + first * shape_.query_width + column, shape_.query_width,
                              kept.attention + first * shape_.query_width + column, shape_.query_width, queries + column, shape_.query_width, body.tokens,
                              scratch.last_positions.data(), seen, shape_.head_dim, workspace.probabilities.data(), probability_stride,
                              workspace.d_qkv.data() + first * shape_.qkv_width + column, shape_.qkv_width, d_keys + kv_head * width,
                              d_values + kv_head * width, workspace.key_value.stride(), workspace.attention_scratch.data());
  }
}

void TransformerBackward::undo_rotation(std::int64_t layer, const BackwardSpan& span, std::int64_t first, const LayerActivations& kept,
                                        PackedGradient& gradient, BackwardWorkspace& workspace) const {
  const LayerSegments& segments = network_.segments.layers[static_cast<std::size_t>(layer)];
  for (std::int64_t i = 0; i < span.body.tokens; ++i) {
    const std::int64_t position = span.body.first_position + i;
    const float *cosines = network_.rotary.cosines(position), *sines = network_.rotary.sines(position);
    const float* x = kept.qkv + (first + i) * shape_.qkv_width;
    float* dx = workspace.d_qkv.data() + (first + i) * shape_.qkv_width;
    const float* d_key = workspace.key_value.layer(layer) + position * workspace.key_value.stride();
    table_.head_norm_rope_backward(dx, x, shape_.heads, shape_.head_dim, network_.weight(segments.query_norm), shape_.epsilon, cosines, sines,
                                   shape_.query_scale, dx, gradient.vector(segments.query_norm));
    table_.head_norm_rope_backward(d_key, x + shape_.query_width, shape_.kv_heads, shape_.head_dim, network_.weight(segments.key_norm), shape_.epsilon, cosines,
                                   sines, 1.0F, dx + shape_.query_width, gradient.vector(segments.key_norm));
    std::copy(d_key + shape_.kv_width, d_key + 2 * shape_.kv_width, dx + shape_.query_width + shape_.kv_width);
  }
}

void TransformerBackward::attention(std::int64_t layer, std::span<const BackwardSpan> spans, std::int64_t tokens, const LayerActivations& kept,
                                    PackedGradient& gradient, BackwardWorkspace& workspace) const {
  const std::size_t output = TransformerLinears::number(layer, kAttentionOutput), qkv = TransformerLinears::number(layer, kQkv);
  const std::int64_t stream = shape_.hidden_stride;
  float *d_stream = workspace.d_stream.data(), *normed = workspace.body.normed.data();
  weight_gradient(output, kept.attention, shape_.query_width, d_stream, stream, tokens, gradient, workspace);
  input_gradient(output, d_stream, stream, tokens, workspace.d_attention.data(), shape_.query_width);
  std::int64_t first = tokens;
  for (std::size_t i = spans.size(); i-- > 0;) {
    const BackwardSpan& span = spans[i];
    if (span.body.tokens == 0) continue;
    first -= span.body.tokens;
    if (span.ends_stream && !span.is_prompt) workspace.key_value.clear(layer, span.prompt_tokens, span.body.end_position());
    attend(layer, span, first, kept, workspace);
    undo_rotation(layer, span, first, kept, gradient, workspace);
  }
  body_.input_norm(layer, tokens, kept, normed, workspace.body.inverse_rms.data());
  weight_gradient(qkv, normed, stream, workspace.d_qkv.data(), shape_.qkv_width, tokens, gradient, workspace);
  input_gradient(qkv, workspace.d_qkv.data(), shape_.qkv_width, tokens, workspace.d_normed.data(), stream);
  const SegmentNumber norm = network_.segments.layers[static_cast<std::size_t>(layer)].input_norm;
  table_.rms_norm_backward(workspace.d_normed.data(), stream, kept.input, stream, network_.weight(norm), kept.input_inverse_rms, tokens, shape_.hidden,
                           d_stream, stream, gradient.vector(norm));
}

void TransformerBackward::embedding(std::span<const BackwardSpan> spans, const float* d_stream, PackedGradient& gradient) const {
  const bool learned = network_.segments.positions != kNoSegment;
  for (const BackwardSpan& span : spans) {
    for (std::int64_t i = 0; i < span.body.tokens; ++i, d_stream += shape_.hidden_stride) {
      table_.add_to(d_stream, shape_.hidden, gradient.embedding() + span.body.ids[i] * shape_.hidden_stride);
      if (learned) table_.add_to(d_stream, shape_.hidden, gradient.positions() + (span.body.first_position + i) * shape_.hidden_stride);
    }
  }
}

void TransformerBackward::run(std::span<const BackwardSpan> spans, std::int64_t tokens, const ChunkActivations& kept, const float* d_final,
                              PackedGradient& gradient, BackwardWorkspace& workspace) const {
  if (tokens == 0) return;
  float* d_stream = workspace.d_stream.data();
  std::fill(d_stream, d_stream + tokens * shape_.hidden_stride, 0.0F);
  const SegmentNumber norm = network_.segments.final_norm;
  table_.rms_norm_backward(d_final, shape_.hidden_stride, kept.final_stream(), shape_.hidden_stride, network_.weight(norm), kept.final_inverse_rms(), tokens,
                           shape_.hidden, d_stream, shape_.hidden_stride, gradient.vector(norm));
  for (std::int64_t layer = shape_.layers - 1; layer >= 0; --layer) {
    const LayerActivations activations = kept.layer(layer);
    feed_forward(layer, tokens, activations, gradient, workspace);
    attention(layer, spans, tokens, activations, gradient, workspace);
  }
  embedding(spans, d_stream, gradient);
}

}  // namespace lydian
