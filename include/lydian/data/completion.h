#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lydian/core/message.h"
#include "lydian/core/token.h"
#include "lydian/data/thinking_budget.h"

namespace lydian {

/// Who chose a token. Only kSampled is ever trained on.
enum class TokenSource : std::uint8_t { kSampled, kForced, kEnvironment };

/// Why a completion ended.
enum class FinishReason : std::uint8_t {
  kStopped,      ///< A stop token was drawn after thinking was closed (or there is no thinking).
  kLength,       ///< The token limit came after thinking was closed.
  kThinkingCut,  ///< The thinking cap came and the budget says truncate.
  kNoClose,      ///< It ended, by a stop token or by the token limit, inside its thinking.
};

const char* to_string(FinishReason reason);

/// Tokens begin … end - 1 of a completion.
struct TokenSpan {
  std::int64_t begin = 0, end = 0;
  bool operator==(const TokenSpan&) const = default;
};

/// What the policy wrote. Made by a RolloutEngine; never edited or tokenised again afterwards.
///
/// Entry t of the three token arrays is about token t given everything before it; the stop token, where one was drawn, is the last.
struct Completion {
  std::vector<TokenId> token_ids;
  std::vector<float> log_probs;  ///< Behaviour log-prob, nats: log-softmax(logits / temperature) over the whole vocabulary.
  std::vector<TokenSource> sources;
  std::string text;      ///< All tokens decoded, special tokens by their names.
  std::string thinking;  ///< Between the delimiters.
  std::string answer;  ///< What follows the closing delimiter, without the stop token; all of it where there is no thinking. Of several turns, the last one's.
  std::vector<TokenSpan> thinking_spans;  ///< The tokens of `thinking`: one span each time it was opened.
  TokenSpan answer_span;                  ///< The tokens of `answer`.
  /// Where the environment spoke: each turn's answer (role "assistant") and the words that it got (role "tool"), by turns, the last answer included. Made
  /// from the tokens' sources, so no policy can put words into another's mouth.
  std::vector<Message> turns;
  ThinkingBudget budget;
  std::int64_t thinking_tokens = 0;  ///< Between the delimiters.
  bool thinking_forced = false;      ///< The cap was reached and the closer forced.
  FinishReason finish_reason = FinishReason::kStopped;
  float temperature = 1.0F;
  std::uint64_t weight_version = 0;

  /// Ended by a limit, not by itself.
  bool truncated() const {
    return finish_reason == FinishReason::kLength || finish_reason == FinishReason::kThinkingCut || (finish_reason == FinishReason::kNoClose && !stopped);
  }
  bool stopped = true;  ///< The last token is a stop token.
};

}  // namespace lydian
