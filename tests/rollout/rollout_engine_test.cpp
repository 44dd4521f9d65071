#include "lydian/rollout/rollout_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "lydian/core/error.h"
#include "rollout/completion_tracker.h"
#include "table_policy.h"

namespace lydian {
namespace {

using rollout_test::letter_table;
using rollout_test::LetterTokenizer;
using rollout_test::random_table;
using rollout_test::TablePolicy;

bool same_bits(const Completion& a, const Completion& b) {
  return a.token_ids == b.token_ids && a.sources == b.sources && a.log_probs.size() == b.log_probs.size() &&
         std::memcmp(a.log_probs.data(), b.log_probs.data(), a.log_probs.size() * sizeof(float)) == 0 && a.finish_reason == b.finish_reason &&
         a.answer == b.answer && a.thinking == b.thinking && a.thinking_tokens == b.thinking_tokens && a.thinking_forced == b.thinking_forced;
}

RolloutRequest request_of(std::string_view prompt, std::uint64_t number = 0, ThinkingBudget budget = {}, std::int64_t max_length = 40) {
  return {.prompt_ids = LetterTokenizer().encode(prompt),
          .sampling = {.max_completion_length = max_length},
          .budget = std::move(budget),
          .key = {.seed = 5, .prompt = number},
          .tag = static_cast<std::int64_t>(number)};
}

/// Requests of many kinds: open and closed prompts, free, capped and truncating budgets, short and long limits.
std::vector<RolloutRequest> mixed_requests() {
  std::vector<RolloutRequest> requests;
  const char* prompts[] = {"h", "ah[", "cc", "[b]c", "habc"};
  for (std::uint64_t i = 0; i < 30; ++i) {
    ThinkingBudget budget{.max_tokens = static_cast<std::int64_t>(i % 6) - 1};
    if (i % 7 == 3) budget.at_cap = ThinkingBudget::AtCap::kTruncate;
    if (i % 5 == 1) budget.closer = LetterTokenizer().encode("e]f");
    requests.push_back(request_of(prompts[i % 5], i, budget, 10 + static_cast<std::int64_t>(i)));
  }
  return requests;
}

using ByName = std::map<std::pair<std::int64_t, std::int32_t>, Completion>;

ByName complete(const TablePolicy& policy, const std::vector<RolloutRequest>& requests, std::int32_t samples, std::int64_t max_rows) {
  const LetterTokenizer tokenizer;
  RolloutEngine engine(policy, tokenizer, {.max_rows = max_rows});
  for (const RolloutRequest& request : requests) engine.submit(request, samples);
  ByName completions;
  for (FinishedRollout& finished : engine.run()) completions[{finished.tag, finished.sample}] = std::move(finished.completion);
  return completions;
}

void expect_same(const ByName& expected, const ByName& got) {
  for (const auto& [name, completion] : got) EXPECT_TRUE(same_bits(expected.at(name), completion)) << "request " << name.first << ", sample " << name.second;
}

TEST(RolloutEngine, CompletionDependsOnNothingButItsRequest) {
  const TablePolicy policy(random_table(1));
  std::vector<RolloutRequest> requests = mixed_requests();
  const ByName alone = complete(policy, requests, 3, 1);
  ASSERT_EQ(alone.size(), 90U);
  for (const std::int64_t max_rows : {2, 7, 64, 512}) expect_same(alone, complete(policy, requests, 3, max_rows));
  std::reverse(requests.begin(), requests.end());
  expect_same(alone, complete(policy, requests, 3, 16));
  requests.resize(4);
  expect_same(alone, complete(policy, requests, 1, 16));
}

TEST(RolloutEngine, SamplesDifferByTheirKeyAndContinueItsNumbers) {
  const TablePolicy policy(random_table(2));
  RolloutRequest request = request_of("h");
  const ByName four = complete(policy, {request}, 4, 8);
  request.key.sample = 2;
  const ByName last_two = complete(policy, {request}, 2, 8);
  EXPECT_EQ(last_two.begin()->first.second, 2);
  expect_same(four, last_two);
  EXPECT_NE(four.at({0, 0}).token_ids, four.at({0, 1}).token_ids);
}

TEST(RolloutEngine, ReadsAPromptOnceAndClosesEverything) {
  const TablePolicy policy(random_table(3));
  const ByName completions = complete(policy, mixed_requests(), 8, 16);
  EXPECT_EQ(completions.size(), 240U);
  EXPECT_EQ(policy.calls().opens, 30);
  EXPECT_EQ(policy.calls().forks, 30 * 7);  // The last sample takes the prompt's own sequence.
  EXPECT_EQ(policy.calls().living, 0);
  EXPECT_LE(policy.calls().most_living, 16 + 2);
  EXPECT_EQ(policy.calls().widest_step, 16);
  std::int64_t tokens = 0, forced = 0;
  for (const auto& [name, completion] : completions) {
    tokens += static_cast<std::int64_t>(completion.token_ids.size());
    forced += std::count(completion.sources.begin(), completion.sources.end(), TokenSource::kForced);
  }
  EXPECT_EQ(policy.calls().tokens, tokens);
  EXPECT_EQ(policy.calls().forced, forced);
  EXPECT_GT(forced, 0);
}

TEST(RolloutEngine, RowsLeaveAtTheirLastTokenAndWaitingOnesEnter) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "g>b", "b>c", "c>b"}));
  RolloutEngine engine(policy, tokenizer, {.max_rows = 2});
  const RolloutHandle longest = engine.submit(request_of("g", 0, {}, 5), 1);
  const RolloutHandle first = engine.submit(request_of("h", 1), 3);
  EXPECT_EQ(first, longest + 1);
  std::vector<std::vector<RolloutHandle>> ended;
  while (!engine.idle()) {
    ended.emplace_back();
    for (const FinishedRollout& finished : engine.poll()) ended.back().push_back(finished.handle);
  }
  const std::vector<std::vector<RolloutHandle>> expected = {{}, {first}, {}, {first + 1}, {longest}, {first + 2}};
  EXPECT_EQ(ended, expected);
  EXPECT_TRUE(engine.poll().empty());
}

TEST(RolloutEngine, KeepsToStopIdsAndLengths) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>b", "b>c", "c>a"}), 12);
  const auto text = [&](RolloutRequest request) {
    RolloutEngine engine(policy, tokenizer);
    engine.submit(request, 1);
    return engine.run().at(0).completion.text;
  };
  RolloutRequest request = request_of("h", 0, {}, 100);
  EXPECT_EQ(text(request).size(), 11U);  // Positions that are left.
  request.sampling.max_completion_length = 4;
  EXPECT_EQ(text(request), "abca");
  request.sampling.stop_ids = tokenizer.encode("dc");
  EXPECT_EQ(text(request), "abc");
}

TEST(RolloutEngine, RecordsWhatDecidedACompletion) {
  const LetterTokenizer tokenizer;
  TablePolicy policy(random_table(4));
  policy.weights().update([](std::span<float> values) { values[0] = 1.0F; });
  RolloutEngine engine(policy, tokenizer);
  RolloutRequest request = request_of("h", 9, {.max_tokens = 3});
  request.sampling.temperature = 0.5;
  engine.submit(request, 1);
  const FinishedRollout finished = engine.run().at(0);
  EXPECT_EQ(finished.tag, 9);
  EXPECT_EQ(finished.completion.temperature, 0.5F);
  EXPECT_EQ(finished.completion.weight_version, policy.weights().version());
  EXPECT_EQ(finished.completion.budget.max_tokens, 3);
  EXPECT_EQ(finished.completion.budget.close, LetterTokenizer::id(']'));
  policy.weights().update([](std::span<float> values) { values[0] = 2.0F; });
  engine.submit(request, 1);
  EXPECT_EQ(engine.run().at(0).completion.weight_version, policy.weights().version());
}

TEST(RolloutEngine, RefusesWhatCannotBeMet) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(5), 8);
  RolloutEngine engine(policy, tokenizer);
  EXPECT_THROW(RolloutEngine(policy, tokenizer, {.max_rows = 0}), ConfigError);
  EXPECT_THROW(engine.submit(request_of(""), 1), ConfigError);
  EXPECT_THROW(engine.submit(request_of("abcdefgh"), 1), ConfigError);
  EXPECT_NO_THROW(engine.submit(request_of("abcdefg"), 1));
  EXPECT_THROW(engine.submit(request_of("a"), 0), ConfigError);
  RolloutRequest unknown = request_of("a");
  unknown.prompt_ids.push_back(11);
  EXPECT_THROW(engine.submit(unknown, 1), ConfigError);
  EXPECT_THROW(engine.submit(request_of("a", 0, {.max_tokens = 1, .closer = {2, 77}}), 1), ConfigError);
  EXPECT_THROW(engine.submit(request_of("a", 0, {.open = 1, .close = 77}), 1), ConfigError);
  for (const TokenId id : {TokenId{-1}, TokenId{77}}) {
    RolloutRequest endless = request_of("a");
    endless.sampling.stop_ids = {id};
    EXPECT_THROW(engine.submit(endless, 1), ConfigError) << "no token ever has this id";
  }
}

/// The promise behind the thinking sweep: a trace that is cut and resumed is the run that had the smaller budget from the start.
TEST(RolloutEngine, ForkedCutEqualsAFreshRunUnderTheSmallerBudget) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(6));
  std::int64_t cuts = 0;
  for (const RolloutRequest& request : mixed_requests()) {
    RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
    RolloutRequest largest = request;
    largest.budget.max_tokens = 9;
    engine.submit(largest, 2);
    for (const FinishedRollout& trace : engine.run()) {
      for (std::int64_t cap = 0; cap < 9; ++cap) {
        RolloutRequest fresh = largest;
        fresh.budget.max_tokens = cap;
        const ThinkingBudget budget = resolve_budget(fresh.budget, tokenizer);
        const std::int64_t length = tokens_before_cap(trace.completion, budget, std::vector<TokenId>{0}, request.prompt_ids);
        const RolloutHandle forked = engine.fork(trace.handle, length, budget);
        engine.resume(forked);
        const std::vector<FinishedRollout> resumed = engine.run();
        ASSERT_EQ(resumed.size(), 1U);
        EXPECT_EQ(resumed[0].handle, forked);
        const ByName expected = complete(policy, {fresh}, 2, 2);
        EXPECT_TRUE(same_bits(resumed[0].completion, expected.at({trace.tag, trace.sample}))) << request.tag << " cap " << cap;
        cuts += length < static_cast<std::int64_t>(trace.completion.token_ids.size()) ? 1 : 0;
        engine.release(forked);
      }
      engine.release(trace.handle);
    }
  }
  EXPECT_GT(cuts, 100);
  EXPECT_EQ(policy.calls().living, 0);
}

TEST(RolloutEngine, AnyForkResumesAsTheUncutRowWentOn) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(7));
  RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
  const RolloutRequest request = request_of("ah[", 3, {.max_tokens = 4, .closer = tokenizer.encode("e]f")});
  engine.submit(request, 6);
  for (const FinishedRollout& whole : engine.run()) {
    for (std::int64_t length = 0; length <= static_cast<std::int64_t>(whole.completion.token_ids.size()); ++length) {
      const RolloutHandle forked = engine.fork(whole.handle, length, request.budget);
      engine.resume(forked);
      EXPECT_TRUE(same_bits(engine.run().at(0).completion, whole.completion)) << "cut at " << length;
      engine.release(forked);
    }
  }
}

TEST(RolloutEngine, ExtensionsAreScoredAndOpenTheRowAgain) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "d>e", "e>$", "g>b", "b>$", "$>d"}));
  RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
  const RolloutHandle handle = engine.submit(request_of("h", 0, {}, 11), 1);
  EXPECT_EQ(engine.run().at(0).completion.text, "a$");
  engine.extend(handle, tokenizer.encode("d$"), TokenSource::kEnvironment);  // A stop token of the environment's own stops nothing.
  const Completion second = engine.run().at(0).completion;
  EXPECT_EQ(second.text, "a$d$de$");
  using enum TokenSource;
  EXPECT_EQ(second.sources, (std::vector<TokenSource>{kSampled, kSampled, kEnvironment, kEnvironment, kSampled, kSampled, kSampled}));
  EXPECT_EQ(second.answer, "de");
  EXPECT_EQ(second.answer_span, (TokenSpan{4, 6}));
  EXPECT_EQ(second.log_probs[2], 0.0F);
  EXPECT_EQ(second.log_probs[3], policy.log_prob(LetterTokenizer::id('d'), 0));
  engine.extend(handle, tokenizer.encode("g"), TokenSource::kForced);
  EXPECT_EQ(engine.run().at(0).completion.text, "a$d$de$gb$");
  engine.extend(handle, tokenizer.encode("gg"), TokenSource::kEnvironment);  // Only one fits.
  const Completion last = engine.run().at(0).completion;
  EXPECT_EQ(last.text, "a$d$de$gb$g");
  EXPECT_EQ(last.finish_reason, FinishReason::kLength);
  EXPECT_TRUE(last.truncated());
}

TEST(RolloutEngine, EnvironmentTokensDoNotCountAsThinking) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>[", "[>a", "a>$", "d>b", "b>c", "c>b", "]>$"}));
  RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
  const RolloutHandle handle = engine.submit(request_of("h", 0, {.max_tokens = 3}), 1);
  EXPECT_EQ(engine.run().at(0).completion.text, "[a$");
  engine.extend(handle, tokenizer.encode("ddd"), TokenSource::kEnvironment);
  const Completion completion = engine.run().at(0).completion;
  EXPECT_EQ(completion.text, "[a$dddbc]$");
  EXPECT_EQ(completion.thinking_tokens, 3);
}

TEST(RolloutEngine, ReopenedRowsGoBeforeFreshOnes) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "$>b", "b>$"}));
  RolloutEngine engine(policy, tokenizer, {.max_rows = 1, .keep_finished = true});
  const RolloutHandle first = engine.submit(request_of("h"), 3);
  std::vector<RolloutHandle> order;
  while (!engine.idle()) {
    for (const FinishedRollout& finished : engine.poll()) {
      order.push_back(finished.handle);
      if (order.size() == 1) engine.extend(first, tokenizer.encode("b"), TokenSource::kEnvironment);
    }
  }
  EXPECT_EQ(order, (std::vector<RolloutHandle>{first, first, first + 1, first + 2}));
}

TEST(RolloutEngine, ReleaseGivesUpRowsInAnyState) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(8));
  for (const std::int64_t polls : {0, 1, 3}) {
    RolloutEngine engine(policy, tokenizer, {.max_rows = 3});
    const ByName expected = complete(policy, {request_of("h", 1)}, 6, 6);
    const RolloutHandle first = engine.submit(request_of("h", 1), 6);
    std::vector<RolloutHandle> ended;
    for (std::int64_t i = 0; i < polls; ++i) {
      for (const FinishedRollout& finished : engine.poll()) ended.push_back(finished.handle);
    }
    for (const RolloutHandle given_up : {first, first + 2, first + 5}) {
      if (std::find(ended.begin(), ended.end(), given_up) == ended.end()) engine.release(given_up);
    }
    for (const FinishedRollout& finished : engine.run()) EXPECT_TRUE(same_bits(finished.completion, expected.at({1, finished.sample})));
    EXPECT_EQ(policy.calls().living, 0);
  }
}

TEST(RolloutEngine, RefusesHandlesInTheWrongState) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(9));
  RolloutEngine forgetful(policy, tokenizer);
  const RolloutHandle gone = forgetful.submit(request_of("h"), 1);
  EXPECT_THROW(forgetful.extend(gone, {}, TokenSource::kForced), Error);
  forgetful.run();
  EXPECT_THROW(forgetful.fork(gone, 0, {}), Error);
  EXPECT_THROW(forgetful.release(gone), Error);

  RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
  const RolloutHandle handle = engine.submit(request_of("h"), 1);
  const auto length = static_cast<std::int64_t>(engine.run().at(0).completion.token_ids.size());
  EXPECT_THROW(engine.resume(handle), Error);
  EXPECT_THROW(engine.extend(handle, tokenizer.encode("a"), TokenSource::kSampled), Error);
  EXPECT_THROW(engine.fork(handle, length + 1, {}), Error);
  EXPECT_THROW(engine.fork(handle, -1, {}), Error);
}

}  // namespace
}  // namespace lydian
