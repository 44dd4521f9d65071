#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lydian/model/transformer_config.h"
#include "lydian/model/weight_store.h"
#include "lydian/policy/torch_policy.h"

namespace lydian::examples {

/// TransformerPolicy's architecture written plainly in ATen, on any device and dtype: the module of a TorchPolicy, and the oracle of the backward's tests.
///
/// Parameters are leaves by Hugging Face's names. Copies share them.
class TorchTransformer {
 public:
  /// Takes shape and weights of a store of that shape (TransformerPolicy::weights(), say).
  TorchTransformer(const TransformerConfig& config, const WeightStore& weights, at::Device device = at::kCPU, at::ScalarType dtype = at::kFloat)
      : config_(config.resolved()) {
    for (const WeightSegment& segment : weights.segments()) {
      at::Tensor host = at::empty(segment.shape, at::kFloat);
      const auto values = weights.values(segment);
      std::copy(values.begin(), values.end(), host.mutable_data_ptr<float>());
      parameters_.emplace_back(segment.name, host.to(device, dtype).requires_grad_(true));
      by_name_.emplace(segment.name, parameters_.back().second);
    }
  }

  const std::vector<std::pair<std::string, at::Tensor>>& parameters() const { return parameters_; }
  const at::Tensor& parameter(const std::string& name) const { return by_name_.at(name); }

  /// States after the last norm [1, T, D] from ids i64 [1, T].
  at::Tensor hidden(const at::Tensor& ids) const {
    const std::int64_t length = ids.size(1);
    at::Tensor x = parameter("model.embed_tokens.weight").index_select(0, ids[0]);
    if (config_.learned_positions) x = x + parameter("model.embed_positions.weight").slice(0, 0, length);
    for (std::int64_t i = 0; i < config_.num_layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      x = x + attention(norm(x, layer + "input_layernorm"), layer + "self_attn.");
      x = x + feed_forward(norm(x, layer + "post_attention_layernorm"), layer + "mlp.");
    }
    return norm(x, "model.norm").unsqueeze(0);
  }

  /// Logits [1, T, V] from states [1, T, D].
  at::Tensor logits(const at::Tensor& hidden) const {
    return at::linear(hidden, parameter(config_.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight"));
  }

  at::Tensor operator()(const at::Tensor& ids) const { return logits(hidden(ids)); }

 private:
  at::Tensor norm(const at::Tensor& x, const std::string& name) const {
    return x * (x * x).mean(-1, /*keepdim=*/true).add(config_.rms_norm_eps).rsqrt() * parameter(name + ".weight");
  }

  at::Tensor linear(const at::Tensor& x, const std::string& name) const {
    const auto bias = by_name_.find(name + ".bias");
    return at::linear(x, parameter(name + ".weight"), bias == by_name_.end() ? at::Tensor() : bias->second);
  }

  /// Heads first: [T, heads * head_dim] -> [heads, T, head_dim].
  at::Tensor split_heads(const at::Tensor& x) const { return x.view({x.size(0), -1, config_.head_dim}).transpose(0, 1); }

  /// Rotary positions; pairs are i and i + head_dim / 2. Source: arXiv:2104.09864.
  at::Tensor rotate(const at::Tensor& x) const {
    if (!config_.rotary_positions) return x;
    const std::int64_t half = config_.head_dim / 2;
    const at::Tensor exponent = at::arange(half, at::kDouble) * (-2.0 / static_cast<double>(config_.head_dim));
    const at::Tensor angle = at::arange(x.size(1), at::kDouble).unsqueeze(1) * (exponent * std::log(config_.rope_theta)).exp();
    const at::Tensor cos = angle.cos().to(x.device(), x.scalar_type()), sin = angle.sin().to(x.device(), x.scalar_type());
    const at::Tensor first = x.slice(-1, 0, half), second = x.slice(-1, half);
    return at::cat({first * cos - second * sin, second * cos + first * sin}, -1);
  }

  at::Tensor attention(const at::Tensor& x, const std::string& name) const {
    at::Tensor q = split_heads(linear(x, name + "q_proj")), k = split_heads(linear(x, name + "k_proj")), v = split_heads(linear(x, name + "v_proj"));
    if (config_.query_key_norm) {
      q = norm(q, name + "q_norm");
      k = norm(k, name + "k_norm");
    }
    const std::int64_t group = config_.num_heads / config_.num_kv_heads, length = x.size(0);
    k = rotate(k).repeat_interleave(group, 0);
    v = v.repeat_interleave(group, 0);
    const at::Tensor scores = rotate(q).matmul(k.transpose(1, 2)) / std::sqrt(static_cast<double>(config_.head_dim));
    const at::Tensor future = at::ones({length, length}, x.options().dtype(at::kBool)).triu(1);
    const at::Tensor weights = at::softmax(scores.masked_fill(future, -std::numeric_limits<double>::infinity()), -1);
    return linear(weights.matmul(v).transpose(0, 1).reshape({length, -1}), name + "o_proj");
  }

  at::Tensor feed_forward(const at::Tensor& x, const std::string& name) const {
    const at::Tensor up = linear(x, name + "up_proj");
    if (config_.feed_forward == FeedForward::kReluSquared) return linear(up.clamp_min(0.0).square(), name + "down_proj");
    const at::Tensor gate = linear(x, name + "gate_proj");
    return linear(gate * gate.sigmoid() * up, name + "down_proj");
  }

  TransformerConfig config_;
  std::vector<std::pair<std::string, at::Tensor>> parameters_;
  std::map<std::string, at::Tensor> by_name_;
};

/// A policy of that architecture on any torch device.
inline TorchPolicy make_torch_policy(const TransformerConfig& config, const WeightStore& weights, at::Device device = at::kCPU) {
  const TorchTransformer module(config, weights, device);
  return TorchPolicy(module, module.parameters(), config.vocab_size, config.max_positions);
}

}  // namespace lydian::examples
