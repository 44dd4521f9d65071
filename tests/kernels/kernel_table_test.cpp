#include "lydian/kernels/kernel_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "lydian/core/error.h"

namespace lydian::kernels {
namespace {

TEST(KernelTable, HasAnEntryForEveryKernel) {
  for (Isa isa : available_isas()) {
    const KernelTable& entries = table(isa);
    EXPECT_EQ(entries.isa, isa);
    // All entries after `isa` are pointers of one size.
    const auto* pointers = reinterpret_cast<void* const*>(&entries.matmul);
    const auto* end = reinterpret_cast<void* const*>(&entries + 1);
    EXPECT_EQ(std::count(pointers, end, nullptr), 0);
  }
}

TEST(KernelTable, RefusesWhatTheProcessorLacks) {
  const std::vector<Isa> available = available_isas();
  EXPECT_EQ(available.front(), Isa::kPlain);
  for (Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    if (std::find(available.begin(), available.end(), isa) != available.end()) {
      EXPECT_NO_THROW(table(isa));
      continue;
    }
    try {
      table(isa);
      FAIL() << "expected ConfigError";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(to_string(isa)), std::string::npos);
    }
  }
}

TEST(KernelTable, FollowsTheEnvironment) {
  const char* name = std::getenv("LYDIAN_ISA");
  EXPECT_STREQ(to_string(active_table().isa), name != nullptr ? name : to_string(available_isas().back()));
}

/// One test an instruction set, so that what a machine cannot test is skipped by name.
class InstructionSet : public testing::TestWithParam<Isa> {};

TEST_P(InstructionSet, HasThePlainBits) {
  const std::vector<Isa> available = available_isas();
  if (std::find(available.begin(), available.end(), GetParam()) == available.end()) GTEST_SKIP() << "this processor lacks " << to_string(GetParam());
  std::vector<float> x(1001), expected(x.size()), got(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1f * static_cast<float>(i) - 60.0f;
  table(Isa::kPlain).sigmoid(x.data(), static_cast<std::int64_t>(x.size()), expected.data());
  table(GetParam()).sigmoid(x.data(), static_cast<std::int64_t>(x.size()), got.data());
  EXPECT_EQ(got, expected);
  EXPECT_EQ(table(GetParam()).sum(x.data(), static_cast<std::int64_t>(x.size())), table(Isa::kPlain).sum(x.data(), static_cast<std::int64_t>(x.size())));
}

INSTANTIATE_TEST_SUITE_P(All, InstructionSet, testing::Values(Isa::kPlain, Isa::kAvx2, Isa::kAvx512),
                         [](const testing::TestParamInfo<Isa>& info) { return std::string(to_string(info.param)); });

}  // namespace
}  // namespace lydian::kernels
