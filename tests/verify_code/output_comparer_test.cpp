#include "verify/code/output_comparer.h"

#include <gtest/gtest.h>

#include <string>

namespace lydian::code {
namespace {

using namespace std::string_literals;

bool right(OutputRule rule, std::string_view output, std::string_view expected, Tolerance tolerance = {}) {
  return !difference(rule, output, expected, tolerance);
}

TEST(OutputComparer, NamesItsRules) {
  EXPECT_EQ(output_rule("tokens"), OutputRule::kTokens);
  EXPECT_EQ(output_rule("exact"), OutputRule::kExact);
  EXPECT_EQ(output_rule("float"), OutputRule::kFloat);
  EXPECT_EQ(output_rule("set"), OutputRule::kSet);
  EXPECT_EQ(output_rule("checker"), OutputRule::kChecker);
  EXPECT_EQ(output_rule("none"), OutputRule::kNone);
  EXPECT_FALSE(output_rule("eq"));
}

TEST(OutputComparer, TokensLookAtAllWordsByteForByte) {
  EXPECT_TRUE(right(OutputRule::kTokens, " 6\r\n7\n\n", "6 7"));
  EXPECT_TRUE(right(OutputRule::kTokens, "", "\n"));
  EXPECT_FALSE(right(OutputRule::kTokens, "6", "6 7")) << "only the first line";
  EXPECT_FALSE(right(OutputRule::kTokens, "6 7 8", "6 7")) << "print everything";
  EXPECT_FALSE(right(OutputRule::kTokens, "", "6"));
  EXPECT_FALSE(right(OutputRule::kTokens, "6.0", "6"));
  EXPECT_FALSE(right(OutputRule::kTokens, "6.0000000001", "6"));
  EXPECT_FALSE(right(OutputRule::kTokens, "06", "6"));
  EXPECT_FALSE(right(OutputRule::kTokens, "+6", "6"));
  EXPECT_FALSE(right(OutputRule::kTokens, "6\0"s, "6")) << "a NUL behind";
  EXPECT_FALSE(right(OutputRule::kTokens, "5\r\x1b[K6", "6")) << "what a terminal would overwrite";
  EXPECT_FALSE(right(OutputRule::kTokens, "５", "5")) << "full-width digits";
  EXPECT_FALSE(right(OutputRule::kTokens,
                     "\xef\xbb\xbf"
                     "6",
                     "6"))
      << "a byte order mark";
  EXPECT_FALSE(right(OutputRule::kTokens, "6\xc2\xa0", "6")) << "another alphabet's blank";
  EXPECT_FALSE(right(OutputRule::kTokens, "yes", "YES"));
}

TEST(OutputComparer, ExactLooksAtLines) {
  EXPECT_TRUE(right(OutputRule::kExact, "a b\nc\n", "a b\nc\n"));
  EXPECT_TRUE(right(OutputRule::kExact, "a b\nc", "a b\nc\n"));
  EXPECT_TRUE(right(OutputRule::kExact, "a b\nc\n", "a b\nc"));
  EXPECT_FALSE(right(OutputRule::kExact, "a b\nc\n\n", "a b\nc\n"));
  EXPECT_FALSE(right(OutputRule::kExact, "a  b\nc\n", "a b\nc\n"));
  EXPECT_FALSE(right(OutputRule::kExact, "a b \nc\n", "a b\nc\n"));
  EXPECT_FALSE(right(OutputRule::kExact, "a b\r\nc\r\n", "a b\nc\n"));
  EXPECT_FALSE(right(OutputRule::kExact, "a b\n", "a b\nc\n"));
  EXPECT_FALSE(right(OutputRule::kExact, "\na b\nc\n", "a b\nc\n"));
}

TEST(OutputComparer, FloatsMatchWithinTolerance) {
  EXPECT_TRUE(right(OutputRule::kFloat, "0.3333333", "0.33333333333"));
  EXPECT_TRUE(right(OutputRule::kFloat, "1000000.5", "1000000.0")) << "relative to the expected number";
  EXPECT_FALSE(right(OutputRule::kFloat, "1000001.5", "1000000.0"));
  EXPECT_TRUE(right(OutputRule::kFloat, "3.00", "3"));
  EXPECT_TRUE(right(OutputRule::kFloat, "+2.5e0", "2.5"));
  EXPECT_TRUE(right(OutputRule::kFloat, "1e-400", "0"));
  EXPECT_TRUE(right(OutputRule::kFloat, ".5", "0.5"));
  EXPECT_TRUE(right(OutputRule::kFloat, "yes 0.5", "yes 0.5000001"));
  EXPECT_FALSE(right(OutputRule::kFloat, "no 0.5", "yes 0.5"));
  EXPECT_FALSE(right(OutputRule::kFloat, "0.5 0.5", "0.5"));
  EXPECT_FALSE(right(OutputRule::kFloat, "0.51", "0.5"));
  EXPECT_TRUE(right(OutputRule::kFloat, "0.51", "0.5", {.atol = 0.02, .rtol = 0.0}));
  for (const char* word : {"nan", "NaN", "-nan", "inf", "1e999", "0x1p-1", "0.5x", "+-0.5", "--0.5", "0_5", "５", "", "."}) {
    EXPECT_FALSE(right(OutputRule::kFloat, word, "0.5")) << word;
  }
  EXPECT_FALSE(right(OutputRule::kFloat, "nan", "nan")) << "NaN equals nothing";
  EXPECT_TRUE(right(OutputRule::kFloat, "inf", "inf")) << "a word like any other";
}

TEST(OutputComparer, SetsHaveNoOrder) {
  EXPECT_TRUE(right(OutputRule::kSet, "c d\na  b\n", "a b\nc d\n"));
  EXPECT_FALSE(right(OutputRule::kSet, "b a\nc d\n", "a b\nc d\n")) << "words of a line keep their order";
  EXPECT_FALSE(right(OutputRule::kSet, "a b\nc d\nc d\n", "a b\nc d\n"));
  EXPECT_FALSE(right(OutputRule::kSet, "a b\n", "a b\nc d\n"));
  EXPECT_TRUE(right(OutputRule::kSet, "3 1 2", "1 2 3\n"));
  EXPECT_TRUE(right(OutputRule::kSet, "3\n1\n2", "1 2 3\n"));
  EXPECT_FALSE(right(OutputRule::kSet, "3 1 2 2", "1 2 3\n"));
  EXPECT_FALSE(right(OutputRule::kSet, "", "1 2 3\n"));
}

TEST(OutputComparer, NoneLooksAtNothing) {
  EXPECT_TRUE(right(OutputRule::kNone, "x", "y"));
}

TEST(OutputComparer, NamesTheFirstDifferenceInPrintableText) {
  EXPECT_EQ(*difference(OutputRule::kTokens, "1 \x1b[K2", "1 3"), "word 2 is \"\\x1b[K2\", not the expected one");
  EXPECT_EQ(*difference(OutputRule::kTokens, "1", "1 3"), "1 words of output where 2 are expected");
  EXPECT_LT(difference(OutputRule::kTokens, std::string(100'000, 'x'), "1")->size(), 100U);
}

}  // namespace
}  // namespace lydian::code
