#include "lydian/policy/torch_policy.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "examples/torch_transformer.h"
#include "lydian/core/error.h"
#include "lydian/policy/trainable_transformer.h"
#include "policy/transformer_cases.h"

namespace lydian {
namespace {

using examples::make_torch_policy;
using transformer_cases::batch_of;
using transformer_cases::policy_of;

const TransformerConfig kConfig = transformer_cases::all()[1].config;

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.detach() - b.detach()).abs().max().item<double>();
}

void shift_weights(Policy& policy, float by) {
  policy.weights().update([&](std::span<float> values) {
    for (const WeightSegment& segment : policy.weights().segments()) values[static_cast<std::size_t>(segment.offset)] += by;
  });
}

TEST(TorchPolicy, OutputsAndGradientsAreThoseOfTheTransformer) {
  const auto owner = policy_of(kConfig);
  TransformerPolicy& policy = *owner;
  TrainableTransformer trainable(policy);
  TorchPolicy twin = make_torch_policy(kConfig, policy.weights());
  EXPECT_FALSE(twin.policy().exact());
  const PackedBatch batch = batch_of(kConfig.vocab_size);
  const Want want{.log_prob = true, .entropy = true};
  const PolicyOutput expected = trainable.forward(batch, want), output = twin.forward(batch, want);
  EXPECT_LT(largest_difference(output.log_prob, expected.log_prob), 1e-5);
  EXPECT_LT(largest_difference(output.entropy, expected.entropy), 1e-5);
  for (int pass = 0; pass < 2; ++pass) {  // The second adds to what stands in the store.
    const PolicyOutput again = twin.forward(batch, want);
    (again.log_prob.sum() + again.entropy.sum()).backward();
    twin.finish_gradient();
  }
  (expected.log_prob.sum() + expected.entropy.sum()).backward();
  trainable.finish_gradient();
  for (const WeightSegment& segment : policy.weights().segments()) {
    float largest = 0.0F, difference = 0.0F;
    for (std::size_t i = static_cast<std::size_t>(segment.offset); i < static_cast<std::size_t>(segment.offset + segment.size); ++i) {
      largest = std::max(largest, std::abs(policy.weights().gradient()[i]));
      difference = std::max(difference, std::abs(0.5F * twin.policy().weights().gradient()[i] - policy.weights().gradient()[i]));
    }
    EXPECT_LT(difference, 1e-4F * largest) << segment.name;
  }
}

TEST(TorchPolicy, DrawsTheTransformersTokensFromTheSameKeys) {
  const auto owner = policy_of(kConfig);
  TransformerPolicy& policy = *owner;
  TorchPolicy twin = make_torch_policy(kConfig, policy.weights());
  const SamplingOptions sampling{.temperature = 0.9};
  const std::vector<TokenId> prompt = {3, 1, 4};
  std::vector<Drawn> drawn[2];
  Policy* const policies[] = {&policy, &twin.policy()};
  for (int which = 0; which < 2; ++which) {
    const auto session = policies[which]->decode_session();
    const SequenceId root = session->open(prompt), fork = session->fork(root, 3);
    for (std::uint64_t token = 0; token < 12; ++token) {
      const DecodeSession::Row rows[] = {{.sequence = root, .forced = token == 5 ? 7 : kDraw, .sampling = &sampling, .key = 17, .token_index = token},
                                         {.sequence = fork, .sampling = &sampling, .key = 18, .token_index = token}};
      Drawn step[2];
      session->step(rows, step);
      drawn[which].insert(drawn[which].end(), step, step + 2);
    }
    EXPECT_EQ(session->length(root), 15);
  }
  for (std::size_t i = 0; i < drawn[0].size(); ++i) {
    EXPECT_EQ(drawn[0][i].id, drawn[1][i].id) << "step " << i / 2;
    EXPECT_NEAR(drawn[0][i].log_prob, drawn[1][i].log_prob, 1e-5);
  }
}

TEST(TorchPolicy, RecordedLogProbsAreNearTheForwards) {
  const auto owner = policy_of(kConfig);
  TransformerPolicy& policy = *owner;
  TorchPolicy twin = make_torch_policy(kConfig, policy.weights());
  const PackedBatch batch = batch_of(kConfig.vocab_size);
  const at::Tensor log_prob = twin.forward(batch, {}).log_prob;
  const auto session = twin.policy().decode_session();
  const SamplingOptions sampling{.temperature = batch.temperature[1]};
  const SequenceId sequence = session->open(transformer_cases::prompt_of(batch, 1));
  std::int64_t token = batch.completion_offsets[1];
  for (const TokenId id : transformer_cases::completion_of(batch, 1)) {
    const DecodeSession::Row rows[] = {{.sequence = sequence, .forced = id, .sampling = &sampling}};
    Drawn step[1];
    session->step(rows, step);
    EXPECT_NEAR(step[0].log_prob, log_prob[token++].item<float>(), 1e-5);
  }
}

TEST(TorchPolicy, TheModuleFollowsTheStoreAndClonesAreApart) {
  const auto owner = policy_of(kConfig);
  TransformerPolicy& policy = *owner;
  TorchPolicy twin = make_torch_policy(kConfig, policy.weights());
  const PackedBatch batch = batch_of(kConfig.vocab_size);
  const at::NoGradGuard guard;
  const at::Tensor before = twin.forward(batch, {}).log_prob;
  const auto clone = twin.policy().clone();
  const SamplingOptions sampling;
  const auto first_token = [&](Policy& of) {
    const auto session = of.decode_session();
    const DecodeSession::Row rows[] = {
        {.sequence = session->open(transformer_cases::prompt_of(batch, 0)), .forced = batch.completion_ids[0], .sampling = &sampling}};
    Drawn step[1];
    session->step(rows, step);
    return step[0].log_prob;
  };
  const auto stale = twin.policy().decode_session();
  const SequenceId sequence = stale->open(transformer_cases::prompt_of(batch, 0));
  shift_weights(twin.policy(), 0.5F);
  shift_weights(policy, 0.5F);
  const at::Tensor after = twin.forward(batch, {}).log_prob;
  EXPECT_GT(largest_difference(before, after), 1e-3);
  EXPECT_LT(largest_difference(after, TrainableTransformer(policy).forward(batch, {}).log_prob), 1e-5);
  EXPECT_NEAR(first_token(*clone), before[0].item<float>(), 1e-5);
  EXPECT_NEAR(first_token(twin.policy()), after[0].item<float>(), 1e-5);
  const DecodeSession::Row rows[] = {{.sequence = sequence, .forced = 0, .sampling = &sampling}};
  Drawn step[1];
  EXPECT_THROW(stale->step(rows, step), Error);
}

TEST(TorchPolicy, RefusesWhatWouldGoWrongSilently) {
  const at::Tensor weight = at::ones({4, 4}, at::kFloat).requires_grad_(true);
  const auto forward = [weight](const at::Tensor& ids) { return weight.index_select(0, ids[0]).unsqueeze(0); };
  EXPECT_THROW(TorchPolicy(forward, {}, 4, 8), ConfigError);
  EXPECT_THROW(TorchPolicy(forward, {{"double", at::ones({2}, at::kDouble)}}, 4, 8), ConfigError);
  EXPECT_THROW(TorchPolicy(forward, {{"no leaf", weight * 2}}, 4, 8), ConfigError);

  TorchPolicy policy(forward, {{"weight", weight}}, 4, 8);
  PackedBatch batch;
  batch.add_prompt(std::vector<TokenId>{1, 2}, 0);
  batch.add_row(std::vector<TokenId>{3, 0}, 1.0F);
  EXPECT_NEAR(policy.forward(batch, {}).log_prob[0].item<float>(), -std::log(4.0F), 1e-6F);
  EXPECT_THROW(policy.forward(batch, {.hidden = true}), Error);
  batch.add_row(std::vector<TokenId>(7, 1), 1.0F);
  EXPECT_THROW(policy.forward(batch, {}), ShapeError);
  EXPECT_THROW(TorchPolicy(forward, {{"weight", weight}}, 5, 8).forward(batch, {}), ShapeError);

  const auto session = policy.policy().decode_session();
  const SequenceId sequence = session->open(std::vector<TokenId>{1});
  EXPECT_THROW(session->open({}), Error);
  EXPECT_THROW(session->fork(sequence, 2), Error);
  session->close(sequence);
  EXPECT_THROW(session->length(sequence), Error);
  {
    const at::NoGradGuard guard;
    weight.mul_(2.0);
  }
  EXPECT_THROW(policy.forward(batch, {}), Error) << "the module was written past the store";
}

}  // namespace
}  // namespace lydian
