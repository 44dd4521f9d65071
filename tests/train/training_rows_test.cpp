#include "lydian/train/training_rows.h"

#include <gtest/gtest.h>

#include <memory>

namespace lydian {
namespace {

Rollout rollout(std::int32_t group, std::vector<TokenSource> sources, Verdict verdict) {
  Rollout one;
  one.task = std::make_shared<const Task>();
  one.prompt_ids = {7, 8, static_cast<TokenId>(group)};
  for (std::size_t t = 0; t < sources.size(); ++t) {
    one.completion.token_ids.push_back(static_cast<TokenId>(t));
    one.completion.log_probs.push_back(-1.0F - static_cast<float>(t));
  }
  one.completion.sources = std::move(sources);
  one.verdict = std::move(verdict);
  one.group = group;
  return one;
}

/// Two groups of two rollouts; one has a forced token, one a verdict that is a fault.
RolloutBatch batch() {
  constexpr TokenSource kSampled = TokenSource::kSampled, kForced = TokenSource::kForced, kEnvironment = TokenSource::kEnvironment;
  const std::vector<Rollout> rollouts{rollout(0, {kSampled, kForced, kSampled}, Verdict::scored(1.0)), rollout(0, {kSampled, kSampled}, Verdict::scored(0.0)),
                                      rollout(1, {kSampled, kSampled, kSampled, kSampled}, Verdict::fault("away")),
                                      rollout(1, {kSampled, kEnvironment}, Verdict::scored(1.0))};
  return collate(rollouts);
}

TEST(TrainingRows, OnlySampledTokensOfValidRolloutsCarryLoss) {
  const std::vector<double> advantage{0.5, -0.5, 3.0, 0.25};
  const TrainingRows rows = training_rows(batch(), advantage);
  EXPECT_EQ(rows.packed.prompts(), 2);
  EXPECT_EQ(rows.packed.rows(), 4);
  EXPECT_EQ(rows.packed.completion_ids, (std::vector<TokenId>{0, 1, 2, 0, 1, 0, 1, 2, 3, 0, 1}));
  EXPECT_EQ(rows.packed.gradient_buffer, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(rows.mask, (std::vector<float>{1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(rows.advantage, (std::vector<float>{0.5, 0, 0.5, -0.5, -0.5, 0, 0, 0, 0, 0.25, 0}));
  EXPECT_EQ(rows.row_of_token, (std::vector<std::int64_t>{0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3}));
  EXPECT_EQ(rows.behavior_log_prob, (std::vector<float>{-1, -2, -3, -1, -2, -1, -2, -3, -4, -1, -2}));
  EXPECT_EQ(rows.old_log_prob, rows.behavior_log_prob);
}

TEST(TrainingRows, AGroupMayStandAloneWithLogProbsOfItsOwn) {
  const RolloutBatch all = batch();
  std::vector<float> old(static_cast<std::size_t>(all.tokens()));
  for (std::size_t t = 0; t < old.size(); ++t) old[t] = -0.5F * static_cast<float>(t);
  TrainingRows rows;
  rows.add_group(all, 2, 4, 5, {}, old);
  EXPECT_EQ(rows.packed.prompt_ids, (std::vector<TokenId>{7, 8, 1}));
  EXPECT_EQ(rows.packed.gradient_buffer, std::vector<std::int32_t>{5});
  EXPECT_EQ(rows.old_log_prob, (std::vector<float>{-2.5, -3, -3.5, -4, -4.5, -5}));
  EXPECT_EQ(rows.behavior_log_prob, (std::vector<float>{-1, -2, -3, -4, -1, -2}));
  EXPECT_EQ(rows.advantage, std::vector<float>(6, 0.0F));
  EXPECT_EQ(rows.row_of_token, (std::vector<std::int64_t>{0, 0, 0, 0, 1, 1})) << "rows of this forward, not of the batch";
}

TEST(LossTotals, CountWhatCanBeTrained) {
  const LossTotals totals = loss_totals(batch());
  EXPECT_EQ(totals.tokens, 5);
  EXPECT_EQ(totals.sequences, 3);
  EXPECT_EQ(totals.groups, 2);
  const LossTotals second = loss_totals(batch(), 2, 4);
  EXPECT_EQ(second.tokens, 1);
  EXPECT_EQ(second.sequences, 1);
  EXPECT_EQ(second.groups, 1);
  const LossTotals faulty = loss_totals(batch(), 2, 3);
  EXPECT_EQ(faulty.groups, 0) << "of faults alone: nothing of it is trained";
  EXPECT_EQ(faulty.tokens, 0);
}

}  // namespace
}  // namespace lydian
