#include "model/gradient_buffers.h"

#include <algorithm>

#include "lydian/core/thread_pool.h"

namespace lydian {

PackedGradient::Layout::Layout(const TransformerNetwork& network) {
  const auto place = [this](std::int64_t count) {
    const std::int64_t offset = floats;
    floats += kernels::padded(count);
    return offset;
  };
  for (const PackedLinear& map : network.linears.all()) {
    linear.push_back(place(map.forward_floats()));
    bias.push_back(map.has_bias() ? place(map.outputs()) : -1);
  }
  vector.assign(network.segments.list.size(), -1);
  const auto place_vector = [&](SegmentNumber segment) {
    if (segment != kNoSegment) vector[static_cast<std::size_t>(segment)] = place(network.segments.list[static_cast<std::size_t>(segment)].shape[0]);
  };
  for (const LayerSegments& layer : network.segments.layers) {
    for (const SegmentNumber segment : {layer.input_norm, layer.post_attention_norm, layer.query_norm, layer.key_norm}) place_vector(segment);
  }
  place_vector(network.segments.final_norm);
  embedding = place(network.shape.vocabulary * network.shape.hidden_stride);
  if (network.segments.positions != kNoSegment) positions = place(network.config.max_positions * network.shape.hidden_stride);
}

void PackedGradient::clear() {
  if (touched_) floats_.clear();
  touched_ = false;
}

GradientBuffers::GradientBuffers(const TransformerNetwork& network)
    : network_(network), layout_(network), buffers_{PackedGradient(layout_), PackedGradient(layout_), PackedGradient(layout_), PackedGradient(layout_)} {
  static_assert(kGradientBuffers == 4, "one initializer a buffer");
}

PackedGradient& GradientBuffers::touched(int number) {
  PackedGradient& buffer = buffers_[static_cast<std::size_t>(number)];
  buffer.touch();
  return buffer;
}

void GradientBuffers::clear() {
  for (PackedGradient& buffer : buffers_) buffer.clear();
}

void GradientBuffers::sum(const kernels::KernelTable& table, std::int64_t offset, std::int64_t count, float* out) const {
  std::fill(out, out + count, 0.0F);
  for (const PackedGradient& buffer : buffers_) {
    if (buffer.touched()) table.add_to(buffer.at(offset), count, out);
  }
}

void GradientBuffers::fold_linear(const kernels::KernelTable& table, std::size_t number, const WeightStore& store, float* gradient) const {
  const PackedLinear& linear = network_.linears.all()[number];
  AlignedFloats packed(linear.forward_floats()), padded(linear.outputs() * linear.inputs());
  sum(table, layout_.linear[number], linear.forward_floats(), packed.data());
  kernels::unpack_panels(packed.data(), linear.outputs(), linear.inputs(), padded.data());
  if (number == network_.linears.head_number() && network_.segments.tied()) add_rows(table, layout_.embedding, linear.outputs(), padded.data());
  linear.scatter_add(store, padded.data(), gradient);
  if (!linear.has_bias()) return;
  sum(table, layout_.bias[number], kernels::padded(linear.outputs()), packed.data());
  linear.scatter_add_bias(store, packed.data(), gradient);
}

void GradientBuffers::add_rows(const kernels::KernelTable& table, std::int64_t offset, std::int64_t rows, float* out) const {
  const std::int64_t stride = network_.shape.hidden_stride, width = network_.shape.hidden;
  AlignedFloats row(stride);
  for (std::int64_t i = 0; i < rows; ++i) {
    sum(table, offset + i * stride, stride, row.data());
    table.add_to(row.data(), width, out + i * width);
  }
}

void GradientBuffers::fold_rows(const kernels::KernelTable& table, std::int64_t offset, SegmentNumber number, const WeightStore& store, float* gradient) const {
  const WeightSegment& segment = store.segments()[static_cast<std::size_t>(number)];
  if (segment.trainable) add_rows(table, offset, segment.shape[0], gradient + segment.offset);
}

void GradientBuffers::fold_vectors(const kernels::KernelTable& table, const WeightStore& store, float* gradient) const {
  for (std::size_t number = 0; number < store.segments().size(); ++number) {
    const WeightSegment& segment = store.segments()[number];
    if (layout_.vector[number] < 0 || !segment.trainable) continue;
    AlignedFloats row(kernels::padded(segment.size));
    sum(table, layout_.vector[number], segment.size, row.data());
    table.add_to(row.data(), segment.size, gradient + segment.offset);
  }
}

void GradientBuffers::fold(const kernels::KernelTable& table, ThreadPool& pool, WeightStore& store) {
  if (std::none_of(buffers_.begin(), buffers_.end(), [](const PackedGradient& buffer) { return buffer.touched(); })) return;
  float* gradient = store.gradient().data();
  const TransformerSegments& segments = network_.segments;
  const auto linears = static_cast<int>(network_.linears.all().size());
  pool.run(linears + 1, [&](int part) {
    if (part < linears) return fold_linear(table, static_cast<std::size_t>(part), store, gradient);
    fold_vectors(table, store, gradient);
    if (!segments.tied()) fold_rows(table, layout_.embedding, segments.embedding, store, gradient);
    if (segments.positions != kNoSegment) fold_rows(table, layout_.positions, segments.positions, store, gradient);
  });
  pool.run(kGradientBuffers, [&](int buffer) { buffers_[static_cast<std::size_t>(buffer)].clear(); });
}

}  // namespace lydian
