#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/planted_fault.h"
#include "lydian/data/completion.h"
#include "lydian/data/thinking_budget.h"
#include "lydian/model/sampling_options.h"
#include "lydian/text/tokenizer.h"

namespace lydian {

/// Where a completion stands in its thinking and whether it stopped: the one state machine, fed by the engine while it samples and by read_completion
/// afterwards.
///
/// Its state is a function of (budget, stop ids, prompt, tokens so far, their sources), so a fork is made by replaying its prefix. Thinking that is opened
/// again goes on counting: the cap is one for the whole completion. A second opening delimiter inside thinking counts as thinking; stop tokens, the
/// environment's tokens and the forced closer do not.
class CompletionTracker {
 public:
  /// `budget` is resolved. The prompt decides whether thinking is open from the start. `stop_ids` must outlive the tracker.
  CompletionTracker(ThinkingBudget budget, std::span<const TokenId> stop_ids, std::span<const TokenId> prompt_ids);

  void advance(TokenId id, TokenSource source);
  /// The token that must come next, or kNoToken where it is drawn.
  TokenId forced_next() const { return closer_at_ < 0 ? kNoToken : budget_.closer[static_cast<std::size_t>(closer_at_)]; }
  /// The last token was drawn and is a stop token.
  bool stopped() const { return stopped_; }
  /// The cap was reached and the budget truncates there.
  bool cut() const { return cut_; }
  bool inside() const { return inside_; }
  /// The cap was reached and (some of) the closer forced.
  bool forced() const { return forced_; }
  std::int64_t thinking_tokens() const { return thinking_tokens_; }
  const ThinkingBudget& budget() const { return budget_; }

 private:
  void check_cap();

  ThinkingBudget budget_;
  std::span<const TokenId> stop_ids_;
  bool inside_ = false, stopped_ = false, cut_ = false, forced_ = false;
  std::int64_t thinking_tokens_ = 0;
  std::int32_t closer_at_ = -1;  ///< Next token of the closer while it is being forced.
};

inline void CompletionTracker::check_cap() {
  if (planted(PlantedFault::kCapIgnored)) return;
  if (!inside_ || !budget_.limited() || thinking_tokens_ < budget_.max_tokens || closer_at_ >= 0) return;
  if (budget_.at_cap == ThinkingBudget::AtCap::kTruncate) {
    cut_ = true;
  } else {
    closer_at_ = 0;
  }
}

inline void CompletionTracker::advance(TokenId id, TokenSource source) {
  stopped_ = source == TokenSource::kSampled && std::find(stop_ids_.begin(), stop_ids_.end(), id) != stop_ids_.end();
  if (closer_at_ >= 0 && source == TokenSource::kForced && id == forced_next()) {
    forced_ = true;
    if (id == budget_.close) inside_ = false;
    if (++closer_at_ == static_cast<std::int32_t>(budget_.closer.size())) closer_at_ = -1;
    return;
  }
  if (inside_) {
    if (id == budget_.close) {
      inside_ = cut_ = false;
      closer_at_ = -1;
    } else if (source != TokenSource::kEnvironment && !stopped_) {
      ++thinking_tokens_;
    }
  } else if (id == budget_.open) {
    inside_ = true;
  }
  check_cap();
}

/// The options' stop ids, or the tokenizer's end of sequence where they name none.
std::vector<TokenId> resolve_stop_ids(const SamplingOptions& sampling, const Tokenizer& tokenizer);

/// How many of a completion's tokens a run under `budget` (resolved) would have drawn before its cap came: all of them where it never comes.
std::int64_t tokens_before_cap(const Completion& completion, const ThinkingBudget& budget, std::span<const TokenId> stop_ids,
                               std::span<const TokenId> prompt_ids);

}  // namespace lydian
