#pragma once

#include <functional>
#include <span>

#include "lydian/model/policy.h"

namespace lydian::testing {

/// A policy whose next-token logits are written by a function of the tokens so far: for tests of engines, environments and trainers, where every log-prob can
/// be worked out by hand.
///
/// Its decode sessions draw with the library's own kernels, so sampling, forcing and keys are the real ones. It has one weight that decides nothing.
class ScriptedPolicy final : public Policy {
 public:
  /// Writes the logits [vocabulary] that follow `ids` (prompt and completion so far). Must be a pure function, safe from several threads.
  using Script = std::function<void(std::span<const TokenId> ids, std::span<float> logits)>;

  ScriptedPolicy(std::int64_t vocab_size, std::int64_t max_positions, Script script);
  /// Always writes `completion`, then `eos`, whatever the prompt of that length was.
  static ScriptedPolicy says(std::int64_t vocab_size, std::int64_t prompt_length, std::vector<TokenId> completion, TokenId eos);

  std::int64_t vocab_size() const override { return vocab_size_; }
  std::int64_t max_positions() const override { return max_positions_; }
  std::unique_ptr<DecodeSession> decode_session() const override;
  WeightStore& weights() override { return weights_; }
  const WeightStore& weights() const override { return weights_; }
  std::unique_ptr<Policy> clone() const override;
  bool exact() const override { return true; }

 private:
  std::int64_t vocab_size_, max_positions_;
  Script script_;
  WeightStore weights_;
};

}  // namespace lydian::testing
