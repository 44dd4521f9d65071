#include "model/transformer_record.h"

#include <algorithm>

namespace lydian {

LayerActivations ChunkActivations::layer(std::int64_t layer) const {
  float* next = floats_ + layer * layer_floats(shape_, tokens_);
  const auto take = [&next](std::int64_t floats) {
    float* begin = next;
    next += floats;
    return begin;
  };
  LayerActivations kept;
  kept.input = take(tokens_ * shape_.hidden_stride);
  kept.qkv = take(tokens_ * shape_.qkv_width);
  kept.attention = take(tokens_ * shape_.query_width);
  kept.middle = take(tokens_ * shape_.hidden_stride);
  kept.gate_up = take(tokens_ * shape_.gate_up_width);
  kept.input_inverse_rms = take(kernels::padded(tokens_));
  kept.middle_inverse_rms = take(kernels::padded(tokens_));
  kept.output = next;  // The next layer's input, or the final stream.
  return kept;
}

std::unique_ptr<AlignedFloats> SlabPool::take(std::int64_t floats) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto large_enough = [floats](const std::unique_ptr<AlignedFloats>& slab) { return slab->size() >= floats; };
    const auto found = std::find_if(slabs_.begin(), slabs_.end(), large_enough);
    if (found != slabs_.end()) {
      std::unique_ptr<AlignedFloats> slab = std::move(*found);
      slabs_.erase(found);
      return slab;
    }
    slabs_.clear();  // Too small ones would only lie about.
  }
  return std::make_unique<AlignedFloats>(floats);
}

void SlabPool::give(std::unique_ptr<AlignedFloats> slab) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (slabs_.size() < kKept) slabs_.push_back(std::move(slab));
}

TransformerRecord::TransformerRecord(const PackedBatch& batch_, const TransformerShape& shape, std::int64_t max_positions, std::uint64_t revision_,
                                     std::shared_ptr<SlabPool> pool)
    : batch(batch_), plan(batch, shape.vocabulary, max_positions, true), revision(revision_), shape_(shape), pool_(std::move(pool)) {
  std::int64_t floats = 0;
  const auto place = [&floats](std::int64_t count) {
    const std::int64_t offset = floats;
    floats += kernels::padded(count);
    return offset;
  };
  for (const PlanGroup& group : plan.groups) {
    page_offsets_.push_back(place(group.pages * shape_.page_floats()));
    chunk_offsets_.emplace_back();
    for (const PlanChunk& chunk : group.chunks) chunk_offsets_.back().push_back(place(ChunkActivations::floats(shape_, chunk.tokens)));
  }
  head_offset_ = place(batch.tokens() * shape_.hidden_stride);
  prompt_offset_ = place(static_cast<std::int64_t>(plan.groups.size()) * shape_.hidden_stride);
  slab_ = pool_->take(floats);
  floats_ = slab_->data();
}

TransformerRecord::~TransformerRecord() {
  if (slab_) pool_->give(std::move(slab_));
}

}  // namespace lydian
