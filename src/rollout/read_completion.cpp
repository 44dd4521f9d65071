#include <algorithm>
#include <string>

#include "lydian/core/error.h"
#include "lydian/rollout/rollout_engine.h"
#include "rollout/completion_tracker.h"

namespace lydian {
namespace {

/// A policy's vocabulary may be padded beyond its tokenizer's: such ids have no text.
std::string decode_known(const Tokenizer& tokenizer, std::span<const TokenId> ids) {
  const auto known = [&](TokenId id) { return id >= 0 && id < tokenizer.vocab_size(); };
  if (std::all_of(ids.begin(), ids.end(), known)) return tokenizer.decode(ids);
  std::vector<TokenId> kept;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(kept), known);
  return tokenizer.decode(kept);
}

FinishReason finish_reason(const CompletionTracker& tracker) {
  if (!tracker.stopped() && tracker.cut()) return FinishReason::kThinkingCut;
  if (tracker.inside()) return FinishReason::kNoClose;
  return tracker.stopped() ? FinishReason::kStopped : FinishReason::kLength;
}

}  // namespace

ThinkingBudget resolve_budget(ThinkingBudget budget, const Tokenizer& tokenizer) {
  if (budget.max_tokens < -1) throw ConfigError("thinking_budget", "max_tokens of -1 (free) or more", std::to_string(budget.max_tokens));
  if (budget.open == kNoToken && budget.close == kNoToken) {
    budget.open = tokenizer.think_open_id();
    budget.close = tokenizer.think_close_id();
  }
  if (budget.close == kNoToken && budget.limited()) {
    throw ConfigError("thinking_budget", "a closing delimiter (close) where max_tokens limits thinking", "none from the options nor the tokenizer");
  }
  if (budget.close == kNoToken && budget.open != kNoToken) throw ConfigError("thinking_budget", "a closing delimiter (close) beside open", "none");
  if (budget.close != kNoToken && budget.close == budget.open) throw ConfigError("thinking_budget", "open and close to differ", std::to_string(budget.open));
  if (budget.closer.empty()) {
    if (budget.close != kNoToken) budget.closer = {budget.close};
  } else if (std::find(budget.closer.begin(), budget.closer.end(), budget.close) == budget.closer.end()) {
    throw ConfigError("thinking_budget", "a closer that contains close (" + std::to_string(budget.close) + ")", "one without it");
  }
  return budget;
}

void read_completion(Completion& completion, std::span<const TokenId> prompt_ids, std::span<const TokenId> stop_ids, const Tokenizer& tokenizer) {
  const std::span<const TokenId> ids = completion.token_ids;
  if (completion.sources.size() != ids.size()) {
    throw ShapeError("read_completion", std::to_string(ids.size()) + " sources", std::to_string(completion.sources.size()));
  }
  CompletionTracker tracker(resolve_budget(completion.budget, tokenizer), stop_ids, prompt_ids);
  completion.thinking.clear();
  completion.thinking_spans.clear();
  completion.turns.clear();
  std::size_t thinking_begin = 0, answer_begin = 0;
  const auto add_thinking = [&](std::size_t thinking_end) {
    completion.thinking += decode_known(tokenizer, ids.subspan(thinking_begin, thinking_end - thinking_begin));
    completion.thinking_spans.push_back({static_cast<std::int64_t>(thinking_begin), static_cast<std::int64_t>(thinking_end)});
  };
  for (std::size_t t = 0; t < ids.size(); ++t) {
    const bool was_inside = tracker.inside();
    tracker.advance(ids[t], completion.sources[t]);
    if (!was_inside && tracker.inside()) thinking_begin = t + 1;
    if (was_inside && !tracker.inside()) {
      add_thinking(t);
      answer_begin = t + 1;
    }
    if (completion.sources[t] != TokenSource::kEnvironment) continue;
    // The environment answers only what ended with a stop token.
    const bool first_word = t == 0 || completion.sources[t - 1] != TokenSource::kEnvironment;
    if (first_word) {
      const std::size_t answer_end = t == 0 ? 0 : t - 1;
      completion.turns.push_back({"assistant", answer_end > answer_begin ? decode_known(tokenizer, ids.subspan(answer_begin, answer_end - answer_begin)) : ""});
      completion.turns.push_back({"tool", ""});
    }
    completion.turns.back().content += decode_known(tokenizer, ids.subspan(t, 1));
    answer_begin = t + 1;  // The answer is the last turn's.
  }
  completion.stopped = tracker.stopped();
  const std::size_t end = ids.size() - (completion.stopped ? 1 : 0);
  if (tracker.inside() && end > thinking_begin) add_thinking(end);
  if (tracker.inside() || answer_begin > end) answer_begin = end;
  completion.answer = decode_known(tokenizer, ids.subspan(answer_begin, end - answer_begin));
  completion.answer_span = {static_cast<std::int64_t>(answer_begin), static_cast<std::int64_t>(end)};
  if (!completion.turns.empty()) completion.turns.push_back({"assistant", completion.answer});
  completion.text = decode_known(tokenizer, ids);
  completion.thinking_tokens = tracker.thinking_tokens();
  completion.thinking_forced = tracker.forced();
  completion.finish_reason = finish_reason(tracker);
}

}  // namespace lydian
