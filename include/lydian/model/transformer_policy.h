#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lydian/model/packed_batch.h"
#include "lydian/model/policy.h"
#include "lydian/model/transformer_config.h"

namespace lydian {

class ThreadPool;
namespace kernels {
struct KernelTable;
}

/// Number of gradient buffers: group i of an optimizer step adds into buffer i % kGradientBuffers, and they are summed in order, so sums do not depend on
/// threads.
inline constexpr int kGradientBuffers = 4;

/// Outputs of a raw forward; arrays that were not wanted are empty.
struct ForwardOutput {
  std::vector<float> log_prob;  ///< [N] nats, of each completion token given all tokens before it, at its row's temperature.
  std::vector<float> entropy;   ///< [N] nats, of the same distributions.
  std::vector<float> hidden;    ///< [N + bootstrap rows, D]: states after the last norm from which token t was predicted; then those after the last token of
                                ///< bootstrap rows, in row order.
};

/// What a forward keeps for its backward.
class ForwardRecord {
 public:
  virtual ~ForwardRecord() = default;
};

/// A decoder-only transformer in float32 on lydian's CPU kernels, made from scratch or read from a checkpoint.
///
/// Its forward, its decode sessions and any cut of either give the same bits for the same token (docs/design.md §5).
/// Threads: const members may be called from several threads; inside they share ThreadPool::shared() unless set otherwise.
class TransformerPolicy final : public Policy {
 public:
  /// First weights are drawn from (seed, segment, element). Throws ConfigError where the shape does not fit.
  TransformerPolicy(const TransformerConfig& config, std::uint64_t seed);
  ~TransformerPolicy() override;

  const TransformerConfig& config() const;
  std::int64_t vocab_size() const override;
  std::int64_t max_positions() const override;
  std::unique_ptr<DecodeSession> decode_session() const override;
  WeightStore& weights() override;
  const WeightStore& weights() const override;
  std::unique_ptr<Policy> clone() const override;
  bool exact() const override { return true; }

  /// The raw forward. With `record` it keeps what backward() needs; without, it keeps nothing. Throws ShapeError naming what does not fit.
  ForwardOutput forward(const PackedBatch& batch, Want want, std::unique_ptr<ForwardRecord>* record = nullptr) const;
  /// Adds the gradient of sum(d · output) into the gradient buffers; empty spans are zero. `record` is used up. Throws Error where the weights changed since
  /// the forward.
  void backward(ForwardRecord& record, std::span<const float> d_log_prob, std::span<const float> d_entropy, std::span<const float> d_hidden);

  /// The head by itself: log-probs (and entropies) of `targets` [n] from `hidden` [n, D] at `temperature` [n].
  ForwardOutput head(std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature, Want want) const;
  /// Its gradient: into the head's weights (buffer `gradient_buffer`) and, overwritten, into d_hidden [n, D].
  void head_backward(std::span<const float> hidden, std::span<const TokenId> targets, std::span<const float> temperature, std::span<const float> d_log_prob,
                     std::span<const float> d_entropy, std::int32_t gradient_buffer, std::span<float> d_hidden);

  /// Sums the gradient buffers in order into weights().gradient() (added to what stands there) and clears them; folds the two uses of a tied embedding.
  void fold_gradient();
  /// Drops whatever the gradient buffers hold.
  void clear_gradient();

  /// Writes config.json and model.safetensors, as Hugging Face names them, into an existing folder; and reads them.
  void save(const std::string& folder) const;
  static std::unique_ptr<TransformerPolicy> load(const std::string& folder);

  /// Uses these kernels and threads instead of active_table() and ThreadPool::shared(); both must outlive the policy. For tests and benchmarks.
  void use(const kernels::KernelTable& table, ThreadPool& pool);

 private:
  struct Implementation;
  explicit TransformerPolicy(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
