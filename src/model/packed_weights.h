#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "lydian/model/weight_store.h"
#include "model/aligned_floats.h"
#include "model/packed_linear.h"
#include "model/transformer_segments.h"
#include "model/transformer_shape.h"

namespace lydian {

class ThreadPool;

/// The linear maps of one layer, fused: q, k and v; the attention's output; gate and up; down.
enum LayerLinear : std::size_t { kQkv, kAttentionOutput, kGateUp, kDown, kLayerLinears };

/// How a transformer's matrices are fused and padded: layers' in order, then the head's.
class TransformerLinears {
 public:
  TransformerLinears(const TransformerShape& shape, const TransformerSegments& segments);
  const std::vector<PackedLinear>& all() const { return all_; }
  static std::size_t number(std::int64_t layer, LayerLinear which) { return static_cast<std::size_t>(layer) * kLayerLinears + which; }
  std::size_t head_number() const { return all_.size() - 1; }

 private:
  std::vector<PackedLinear> all_;
};

/// Panel copies of the weights for products with activations (forward) and with gradients (transposed), made again when the store's revision has changed.
///
/// Threads: refresh calls from any number; the copies may be read once such a call has returned, until the store is updated.
class PackedWeights {
 public:
  explicit PackedWeights(const TransformerLinears& linears);

  void refresh_forward(const WeightStore& store, ThreadPool& pool);
  void refresh_transposed(const WeightStore& store, ThreadPool& pool);

  const float* forward(std::size_t number) const { return copies_[number].forward.data(); }
  const float* transposed(std::size_t number) const { return copies_[number].transposed.data(); }
  /// Null where the map has none.
  const float* bias(std::size_t number) const { return copies_[number].bias.data(); }

 private:
  struct Copy {
    AlignedFloats forward, transposed, bias;
  };
  template <typename Pack>
  void refresh(const WeightStore& store, ThreadPool& pool, std::int64_t& revision, const Pack& pack);

  const std::vector<PackedLinear>& linears_;
  std::vector<Copy> copies_;
  std::mutex mutex_;
  std::int64_t forward_revision_ = -1, transposed_revision_ = -1;
};

}  // namespace lydian
