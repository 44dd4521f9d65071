#include "rollout/completion_tracker.h"

#include <utility>

namespace lydian {

CompletionTracker::CompletionTracker(ThinkingBudget budget, std::span<const TokenId> stop_ids, std::span<const TokenId> prompt_ids)
    : budget_(std::move(budget)), stop_ids_(stop_ids) {
  if (budget_.close == kNoToken) return;
  inside_ = budget_.open == kNoToken;
  for (const TokenId id : prompt_ids) {
    if (budget_.open == kNoToken) break;
    if (id == budget_.open) inside_ = true;
    if (id == budget_.close) inside_ = false;
  }
  check_cap();
}

std::vector<TokenId> resolve_stop_ids(const SamplingOptions& sampling, const Tokenizer& tokenizer) {
  if (!sampling.stop_ids.empty() || tokenizer.eos_id() == kNoToken) return sampling.stop_ids;
  return {tokenizer.eos_id()};
}

std::int64_t tokens_before_cap(const Completion& completion, const ThinkingBudget& budget, std::span<const TokenId> stop_ids,
                               std::span<const TokenId> prompt_ids) {
  CompletionTracker tracker(budget, stop_ids, prompt_ids);
  const auto size = static_cast<std::int64_t>(completion.token_ids.size());
  for (std::int64_t t = 0; t < size; ++t) {
    if (tracker.cut() || tracker.forced_next() != kNoToken) return t;
    tracker.advance(completion.token_ids[static_cast<std::size_t>(t)], completion.sources[static_cast<std::size_t>(t)]);
  }
  return size;
}

}  // namespace lydian
