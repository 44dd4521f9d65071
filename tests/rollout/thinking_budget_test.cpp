#include <gtest/gtest.h>

#include <string>

#include "lydian/core/error.h"
#include "lydian/rollout/rollout_engine.h"
#include "rollout/completion_tracker.h"
#include "table_policy.h"

namespace lydian {
namespace {

using rollout_test::letter_table;
using rollout_test::LetterTokenizer;
using rollout_test::TablePolicy;

/// Sources by letter: s sampled, f forced, e environment.
std::string letters_of(const std::vector<TokenSource>& sources) {
  std::string text;
  for (const TokenSource source : sources) text += "sfe"[static_cast<int>(source)];
  return text;
}

/// After the prompt `h` it writes `[abc]d$`; e, f and g are left for closers.
class ThinkingBudgetTest : public ::testing::Test {
 protected:
  Completion complete(const std::string& prompt, ThinkingBudget budget, std::int64_t max_length = 64) {
    RolloutEngine engine(policy_, tokenizer_);
    engine.submit({.prompt_ids = tokenizer_.encode(prompt), .sampling = {.max_completion_length = max_length}, .budget = std::move(budget)}, 1);
    std::vector<FinishedRollout> finished = engine.run();
    EXPECT_EQ(finished.size(), 1U);
    return std::move(finished.at(0).completion);
  }

  LetterTokenizer tokenizer_;
  TablePolicy policy_{letter_table({"h>[", "[>a", "a>b", "b>c", "c>]", "]>d", "d>$", "g>d", "e>a"})};
};

struct Boundary {
  std::int64_t max_tokens;
  const char *text, *sources, *thinking;
  bool forced;
};

TEST_F(ThinkingBudgetTest, ClosesAtEveryBoundary) {
  const Boundary boundaries[] = {{-1, "[abc]d$", "sssssss", "abc", false}, {0, "[]d$", "sfss", "", true},          {1, "[a]d$", "ssfss", "a", true},
                                 {2, "[ab]d$", "sssfss", "ab", true},      {3, "[abc]d$", "ssssfss", "abc", true}, {4, "[abc]d$", "sssssss", "abc", false},
                                 {50, "[abc]d$", "sssssss", "abc", false}};
  for (const Boundary& expected : boundaries) {
    const Completion completion = complete("h", {.max_tokens = expected.max_tokens});
    EXPECT_EQ(completion.text, expected.text) << expected.max_tokens;
    EXPECT_EQ(letters_of(completion.sources), expected.sources) << expected.max_tokens;
    EXPECT_EQ(completion.thinking, expected.thinking);
    EXPECT_EQ(completion.answer, "d");
    const auto thinking_end = static_cast<std::int64_t>(1 + completion.thinking.size());
    EXPECT_EQ(completion.thinking_spans, (std::vector<TokenSpan>{{1, thinking_end}}));
    EXPECT_EQ(completion.answer_span, (TokenSpan{thinking_end + 1, thinking_end + 2}));
    EXPECT_EQ(completion.thinking_tokens, static_cast<std::int64_t>(std::string(expected.thinking).size()));
    EXPECT_EQ(completion.thinking_forced, expected.forced) << expected.max_tokens;
    EXPECT_EQ(completion.finish_reason, FinishReason::kStopped);
    EXPECT_FALSE(completion.truncated());
  }
}

TEST_F(ThinkingBudgetTest, ScoresForcedTokensByThePolicysOwnLogProb) {
  const Completion completion = complete("h", {.max_tokens = 1});
  ASSERT_EQ(completion.text, "[a]d$");
  const std::string history = "h" + completion.text;
  for (std::size_t t = 0; t < completion.log_probs.size(); ++t) {
    EXPECT_EQ(completion.log_probs[t], policy_.log_prob(LetterTokenizer::id(history[t]), completion.token_ids[t])) << t;
  }
  EXPECT_LT(completion.log_probs[2], -20.0F);  // The closer is what the policy would never have written there.
}

TEST_F(ThinkingBudgetTest, BeginsInsideAnOpenPrompt) {
  EXPECT_EQ(complete("h[", {}).text, "abc]d$");
  EXPECT_EQ(complete("h[", {}).thinking, "abc");
  const Completion none = complete("h[", {.max_tokens = 0});
  EXPECT_EQ(none.text, "]d$");
  EXPECT_EQ(letters_of(none.sources), "fss");
  EXPECT_EQ(none.thinking_tokens, 0);
  const Completion two = complete("[a]h[", {.max_tokens = 2});
  EXPECT_EQ(two.text, "ab]d$");
  EXPECT_EQ(two.thinking_tokens, 2);
}

TEST_F(ThinkingBudgetTest, DoesNotBeginWhereThePromptHasClosedItsThinking) {
  const Completion completion = complete("h[]", {.max_tokens = 0});
  EXPECT_EQ(completion.text, "d$");
  EXPECT_EQ(completion.thinking_tokens, 0);
  EXPECT_FALSE(completion.thinking_forced);
  EXPECT_EQ(completion.answer, "d");
  EXPECT_EQ(complete("h[]ah", {.max_tokens = 1}).text, "[a]d$");
}

TEST_F(ThinkingBudgetTest, BeginsAtOnceWithoutAnOpeningDelimiter) {
  const ThinkingBudget budget{.max_tokens = 2, .close = LetterTokenizer::id(']')};
  const Completion completion = complete("[", budget);
  EXPECT_EQ(completion.text, "ab]d$");
  EXPECT_EQ(completion.thinking, "ab");
  EXPECT_TRUE(completion.thinking_forced);
}

TEST_F(ThinkingBudgetTest, ForcesACloserOfSeveralTokens) {
  const Completion completion = complete("h", {.max_tokens = 2, .closer = tokenizer_.encode("ef]g")});
  EXPECT_EQ(completion.text, "[abef]gd$");
  EXPECT_EQ(letters_of(completion.sources), "sssffffss");
  EXPECT_EQ(completion.thinking, "abef");
  EXPECT_EQ(completion.answer, "gd");
  EXPECT_EQ(completion.thinking_tokens, 2);  // Never more than the cap.
  EXPECT_TRUE(completion.thinking_forced);
}

TEST_F(ThinkingBudgetTest, EndsByLengthWhereTheCloserDoesNotFit) {
  for (const std::int64_t max_length : {3, 4, 5}) {
    const Completion completion = complete("h", {.max_tokens = 2, .closer = tokenizer_.encode("ef]g")}, max_length);
    EXPECT_EQ(completion.text, std::string("[abef").substr(0, static_cast<std::size_t>(max_length)));
    EXPECT_EQ(completion.finish_reason, FinishReason::kNoClose);
    EXPECT_TRUE(completion.truncated());
    EXPECT_EQ(completion.answer, "");
    EXPECT_EQ(completion.thinking_forced, max_length > 3);
  }
  EXPECT_EQ(complete("h", {.max_tokens = 2, .closer = tokenizer_.encode("ef]g")}, 6).finish_reason, FinishReason::kLength);
}

TEST_F(ThinkingBudgetTest, TruncatesAtTheCap) {
  for (const std::int64_t cap : {0, 1, 2, 3}) {
    const Completion completion = complete("h", {.max_tokens = cap, .at_cap = ThinkingBudget::AtCap::kTruncate});
    EXPECT_EQ(completion.text, std::string("[abc").substr(0, static_cast<std::size_t>(cap + 1)));
    EXPECT_EQ(completion.finish_reason, FinishReason::kThinkingCut);
    EXPECT_TRUE(completion.truncated());
    EXPECT_FALSE(completion.thinking_forced);
    EXPECT_EQ(completion.thinking_tokens, cap);
    EXPECT_EQ(completion.answer, "");
  }
  EXPECT_EQ(complete("h", {.max_tokens = 4, .at_cap = ThinkingBudget::AtCap::kTruncate}).text, "[abc]d$");
}

TEST_F(ThinkingBudgetTest, TruncatesBeforeTheFirstTokenWhereThePromptIsOpenAndNothingMayBeThought) {
  const Completion completion = complete("h[", {.max_tokens = 0, .at_cap = ThinkingBudget::AtCap::kTruncate});
  EXPECT_TRUE(completion.token_ids.empty());
  EXPECT_EQ(completion.finish_reason, FinishReason::kThinkingCut);
  EXPECT_EQ(policy_.calls().steps, 0);
  EXPECT_EQ(policy_.calls().living, 0);
}

TEST_F(ThinkingBudgetTest, TellsHowACompletionEnded) {
  EXPECT_EQ(complete("h", {}, 7).finish_reason, FinishReason::kStopped);
  EXPECT_EQ(complete("h", {}, 6).finish_reason, FinishReason::kLength);
  EXPECT_TRUE(complete("h", {}, 6).truncated());
  EXPECT_EQ(complete("h", {}, 5).finish_reason, FinishReason::kLength);
  EXPECT_EQ(complete("h", {}, 4).finish_reason, FinishReason::kNoClose);
  EXPECT_TRUE(complete("h", {}, 4).truncated());
}

TEST(ThinkingBudget, StopTokenInsideThinkingIsNoClose) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>[", "[>a", "a>$"}));
  RolloutEngine engine(policy, tokenizer);
  engine.submit({.prompt_ids = tokenizer.encode("h"), .budget = {.max_tokens = 2}}, 1);
  const Completion completion = engine.run().at(0).completion;
  EXPECT_EQ(completion.text, "[a$");
  EXPECT_EQ(completion.finish_reason, FinishReason::kNoClose);
  EXPECT_TRUE(completion.stopped);
  EXPECT_FALSE(completion.truncated());
  EXPECT_EQ(completion.thinking, "a");
  EXPECT_EQ(completion.thinking_tokens, 1);
  EXPECT_EQ(completion.answer, "");
}

TEST(ThinkingBudget, CannotBeEscapedByOpeningAgain) {
  const LetterTokenizer tokenizer;
  const TablePolicy again(letter_table({"h>[", "[>a", "a>b", "b>]", "]>["}));
  RolloutEngine engine(again, tokenizer);
  engine.submit({.prompt_ids = tokenizer.encode("h"), .sampling = {.max_completion_length = 12}, .budget = {.max_tokens = 3}}, 1);
  const Completion completion = engine.run().at(0).completion;
  EXPECT_EQ(completion.text, "[ab][a][][][");
  EXPECT_EQ(completion.thinking_tokens, 3);
  EXPECT_EQ(completion.thinking, "aba");
  EXPECT_EQ(completion.thinking_spans, (std::vector<TokenSpan>{{1, 3}, {5, 6}, {8, 8}, {10, 10}}));
  EXPECT_EQ(completion.answer_span, (TokenSpan{12, 12}));

  const TablePolicy nested(letter_table({"h>[", "[>[", "]>$"}));
  RolloutEngine nesting(nested, tokenizer);
  nesting.submit({.prompt_ids = tokenizer.encode("h"), .budget = {.max_tokens = 3}}, 1);
  EXPECT_EQ(nesting.run().at(0).completion.text, "[[[[]$");
}

TEST(ThinkingBudget, IsRefusedWhereItCannotBeKept) {
  const LetterTokenizer thoughtless(false), tokenizer;
  EXPECT_NO_THROW(resolve_budget({}, thoughtless));
  EXPECT_THROW(resolve_budget({.max_tokens = 4}, thoughtless), ConfigError);
  EXPECT_THROW(resolve_budget({.max_tokens = -2}, tokenizer), ConfigError);
  EXPECT_THROW(resolve_budget({.max_tokens = 4, .closer = {3, 4}}, tokenizer), ConfigError);
  EXPECT_THROW(resolve_budget({.open = 1}, tokenizer), ConfigError);
  EXPECT_THROW(resolve_budget({.open = 1, .close = 1}, tokenizer), ConfigError);
  const ThinkingBudget resolved = resolve_budget({.max_tokens = 4}, tokenizer);
  EXPECT_EQ(resolved.open, 1);
  EXPECT_EQ(resolved.close, 2);
  EXPECT_EQ(resolved.closer, std::vector<TokenId>{2});
}

TEST(ThinkingBudget, WithoutDelimitersEverythingIsTheAnswer) {
  const LetterTokenizer thoughtless(false);
  const TablePolicy policy(letter_table({"h>[", "[>a", "a>]", "]>$"}));
  RolloutEngine engine(policy, thoughtless);
  engine.submit({.prompt_ids = thoughtless.encode("h")}, 1);
  const Completion completion = engine.run().at(0).completion;
  EXPECT_EQ(completion.answer, "[a]");
  EXPECT_EQ(completion.thinking, "");
  EXPECT_EQ(completion.finish_reason, FinishReason::kStopped);
}

TEST(ThinkingBudget, IdsBeyondTheTokenizerHaveNoText) {
  const LetterTokenizer tokenizer;
  Completion completion;
  completion.token_ids = {3, 99, 4, 0};
  completion.sources.assign(4, TokenSource::kSampled);
  read_completion(completion, tokenizer.encode("h"), std::vector<TokenId>{0}, tokenizer);
  EXPECT_EQ(completion.text, "ab$");
  EXPECT_EQ(completion.answer, "ab");
}

}  // namespace
}  // namespace lydian
