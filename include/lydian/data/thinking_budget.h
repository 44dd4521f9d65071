#pragma once

#include <cstdint>
#include <vector>

#include "lydian/core/token.h"

namespace lydian {

class ConfigVisitor;

/// How long a completion may think, and what happens at the cap.
///
/// Thinking is what stands between the `open` and the `close` delimiter; it begins at once where the prompt already ends inside an open
/// one, and where `open` is kNoToken. Delimiters do not count. When `max_tokens` tokens of thinking stand and it is not closed, the next tokens
/// are the `closer`, forced whatever the policy would have drawn: recorded as kForced, scored, never trained on. Thinking that is opened again goes on
/// counting; what does not count are the closer, stop tokens and the environment's words. Source: budget forcing, arXiv:2501.19393; Elastic Reasoning,
/// arXiv:2505.05315.
struct ThinkingBudget {
  enum class AtCap : std::uint8_t { kClose, kTruncate };

  std::int64_t max_tokens = -1;  ///< Tokens of thinking; -1 is free, 0 none.
  AtCap at_cap = AtCap::kClose;
  TokenId open = kNoToken;  ///< Filled from the tokenizer where both delimiters are kNoToken.
  TokenId close = kNoToken;
  std::vector<TokenId> closer{};  ///< Forced at the cap; empty means {close}. Must contain `close` where it is not empty.

  bool limited() const { return max_tokens >= 0; }
};

void describe(ConfigVisitor& visitor, ThinkingBudget& budget);

}  // namespace lydian
