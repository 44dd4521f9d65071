#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "lydian/kernels/kernel_table.h"
#include "lydian/objective/finite_difference.h"
#include "lydian/ops/elementwise.h"
#include "lydian/ops/sum.h"
#include "second_device.h"

namespace lydian {
namespace {

struct Function {
  const char* name;
  at::Tensor (*op)(const at::Tensor&);
  double (*value)(double);
  double (*derivative)(double);
  double low, high;
};

double sigmoid(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

const Function kFunctions[] = {
    {"exp", ops::exp, [](double x) { return std::exp(x); }, [](double x) { return std::exp(x); }, -20.0, 20.0},
    {"log", ops::log, [](double x) { return std::log(x); }, [](double x) { return 1.0 / x; }, 0.01, 50.0},
    {"sqrt", ops::sqrt, [](double x) { return std::sqrt(x); }, [](double x) { return 0.5 / std::sqrt(x); }, 0.01, 50.0},
    {"sigmoid", ops::sigmoid, sigmoid, [](double x) { return sigmoid(x) * sigmoid(-x); }, -8.0, 8.0},
};

at::Tensor drawn(std::int64_t n, double low, double high) {
  RandomStream stream({.seed = 11});
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = static_cast<float>(low + (high - low) * stream.uniform());
  return at::tensor(at::ArrayRef<float>(values));
}

TEST(ExactOps, ValueAndGradientFollowTheFloat64Oracle) {
  for (const Function& function : kFunctions) {
    const at::Tensor x = drawn(37, function.low, function.high).requires_grad_(true);
    const at::Tensor weight = drawn(37, -1.0, 1.0);
    const at::Tensor y = function.op(x);
    ops::sum(y * weight).backward();
    for (std::int64_t i = 0; i < 37; ++i) {
      const double at_x = x.const_data_ptr<float>()[i], w = weight.const_data_ptr<float>()[i];
      EXPECT_NEAR(y.const_data_ptr<float>()[i] / function.value(at_x), 1.0, 5e-7) << function.name << " at " << at_x;
      EXPECT_NEAR(x.grad().const_data_ptr<float>()[i] / (w * function.derivative(at_x)), 1.0, 2e-6) << function.name << " at " << at_x;
    }
  }
}

TEST(ExactOps, StridesDoNotMatter) {
  for (const Function& function : kFunctions) {
    const at::Tensor base = drawn(60, function.low, function.high).view({6, 10});
    const at::Tensor strided = base.t().slice(0, 1, 9, 2);
    EXPECT_FALSE(strided.is_contiguous());
    EXPECT_TRUE(at::equal(function.op(strided), function.op(strided.contiguous()))) << function.name;
  }
  const at::Tensor base = drawn(60, -1.0, 1.0).view({6, 10});
  EXPECT_TRUE(at::equal(ops::sum(base.t()), ops::sum(base.t().contiguous())));
}

TEST(ExactOps, OtherDtypesGoToTorch) {
  for (const Function& function : kFunctions) {
    const at::Tensor x = drawn(9, function.low, std::min(function.high, 3.0)).to(at::kDouble);
    EXPECT_EQ(function.op(x).scalar_type(), at::kDouble);
    EXPECT_LT(finite_difference_error([&](const at::Tensor& moved) { return ops::sum(function.op(moved)); }, x, 1e-6), 1e-6) << function.name;
  }
}

TEST(ExactOps, ExpOfZeroIsExactlyOne) {
  EXPECT_EQ(ops::exp(at::zeros({3})).sum().item<float>(), 3.0F);
}

TEST(ExactOps, NothingIsRecordedWithoutGradient) {
  const at::Tensor x = drawn(5, 0.1, 1.0).requires_grad_(true);
  at::NoGradGuard guard;
  EXPECT_FALSE(ops::exp(x).requires_grad());
  EXPECT_FALSE(ops::sum(x).requires_grad());
}

TEST(ExactOps, DoubleBackwardIsRefused) {
  const std::vector<std::function<at::Tensor(const at::Tensor&)>> scalars = {
      [](const at::Tensor& x) { return ops::exp(x).sum(); },  [](const at::Tensor& x) { return ops::log(x).sum(); },
      [](const at::Tensor& x) { return ops::sqrt(x).sum(); }, [](const at::Tensor& x) { return ops::sigmoid(x).sum(); },
      [](const at::Tensor& x) { return ops::sum(x); },        [](const at::Tensor& x) { return ops::segment_sum(x, at::arange(5), 5).sum(); }};
  for (const auto& scalar : scalars) {
    const at::Tensor x = drawn(5, 0.1, 1.0).requires_grad_(true);
    EXPECT_THROW(torch::autograd::grad({scalar(x)}, {x}, {}, std::nullopt, /*create_graph=*/true), Error);
  }
}

TEST(SegmentSum, SumsRunsAndLeavesGapsZero) {
  const at::Tensor values = at::tensor({1.0F, 2.0F, 4.0F, 8.0F, 16.0F}).requires_grad_(true);
  const at::Tensor segment = at::tensor({0, 0, 2, 2, 2}, at::kLong);
  const at::Tensor sums = ops::segment_sum(values, segment, 4);
  EXPECT_TRUE(at::equal(sums.detach(), at::tensor({3.0F, 0.0F, 28.0F, 0.0F})));
  ops::sum(sums * at::tensor({1.0F, 5.0F, 2.0F, 7.0F})).backward();
  EXPECT_TRUE(at::equal(values.grad(), at::tensor({1.0F, 1.0F, 2.0F, 2.0F, 2.0F})));
}

TEST(SegmentSum, TakesSegmentsOfAnyDevice) {
  const at::Tensor values = at::tensor({1.0F, 2.0F, 3.0F}), segment = at::tensor({0, 0, 2}, at::kLong), expected = at::tensor({3.0F, 0.0F, 3.0F});
  EXPECT_TRUE(at::equal(ops::segment_sum(values, segment.to(second_device::kDevice), 3), expected));
  const at::Tensor there = ops::segment_sum(values.to(second_device::kDevice), segment.to(second_device::kDevice), 3);
  EXPECT_EQ(there.device(), second_device::kDevice);
  EXPECT_TRUE(at::equal(there.cpu(), expected));
}

TEST(SegmentSum, BitsOfARowDoNotDependOnItsNeighbors) {
  const at::Tensor values = drawn(200, -1.0, 1.0);
  const at::Tensor segment = at::cat({at::zeros({37}, at::kLong), at::ones({100}, at::kLong), at::full({63}, 2, at::kLong)});
  const at::Tensor together = ops::segment_sum(values, segment, 3);
  const at::Tensor alone = ops::segment_sum(values.slice(0, 37, 137), at::zeros({100}, at::kLong), 1);
  EXPECT_EQ(together[1].item<float>(), alone[0].item<float>());
}

TEST(SegmentSum, RefusesWhatDoesNotFit) {
  const at::Tensor values = drawn(3, 0.0, 1.0);
  EXPECT_THROW(ops::segment_sum(values, at::tensor({0, 1}, at::kLong), 2), ShapeError);
  EXPECT_THROW(ops::segment_sum(values, at::tensor({0, 1, 2}, at::kLong), 2), ShapeError);
  EXPECT_THROW(ops::segment_sum(values, at::tensor({1, 0, 1}, at::kLong), 2), ShapeError);
  EXPECT_THROW(ops::segment_sum(values, at::tensor({-1, 0, 1}, at::kLong), 2), ShapeError);
}

TEST(ExactOps, EveryInstructionSetGivesTheSameBits) {
  const at::Tensor x = drawn(1003, 0.01, 20.0);
  const float* data = x.const_data_ptr<float>();
  const kernels::KernelTable& plain = kernels::table(kernels::Isa::kPlain);
  std::vector<float> expected(1003), got(1003);
  for (const kernels::Isa isa : kernels::available_isas()) {
    const kernels::KernelTable& table = kernels::table(isa);
    for (const auto kernel : {&kernels::KernelTable::exp, &kernels::KernelTable::log, &kernels::KernelTable::sqrt, &kernels::KernelTable::sigmoid}) {
      (plain.*kernel)(data, 1003, expected.data());
      (table.*kernel)(data, 1003, got.data());
      EXPECT_EQ(expected, got) << kernels::to_string(isa);
    }
    EXPECT_EQ(plain.sum(data, 1003), table.sum(data, 1003)) << kernels::to_string(isa);
  }
}

}  // namespace
}  // namespace lydian
