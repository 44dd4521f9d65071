#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lydian/rollout/rollout_engine.h"
#include "rollout/completion_tracker.h"

namespace lydian {

inline constexpr SequenceId kNoSequence = -1;

/// What the samples of one submit() share.
struct SharedRequest {
  RolloutRequest request;           ///< With its budget and stop ids resolved.
  std::int64_t limit = 0;           ///< Tokens of a completion that the policy's positions allow.
  SequenceId prompt = kNoSequence;  ///< Open from its first sample's start to its last's.
  std::int32_t unstarted = 0;       ///< Samples that have not forked from the prompt yet.
};

/// kForked: made by fork(), to be extended or resumed.
enum class RowState : std::uint8_t { kWaiting, kOpen, kEnded, kForked };

/// One completion on its way.
struct RolloutRow {
  RolloutHandle handle = 0;
  std::shared_ptr<SharedRequest> shared;
  std::int32_t sample = 0;
  std::uint64_t key = 0;
  SequenceId sequence = kNoSequence;
  RowState state = RowState::kWaiting;
  CompletionTracker tracker;
  std::vector<TokenId> ids{};
  std::vector<float> log_probs{};
  std::vector<TokenSource> sources{};
  std::vector<TokenId> extension{};  ///< Somebody else's tokens that come next.
  std::size_t extended = 0;          ///< Of these, already appended.
  TokenSource extension_source = TokenSource::kForced;

  bool extending() const { return extended < extension.size(); }
  bool ended() const { return static_cast<std::int64_t>(ids.size()) >= shared->limit || ((tracker.stopped() || tracker.cut()) && !extending()); }
  TokenId forced_next() const { return extending() ? extension[extended] : tracker.forced_next(); }

  void append(const Drawn& drawn, TokenId forced) {
    TokenSource source = forced == kDraw ? TokenSource::kSampled : TokenSource::kForced;
    if (extending()) {
      source = extension_source;
      ++extended;
    }
    ids.push_back(drawn.id);
    log_probs.push_back(drawn.log_prob);
    sources.push_back(source);
    tracker.advance(drawn.id, source);
  }
};

}  // namespace lydian
