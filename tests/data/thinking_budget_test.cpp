#include "lydian/data/thinking_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/data/completion.h"
#include "lydian/data/verdict.h"

namespace lydian {
namespace {

TEST(ThinkingBudget, IsReadAndWrittenWhole) {
  ThinkingBudget budget;
  read_config(Config::parse(R"({"max_tokens": 64, "at_cap": "truncate", "open": 1, "close": 2, "closer": [5, 2]})"), budget);
  EXPECT_EQ(budget.max_tokens, 64);
  EXPECT_EQ(budget.at_cap, ThinkingBudget::AtCap::kTruncate);
  EXPECT_EQ(budget.open, 1);
  EXPECT_EQ(budget.close, 2);
  EXPECT_THAT(budget.closer, testing::ElementsAre(5, 2));
  EXPECT_EQ(write_config(budget).dump(-1), R"({"max_tokens":64,"at_cap":"truncate","open":1,"close":2,"closer":[5,2]})");
}

TEST(ThinkingBudget, HasDefaultsThatLeaveThinkingFree) {
  EXPECT_EQ(write_config(ThinkingBudget()).dump(-1), R"({"max_tokens":-1,"at_cap":"close","open":-1,"close":-1,"closer":[]})");
  EXPECT_FALSE(ThinkingBudget().limited());
  ThinkingBudget none;
  none.max_tokens = 0;
  EXPECT_TRUE(none.limited());
}

TEST(ThinkingBudget, RefusesIdsThatCannotBe) {
  ThinkingBudget budget;
  for (const char* wrong : {R"({"max_tokens": -2})", R"({"open": 2147483648})", R"({"closer": [-1]})", R"({"at_cap": "stop"})"}) {
    EXPECT_THROW(read_config(Config::parse(wrong), budget), ConfigError) << wrong;
  }
}

TEST(FinishReason, HasAName) {
  EXPECT_STREQ(to_string(FinishReason::kStopped), "stopped");
  EXPECT_STREQ(to_string(FinishReason::kLength), "length");
  EXPECT_STREQ(to_string(FinishReason::kThinkingCut), "thinking_cut");
  EXPECT_STREQ(to_string(FinishReason::kNoClose), "no_close");
}

TEST(VerdictStatus, HasAName) {
  EXPECT_STREQ(to_string(VerdictStatus::kScored), "scored");
  EXPECT_STREQ(to_string(VerdictStatus::kUnparsable), "unparsable");
  EXPECT_STREQ(to_string(VerdictStatus::kResourceLimit), "resource_limit");
  EXPECT_STREQ(to_string(VerdictStatus::kVerifierFault), "verifier_fault");
}

}  // namespace
}  // namespace lydian
