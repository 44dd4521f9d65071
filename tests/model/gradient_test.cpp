// The forward and its gradient against the float64 transformer, and the gradient's bits against every cut of the work.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"
#include "lydian/kernels/kernel_table.h"
#include "model/drawn_transformer.h"
#include "oracle/transformer_oracle.h"

namespace lydian {
namespace {

/// Gradients by all outputs of a forward.
struct OutputWeights {
  std::vector<float> log_prob, entropy, hidden;
};

OutputWeights draw_output_weights(RandomStream& random, const ForwardOutput& output) {
  const auto draw = [&random](std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random.normal());
    return values;
  };
  return {draw(output.log_prob.size()), draw(output.entropy.size()), draw(output.hidden.size())};
}

/// Outputs in float64, row by row.
struct OracleOutput {
  std::vector<double> log_prob, entropy, hidden;
};

OracleOutput oracle_forward(const TransformerConfig& config, const WeightStore& store, std::span<const double> weights, const PackedBatch& batch) {
  const oracle::Transformer transformer(config, store, weights);
  OracleOutput output;
  std::vector<double> bootstrap;
  for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows()); ++row) {
    const auto prompt = static_cast<std::size_t>(batch.prompt_of_row[row]);
    std::vector<TokenId> ids(batch.prompt_ids.begin() + batch.prompt_offsets[prompt], batch.prompt_ids.begin() + batch.prompt_offsets[prompt + 1]);
    const std::size_t prompt_tokens = ids.size();
    ids.insert(ids.end(), batch.completion_ids.begin() + batch.completion_offsets[row], batch.completion_ids.begin() + batch.completion_offsets[row + 1]);
    const std::vector<std::vector<double>> states = transformer.hidden(ids);
    const double temperature = batch.temperature[row] == 0.0F ? 1.0 : static_cast<double>(batch.temperature[row]);
    for (std::size_t t = prompt_tokens; t < ids.size(); ++t) {
      const std::vector<double> log_softmax = transformer.log_softmax(states[t - 1], temperature);
      output.log_prob.push_back(log_softmax[static_cast<std::size_t>(ids[t])]);
      double entropy = 0;
      for (const double value : log_softmax) entropy -= std::exp(value) * value;
      output.entropy.push_back(entropy);
      output.hidden.insert(output.hidden.end(), states[t - 1].begin(), states[t - 1].end());
    }
    if (!batch.bootstrap.empty() && batch.bootstrap[row] != 0) bootstrap.insert(bootstrap.end(), states.back().begin(), states.back().end());
  }
  output.hidden.insert(output.hidden.end(), bootstrap.begin(), bootstrap.end());
  return output;
}

double weighted(const OracleOutput& output, const OutputWeights& by) {
  double sum = 0;
  for (std::size_t i = 0; i < output.log_prob.size(); ++i) sum += by.log_prob[i] * output.log_prob[i] + by.entropy[i] * output.entropy[i];
  for (std::size_t i = 0; i < output.hidden.size(); ++i) sum += by.hidden[i] * output.hidden[i];
  return sum;
}

void expect_near(const std::vector<float>& values, const std::vector<double>& expected, const std::string& what) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], 1e-5 * (1.0 + std::abs(expected[i]))) << what << " at " << i;
}

/// A batch small enough for the oracle, with a prompt in the middle of a block and rows that share it.
PackedBatch small_batch(RandomStream& random, const TransformerConfig& config) {
  PackedBatch batch;
  for (int prompt = 0; prompt < 2; ++prompt) {
    batch.add_prompt(drawn::ids(random, random.between(1, 20), config.vocab_size), prompt);
    for (int row = 0; row < 3; ++row) {
      batch.add_row(drawn::ids(random, random.between(0, 18), config.vocab_size), static_cast<float>(0.6 + random.uniform()), drawn::coin(random));
    }
  }
  return batch;
}

class GradientOracle : public testing::TestWithParam<int> {};

TEST_P(GradientOracle, ForwardAndEverySegmentsGradientAreRight) {
  RandomStream random = drawn::stream(1000 + static_cast<std::uint64_t>(GetParam()));
  TransformerConfig config = drawn::config(random);
  config.max_positions = 64;
  TransformerPolicy policy(config, random.bits());
  drawn::disturb_vectors(random, policy);
  const PackedBatch batch = small_batch(random, config);
  const WeightStore& store = policy.weights();
  std::vector<double> weights(store.values().begin(), store.values().end());
  std::unique_ptr<ForwardRecord> record;
  const ForwardOutput output = policy.forward(batch, {true, true, true}, &record);
  const OracleOutput expected = oracle_forward(config, store, weights, batch);
  expect_near(output.log_prob, expected.log_prob, "log_prob of " + drawn::describe(config));
  expect_near(output.entropy, expected.entropy, "entropy of " + drawn::describe(config));
  expect_near(output.hidden, expected.hidden, "hidden of " + drawn::describe(config));

  const OutputWeights by = draw_output_weights(random, output);
  policy.backward(*record, by.log_prob, by.entropy, by.hidden);
  policy.fold_gradient();
  const std::span<const float> gradient = policy.weights().gradient();
  for (const WeightSegment& segment : store.segments()) {
    // Along a drawn direction within the segment: the slope by central differences is the gradient's projection.
    constexpr double kStep = 1e-5;
    std::vector<double> direction(static_cast<std::size_t>(segment.size));
    for (double& value : direction) value = random.normal();
    double projection = 0, size = 0;
    const auto moved = [&](double step) {
      std::vector<double> changed = weights;
      for (std::size_t i = 0; i < direction.size(); ++i) changed[static_cast<std::size_t>(segment.offset) + i] += step * direction[i];
      return weighted(oracle_forward(config, store, changed, batch), by);
    };
    for (std::size_t i = 0; i < direction.size(); ++i) {
      const double slope = gradient[static_cast<std::size_t>(segment.offset) + i];
      projection += slope * direction[i];
      size += slope * slope;
    }
    const double expected_slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
    EXPECT_NEAR(projection, expected_slope, 1e-3 * (std::sqrt(size) + std::abs(expected_slope)) + 1e-4) << segment.name << " of " << drawn::describe(config);
  }
}

INSTANTIATE_TEST_SUITE_P(Drawn, GradientOracle, testing::Range(0, 24));

/// `values` of entries first … end - 1, `width` numbers each.
std::span<const float> part_of(const std::vector<float>& values, std::int64_t first, std::int64_t end, std::int64_t width = 1) {
  return std::span(values).subspan(static_cast<std::size_t>(first * width), static_cast<std::size_t>((end - first) * width));
}

/// Gradient of a batch given in parts between the prompts of `cuts`.
std::vector<float> gradient_in_parts(TransformerPolicy& policy, const PackedBatch& batch, const OutputWeights& by, const std::vector<std::int64_t>& cuts) {
  const std::int64_t width = policy.config().hidden_size;
  std::int64_t slot = batch.tokens();
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const auto first_row_of = [&batch](std::int64_t prompt) {
      return std::lower_bound(batch.prompt_of_row.begin(), batch.prompt_of_row.end(), prompt) - batch.prompt_of_row.begin();
    };
    const std::int64_t first_row = first_row_of(cuts[i]), end_row = first_row_of(cuts[i + 1]);
    if (first_row == end_row) continue;
    const std::int64_t first = batch.completion_offsets[static_cast<std::size_t>(first_row)], end = batch.completion_offsets[static_cast<std::size_t>(end_row)];
    const PackedBatch part = drawn::rows_of(batch, first_row, end_row);
    const std::int64_t end_slot = slot + std::count(part.bootstrap.begin(), part.bootstrap.end(), 1);
    std::vector<float> hidden;
    for (const std::span<const float> values : {part_of(by.hidden, first, end, width), part_of(by.hidden, slot, end_slot, width)}) {
      hidden.insert(hidden.end(), values.begin(), values.end());
    }
    slot = end_slot;
    std::unique_ptr<ForwardRecord> record;
    policy.forward(part, {}, &record);
    policy.backward(*record, part_of(by.log_prob, first, end), part_of(by.entropy, first, end), hidden);
  }
  policy.fold_gradient();
  std::vector<float> gradient(policy.weights().gradient().begin(), policy.weights().gradient().end());
  std::fill(policy.weights().gradient().begin(), policy.weights().gradient().end(), 0.0F);
  return gradient;
}

bool equal_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

class GradientBits : public testing::TestWithParam<int> {};

TEST_P(GradientBits, AreEqualForEveryCutThreadCountAndInstructionSet) {
  RandomStream random = drawn::stream(2000 + static_cast<std::uint64_t>(GetParam()));
  const TransformerConfig config = drawn::config(random);
  TransformerPolicy policy(config, random.bits());
  drawn::disturb_vectors(random, policy);
  const PackedBatch batch = drawn::batch(random, config);
  const std::vector<kernels::Isa> isas = kernels::available_isas();
  ThreadPool one(1), two(2);
  policy.use(kernels::table(isas.back()), one);
  const OutputWeights by = draw_output_weights(random, policy.forward(batch, {true, true, true}));
  const std::vector<float> whole = gradient_in_parts(policy, batch, by, {0, batch.prompts()});
  policy.use(kernels::table(isas.back()), two);
  EXPECT_TRUE(equal_bits(gradient_in_parts(policy, batch, by, {0, batch.prompts()}), whole)) << "two threads " << drawn::describe(config);
  std::vector<std::int64_t> cuts{0};
  for (std::int64_t prompt = 1; prompt < batch.prompts(); ++prompt) {
    if (drawn::coin(random)) cuts.push_back(prompt);
  }
  cuts.push_back(batch.prompts());
  EXPECT_TRUE(equal_bits(gradient_in_parts(policy, batch, by, cuts), whole)) << "cut in " << cuts.size() - 1 << drawn::describe(config);
  const kernels::Isa isa = batch.tokens() < 150 ? isas.front() : isas[isas.size() / 2];
  policy.use(kernels::table(isa), one);
  EXPECT_TRUE(equal_bits(gradient_in_parts(policy, batch, by, {0, batch.prompts()}), whole)) << kernels::to_string(isa) << drawn::describe(config);
}

INSTANTIATE_TEST_SUITE_P(Drawn, GradientBits, testing::Range(0, 40));

class TrainingStep : public testing::Test {
 protected:
  TrainingStep() : random_(drawn::stream(3)), config_(drawn::config(random_)), policy_(config_, 5), batch_(drawn::batch(random_, config_)) {}

  std::vector<float> gradient(std::vector<float> d_log_prob) {
    std::unique_ptr<ForwardRecord> record;
    policy_.forward(batch_, {}, &record);
    policy_.backward(*record, d_log_prob, {}, {});
    policy_.fold_gradient();
    std::vector<float> gradient(policy_.weights().gradient().begin(), policy_.weights().gradient().end());
    std::fill(policy_.weights().gradient().begin(), policy_.weights().gradient().end(), 0.0F);
    return gradient;
  }

  RandomStream random_;
  TransformerConfig config_;
  TransformerPolicy policy_;
  PackedBatch batch_;
};

TEST_F(TrainingStep, MaskedTokensGiveNoGradient) {
  std::vector<float> mask(static_cast<std::size_t>(batch_.tokens()), 0.0F);
  for (const float value : gradient(mask)) ASSERT_EQ(value, 0.0F);
  ASSERT_GT(batch_.tokens(), 0);
  // A masked token is as good as absent: only what stands at the others decides.
  mask.front() = 0.7F;
  const std::vector<float> first = gradient(mask);
  batch_.completion_ids[static_cast<std::size_t>(batch_.completion_offsets[1]) - 1] = 0;  // The last token of the first row is predicted, never read.
  if (batch_.completion_offsets[1] > 1) {
    EXPECT_TRUE(equal_bits(gradient(mask), first));
  }
}

TEST_F(TrainingStep, FoldAddsAndClears) {
  const std::vector<float> ones(static_cast<std::size_t>(batch_.tokens()), 1.0F);
  const std::vector<float> once = gradient(ones);
  EXPECT_TRUE(equal_bits(gradient(ones), once)) << "the buffers were not cleared by the fold";
  std::unique_ptr<ForwardRecord> record;
  policy_.forward(batch_, {}, &record);
  policy_.backward(*record, ones, {}, {});
  policy_.clear_gradient();
  policy_.fold_gradient();
  for (const float value : policy_.weights().gradient()) ASSERT_EQ(value, 0.0F);
  std::span<float> flat = policy_.weights().gradient();
  std::copy(once.begin(), once.end(), flat.begin());
  policy_.forward(batch_, {}, &record);
  policy_.backward(*record, ones, {}, {});
  policy_.fold_gradient();
  for (std::size_t i = 0; i < once.size(); ++i) ASSERT_EQ(flat[i], once[i] + once[i]);
}

TEST_F(TrainingStep, PackedCopiesFollowTheWeights) {
  const std::vector<float> ones(static_cast<std::size_t>(batch_.tokens()), 1.0F);
  const std::vector<float> before = gradient(ones);
  policy_.weights().update([](std::span<float> values) {
    for (float& value : values) value *= 1.25F;
  });
  policy_.weights().restore_version(0);  // As a resumed run does: the number alone must not decide.
  const std::unique_ptr<Policy> fresh = policy_.clone();
  auto& copy = dynamic_cast<TransformerPolicy&>(*fresh);
  EXPECT_TRUE(equal_bits(policy_.forward(batch_, {}).log_prob, copy.forward(batch_, {}).log_prob));
  std::unique_ptr<ForwardRecord> record;
  copy.forward(batch_, {}, &record);
  copy.backward(*record, ones, {}, {});
  copy.fold_gradient();
  const std::vector<float> expected(copy.weights().gradient().begin(), copy.weights().gradient().end());
  EXPECT_TRUE(equal_bits(gradient(ones), expected));
  EXPECT_FALSE(equal_bits(before, expected));
}

TEST_F(TrainingStep, RefusesAUsedRecordChangedWeightsAndWrongSizes) {
  const std::vector<float> ones(static_cast<std::size_t>(batch_.tokens()), 1.0F);
  std::unique_ptr<ForwardRecord> record;
  policy_.forward(batch_, {}, &record);
  EXPECT_THROW(policy_.backward(*record, std::vector<float>(ones.size() + 1), {}, {}), ShapeError);
  policy_.backward(*record, ones, {}, {});
  EXPECT_THROW(policy_.backward(*record, ones, {}, {}), Error);
  policy_.forward(batch_, {}, &record);
  policy_.weights().update([](std::span<float>) {});
  EXPECT_THROW(policy_.backward(*record, ones, {}, {}), Error);
}

TEST_F(TrainingStep, HeadAloneIsTheForwardsHead) {
  const ForwardOutput whole = policy_.forward(batch_, {true, true, true});
  const auto entries = static_cast<std::size_t>(batch_.tokens()), width = static_cast<std::size_t>(config_.hidden_size);
  const std::vector<float> hidden(whole.hidden.begin(), whole.hidden.begin() + static_cast<std::ptrdiff_t>(entries * width));
  std::vector<float> temperature;
  for (std::size_t row = 0; row < batch_.temperature.size(); ++row) {
    temperature.insert(temperature.end(), static_cast<std::size_t>(batch_.completion_offsets[row + 1] - batch_.completion_offsets[row]),
                       batch_.temperature[row]);
  }
  const ForwardOutput alone = policy_.head(hidden, batch_.completion_ids, temperature, {true, true, false});
  EXPECT_TRUE(equal_bits(alone.log_prob, whole.log_prob));
  EXPECT_TRUE(equal_bits(alone.entropy, whole.entropy));

  // The body's gradient from d_hidden, after the head's own, is the whole's.
  const std::vector<float> by(entries, 0.5F);
  const std::vector<float> expected = gradient(by);
  std::vector<float> d_hidden(hidden.size());
  policy_.head_backward(hidden, batch_.completion_ids, temperature, by, {}, 0, d_hidden);
  std::unique_ptr<ForwardRecord> record;
  d_hidden.resize(whole.hidden.size(), 0.0F);
  policy_.forward(batch_, {}, &record);
  policy_.backward(*record, {}, {}, d_hidden);
  policy_.fold_gradient();
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference += std::pow(policy_.weights().gradient()[i] - expected[i], 2);
    size += std::pow(expected[i], 2);
  }
  EXPECT_LT(std::sqrt(difference), 1e-5 * std::sqrt(size));
}

}  // namespace
}  // namespace lydian
