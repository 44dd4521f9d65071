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

}  // namespace
}  // namespace lydian
