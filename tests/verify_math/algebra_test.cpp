// The parts under the verifier: exact folding, balls, separation bounds.
#include <gtest/gtest.h>

#include "verify/math/decide.h"
#include "verify/math/parser.h"

namespace lydian::math {
namespace {

struct Read {
  Tree tree;
  NodeId a = kNoNode, b = kNoNode;
  Read(const char* left, const char* right) {
    a = parse(left, {}, tree).root;
    b = parse(right, {}, tree).root;
  }
  Decision decide(std::int64_t max_cost = 20000) {
    const MathOptions options;
    Budget budget(max_cost);
    return Decider(tree, options, budget).equal(a, b);
  }
};

TEST(MathAlgebra, FoldsExactly) {
  Tree tree;
  Budget budget(1000);
  Folder folder(tree, 2000, budget);
  const NodeId root = parse("(1/2 + 1/3)^2 \\cdot \\binom{4}{2} - 0.5!^0", {}, tree).root;
  ASSERT_NE(root, kNoNode);
  const NodeId value = parse("25/6", {}, tree).root;
  const NodeId folded = parse("(1/2 + 1/3)^2 \\cdot \\binom{4}{2}", {}, tree).root;
  EXPECT_TRUE(*folder.value(folded) == *folder.value(value));
}

TEST(MathAlgebra, RefusesLargeNumbers) {
  Tree tree;
  Budget budget(1000);
  Folder folder(tree, 2000, budget);
  EXPECT_THROW(folder.value(parse("3^{2000}", {}, tree).root), LimitExceeded);
  EXPECT_THROW(folder.value(parse("2/0", {}, tree).root), Undefined);
}

TEST(MathAlgebra, BallsProveSmallDifferences) {
  // Equal to 40 places and more; different all the same.
  EXPECT_FALSE(Read("\\sqrt{2}", "\\sqrt{2+10^{-80}}").decide().equal);
  EXPECT_EQ(Read("\\sqrt{2}", "\\sqrt{2+10^{-80}}").decide().method, MathMethod::kNumeric);
  EXPECT_TRUE(Read("\\sqrt{2}\\sqrt{3}", "\\sqrt{6}").decide().equal);
}

TEST(MathAlgebra, SumsOfRootsByTheSeparationBound) {
  EXPECT_TRUE(Read("\\sqrt{2}+\\sqrt{3}", "\\sqrt{5+2\\sqrt{6}}").decide().equal);
  EXPECT_EQ(Read("\\sqrt{2}+\\sqrt{3}", "\\sqrt{5+2\\sqrt{6}}").decide().method, MathMethod::kAlgebraic);
  EXPECT_TRUE(Read("\\cos 36^\\circ - \\cos 72^\\circ", "1/2").decide().equal);
  EXPECT_FALSE(Read("\\cos 36^\\circ - \\cos 73^\\circ", "1/2").decide().equal);
}

TEST(MathAlgebra, BranchesAreRespected) {
  EXPECT_FALSE(Read("\\sqrt{x^2}", "x").decide().equal);
  EXPECT_FALSE(Read("\\sqrt{(x-1)^2}", "x-1").decide().equal);
  EXPECT_TRUE(Read("\\sqrt{(x-1)^2}", "|x-1|").decide().equal);
  EXPECT_FALSE(Read("\\arcsin(\\sin x)", "x").decide().equal);
}

TEST(MathAlgebra, ABudgetIsKept) {
  EXPECT_THROW(Read("(a+b+c)^{12}", "(a+b+c)^{6}(a+b+c)^5(a+c+b)+0\\cdot d").decide(20), LimitExceeded);
}

TEST(MathParser, ReadsWholeOrNotAtAll) {
  Tree tree;
  for (const char* bad : {"", "1+", "(1", "\\frac{1}", "2 3", "\\unknown x", "x^", "a b c )", "\\begin{pmatrix}1&2", "words inside 3", "{", "19_{8}"}) {
    EXPECT_EQ(parse(bad, {}, tree).root, kNoNode) << bad;
  }
  ReadOptions small;
  small.max_tokens = 3;
  EXPECT_THROW(parse("1+1+1+1", small, tree), LimitExceeded);
  small = {};
  small.max_digits = 3;
  EXPECT_THROW(parse("12345", small, tree), LimitExceeded);
  small = {};
  small.max_depth = 4;
  EXPECT_THROW(parse("((((1))))", small, tree), LimitExceeded);
}

}  // namespace
}  // namespace lydian::math
