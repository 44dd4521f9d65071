#include "model/packed_weights.h"

#include "lydian/core/thread_pool.h"

namespace lydian {

TransformerLinears::TransformerLinears(const TransformerShape& shape, const TransformerSegments& segments) {
  const auto heads = [&shape](SegmentNumber weight, SegmentNumber bias, std::int64_t first_row, std::int64_t count) {
    return LinearPart{weight, bias, first_row, count * shape.head_dim, shape.head_dim, shape.head_width};
  };
  const auto rows = [](SegmentNumber weight, SegmentNumber bias, std::int64_t first_row, std::int64_t count) {
    return LinearPart{weight, bias, first_row, count, count, count};
  };
  for (const LayerSegments& layer : segments.layers) {
    all_.emplace_back(
        std::vector<LinearPart>{heads(layer.query, layer.query_bias, 0, shape.heads), heads(layer.key, layer.key_bias, shape.query_width, shape.kv_heads),
                                heads(layer.value, layer.value_bias, shape.query_width + shape.kv_width, shape.kv_heads)},
        shape.qkv_width, shape.hidden);
    all_.emplace_back(std::vector<LinearPart>{rows(layer.attention_output, layer.attention_output_bias, 0, shape.hidden)}, shape.hidden, shape.query_width,
                      shape.head_dim, shape.head_width);
    std::vector<LinearPart> inner;
    if (shape.gated) inner.push_back(rows(layer.gate, layer.gate_bias, 0, shape.intermediate));
    inner.push_back(rows(layer.up, layer.up_bias, shape.gate_up_width - shape.intermediate_stride, shape.intermediate));
    all_.emplace_back(std::move(inner), shape.gate_up_width, shape.hidden);
    all_.emplace_back(std::vector<LinearPart>{rows(layer.down, layer.down_bias, 0, shape.hidden)}, shape.hidden, shape.intermediate);
  }
  all_.emplace_back(std::vector<LinearPart>{rows(segments.head, kNoSegment, 0, shape.vocabulary)}, shape.vocabulary, shape.hidden);
}

PackedWeights::PackedWeights(const TransformerLinears& linears) : linears_(linears.all()), copies_(linears_.size()) {}

template <typename Pack>
void PackedWeights::refresh(const WeightStore& store, ThreadPool& pool, std::int64_t& revision, const Pack& pack) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto wanted = static_cast<std::int64_t>(store.revision());
  if (revision == wanted) return;
  revision = -1;
  pool.run(static_cast<int>(linears_.size()), [&](int part) {
    const PackedLinear& linear = linears_[static_cast<std::size_t>(part)];
    AlignedFloats padded(linear.outputs() * linear.inputs());
    linear.gather(store, padded.data());
    pack(linear, padded.data(), copies_[static_cast<std::size_t>(part)]);
  });
  revision = wanted;
}

void PackedWeights::refresh_forward(const WeightStore& store, ThreadPool& pool) {
  refresh(store, pool, forward_revision_, [&store](const PackedLinear& linear, const float* padded, Copy& copy) {
    kernels::pack_panels(padded, linear.outputs(), linear.inputs(), copy.forward.fit(linear.forward_floats()));
    if (linear.has_bias()) linear.gather_bias(store, copy.bias.fit(kernels::padded(linear.outputs())));
  });
}

void PackedWeights::refresh_transposed(const WeightStore& store, ThreadPool& pool) {
  refresh(store, pool, transposed_revision_, [](const PackedLinear& linear, const float* padded, Copy& copy) {
    kernels::pack_transposed_panels(padded, linear.outputs(), linear.inputs(), copy.transposed.fit(linear.transposed_floats()));
  });
}

}  // namespace lydian
