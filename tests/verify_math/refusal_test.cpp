// Answers that look like the gold and are not equal to it, each kind beside neighbours that are.
#include <gtest/gtest.h>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;

TEST(MathRefusal, WordsAreNoMathematics) {
  expect_all({
      {"1.5", "1 5", false},
      {"3.14159", "3 14159", false},
      {"3.14", "3?14", false},
      {"10!", "10?", false},
      {"\\frac{1}{n!}", "\\frac{1}{n?}", false},
      {"2\\pi R", "2\\pi r?", false},
      {"\\frac{a}{bc}", "\\frac{ab}{c", false},
      {"(n!)", "(n?)", false},
      {"1.5", "\\text{1 5}", false},
      {"\\foo{X}", "\\foo{x}", false},
      {"1.5", "\\text{1.5}", true},
      {"12 cm", "\\text{12 cm}", true},
      {"x.y", "x*y", false},
      {"2^6\\cdot 3^5\\cdot 5^4", "2^6 3^5 5^4", true},
      {"7", "7\\,", true},
      {"7", "7,", true},
      {"\\text{New York}", "new york.", true},
      {"\\text{Gate 1.5}", "\\text{gate 1 5}", false},
      {"\\foo{X}", "\\foo{X}", true},
  });
}

TEST(MathRefusal, RatiosWithZeros) {
  expect_all({
      {"2:3", "0:0", false},
      {"2:3:4", "0:0:0", false},
      {"11:21", "0/0", false},
      {"11:21", "\\frac{0}{0}", false},
      {"2:3", "0:3", false},
      {"2:3", "4:6", true},
      {"1:0", "1:0", true},
  });
}

TEST(MathRefusal, RoundingOfDoublesOnly) {
  expect_all({
      {"2^{60}", "1152921504606847500.5", false},
      {"12345678901234567", "12345678901234560.5", false},
      {"1000000000000000", "1000000000000000.5", false},
      {"1", "1.0000000000000001", false},
      {"1", "1.000000000000001", false},
      {"0.3", "0.30000000000000006", false},
      {"0.3", "0.30000000000000004", true},
      {"3", "2.9999999999999996", true},
      {"1.1", "1.1000000000000001", true},
      {"33", "33.000000000000004", false},
      {"0.7", "0.7000000000000001", true},
  });
}

TEST(MathRefusal, TheRightSideAlone) {
  expect_all({
      {"a+b=c", "c", false},
      {"PV=nRT", "nRT", false},
      {"xy=k", "k", false},
      {"\\ln y=x", "x", false},
      {"-y=x", "x", false},
      {"f(x)=2x", "2x", true},
      {"x+y=5", "5", true},
      {"5", "-x=5", false},
      {"5", "e^x=5", false},
      {"5", "\\ln x=5", false},
      {"5", "|x|=5", false},
      {"5", "x!=5", false},
      {"5", "\\sqrt{x}=5", false},
      {"5", "x+y=5", true},
      {"5", "xy=5", true},
      {"5", "\\frac{a}{b}=5", true},
      {"30", "m\\angle A=30^\\circ", true},
  });
}

TEST(MathRefusal, ListsCountRepetitions) {
  expect_all({
      {"1,1,2", "1,2,2,2", false},
      {"1,1,2,3,5", "1,2,3,5", false},
      {"1,2", "1,1,2", false},
      {"1,1,2", "2,1,1", true},
      {"(1,2),(3,4)", "(3,4),(1,2),(3,4)", true},
      {"{1,2}", "{1,2,2}", true},
      {"\\{1,2\\}", "1,1,2", true},
      {"\\{1,1,2\\}", "\\{1,2\\}", true},
  });
}

TEST(MathRefusal, BoundsOfSumsAndIntegrals) {
  expect_all({
      {"\\int_0^1 f(x)\\,dx", "\\int^0_1 f(x)\\,dx", false},
      {"\\int_0 f", "\\int^0 f", false},
      {"\\sum_{k\\ge1}a_k", "\\sum_{k\\le1}a_k", false},
      {"\\sum_{k<n}a_k", "\\sum_{k>n}a_k", false},
      {"\\int_0^1 f(x)\\,dx", "\\int^1_0 f(x)\\,dx", true},
      {"\\sum_{k\\ge1}a_k", "\\sum_{k\\geq 1}a_k", true},
      {"\\sum_{k=1}^{n}a_k", "\\sum^{n}_{k=1}a_k", true},
  });
}

TEST(MathRefusal, AndBindsTighterThanOr) {
  expect_all({
      {"\\mathbb{R}", "x>1 and x<3 or x>5", false},
      {"(1,3)\\cup(5,\\infty)", "x>1 and x<3 or x>5", true},
      {"(-\\infty,-3)\\cup(-1,2)", "x<-3 or x>-1 and x<2", true},
      {"x<-3 or x>-1 and x<2", "(-\\infty,-3)\\cup(-1,2)", true},
      {"x<-3 or x>-1 and x<2", "x>-1 and x<2 or x<-3", true},
      {"x<-3 or x>-1 and x<2", "x<-3 or x>-1 or x<2", false},
  });
}

TEST(MathRefusal, LettersOfSetsAndChains) {
  expect_all({
      {"x\\in[1,2]", "y\\in[1,2]", false},
      {"x=5", "y=z=5", false},
      {"x\\in[1,2]", "x\\in[1,2]", true},
      {"x=5", "x=z=5", true},
      {"x=5", "x=2+3=5", true},
  });
}

TEST(MathRefusal, DomainsWithManyLetters) {
  expect_all({
      {"a+b+c+d+e_1+f_1+\\ln|x|", "a+b+c+d+e_1+f_1+\\ln x", false},
      {"\\ln|x|+a+b+c+d+p+q", "a+b+c+d+p+q+\\ln|x|", true},
  });
}

}  // namespace
}  // namespace lydian
