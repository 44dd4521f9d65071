#include "lydian/train/optimizer.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace lydian {
namespace {

constexpr double kRate = 0.01;

/// Two weights that decay, two that do not, two that are not trained.
WeightStore small_store() {
  WeightStore store({{.name = "matrix", .shape = {2}}, {.name = "bias", .shape = {2}, .decay = false}, {.name = "frozen", .shape = {2}, .trainable = false}});
  store.update([&](std::span<float> values) {
    for (const WeightSegment& segment : store.segments()) {
      for (std::int64_t i = 0; i < segment.size; ++i) values[static_cast<std::size_t>(segment.offset + i)] = 1.0F + 0.5F * static_cast<float>(i);
    }
  });
  return store;
}

float& entry(std::span<float> all, const WeightStore& store, const char* segment, std::size_t i) {
  return all[static_cast<std::size_t>(store.segment(segment).offset) + i];
}

TEST(AdamW, StepsAsItsFormulaSays) {
  const AdamWOptions options{.adam_beta1 = 0.8, .adam_beta2 = 0.9, .adam_epsilon = 0.05, .weight_decay = 0.5, .max_grad_norm = 2.0};
  const char* const trained[] = {"matrix", "matrix", "bias", "bias"};
  const std::array<std::array<double, 4>, 3> gradients{{{3.0, -1.0, 2.0, 0.5}, {0.1, 0.2, -0.3, 0.0}, {-1.0, 4.0, 0.0, 1.0}}};
  WeightStore store = small_store();
  WeightStore* const list = &store;
  AdamW optimizer(options);
  optimizer.reset({&list, 1});
  std::array<double, 4> weight{1.0, 1.5, 1.0, 1.5}, first{}, second{};
  for (std::size_t step = 0; step < gradients.size(); ++step) {
    double squares = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      entry(store.gradient(), store, trained[i], i % 2) = static_cast<float>(gradients[step][i]);
      squares += gradients[step][i] * gradients[step][i];
    }
    entry(store.gradient(), store, "frozen", 0) = 100.0F;
    const double norm = std::sqrt(squares), k = static_cast<double>(step) + 1.0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double g = gradients[step][i] * std::min(1.0, 2.0 / norm);
      first[i] = 0.8 * first[i] + 0.2 * g;
      second[i] = 0.9 * second[i] + 0.1 * g * g;
      const double direction = first[i] / (1.0 - std::pow(0.8, k)) / (std::sqrt(second[i] / (1.0 - std::pow(0.9, k))) + 0.05);
      weight[i] -= kRate * (direction + (i < 2 ? 0.5 * weight[i] : 0.0));
    }
    EXPECT_NEAR(optimizer.step({&list, 1}, kRate).grad_norm, norm, 1e-5) << "before the clip, over what is trained";
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(store.values(store.segment(trained[i]))[i % 2], weight[i], 1e-5) << trained[i] << " after step " << step;
    for (const float value : store.gradient()) EXPECT_EQ(value, 0.0F) << "used up";
  }
  EXPECT_EQ(store.values(store.segment("frozen"))[0], 1.0F);
}

TEST(AdamW, AResetForgetsEverything) {
  WeightStore once = small_store(), twice = small_store();
  for (WeightStore* store : {&once, &twice}) {
    AdamW optimizer;
    for (int round = store == &once ? 1 : 0; round < 2; ++round) {
      store->update([&](std::span<float> values) {
        const WeightStore fresh = small_store();
        std::copy(fresh.values().begin(), fresh.values().end(), values.begin());
      });
      optimizer.reset({&store, 1});
      entry(store->gradient(), *store, "matrix", 0) = round == 0 ? 5.0F : 0.25F;
      optimizer.step({&store, 1}, kRate);
    }
  }
  EXPECT_EQ(twice.sha256(), once.sha256());
}

}  // namespace
}  // namespace lydian
