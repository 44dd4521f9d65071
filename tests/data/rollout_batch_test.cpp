#include "lydian/data/rollout_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using testing::ElementsAre;

Rollout rollout(std::int32_t group, std::int32_t sample, std::vector<TokenId> prompt, std::vector<TokenId> tokens, Verdict verdict) {
  Rollout made;
  made.group = group;
  made.sample = sample;
  made.prompt_ids = std::move(prompt);
  made.completion.log_probs.assign(tokens.size(), -0.5F);
  made.completion.sources.assign(tokens.size(), TokenSource::kSampled);
  made.completion.token_ids = std::move(tokens);
  made.verdict = std::move(verdict);
  return made;
}

std::vector<Rollout> example() {
  std::vector<Rollout> rollouts{rollout(7, 0, {1, 2}, {10, 11, 0}, Verdict::scored(1.0)), rollout(7, 1, {1, 2}, {12}, Verdict::scored(0.25)),
                                rollout(3, 0, {4, 5, 6}, {}, Verdict::fault("broken")), rollout(3, 1, {4, 5, 6}, {13, 0}, Verdict::unparsable("?"))};
  rollouts[0].verdict.parts = {{"answer", 1.0}, {"format", 0.0}};
  rollouts[1].verdict.parts = {{"format", 0.5}, {"length", 2.0}};
  rollouts[2].verdict.parts = {{"answer", 9.0}};
  rollouts[2].verdict.reward = std::numeric_limits<double>::quiet_NaN();
  rollouts[0].completion.sources[1] = TokenSource::kForced;
  rollouts[0].completion.log_probs = {-0.1F, -0.2F, -0.3F};
  rollouts[1].completion.finish_reason = FinishReason::kLength;
  rollouts[1].completion.stopped = false;
  rollouts[1].completion.temperature = 0.5F;
  return rollouts;
}

TEST(Collate, PacksRowsInTheOrderGivenAndPromptsOnceAGroup) {
  const RolloutBatch batch = collate(example());
  EXPECT_THAT(batch.prompt_ids, ElementsAre(1, 2, 4, 5, 6));
  EXPECT_THAT(batch.prompt_offsets, ElementsAre(0, 2, 5));
  EXPECT_THAT(batch.completion_ids, ElementsAre(10, 11, 0, 12, 13, 0));
  EXPECT_THAT(batch.completion_offsets, ElementsAre(0, 3, 4, 4, 6));
  EXPECT_THAT(batch.prompt_of_row, ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(batch.rollout_of_row, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(batch.group_of_rollout, ElementsAre(7, 7, 3, 3));
  EXPECT_THAT(batch.source, ElementsAre(TokenSource::kSampled, TokenSource::kForced, TokenSource::kSampled, TokenSource::kSampled, TokenSource::kSampled,
                                        TokenSource::kSampled));
  EXPECT_THAT(batch.behavior_log_prob, ElementsAre(-0.1F, -0.2F, -0.3F, -0.5F, -0.5F, -0.5F));
  EXPECT_THAT(batch.truncated, ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(batch.temperature, ElementsAre(1.0F, 0.5F, 1.0F, 1.0F));
  EXPECT_EQ(batch.prompts(), 2);
  EXPECT_EQ(batch.rows(), 4);
  EXPECT_EQ(batch.rollouts(), 4);
  EXPECT_EQ(batch.tokens(), 6);
}

TEST(Collate, KeepsFaultsOutOfTheRewards) {
  const RolloutBatch batch = collate(example());
  EXPECT_THAT(batch.valid, ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(batch.reward, ElementsAre(1.0, 0.25, 0.0, 0.0));
  EXPECT_THAT(batch.reward_part_names, ElementsAre("answer", "format", "length"));
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> expected{1.0, 0.0, none, none, 0.5, 2.0, none, none, none, none, none, none};
  ASSERT_EQ(batch.reward_part.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(batch.reward_part[i] == expected[i] || (std::isnan(batch.reward_part[i]) && std::isnan(expected[i]))) << i;
  }
}

TEST(Collate, JoinsMembersOfAGroupThatStandApart) {
  std::vector<Rollout> rollouts = example();
  std::swap(rollouts[1], rollouts[2]);
  const RolloutBatch batch = collate(rollouts);
  EXPECT_THAT(batch.prompt_of_row, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(batch.prompts(), 2);
}

TEST(Collate, TakesNothing) {
  const RolloutBatch batch = collate({});
  EXPECT_EQ(batch.rows(), 0);
  EXPECT_EQ(batch.tokens(), 0);
  EXPECT_THAT(batch.prompt_offsets, ElementsAre(0));
}

template <typename Thrown>
std::string error_of(const std::vector<Rollout>& rollouts) {
  try {
    collate(rollouts);
  } catch (const Thrown& error) {
    return error.what();
  }
  return "no error";
}

TEST(Collate, RefusesWhatDoesNotFitTogether) {
  std::vector<Rollout> rollouts = example();
  rollouts[1].prompt_ids = {1, 3};
  EXPECT_EQ(error_of<ShapeError>(rollouts), "[collate] rollout 1 (group 7, sample 1): expected the prompt of its group's first rollout, got another");
  rollouts = example();
  rollouts[0].completion.log_probs.pop_back();
  EXPECT_EQ(error_of<ShapeError>(rollouts), "[collate] rollout 0 (group 7, sample 0): expected a log-prob and a source for each of 3 tokens, got 2 and 3");
  rollouts = example();
  rollouts[2].prompt_ids.clear();
  EXPECT_EQ(error_of<ShapeError>(rollouts), "[collate] rollout 2 (group 3, sample 0): expected a prompt of at least one token, got none");
  rollouts = example();
  rollouts[3].verdict.reward = std::numeric_limits<double>::infinity();
  EXPECT_EQ(error_of<Error>(rollouts), "[collate] rollout 3 (group 3, sample 1): expected a finite reward, got inf");
}

}  // namespace
}  // namespace lydian
