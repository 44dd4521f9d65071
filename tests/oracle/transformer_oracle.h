#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/model/transformer_config.h"
#include "lydian/model/weight_store.h"

namespace lydian::oracle {

/// A decoder-only transformer in float64, one sequence at a time, as the papers write it: RMSNorm (arXiv:1910.07467), rotary positions (arXiv:2104.09864),
/// grouped-query attention (arXiv:2305.13245), SwiGLU (arXiv:2002.05202) or squared ReLU (arXiv:2109.08668).
class Transformer {
 public:
  using Vector = std::vector<double>;

  /// `weights` is laid out as the store's values.
  Transformer(const TransformerConfig& config, const WeightStore& store, std::span<const double> weights) : config_(config), store_(store), weights_(weights) {}

  /// States after the last norm, for every position.
  std::vector<Vector> hidden(std::span<const TokenId> ids) const {
    std::vector<Vector> stream;
    for (std::size_t t = 0; t < ids.size(); ++t) {
      Vector x = row("model.embed_tokens.weight", ids[t]);
      if (config_.learned_positions) add(x, row("model.embed_positions.weight", static_cast<std::int64_t>(t)));
      stream.push_back(x);
    }
    for (std::int64_t layer = 0; layer < config_.num_layers; ++layer) run_layer("model.layers." + std::to_string(layer) + ".", stream);
    for (Vector& x : stream) x = norm(x, "model.norm.weight");
    return stream;
  }

  /// log-softmax(logits / temperature) from one state.
  Vector log_softmax(const Vector& state, double temperature) const {
    Vector logits = linear(state, config_.tie_word_embeddings ? "model.embed_tokens" : "lm_head", config_.vocab_size, false);
    for (double& logit : logits) logit /= temperature;
    const double highest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit - highest);
    for (double& logit : logits) logit -= highest + std::log(sum);
    return logits;
  }

 private:
  const double* at(const std::string& name) const { return weights_.data() + store_.segment(name).offset; }
  static void add(Vector& x, const Vector& y) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }
  Vector row(const std::string& name, std::int64_t index) const {
    const double* begin = at(name) + index * config_.hidden_size;
    return {begin, begin + config_.hidden_size};
  }
  Vector linear(const Vector& x, const std::string& name, std::int64_t outputs, bool bias) const {
    Vector y(static_cast<std::size_t>(outputs));
    const double* w = at(name + ".weight");
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = bias ? at(name + ".bias")[i] : 0.0;
      for (std::size_t k = 0; k < x.size(); ++k) y[i] += w[i * x.size() + k] * x[k];
    }
    return y;
  }
  Vector norm(Vector x, const std::string& name) const {
    double square = 0;
    for (const double value : x) square += value * value;
    const double r = 1.0 / std::sqrt(square / static_cast<double>(x.size()) + config_.rms_norm_eps);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= r * at(name)[i];
    return x;
  }
  /// Head number `head` of a projection, normed and rotated where the shape says so.
  Vector head_of(const Vector& projected, std::int64_t head, const std::string& norm_name, std::size_t position) const {
    const auto begin = projected.begin() + head * config_.head_dim;
    Vector x(begin, begin + config_.head_dim);
    if (config_.query_key_norm) x = norm(x, norm_name);
    if (!config_.rotary_positions) return x;
    const std::size_t half = x.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(position) * std::pow(config_.rope_theta, -2.0 * static_cast<double>(i) / static_cast<double>(x.size()));
      const double a = x[i], b = x[i + half];
      x[i] = a * std::cos(angle) - b * std::sin(angle);
      x[i + half] = b * std::cos(angle) + a * std::sin(angle);
    }
    return x;
  }

  void run_layer(const std::string& name, std::vector<Vector>& stream) const {
    const std::string attention = name + "self_attn.";
    std::vector<std::vector<Vector>> keys, values;  // [position][head]
    for (std::size_t t = 0; t < stream.size(); ++t) {
      const Vector x = norm(stream[t], name + "input_layernorm.weight");
      const Vector q = linear(x, attention + "q_proj", config_.num_heads * config_.head_dim, config_.attention_bias);
      const Vector k = linear(x, attention + "k_proj", config_.num_kv_heads * config_.head_dim, config_.attention_bias);
      const Vector v = linear(x, attention + "v_proj", config_.num_kv_heads * config_.head_dim, config_.attention_bias);
      keys.emplace_back();
      values.emplace_back();
      for (std::int64_t head = 0; head < config_.num_kv_heads; ++head) {
        keys.back().push_back(head_of(k, head, attention + "k_norm.weight", t));
        values.back().emplace_back(v.begin() + head * config_.head_dim, v.begin() + (head + 1) * config_.head_dim);
      }
      Vector mixed;
      for (std::int64_t head = 0; head < config_.num_heads; ++head) {
        const Vector part =
            attend(head_of(q, head, attention + "q_norm.weight", t), keys, values, static_cast<std::size_t>(head / (config_.num_heads / config_.num_kv_heads)));
        mixed.insert(mixed.end(), part.begin(), part.end());
      }
      add(stream[t], linear(mixed, attention + "o_proj", config_.hidden_size, config_.attention_output_bias));
    }
    for (Vector& x : stream) add(x, feed_forward(norm(x, name + "post_attention_layernorm.weight"), name + "mlp."));
  }

  Vector attend(const Vector& q, const std::vector<std::vector<Vector>>& keys, const std::vector<std::vector<Vector>>& values, std::size_t kv_head) const {
    Vector weights;
    for (const std::vector<Vector>& key : keys) {
      double score = 0;
      for (std::size_t i = 0; i < q.size(); ++i) score += q[i] * key[kv_head][i];
      weights.push_back(score / std::sqrt(static_cast<double>(q.size())));
    }
    const double highest = *std::max_element(weights.begin(), weights.end());
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(weight - highest);
    Vector out(q.size(), 0.0);
    for (std::size_t s = 0; s < weights.size(); ++s) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += weights[s] / sum * values[s][kv_head][i];
    }
    return out;
  }

  Vector feed_forward(const Vector& x, const std::string& name) const {
    Vector inner = linear(x, name + "up_proj", config_.intermediate_size, config_.mlp_bias);
    if (config_.feed_forward == FeedForward::kSwiglu) {
      const Vector gate = linear(x, name + "gate_proj", config_.intermediate_size, config_.mlp_bias);
      for (std::size_t i = 0; i < inner.size(); ++i) inner[i] *= gate[i] / (1.0 + std::exp(-gate[i]));
    } else {
      for (double& value : inner) value = value > 0 ? value * value : 0.0;
    }
    return linear(inner, name + "down_proj", config_.hidden_size, config_.mlp_bias);
  }

  const TransformerConfig& config_;
  const WeightStore& store_;
  std::span<const double> weights_;
};

}  // namespace lydian::oracle
