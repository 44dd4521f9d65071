// The engine over the real policy: equal bits however rows are mixed, forked and resumed, and equal to the trainer's forward.
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "lydian/model/packed_batch.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/rollout/rollout_engine.h"
#include "rollout/completion_tracker.h"
#include "rollout/table_policy.h"

namespace lydian {
namespace {

using rollout_test::LetterTokenizer;

using ByName = std::map<std::pair<std::int64_t, std::int32_t>, Completion>;

/// First weights are nearly uniform over the vocabulary; larger ones make the log-probs tell more.
TransformerPolicy small_policy() {
  return TransformerPolicy({.vocab_size = 11, .hidden_size = 32, .num_layers = 2, .num_heads = 2, .max_positions = 128, .initializer_range = 0.3}, 7);
}

std::vector<RolloutRequest> requests_under(std::int64_t max_thinking) {
  const LetterTokenizer tokenizer;
  const char* prompts[] = {"habcdefghabcdefgh", "ah[", "c", "[b]chhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"};
  std::vector<RolloutRequest> requests;
  for (std::uint64_t i = 0; i < 8; ++i) {
    ThinkingBudget budget{.max_tokens = max_thinking};
    if (i % 3 == 1) budget.closer = tokenizer.encode("e]f");
    requests.push_back({.prompt_ids = tokenizer.encode(prompts[i % 4]),
                        .sampling = {.temperature = i % 4 == 3 ? 0.7 : 1.0, .max_completion_length = 48},
                        .budget = budget,
                        .key = {.seed = 17, .prompt = i},
                        .tag = static_cast<std::int64_t>(i)});
  }
  return requests;
}

ByName complete(const Policy& policy, const std::vector<RolloutRequest>& requests, std::int32_t samples, std::int64_t max_rows) {
  const LetterTokenizer tokenizer;
  RolloutEngine engine(policy, tokenizer, {.max_rows = max_rows});
  for (const RolloutRequest& request : requests) engine.submit(request, samples);
  ByName completions;
  for (FinishedRollout& finished : engine.run()) completions[{finished.tag, finished.sample}] = std::move(finished.completion);
  return completions;
}

void expect_same_bits(const Completion& a, const Completion& b) {
  EXPECT_EQ(a.token_ids, b.token_ids);
  EXPECT_EQ(a.sources, b.sources);
  ASSERT_EQ(a.log_probs.size(), b.log_probs.size());
  EXPECT_EQ(std::memcmp(a.log_probs.data(), b.log_probs.data(), a.log_probs.size() * sizeof(float)), 0);
}

TEST(TransformerRollout, DoesNotDependOnOtherRows) {
  const TransformerPolicy policy = small_policy();
  const ByName alone = complete(policy, requests_under(5), 3, 1);
  ASSERT_EQ(alone.size(), 24U);
  for (const std::int64_t max_rows : {3, 16, 64}) {
    const ByName mixed = complete(policy, requests_under(5), 3, max_rows);
    for (const auto& [name, completion] : alone) expect_same_bits(completion, mixed.at(name));
  }
}

TEST(TransformerRollout, ForkedCutEqualsAFreshRunUnderTheSmallerBudget) {
  const TransformerPolicy policy = small_policy();
  const LetterTokenizer tokenizer;
  const std::vector<RolloutRequest> largest = requests_under(20);
  RolloutEngine engine(policy, tokenizer, {.keep_finished = true});
  for (const RolloutRequest& request : largest) engine.submit(request, 2);
  const std::vector<FinishedRollout> traces = engine.run();
  int cuts = 0;
  for (const std::int64_t cap : {0, 1, 3, 7, 16}) {
    const std::vector<RolloutRequest> smaller = requests_under(cap);
    std::vector<RolloutHandle> forks;
    for (const FinishedRollout& trace : traces) {
      const RolloutRequest& request = smaller[static_cast<std::size_t>(trace.tag)];
      const std::int64_t length = tokens_before_cap(trace.completion, resolve_budget(request.budget, tokenizer), std::vector<TokenId>{0}, request.prompt_ids);
      forks.push_back(engine.fork(trace.handle, length, request.budget));
      engine.resume(forks.back());
      cuts += length < static_cast<std::int64_t>(trace.completion.token_ids.size()) ? 1 : 0;
    }
    const ByName fresh = complete(policy, smaller, 2, 5);
    for (const FinishedRollout& resumed : engine.run()) expect_same_bits(resumed.completion, fresh.at({resumed.tag, resumed.sample}));
    for (const RolloutHandle fork : forks) engine.release(fork);
  }
  EXPECT_GT(cuts, 20);
}

TEST(TransformerRollout, ExtendedRowsAreScoredAsTheTrainerScoresThem) {
  const TransformerPolicy policy = small_policy();
  const LetterTokenizer tokenizer;
  const std::vector<RolloutRequest> requests = requests_under(4);
  RolloutEngine engine(policy, tokenizer, {.max_rows = 5, .keep_finished = true});
  for (const RolloutRequest& request : requests) engine.submit(request, 3);
  for (const FinishedRollout& ended : engine.run()) {
    if (ended.completion.stopped) engine.extend(ended.handle, tokenizer.encode("gg[f"), TokenSource::kEnvironment);
  }
  std::vector<FinishedRollout> finished = engine.run();
  ASSERT_GT(finished.size(), 4U);
  PackedBatch batch;
  std::vector<float> recorded;
  std::int32_t group = 0;
  for (const FinishedRollout& rollout : finished) {
    const RolloutRequest& request = requests[static_cast<std::size_t>(rollout.tag)];
    batch.add_prompt(request.prompt_ids, group++);
    batch.add_row(rollout.completion.token_ids, rollout.completion.temperature);
    recorded.insert(recorded.end(), rollout.completion.log_probs.begin(), rollout.completion.log_probs.end());
  }
  const ForwardOutput output = policy.forward(batch, {});
  ASSERT_EQ(output.log_prob.size(), recorded.size());
  for (std::size_t t = 0; t < recorded.size(); ++t) EXPECT_EQ(output.log_prob[t], recorded[t]) << t;
}

}  // namespace
}  // namespace lydian
