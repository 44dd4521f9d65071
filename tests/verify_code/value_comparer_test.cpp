#include "verify/code/value_comparer.h"

#include <gtest/gtest.h>

#include <string>

namespace lydian::code {
namespace {

bool holds(const ValueRule& rule, const std::string& value, const std::string& expected) {
  return matches(rule, read_data_value(value), read_data_value(expected));
}
const std::string kNan = R"({"__t__": "float", "v": "nan"})", kInfinity = R"({"__t__": "float", "v": "inf"})";

TEST(ValueComparer, NamesItsRules) {
  EXPECT_EQ(value_rule_kind("eq"), ValueRule::Kind::kEqual);
  EXPECT_EQ(value_rule_kind("truthy"), ValueRule::Kind::kTruthy);
  EXPECT_EQ(value_rule_kind("isclose"), ValueRule::Kind::kIsClose);
  EXPECT_EQ(value_rule_kind("abs"), ValueRule::Kind::kAbsolute);
  EXPECT_EQ(value_rule_kind("set"), ValueRule::Kind::kSet);
  EXPECT_FALSE(value_rule_kind("tokens"));
}

TEST(ValueComparer, EqualIsExactWithoutASecondChance) {
  EXPECT_TRUE(holds({}, "0.3", "0.3"));
  EXPECT_FALSE(holds({}, "0.30000000000000004", "0.3"));
  EXPECT_FALSE(holds({}, kNan, kNan));
}

TEST(ValueComparer, PlusRowsGiveFloatsASecondChance) {
  const ValueRule plus{.close_atol = 1e-6};
  EXPECT_TRUE(holds(plus, "0.30000000000000004", "0.3"));
  EXPECT_TRUE(holds(plus, "[0.1, 0.2000001]", "[0.1, 0.2]"));
  EXPECT_FALSE(holds(plus, "[0.1, 0.21]", "[0.1, 0.2]"));
  EXPECT_FALSE(holds(plus, "[0.1]", "[0.1, 0.2]")) << "length counts";
  EXPECT_FALSE(holds(plus, "[0.1, 0.2000001]", R"({"__t__": "tuple", "v": [0.1, 0.2]})")) << "type counts";
  EXPECT_FALSE(holds(plus, "5.0000001", "5")) << "an int is no float";
  EXPECT_FALSE(holds(plus, "[5.0000001, 0.1]", "[5, 0.1]"));
  EXPECT_FALSE(holds(plus, "\"0.3\"", "0.3"));
  EXPECT_FALSE(holds(plus, "[[0.1000001]]", "[[0.1]]"));
  EXPECT_FALSE(holds(plus, kNan, "0.3"));
  EXPECT_FALSE(holds(plus, "0.3", kNan));
  EXPECT_FALSE(holds(plus, "1e308", kInfinity));
  EXPECT_TRUE(holds(plus, "1.00000001e30", "1e30"));
  const ValueRule any{.close_atol = 1e-4, .close_any = true};
  EXPECT_TRUE(holds(any, "[[0.10005]]", "[[0.1]]"));
  EXPECT_FALSE(holds(any, "[[0.1005]]", "[[0.1]]"));
  EXPECT_FALSE(holds(any, "[\"a\", 1.0]", "[\"b\", 1.0]"));
}

TEST(ValueComparer, TruthyLooksAtTruthAlone) {
  const ValueRule rule{.kind = ValueRule::Kind::kTruthy};
  EXPECT_TRUE(holds(rule, "[0]", "true"));
  EXPECT_TRUE(holds(rule, "null", "false"));
  EXPECT_FALSE(holds(rule, "\"\"", "true"));
  EXPECT_FALSE(holds(rule, "1", "false"));
}

TEST(ValueComparer, IsCloseIsMathIsclose) {
  const ValueRule rule{.kind = ValueRule::Kind::kIsClose, .rtol = 1e-3, .atol = 0.0};
  EXPECT_TRUE(holds(rule, "1000.9", "1000"));
  EXPECT_FALSE(holds(rule, "1002", "1000"));
  EXPECT_FALSE(holds(rule, "0.0001", "0.0"));
  EXPECT_FALSE(holds(rule, kNan, kNan));
  EXPECT_TRUE(holds(rule, kInfinity, kInfinity));
  EXPECT_FALSE(holds(rule, kInfinity, "1e308"));
  EXPECT_FALSE(holds(rule, "\"1000\"", "1000"));
  EXPECT_FALSE(holds(rule, "[1000]", "[1000]")) << "math.isclose takes no list";
}

TEST(ValueComparer, AbsoluteIsBelowTheTolerance) {
  const ValueRule rule{.kind = ValueRule::Kind::kAbsolute, .atol = 0.5};
  EXPECT_TRUE(holds(rule, "1.25", "1"));
  EXPECT_FALSE(holds(rule, "1.5", "1"));
  EXPECT_FALSE(holds(rule, kNan, "1"));
  EXPECT_FALSE(holds(rule, "\"1\"", "1"));
  EXPECT_FALSE(holds(rule, kInfinity, "1"));
  EXPECT_TRUE(holds(rule, R"({"__t__": "complex", "v": [1.0, 0.25]})", "1"));
}

TEST(ValueComparer, SetIgnoresOrderAndRepeats) {
  const ValueRule rule{.kind = ValueRule::Kind::kSet};
  EXPECT_TRUE(holds(rule, "[3, 1, 1]", R"({"__t__": "tuple", "v": [1, 3]})"));
  EXPECT_FALSE(holds(rule, "[1, 3, 4]", "[1, 3]"));
  EXPECT_FALSE(holds(rule, "[1]", "[1, 3]"));
  EXPECT_FALSE(holds(rule, "[[1]]", "[[1]]")) << "set([[1]]) is a TypeError";
  EXPECT_FALSE(holds(rule, "5", "[5]"));
  EXPECT_FALSE(holds(rule, "null", "[]"));
}

}  // namespace
}  // namespace lydian::code
