#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "lydian/model/packed_batch.h"
#include "lydian/model/transformer_policy.h"
#include "model/aligned_floats.h"
#include "model/batch_plan.h"
#include "model/transformer_body.h"

namespace lydian {

/// What a chunk's forward keeps, within one array: every layer's activations, then the stream after the last layer.
class ChunkActivations {
 public:
  ChunkActivations(const TransformerShape& shape, std::int64_t tokens, float* floats) : shape_(shape), tokens_(tokens), floats_(floats) {}

  static std::int64_t floats(const TransformerShape& shape, std::int64_t tokens) {
    return shape.layers * layer_floats(shape, tokens) + tokens * shape.hidden_stride + kernels::padded(tokens);
  }
  LayerActivations layer(std::int64_t layer) const;
  float* final_stream() const { return floats_ + shape_.layers * layer_floats(shape_, tokens_); }
  float* final_inverse_rms() const { return final_stream() + tokens_ * shape_.hidden_stride; }

 private:
  static std::int64_t layer_floats(const TransformerShape& shape, std::int64_t tokens) {
    return tokens * (2 * shape.hidden_stride + shape.qkv_width + shape.query_width + shape.gate_up_width) + 2 * kernels::padded(tokens);
  }

  const TransformerShape& shape_;
  const std::int64_t tokens_;
  float* const floats_;
};

/// Large arrays that go back when their record goes, so that a step does not pay for fresh memory.
class SlabPool {
 public:
  std::unique_ptr<AlignedFloats> take(std::int64_t floats);
  void give(std::unique_ptr<AlignedFloats> slab);

 private:
  static constexpr std::size_t kKept = 2;
  std::mutex mutex_;
  std::vector<std::unique_ptr<AlignedFloats>> slabs_;
};

/// Everything that backward needs: the batch, how it was read, and the activations.
class TransformerRecord final : public ForwardRecord {
 public:
  TransformerRecord(const PackedBatch& batch, const TransformerShape& shape, std::int64_t max_positions, std::uint64_t revision,
                    std::shared_ptr<SlabPool> pool);
  ~TransformerRecord() override;

  float* pages(std::size_t group) const { return floats_ + page_offsets_[group]; }
  ChunkActivations chunk(std::size_t group, std::size_t chunk) const {
    return {shape_, plan.groups[group].chunks[chunk].tokens, floats_ + chunk_offsets_[group][chunk]};
  }
  /// The head's inputs by entry [N, hidden_stride], and the prompt's last state of each group.
  float* head_inputs() const { return floats_ + head_offset_; }
  float* prompt_state(std::size_t group) const { return floats_ + prompt_offset_ + static_cast<std::int64_t>(group) * shape_.hidden_stride; }

  const PackedBatch batch;
  const BatchPlan plan;
  const std::uint64_t revision;
  bool used = false;

 private:
  const TransformerShape& shape_;
  std::vector<std::int64_t> page_offsets_;
  std::vector<std::vector<std::int64_t>> chunk_offsets_;
  std::int64_t head_offset_ = 0, prompt_offset_ = 0;
  std::shared_ptr<SlabPool> pool_;
  std::unique_ptr<AlignedFloats> slab_;
  float* floats_ = nullptr;
};

}  // namespace lydian
