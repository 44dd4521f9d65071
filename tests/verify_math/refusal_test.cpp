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

TEST(MathRefusal, GroupedNumbersAreNoLists) {
  expect_all({
      {"54,000", "54, 0", false},
      {"54,000", "54,00", false},
      {"54,000", "54 and 0", false},
      {"54,000", "{54,0}", false},
      {"54,000", "\\{54,0\\}", false},
      {"54, 0", "54,000", false},
      {"54,0", "54,000", false},
      {"54,000", "54000", true},
      {"54,000", "54{,}000", true},
      {"1,056", "56, 1", false},
      {"1,056", "1,56", false},
      {"1,056", "x=1 or x=56", false},
      {"12,345", "12, 345", false},
      {"12,345", "345, 12", false},
      {"12, 345", "12,345", true},
      {"12, 345", "345,12", true},
      {"12, 345", "12345", false},
      {"\\$1,000", "\\$1, 0", false},
      {"\\$1,000", "1000", true},
      {"27,54,108,135,189", "27, 54, 108, 135, 189", true},
      {"27,54,108,135,189", "189, 27, 54, 108, 135", true},
      {"5, 1,000", "5, 1, 0", false},
      {"5, 1,000", "1000, 5", true},
      {"5, 1,234", "5, 1, 234", false},
      {"1,000 cm", "1, 0 cm", false},
  });
}

TEST(MathRefusal, AlternativesAreNoTuple) {
  expect_all({
      {"(1,3)", "x=1 or x=3", false},
      {"(1,3)", "x=1, x=3", false},
      {"(1,3)", "x=1 and x=3", false},
      {"(1,3)", "1 or 3", false},
      {"(1,3)", "x = 1 \\text{ or } 3", false},
      {"(1,3)", "x in {1,3}", false},
      {"(1,2,3)", "1 or 2 or 3", false},
      {"(1,3)", "{1,3}", true},
      {"(1,3)", "x=1, y=3", true},
      {"(1,3)", "1, 3", true},
      {"(1,3)", "x=1 and y=3", true},
      {"(-\\infty,\\infty)", "-\\infty or \\infty", false},
      {"(1,3)", "1<x<3", true},
      {"(1,3)", "x in (1,3)", true},
  });
}

TEST(MathRefusal, WhatLiesInASet) {
  expect_all({
      {"x \\in (0,1)", "-x \\in (0,1)", false},
      {"x \\in (0,1)", "x+1 \\in (0,1)", false},
      {"k \\in (0,1)", "2k \\in (0,1)", false},
      {"m \\in (0,1)", "\\log m \\in (0,1)", false},
      {"x \\in (0,1)", "3 \\in (0,1)", false},
      {"x \\in \\{1,2\\}", "2x \\in \\{1,2\\}", false},
      {"3x \\in [1,4]", "x \\in [1,4]", false},
      {"3x \\in [1,4]", "[1,4]", false},
      {"3x \\in [1,4]", "3x \\in [1,4]", true},
      {"x \\in [1,4]", "x \\in [1,4]", true},
      {"x \\in [1,4]", "[1,4]", true},
      {"x \\in [1,4]", "1 \\le x \\le 4", true},
      {"x \\in [1,4]", "1 \\le y \\le 4", false},
      {"x \\in [1,4]", "1 \\le 2x \\le 4", false},
      {"x \\in [1,4]", "y \\in [1,4]", false},
      {"x \\in \\{1,2\\}", "x=1 or x=2", true},
      {"x \\in \\{1,2\\}", "\\{2,1\\}", true},
      {"x \\in \\{1,2\\}", "x = 1, 2", true},
      {"a+b \\in [1,4]", "b+a \\in [1,4]", true},
      {"a+b \\in [1,4]", "[1,4]", true},
      {"x \\in (-\\infty,2)\\cup(3,\\infty)", "x<2 or x>3", true},
      {"x \\in (-\\infty,2)\\cup(3,\\infty)", "-x \\in (-\\infty,2)\\cup(3,\\infty)", false},
  });
}

TEST(MathRefusal, ChainsOfSeveralEquations) {
  expect_all({
      {"a=b=c", "a=c", false},
      {"a=b=c", "a=b", false},
      {"a=b=c", "c=b=a", true},
      {"a=b=c", "a=b, b=c", true},
      {"a=b=c", "a=b and b=c", true},
      {"a=b=c", "a=c and c=b", true},
      {"a=b=c", "a=b or b=c", false},
      {"a=b=c", "a=b, c=d", false},
      {"AB=BC=CA", "AB=CA", false},
      {"AB=BC=CA", "CA=AB=BC", true},
      {"x=y=2", "x=2", false},
      {"x=y=2", "2", false},
      {"x=y=2", "x=2, y=2", true},
      {"x=y=2", "(2,2)", true},
      {"x=2,y=2", "x=y=2", true},
      {"x=y=2", "y=x=2", true},
      {"x=y=2", "x=y=3", false},
      {"x=2y=4", "x=4", false},
      {"x=2y=4", "x=2y=4", true},
      {"f(x)=g(x)=x", "f(x)=x", false},
      {"f(x)=g(x)=x", "g(x)=f(x)=x", true},
      {"a=b=c=1", "1", false},
      {"a=b=c=1", "a=1", false},
      {"a=b=c=1", "(1,1,1)", true},
      {"a=b=c=1", "a=1,b=1,c=1", true},
      {"x=\\frac12=0.5", "\\frac12", true},
      {"x=\\frac13\\approx 0.33", "\\frac13", true},
      {"S=\\frac{n(n+1)}{2}=\\frac{n^2+n}{2}", "S=\\frac{n(n+1)}{2}", true},
      {"f(n)=n(n+1)=n^2+n", "n^2+n", true},
      {"\\int_0^1 x\\,dx=\\frac12=0.5", "\\frac12", true},
      {"P=\\frac{3}{6}=\\frac12", "1/2", true},
  });
}

TEST(MathRefusal, WordsDoNotCommute) {
  expect_all({
      {"\\angle ABC", "\\angle ACB", false},
      {"\\angle ABC", "\\angle BAC", false},
      {"\\angle ABC", "\\angle CBA", true},
      {"∠ABC", "∠ACB", false},
      {"\\triangle ABC", "\\triangle BCA", true},
      {"\\triangle ABC", "\\triangle ABD", false},
      {"\\triangle ABC \\sim \\triangle DEF", "\\triangle ABC \\sim \\triangle DFE", false},
      {"\\triangle ABC \\sim \\triangle DEF", "\\triangle BCA \\sim \\triangle EFD", true},
      {"\\triangle ABC \\sim \\triangle DEF", "\\triangle DEF \\sim \\triangle ABC", true},
      {"\\triangle ABC \\sim \\triangle DEF", "\\triangle FED \\sim \\triangle CBA", true},
      {"\\triangle ABC \\cong \\triangle DEF", "\\triangle ABC \\cong \\triangle EDF", false},
      {"\\triangle ABC \\cong \\triangle DEF", "\\triangle CAB \\cong \\triangle FDE", true},
      {"3 to 1", "1 to 3", false},
      {"3:1", "3 to 1", true},
      {"3 to 1", "3:1", true},
      {"3 to 1", "6 to 2", true},
      {"3:1", "3\\text{ to }1", true},
      {"3:1", "1 to 3", false},
      {"3", "3 to 1", false},
      {"3 of 4", "4 of 3", false},
      {"3 out of 4", "4 out of 3", false},
      {"3/4", "3 out of 4", true},
      {"3 over 4", "4 over 3", false},
      {"3/4", "3 over 4", true},
      {"3", "3 over 4", false},
      {"1/4", "1 in 4", true},
      {"1 in 4", "1/4", true},
      {"1 in 4", "4 in 1", false},
      {"1 per 3", "3 per 1", false},
      {"2 by 3", "3 by 2", false},
      {"6", "2 by 3", false},
      {"A to B", "B to A", false},
      {"a to b", "b to a", false},
      {"x to y", "y to x", false},
      {"12 R 3", "3 R 12", false},
      {"12 R 3", "12R3", true},
      {"12 R 3", "12 remainder 3", true},
      {"30° N of E", "30° E of N", false},
      {"was", "saw", false},
      {"top", "pot", false},
      {"odd", "dod", false},
      {"red", "der", false},
      {"go up", "up go", false},
      {"no x", "x no", false},
      {"cat", "Cat", true},
      {"cat", "c*a*t", true},
      {"abc", "bca", true},
      {"ab", "ba", true},
      {"mgh", "ghm", true},
      {"lwh", "l w h", true},
      {"xyz", "zxy", true},
      {"at", "a*t", true},
      {"2 \\times 3 \\text{ matrix}", "3 \\times 2 \\text{ matrix}", false},
      {"2 \\times 3 \\text{ matrix}", "2 by 3 matrix", true},
      {"35", "7C3", true},
      {"35", "7 choose 3", true},
      {"210", "7P3", true},
      {"35", "7C2", false},
      {"7C3", "35", true},
      {"ax + by = c", "by + ax = c", true},
      {"up", "u p", true},
      {"up", "pu", false},
      {"5 in", "5 inches", true},
      {"x in [1,2]", "[1,2]", true},
  });
}

TEST(MathRefusal, RelationsOfOtherKinds) {
  expect_all({
      {"p \\implies q", "p \\iff q", false},
      {"p \\to q", "p \\sim q", false},
      {"a \\propto b", "a \\sim b", false},
      {"p \\implies q", "p \\Rightarrow q", true},
      {"x \\notin A", "x \\to A", false},
  });
}

TEST(MathRefusal, SetsOfOnePoint) {
  expect_all({
      {"{(1,2)}", "{1,2}", false},
      {"{(1,2)}", "(1,2)", true},
      {"\\{(1,2)\\}", "(1,2)", true},
      {"(1,2)", "\\{(1,2)\\}", true},
      {"\\{(1,2)\\}", "(2,1)", false},
      {"\\{(1,2)\\}", "\\{1,2\\}", false},
      {"\\{(1,2),(3,4)\\}", "(1,2)", false},
      {"2", "2m2", false},
      {"2", "2m3", false},
      {"7 m/s", "7 m per s", true},
      {"7 m^3", "7 m3", true},
      {"{(1,2)}^T", "(1,2)^T", true},
  });
}

}  // namespace
}  // namespace lydian
