#include "lydian/policy/trainable_transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "examples/torch_transformer.h"
#include "lydian/core/error.h"
#include "policy/transformer_cases.h"

namespace lydian {
namespace {

using examples::TorchTransformer;
using transformer_cases::batch_of;
using transformer_cases::policy_of;

constexpr Want kAll{.log_prob = true, .entropy = true, .hidden = true};

/// Fixed coefficients in [-1, 1) of a tensor's elements.
at::Tensor coefficients(const at::Tensor& like, std::uint64_t seed) {
  RandomStream stream({.seed = seed});
  std::vector<float> values(static_cast<std::size_t>(like.numel()));
  for (float& value : values) value = static_cast<float>(2.0 * stream.uniform() - 1.0);
  return at::tensor(at::ArrayRef<float>(values)).view(like.sizes()).to(like.scalar_type());
}

at::Tensor weighted(const at::Tensor& tensor, std::uint64_t seed) {
  return (tensor * coefficients(tensor, seed)).sum();
}

at::Tensor loss_of(const PolicyOutput& output) {
  return weighted(output.log_prob, 21) + weighted(output.entropy, 22) + weighted(output.hidden, 23);
}

std::vector<float> copy(std::span<const float> values) {
  return {values.begin(), values.end()};
}

/// The plain ATen module's outputs, row by row, without shared prompts.
PolicyOutput oracle_forward(const TorchTransformer& oracle, const PackedBatch& batch) {
  std::vector<at::Tensor> log_prob, entropy, hidden, bootstrap;
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    const auto prompt = transformer_cases::prompt_of(batch, row), completion = transformer_cases::completion_of(batch, row);
    std::vector<std::int64_t> ids(prompt.begin(), prompt.end());
    ids.insert(ids.end(), completion.begin(), completion.end());
    const auto first = static_cast<std::int64_t>(prompt.size()) - 1, length = static_cast<std::int64_t>(ids.size());
    const at::Tensor all = at::tensor(at::ArrayRef<std::int64_t>(ids), at::kLong);
    const at::Tensor states = oracle.hidden(all.unsqueeze(0))[0];
    hidden.push_back(states.slice(0, first, length - 1));
    const double temperature = batch.temperature[static_cast<std::size_t>(row)];
    const at::Tensor distributions = at::log_softmax(oracle.logits(hidden.back()) / temperature, -1);
    log_prob.push_back(distributions.gather(1, all.slice(0, first + 1).unsqueeze(1)).squeeze(1));
    entropy.push_back(-(distributions.exp() * distributions).sum(1));
    if (batch.bootstrap[static_cast<std::size_t>(row)] != 0) bootstrap.push_back(states.slice(0, length - 1));
  }
  hidden.insert(hidden.end(), bootstrap.begin(), bootstrap.end());
  return {.log_prob = at::cat(log_prob), .entropy = at::cat(entropy), .hidden = at::cat(hidden)};
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.detach().to(at::kDouble) - b.detach().to(at::kDouble)).abs().max().item<double>();
}

at::Tensor gradient_of(WeightStore& store, const WeightSegment& segment) {
  const auto values = store.gradient().subspan(static_cast<std::size_t>(segment.offset), static_cast<std::size_t>(segment.size));
  return at::tensor(at::ArrayRef<float>(values.data(), values.size())).view(segment.shape);
}

TEST(TrainableTransformer, OutputsAndGradientsAreThoseOfThePlainModule) {
  for (const auto& [name, config] : transformer_cases::all()) {
    SCOPED_TRACE(name);
    const auto owner = policy_of(config);
    TransformerPolicy& policy = *owner;
    TrainableTransformer trainable(policy);
    const TorchTransformer oracle(config, policy.weights(), at::kCPU, at::kDouble);
    const PackedBatch batch = batch_of(config.vocab_size);
    const PolicyOutput output = trainable.forward(batch, kAll), expected = oracle_forward(oracle, batch);
    EXPECT_LT(largest_difference(output.log_prob, expected.log_prob), 1e-5);
    EXPECT_LT(largest_difference(output.entropy, expected.entropy), 1e-5);
    EXPECT_LT(largest_difference(output.hidden, expected.hidden), 1e-5);

    loss_of(output).backward();
    loss_of(expected).backward();
    trainable.finish_gradient();
    for (const WeightSegment& segment : policy.weights().segments()) {
      const at::Tensor& exact = oracle.parameter(segment.name).grad();
      EXPECT_LT(largest_difference(gradient_of(policy.weights(), segment), exact), 1e-4 * exact.abs().max().item<double>()) << segment.name;
    }
  }
}

TEST(TrainableTransformer, OneOutputAloneCarriesItsGradient) {
  const TransformerConfig config = transformer_cases::all()[1].config;
  for (const int which : {0, 1, 2}) {
    const auto owner = policy_of(config);
    TransformerPolicy& policy = *owner;
    TrainableTransformer trainable(policy);
    const TorchTransformer oracle(config, policy.weights(), at::kCPU, at::kDouble);
    const PackedBatch batch = batch_of(config.vocab_size);
    const PolicyOutput output = trainable.forward(batch, {.log_prob = which == 0, .entropy = which == 1, .hidden = which == 2});
    const PolicyOutput expected = oracle_forward(oracle, batch);
    const auto pick = [which](const PolicyOutput& from) { return which == 0 ? from.log_prob : which == 1 ? from.entropy : from.hidden; };
    weighted(pick(output), 31).backward();
    weighted(pick(expected), 31).backward();
    trainable.finish_gradient();
    const WeightSegment& segment = policy.weights().segment("model.layers.0.self_attn.q_proj.weight");
    const at::Tensor& exact = oracle.parameter(segment.name).grad();
    EXPECT_LT(largest_difference(gradient_of(policy.weights(), segment), exact), 1e-4 * exact.abs().max().item<double>()) << which;
  }
}

TEST(TrainableTransformer, LogProbsAreTheSamplersBitByBit) {
  for (const auto& [name, config] : transformer_cases::all()) {
    SCOPED_TRACE(name);
    const auto owner = policy_of(config);
    TransformerPolicy& policy = *owner;
    const PackedBatch batch = batch_of(config.vocab_size);
    const PolicyOutput output = TrainableTransformer(policy).forward(batch, {});
    const auto session = policy.decode_session();
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const SequenceId sequence = session->open(transformer_cases::prompt_of(batch, row));
      const SamplingOptions sampling{.temperature = batch.temperature[static_cast<std::size_t>(row)]};
      std::int64_t token = batch.completion_offsets[static_cast<std::size_t>(row)];
      for (const TokenId id : transformer_cases::completion_of(batch, row)) {
        const DecodeSession::Row step[] = {{.sequence = sequence, .forced = id, .sampling = &sampling}};
        Drawn drawn[1];
        session->step(step, drawn);
        EXPECT_EQ(drawn[0].log_prob, output.log_prob.const_data_ptr<float>()[token++]) << "row " << row;
      }
    }
  }
}

TEST(TrainableTransformer, CutsBetweenGroupsKeepTheGradientsBits) {
  const TransformerConfig config = transformer_cases::all()[1].config;
  const auto whole = policy_of(config), parts = policy_of(config);
  TrainableTransformer trainable_whole(*whole), trainable_parts(*parts);
  const auto backward = [&](TrainableTransformer& trainable, int only, std::int64_t begin, std::int64_t end) {
    const PolicyOutput output = trainable.forward(batch_of(config.vocab_size, only), {});
    const at::Tensor all = coefficients(at::empty({33}, at::kFloat), 41);
    (output.log_prob * all.slice(0, begin, end)).sum().backward();
  };
  backward(trainable_whole, -1, 0, 33);
  backward(trainable_parts, 0, 0, 22);
  backward(trainable_parts, 1, 22, 33);
  trainable_whole.finish_gradient();
  trainable_parts.finish_gradient();
  EXPECT_EQ(copy(whole->weights().gradient()), copy(parts->weights().gradient()));
}

TEST(TrainableTransformer, WithoutGradModeNothingIsRecorded) {
  const TransformerConfig config = transformer_cases::all()[0].config;
  const auto owner = policy_of(config);
  TransformerPolicy& policy = *owner;
  TrainableTransformer trainable(policy);
  const PackedBatch batch = batch_of(config.vocab_size);
  const PolicyOutput with = trainable.forward(batch, {});
  EXPECT_TRUE(with.log_prob.requires_grad());
  const at::NoGradGuard guard;
  const PolicyOutput without = trainable.forward(batch, {.log_prob = true, .entropy = true});
  EXPECT_FALSE(without.log_prob.requires_grad());
  EXPECT_FALSE(without.hidden.defined());
  EXPECT_TRUE(at::equal(with.log_prob, without.log_prob));
}

TEST(TrainableTransformer, SecondAndDoubleBackwardAreRefused) {
  const TransformerConfig config = transformer_cases::all()[0].config;
  const auto owner = policy_of(config);
  TransformerPolicy& policy = *owner;
  TrainableTransformer trainable(policy);
  const PackedBatch batch = batch_of(config.vocab_size);
  const at::Tensor twice = trainable.forward(batch, {}).log_prob.sum();
  twice.backward({}, /*retain_graph=*/true);
  EXPECT_THROW(twice.backward(), Error);
  EXPECT_THROW(trainable.forward(batch, {}).log_prob.sum().backward({}, true, /*create_graph=*/true), Error);
  const at::Tensor stale = trainable.forward(batch, {}).log_prob.sum();
  policy.weights().update([](std::span<float> values) { values[0] += 1.0F; });
  EXPECT_THROW(stale.backward(), Error);
}

TEST(TrainableTransformer, ClearedGradientIsForgotten) {
  const TransformerConfig config = transformer_cases::all()[0].config;
  const auto owner = policy_of(config);
  TransformerPolicy& policy = *owner;
  TrainableTransformer trainable(policy);
  trainable.forward(batch_of(config.vocab_size), {}).log_prob.sum().backward();
  trainable.clear_gradient();
  trainable.finish_gradient();
  EXPECT_TRUE(std::ranges::all_of(policy.weights().gradient(), [](float value) { return value == 0.0F; }));
}

TEST(Head, GivesTheForwardsBitsAndTheSameGradientInAnyChunks) {
  const TransformerConfig config = transformer_cases::all()[0].config;
  const PackedBatch batch = batch_of(config.vocab_size);
  std::vector<float> gradients[2];
  at::Tensor d_hidden[2];
  for (const std::int64_t chunk : {3, 1024}) {
    const auto owner = policy_of(config);
    TransformerPolicy& policy = *owner;
    TrainableTransformer trainable(policy);
    const PolicyOutput direct = trainable.forward(batch, kAll);
    const at::Tensor states = direct.hidden.slice(0, 0, batch.tokens()).detach().clone().requires_grad_(true);
    std::vector<std::int64_t> targets(batch.completion_ids.begin(), batch.completion_ids.end());
    std::vector<float> temperature;
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      temperature.insert(temperature.end(), transformer_cases::completion_of(batch, row).size(), batch.temperature[static_cast<std::size_t>(row)]);
    }
    const PolicyOutput output = trainable.head(states, at::tensor(at::ArrayRef<std::int64_t>(targets), at::kLong), at::tensor(at::ArrayRef<float>(temperature)),
                                               {.log_prob = true, .entropy = true}, chunk);
    EXPECT_TRUE(at::equal(output.log_prob, direct.log_prob));
    EXPECT_TRUE(at::equal(output.entropy, direct.entropy));
    (weighted(output.log_prob, 51) + weighted(output.entropy, 52)).backward();
    trainable.finish_gradient();

    const TorchTransformer oracle(config, policy.weights(), at::kCPU, at::kDouble);
    const at::Tensor exact_states = states.detach().to(at::kDouble).requires_grad_(true);
    const at::Tensor scale = at::tensor(at::ArrayRef<float>(temperature)).to(at::kDouble).unsqueeze(1);
    const at::Tensor distributions = at::log_softmax(oracle.logits(exact_states) / scale, -1);
    const at::Tensor picked = distributions.gather(1, at::tensor(at::ArrayRef<std::int64_t>(targets), at::kLong).unsqueeze(1)).squeeze(1);
    (weighted(picked, 51) + weighted(-(distributions.exp() * distributions).sum(1), 52)).backward();
    EXPECT_LT(largest_difference(states.grad(), exact_states.grad()), 1e-5);
    const at::Tensor& exact_weight = oracle.parameter("lm_head.weight").grad();
    EXPECT_LT(largest_difference(gradient_of(policy.weights(), policy.weights().segment("lm_head.weight")), exact_weight),
              1e-4 * exact_weight.abs().max().item<double>());
    gradients[chunk == 3 ? 0 : 1] = copy(policy.weights().gradient());
    d_hidden[chunk == 3 ? 0 : 1] = states.grad();
  }
  EXPECT_EQ(gradients[0], gradients[1]);
  EXPECT_TRUE(at::equal(d_hidden[0], d_hidden[1]));
}

TEST(Head, NamesWhatDoesNotFit) {
  const TransformerConfig config = transformer_cases::all()[0].config;
  const auto owner = policy_of(config);
  TransformerPolicy& policy = *owner;
  TrainableTransformer trainable(policy);
  const at::Tensor targets = at::tensor({1, 2}, at::kLong), temperature = at::ones({2}, at::kFloat);
  EXPECT_THROW(trainable.head(at::ones({2, 23}, at::kFloat), targets, temperature, {}), ShapeError);
  EXPECT_THROW(trainable.head(at::ones({3, 24}, at::kFloat), targets, temperature, {}), ShapeError);
  EXPECT_THROW(trainable.head(at::ones({2, 24}, at::kFloat), targets, temperature, {.hidden = true}), Error);
}

}  // namespace
}  // namespace lydian
