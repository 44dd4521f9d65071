#include "lydian/model/transformer_policy.h"

#include <algorithm>
#include <string>

#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"
#include "model/transformer_decode.h"
#include "model/transformer_implementation.h"

namespace lydian {
namespace {

void expect_size(const char* name, std::size_t size, std::size_t expected, bool may_be_empty) {
  if (size == expected || (may_be_empty && size == 0)) return;
  throw ShapeError("transformer_policy", std::string(name) + " of " + std::to_string(expected) + " floats", std::to_string(size));
}

}  // namespace

ThreadPool& TransformerPolicy::Implementation::threads() const {
  return pool != nullptr ? *pool : ThreadPool::shared();
}

TransformerPolicy::TransformerPolicy(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}

TransformerPolicy::TransformerPolicy(const TransformerConfig& config, std::uint64_t seed)
    : implementation_(std::make_unique<Implementation>(config.resolved())) {
  draw_first_weights(implementation_->network.config, seed, implementation_->network.store);
  implementation_->network.store.restore_version(0);
}

TransformerPolicy::~TransformerPolicy() = default;

const TransformerConfig& TransformerPolicy::config() const {
  return implementation_->network.config;
}
std::int64_t TransformerPolicy::vocab_size() const {
  return config().vocab_size;
}
std::int64_t TransformerPolicy::max_positions() const {
  return config().max_positions;
}
WeightStore& TransformerPolicy::weights() {
  return implementation_->network.store;
}
const WeightStore& TransformerPolicy::weights() const {
  return implementation_->network.store;
}

std::unique_ptr<DecodeSession> TransformerPolicy::decode_session() const {
  return std::make_unique<TransformerDecodeSession>(implementation_->network, implementation_->kernels_in_use(), implementation_->threads());
}

std::unique_ptr<Policy> TransformerPolicy::clone() const {
  auto copy = std::make_unique<Implementation>(config());
  const std::span<const float> values = weights().values();
  copy->network.store.update([&values](std::span<float> out) { std::copy(values.begin(), values.end(), out.begin()); });
  copy->network.store.restore_version(weights().version());
  copy->table = implementation_->table;
  copy->pool = implementation_->pool;
  return std::unique_ptr<Policy>(new TransformerPolicy(std::move(copy)));
}

void TransformerPolicy::use(const kernels::KernelTable& table, ThreadPool& pool) {
  implementation_->table = &table;
  implementation_->pool = &pool;
}

ForwardOutput TransformerPolicy::forward(const PackedBatch& batch, Want want, std::unique_ptr<ForwardRecord>* record) const {
  const TransformerNetwork& network = implementation_->network;
  std::unique_ptr<TransformerRecord> kept;
  if (record != nullptr) {
    kept = std::make_unique<TransformerRecord>(batch, network.shape, network.config.max_positions, network.store.revision(), implementation_->slabs);
  }
  const BatchPlan plan = kept ? kept->plan : BatchPlan(batch, network.shape.vocabulary, network.config.max_positions, false);
  ForwardOutput output;
  const auto entries = static_cast<std::size_t>(batch.tokens());
  if (want.log_prob) output.log_prob.resize(entries);
  if (want.entropy) output.entropy.resize(entries);
  if (want.hidden) output.hidden.resize((entries + static_cast<std::size_t>(plan.bootstrap_rows)) * static_cast<std::size_t>(network.shape.hidden));
  implementation_->training().forward(batch, plan, kept.get(), output);
  if (record != nullptr) *record = std::move(kept);
  return output;
}

void TransformerPolicy::backward(ForwardRecord& record, std::span<const float> d_log_prob, std::span<const float> d_entropy, std::span<const float> d_hidden) {
  auto* kept = dynamic_cast<TransformerRecord*>(&record);
  if (kept == nullptr) throw Error("transformer_policy", "a record of this policy's forward", "another one");
  if (kept->used) throw Error("transformer_policy", "a record that no backward has used", "a used one: run the forward again");
  if (kept->revision != weights().revision()) throw Error("transformer_policy", "the weights of the forward", "weights that changed since");
  const auto entries = static_cast<std::size_t>(kept->batch.tokens());
  expect_size("d_log_prob", d_log_prob.size(), entries, true);
  expect_size("d_entropy", d_entropy.size(), entries, true);
  expect_size("d_hidden", d_hidden.size(), (entries + static_cast<std::size_t>(kept->plan.bootstrap_rows)) * static_cast<std::size_t>(config().hidden_size),
              true);
  kept->used = true;
  implementation_->training().backward(*kept, {d_log_prob, d_entropy, d_hidden}, implementation_->gradients);
}

void TransformerPolicy::fold_gradient() {
  implementation_->gradients.fold(implementation_->kernels_in_use(), implementation_->threads(), weights());
}

void TransformerPolicy::clear_gradient() {
  implementation_->gradients.clear();
}

}  // namespace lydian
