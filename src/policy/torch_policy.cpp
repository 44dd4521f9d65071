#include "lydian/policy/torch_policy.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "lydian/core/error.h"
#include "lydian/kernels/kernel_table.h"
#include "model/next_token.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "torch_policy";

std::vector<WeightSegment> segments_of(const TorchPolicy::Parameters& parameters) {
  if (parameters.empty()) throw ConfigError(kComponent, "at least one parameter", "none");
  std::vector<WeightSegment> segments;
  for (const auto& [name, parameter] : parameters) {
    if (!parameter.defined() || parameter.scalar_type() != at::kFloat || !parameter.is_leaf()) {
      throw ConfigError(kComponent, "parameter " + name + " as a float32 leaf", parameter.defined() ? parameter.toString() : "no tensor");
    }
    WeightSegment segment;
    segment.name = name;
    segment.shape = parameter.sizes().vec();
    segment.size = parameter.numel();
    segment.trainable = parameter.requires_grad();
    segment.decay = parameter.dim() > 1;
    segments.push_back(std::move(segment));
  }
  return segments;
}

void copy_to_host(const at::Tensor& source, std::span<float> target) {
  const at::Tensor host = source.detach().to(at::kCPU).contiguous();
  std::copy_n(host.const_data_ptr<float>(), host.numel(), target.data());
}

/// The module, whose parameters hold the weights of one store at a time: a policy and its clones take turns.
class Module {
 public:
  Module(TorchPolicy::Forward forward, TorchPolicy::Parameters parameters) : forward_(std::move(forward)), parameters_(std::move(parameters)) {
    written_.resize(parameters_.size());
    remember();
  }

  const TorchPolicy::Parameters& parameters() const { return parameters_; }

  /// Names a policy among those that share the module (an address would be given again).
  std::uint64_t new_owner() { return ++owners_; }

  /// Logits f32 [T, V] of a sequence under the weights that were loaded last.
  at::Tensor logits(std::span<const TokenId> ids, std::int64_t vocab_size) const {
    const std::int64_t length = static_cast<std::int64_t>(ids.size());
    at::Tensor host = at::empty({1, length}, at::kLong);
    std::copy(ids.begin(), ids.end(), host.mutable_data_ptr<std::int64_t>());
    const at::Tensor logits = forward_(host.to(parameters_.front().second.device()));
    if (logits.dim() != 3 || logits.size(0) != 1 || logits.size(1) != length || logits.size(2) != vocab_size) {
      throw ShapeError(kComponent, "logits [1, " + std::to_string(length) + ", " + std::to_string(vocab_size) + "]",
                       std::to_string(logits.numel()) + " numbers");
    }
    return logits[0].to(at::kFloat);
  }

  /// Writes the owner's weights into the module unless they stand there.
  void load(std::uint64_t owner, const WeightStore& store) {
    check_untouched();
    if (loaded_owner_ == owner && loaded_revision_ == store.revision()) return;
    const at::NoGradGuard guard;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const at::Tensor& parameter = parameters_[i].second;
      const std::span<const float> values = store.values(store.segments()[i]);
      at::Tensor host = at::empty(parameter.sizes(), at::kFloat);
      std::copy(values.begin(), values.end(), host.mutable_data_ptr<float>());
      parameter.copy_(host);
    }
    remember();
    loaded_owner_ = owner;
    loaded_revision_ = store.revision();
  }

 private:
  void remember() {
    for (std::size_t i = 0; i < parameters_.size(); ++i) written_[i] = parameters_[i].second._version();
  }
  /// Weights written past the store would be overwritten silently.
  void check_untouched() const {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (parameters_[i].second._version() != written_[i]) {
        throw Error(kComponent, "weights written through policy().weights().update() only",
                    "parameter " + parameters_[i].first + ", which was written in the module");
      }
    }
  }

  TorchPolicy::Forward forward_;
  TorchPolicy::Parameters parameters_;
  std::vector<std::int64_t> written_;
  std::uint64_t owners_ = 0, loaded_owner_ = 0, loaded_revision_ = 0;
};

class ModulePolicy final : public Policy {
 public:
  ModulePolicy(std::shared_ptr<Module> module, WeightStore store, std::int64_t vocab_size, std::int64_t max_positions)
      : module_(std::move(module)), owner_(module_->new_owner()), store_(std::move(store)), vocab_size_(vocab_size), max_positions_(max_positions) {}

  std::int64_t vocab_size() const override { return vocab_size_; }
  std::int64_t max_positions() const override { return max_positions_; }
  std::unique_ptr<DecodeSession> decode_session() const override;
  WeightStore& weights() override { return store_; }
  const WeightStore& weights() const override { return store_; }
  std::unique_ptr<Policy> clone() const override { return std::make_unique<ModulePolicy>(module_, store_, vocab_size_, max_positions_); }
  bool exact() const override { return false; }

  const TorchPolicy::Parameters& parameters() const { return module_->parameters(); }
  /// Logits f32 [T, V] of a sequence, under the caller's GradMode.
  at::Tensor logits(std::span<const TokenId> ids) const {
    module_->load(owner_, store_);
    return module_->logits(ids, vocab_size_);
  }

 private:
  std::shared_ptr<Module> module_;
  std::uint64_t owner_;
  WeightStore store_;
  std::int64_t vocab_size_, max_positions_;
};

/// Sequences as plain ids; each step reads every sequence anew.
class ModuleSession final : public DecodeSession {
 public:
  explicit ModuleSession(const ModulePolicy& policy) : policy_(policy), revision_(policy.weights().revision()) {}

  SequenceId open(std::span<const TokenId> prompt) override {
    if (prompt.empty()) throw Error(kComponent, "a prompt of at least one token", "none");
    check_length(static_cast<std::int64_t>(prompt.size()));
    sequences_.emplace(next_, std::vector<TokenId>(prompt.begin(), prompt.end()));
    return next_++;
  }

  SequenceId fork(SequenceId sequence, std::int64_t length) override {
    const std::vector<TokenId>& parent = at(sequence);
    if (length < 1 || length > static_cast<std::int64_t>(parent.size())) {
      throw Error(kComponent, "a fork of 1 to " + std::to_string(parent.size()) + " tokens", std::to_string(length));
    }
    std::vector<TokenId> child(parent.begin(), parent.begin() + length);
    sequences_.emplace(next_, std::move(child));
    return next_++;
  }

  void close(SequenceId sequence) override {
    at(sequence);
    sequences_.erase(sequence);
  }

  std::int64_t length(SequenceId sequence) const override { return static_cast<std::int64_t>(at(sequence).size()); }

  void step(std::span<const Row> rows, std::span<Drawn> drawn) override {
    if (rows.size() != drawn.size()) throw ShapeError(kComponent, std::to_string(rows.size()) + " drawn tokens", std::to_string(drawn.size()));
    if (policy_.weights().revision() != revision_) throw Error(kComponent, "the weights of the session", "weights that were updated since");
    const at::NoGradGuard guard;
    for (std::size_t i = 0; i < rows.size(); ++i) drawn[i] = step(rows[i]);
  }

 private:
  Drawn step(const Row& row) {
    std::vector<TokenId>& ids = sequences_.at(checked(row.sequence));
    check_length(static_cast<std::int64_t>(ids.size()) + 1);
    if (row.sampling == nullptr) throw Error(kComponent, "sampling options", "none");
    if (row.forced != kDraw && (row.forced < 0 || row.forced >= policy_.vocab_size())) {
      throw Error(kComponent, "a forced token below " + std::to_string(policy_.vocab_size()), std::to_string(row.forced));
    }
    const at::Tensor logits = policy_.logits(ids)[-1].to(at::kCPU).contiguous();
    const Drawn drawn = next_token(kernels::active_table(), logits.const_data_ptr<float>(), policy_.vocab_size(), row);
    ids.push_back(drawn.id);
    return drawn;
  }

  SequenceId checked(SequenceId sequence) const {
    if (!sequences_.contains(sequence)) throw Error(kComponent, "an open sequence", std::to_string(sequence));
    return sequence;
  }
  const std::vector<TokenId>& at(SequenceId sequence) const { return sequences_.at(checked(sequence)); }
  void check_length(std::int64_t length) const {
    if (length > policy_.max_positions())
      throw Error(kComponent, "a sequence of at most " + std::to_string(policy_.max_positions()) + " tokens", std::to_string(length));
  }

  const ModulePolicy& policy_;
  std::uint64_t revision_;
  std::map<SequenceId, std::vector<TokenId>> sequences_;
  SequenceId next_ = 0;
};

std::unique_ptr<DecodeSession> ModulePolicy::decode_session() const {
  return std::make_unique<ModuleSession>(*this);
}

/// The distributions of one row's tokens: log-softmax(logits / temperature), f32 [n, V].
at::Tensor row_distributions(const ModulePolicy& policy, std::span<const TokenId> prompt, std::span<const TokenId> completion, float temperature) {
  std::vector<TokenId> ids(prompt.begin(), prompt.end());
  ids.insert(ids.end(), completion.begin(), completion.end());
  const std::int64_t length = static_cast<std::int64_t>(ids.size());
  if (prompt.empty()) throw ShapeError(kComponent, "a prompt of at least one token", "none");
  if (length > policy.max_positions())
    throw ShapeError(kComponent, "a row of at most " + std::to_string(policy.max_positions()) + " tokens", std::to_string(length));
  const at::Tensor logits = policy.logits(ids);
  const std::int64_t first = static_cast<std::int64_t>(prompt.size()) - 1;
  return at::log_softmax(logits.slice(0, first, length - 1) * inverse_temperature(temperature), -1);
}

}  // namespace

struct TorchPolicy::Implementation {
  ModulePolicy policy;
};

TorchPolicy::TorchPolicy(Forward forward, Parameters parameters, std::int64_t vocab_size, std::int64_t max_positions) {
  WeightStore store(segments_of(parameters));
  store.update([&](std::span<float> values) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const WeightSegment& segment = store.segments()[i];
      copy_to_host(parameters[i].second, values.subspan(static_cast<std::size_t>(segment.offset), static_cast<std::size_t>(segment.size)));
    }
  });
  auto module = std::make_shared<Module>(std::move(forward), std::move(parameters));
  implementation_ = std::make_unique<Implementation>(ModulePolicy(std::move(module), std::move(store), vocab_size, max_positions));
}

TorchPolicy::~TorchPolicy() = default;

Policy& TorchPolicy::policy() {
  return implementation_->policy;
}

PolicyOutput TorchPolicy::forward(const PackedBatch& batch, Want want) {
  if (want.hidden) throw Error(kComponent, "log_prob or entropy", "hidden: a module gives logits only");
  std::vector<at::Tensor> log_prob, entropy;
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    const std::size_t b = static_cast<std::size_t>(row), p = static_cast<std::size_t>(batch.prompt_of_row[b]);
    const auto slice = [](const std::vector<TokenId>& ids, const std::vector<std::int64_t>& offsets, std::size_t i) {
      return std::span(ids).subspan(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    };
    const std::span<const TokenId> completion = slice(batch.completion_ids, batch.completion_offsets, b);
    if (completion.empty()) continue;
    const at::Tensor all = row_distributions(implementation_->policy, slice(batch.prompt_ids, batch.prompt_offsets, p), completion, batch.temperature[b]);
    if (want.log_prob) {
      at::Tensor targets = at::empty({static_cast<std::int64_t>(completion.size()), 1}, at::kLong);
      std::copy(completion.begin(), completion.end(), targets.mutable_data_ptr<std::int64_t>());
      log_prob.push_back(all.gather(1, targets.to(all.device())).squeeze(1).to(at::kCPU));
    }
    if (want.entropy) entropy.push_back(-(all.exp() * all).sum(1).to(at::kCPU));
  }
  const auto packed = [](const std::vector<at::Tensor>& rows) { return rows.empty() ? at::empty({0}, at::kFloat) : at::cat(rows); };
  PolicyOutput output;
  if (want.log_prob) output.log_prob = packed(log_prob);
  if (want.entropy) output.entropy = packed(entropy);
  return output;
}

void TorchPolicy::finish_gradient() {
  ModulePolicy& policy = implementation_->policy;
  std::vector<float> values;
  for (std::size_t i = 0; i < policy.parameters().size(); ++i) {
    const at::Tensor& gradient = policy.parameters()[i].second.grad();
    if (!gradient.defined()) continue;
    const WeightSegment& segment = policy.weights().segments()[i];
    values.resize(static_cast<std::size_t>(segment.size));
    copy_to_host(gradient, values);
    kernels::active_table().add_to(values.data(), segment.size, policy.weights().gradient().data() + segment.offset);
  }
  clear_gradient();
}

void TorchPolicy::clear_gradient() {
  for (const auto& [name, parameter] : implementation_->policy.parameters()) parameter.mutable_grad().reset();
}

}  // namespace lydian
