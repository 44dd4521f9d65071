#include "lydian/model/weight_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "lydian/core/error.h"
#include "lydian/model/safetensors.h"
#include "lydian/model/transformer_policy.h"
#include "model/drawn_transformer.h"

namespace lydian {
namespace {

WeightSegment segment(const char* name, std::vector<std::int64_t> shape) {
  WeightSegment made;
  made.name = name;
  made.shape = std::move(shape);
  return made;
}

TEST(WeightStore, LaysSegmentsOutAtWholeVectors) {
  WeightStore store({segment("a", {3, 5}), segment("b", {17}), segment("c", {16})});
  EXPECT_EQ(store.segment("a").offset, 0);
  EXPECT_EQ(store.segment("b").offset, 16);
  EXPECT_EQ(store.segment("c").offset, 48);
  EXPECT_EQ(store.values().size(), 64U);
  EXPECT_EQ(store.parameters(), 48);
  EXPECT_EQ(store.gradient().size(), 64U);
  EXPECT_THROW(store.segment("d"), Error);
  EXPECT_THROW(WeightStore({segment("a", {1}), segment("a", {2})}), ShapeError);
  EXPECT_THROW(WeightStore({segment("a", {})}), ShapeError);
  EXPECT_THROW(WeightStore({segment("a", {2, 0})}), ShapeError);
}

TEST(WeightStore, UpdatesRaiseTheVersionAndTheDigestSeesEveryBit) {
  WeightStore store({segment("a", {2})}), renamed({segment("b", {2})}), reshaped({segment("a", {1, 2})});
  EXPECT_NE(store.sha256(), renamed.sha256());
  EXPECT_NE(store.sha256(), reshaped.sha256());
  const std::string before = store.sha256();
  EXPECT_EQ(before.size(), 64U);
  store.update([](std::span<float> values) { values[1] = -0.0F; });
  EXPECT_EQ(store.version(), 1U);
  EXPECT_NE(store.sha256(), before);
  store.restore_version(0);
  EXPECT_EQ(store.version(), 0U);
  EXPECT_EQ(store.revision(), 1U) << "copies of older weights would pass for these";
}

TEST(TransformerPolicyWeights, DependOnSeedAndSegmentOnly) {
  const TransformerConfig config{.vocab_size = 20, .hidden_size = 24, .num_layers = 2, .num_heads = 2};
  const TransformerPolicy a(config, 7), b(config, 7), c(config, 8);
  EXPECT_EQ(a.weights().sha256(), b.weights().sha256());
  EXPECT_NE(a.weights().sha256(), c.weights().sha256());
  double sum = 0, square = 0;
  const WeightSegment& up = a.weights().segment("model.layers.1.mlp.up_proj.weight");
  for (const float value : a.weights().values(up)) sum += value, square += static_cast<double>(value) * value;
  const auto count = static_cast<double>(up.size);
  EXPECT_NEAR(sum / count, 0.0, 0.02);
  EXPECT_NEAR(square / count, 1.0 / 24.0, 0.004);
  for (const float value : a.weights().values(a.weights().segment("model.norm.weight"))) EXPECT_EQ(value, 1.0F);
}

TEST(TransformerPolicyWeights, SaveLoadAndCloneKeepEveryBit) {
  const std::string folder = testing::TempDir() + "policy_checkpoint";
  std::filesystem::create_directories(folder);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    RandomStream random = drawn::stream(seed);
    TransformerPolicy policy(drawn::config(random), seed);
    drawn::disturb_vectors(random, policy);
    policy.save(folder);
    EXPECT_EQ(TransformerPolicy::load(folder)->weights().sha256(), policy.weights().sha256());
    EXPECT_EQ(policy.clone()->weights().sha256(), policy.weights().sha256());
    EXPECT_EQ(policy.clone()->weights().version(), policy.weights().version());
  }
  std::vector<NamedTensor> tensors = read_safetensors(folder + "/model.safetensors");
  tensors.pop_back();
  write_safetensors(folder + "/model.safetensors", tensors);
  EXPECT_THROW(TransformerPolicy::load(folder), IoError);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lydian
