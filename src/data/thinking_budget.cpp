#include "lydian/data/thinking_budget.h"

#include <limits>

#include "lydian/core/config.h"

namespace lydian {
namespace {

void describe_id(ConfigVisitor& visitor, std::string_view name, std::string_view doc, TokenId& id) {
  std::int64_t value = id;
  visitor.field({name, doc, kNoToken, std::numeric_limits<TokenId>::max()}, value);
  id = static_cast<TokenId>(value);
}

}  // namespace

void describe(ConfigVisitor& visitor, ThinkingBudget& budget) {
  visitor.field({"max_tokens", "Thinking budget in tokens; -1 is free, 0 none.", -1}, budget.max_tokens);
  visitor.enumeration({"at_cap", "At the cap: close the thinking with forced tokens, or truncate the completion."}, budget.at_cap, {"close", "truncate"});
  describe_id(visitor, "open", "Token id that opens thinking; -1: the tokenizer's.", budget.open);
  describe_id(visitor, "close", "Token id that closes thinking; -1: the tokenizer's.", budget.close);
  std::vector<std::int64_t> closer(budget.closer.begin(), budget.closer.end());
  visitor.field({"closer", "Token ids forced at the cap; empty: the closing delimiter alone.", 0, std::numeric_limits<TokenId>::max()}, closer);
  budget.closer.assign(closer.begin(), closer.end());
}

}  // namespace lydian
