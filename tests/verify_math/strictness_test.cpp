// What must not be accepted, by the rule that forbids it, each beside its near neighbours that must stay accepted.
#include <gtest/gtest.h>

#include "lydian/verify/math_verifier.h"

namespace lydian {
namespace {

struct Pair {
  const char *gold, *prediction;
  bool equal;
};

void expect_all(const std::vector<Pair>& pairs, MathKind kind = MathKind::kAnswer) {
  const MathVerifier verifier;
  for (const Pair& pair : pairs) {
    const MathGrade grade = verifier.grade(pair.gold, pair.prediction, kind);
    EXPECT_EQ(grade.equal, pair.equal) << pair.gold << " and " << pair.prediction << " (extracted " << grade.extracted << "; " << to_string(grade.status)
                                       << ", " << to_string(grade.method) << ": " << grade.reason << ")";
  }
}

TEST(MathStrictness, SignsInEquationsAndInequalities) {
  expect_all({
      {"|x|=2", "x=2", false},
      {"|x|<3", "x<3", false},
      {"x<3", "|x|<3", false},
      {"|x|>2", "x>2", false},
      {"y=|x|", "y=x", false},
      {"y=\\sqrt{x^2}", "y=x", false},
      {"|xy|=1", "xy=1", false},
      {"|x|+|y|\\le 1", "x+y\\le 1", false},
      {"y=e^{|x|}", "y=e^x", false},
      {"y=(x^2)^{3/2}", "y=x^3", false},
      {"y=\\sqrt[6]{x^2}", "y=\\sqrt[3]{x}", false},
      {"f(x)=|x|", "f(x)=x", false},
      {"y=\\sqrt{(x-1)^2}", "y=x-1", false},
      {"|x|=2", "|x|-2=0", true},
      {"|x|=2", "2|x|=4", true},
      {"|x|<3", "2|x|<6", true},
      {"y=|x|", "y=\\sqrt{x^2}", true},
      {"y\\sqrt{x}=1", "y=\\frac{1}{\\sqrt{x}}", true},
      {"y=\\sqrt{4x}", "y=2\\sqrt{x}", true},
      {"y^2=xz", "y=\\sqrt{x}", false},
      {"y=\\sqrt{x(x+1)}", "y=\\sqrt{x^2+x}", true},
      {"y=\\ln(2x)", "y=\\ln 2+\\ln x", true},
      {"|x|+|y|\\le 1", "|y|+|x|\\le 1", true},
      {"x^2+y^2=4", "2x^2+2y^2=8", true},
      {"T=2\\pi\\sqrt{\\frac{L}{g}}", "T=\\frac{2\\pi\\sqrt{L}}{\\sqrt{g}}", true},
      {"y=Cx^{-3/2}", "y=\\frac{C}{x\\sqrt{x}}", true},
  });
}

TEST(MathStrictness, SignsWhereValuesAreRareOrBallsWide) {
  expect_all({
      {"|x|+\\sqrt{-x-100}", "x+\\sqrt{-x-100}", false},
      {"\\sqrt{x^2}+\\ln(-x-100)", "x+\\ln(-x-100)", false},
      {"x|x|+\\arcsin(x+1000)", "x^2+\\arcsin(x+1000)", false},
      {"|x|+10^{1000}", "x+10^{1000}", false},
      {"|x|+e^{100}", "x+e^{100}", false},
      {"|x|+\\pi10^{40}", "x+\\pi10^{40}", false},
      {"|x|+\\sqrt{-x-100}", "\\sqrt{x^2}+\\sqrt{-x-100}", true},
      {"|x|+10^{1000}", "10^{1000}+\\sqrt{x^2}", true},
      {"\\sqrt{x-100}+\\sqrt{4x}", "2\\sqrt{x}+\\sqrt{x-100}", true},
      {"\\sqrt{25-x^2}", "\\sqrt{(5-x)(5+x)}", true},
      {"\\ln(x^2)", "2\\ln x", true},
      {"(-1)^n\\sqrt{4n}", "2(-1)^n\\sqrt{n}", true},
      {"\\sqrt{\\frac{a}{b}}", "\\frac{\\sqrt{a}}{\\sqrt{b}}", true},
      {"\\sqrt{4f(x)}", "2\\sqrt{f(x)}", true},
  });
}

TEST(MathStrictness, BlanksThatSeparate) {
  expect_all({
      {"1 1/2", "11/2", false},
      {"11/2", "1 1/2", false},
      {"2 3/4", "23/4", false},
      {"12", "1 2", false},
      {"1,234", "1, 234", false},
      {"5 cm", "5 c m", false},
      {"pi", "p i", false},
      {"x^12", "x^1 2", false},
      {"1 1/2", "1.5", true},
      {"1 1/2", " 1  1/2 ", true},
      {"x + 1", "x+1", true},
      {"( 1 , 2 )", "(1,2)", true},
      {"\\sin x", "\\sin  x", true},
      {"\\text{New York}", "\\text{NewYork}", true},
  });
}

TEST(MathStrictness, GoldsThatCannotBeUsedAreFaults) {
  const MathVerifier verifier;
  for (const char* gold : {"9^{9^{9^9}}", "1000000!", "x+9^{9^{9^9}}", "\\frac{1}{2", "\\foo{3}", "((", "3 1\\frac12", "1/0", "0/0", ""}) {
    for (const char* prediction : {"5", "x+1", ""}) {
      EXPECT_EQ(verifier.grade(gold, prediction, MathKind::kAnswer).status, VerdictStatus::kVerifierFault) << gold << " and " << prediction;
    }
    EXPECT_FALSE(verifier.grade_gold(gold).equal) << gold;
  }
  for (const char* gold : {"5", "\\frac{1}{2}", "\\text{Friday}", "no solution", "C", "\\text{(C)}", "2^{100}", "x<1 \\text{ or } x>2", "yes", "(-\\infty,3]",
                           "\\begin{pmatrix}1\\\\2\\end{pmatrix}", "пятница", "Alice and Bob", "4:30 \\text{ p.m.}"}) {
    EXPECT_TRUE(verifier.grade_gold(gold).equal) << gold << ": " << verifier.grade_gold(gold).reason;
    EXPECT_NE(verifier.grade(gold, "1234", MathKind::kAnswer).status, VerdictStatus::kVerifierFault) << gold;
  }
  // The answer's limit stays the answer's.
  EXPECT_EQ(verifier.grade("5", "9^{9^{9^9}}", MathKind::kAnswer).status, VerdictStatus::kResourceLimit);
}

}  // namespace
}  // namespace lydian
