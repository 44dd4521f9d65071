// What must not be accepted, by the rule that forbids it, each beside its near neighbours that must stay accepted.
#include <gtest/gtest.h>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;
using math_rows::Pair;

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
      {"f(x)-\\ln|x|-c=0", "f(x)=\\ln|x|+c", true},
      {"y=Cx^{-3/2}", "y=\\frac{C}{x\\sqrt{x}}", true},
  });
}

TEST(MathStrictness, SignsWhereValuesAreRareOrBallsWide) {
  expect_all({
      {"z+\\ln y", "|z|+\\ln y", false},
      {"\\frac{z}{y}", "|z/y|", false},
      {"(yz)^3", "|yz|^3", false},
      {"\\sqrt[3]{\\frac{z}{\\sqrt{y}}}", "\\sqrt[3]{\\frac{|z|}{\\sqrt{y}}}", false},
      {"wxyz", "|wxyz|", false},
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
      {"\\ln(x^2)", "2\\ln x", false},
      {"2\\ln x", "\\ln(x^2)", true},
      {"(-1)^n\\sqrt{4n}", "2(-1)^n\\sqrt{n}", true},
      {"\\sqrt{\\frac{a}{b}}", "\\frac{\\sqrt{a}}{\\sqrt{b}}", true},
      {"\\sqrt{4f(x)}", "2\\sqrt{f(x)}", true},
  });
}

TEST(MathStrictness, AnswersHaveValuesWhereverTheGoldHas) {
  expect_all({
      {"\\ln|x|", "\\ln x", false},
      {"\\ln|x|+C", "\\ln x+C", false},
      {"\\ln|x-100|", "\\ln(x-100)", false},
      {"y=\\ln|x|", "y=\\ln x", false},
      {"\\ln((x-1)(x-2))", "\\ln(x-1)+\\ln(x-2)", false},
      {"\\log_4 x^2", "\\log_2 x", false},
      {"\\log_2 x", "\\log_4 x^2", true},
      {"\\ln|x|", "\\ln|-x|", true},
      {"\\ln|x|", "\\frac12\\ln(x^2)", true},
      {"\\sqrt{xy}", "\\sqrt{x}\\sqrt{y}", true},
      {"\\sqrt{x}\\sqrt{y}", "\\sqrt{xy}", true},
      {"\\sqrt{x^2-1}", "\\sqrt{x-1}\\sqrt{x+1}", false},
      {"\\frac{x^2}{x}=0", "x=0", false},
      {"x=0", "\\frac{x^2}{x}=0", false},
      {"\\frac{x(x-1)}{x-1}=0", "x(x-1)=0", false},
      {"\\frac{x(x-1)}{x-1}=0", "\\frac{x^2-x}{1-x}=0", true},
      {"x^{-1}x^2=0", "x=0", false},
      {"y=\\frac1x", "xy=1", true},
      {"\\frac{x^2}{4}+\\frac{y^2}{9}=1", "9x^2+4y^2=36", true},
      {"a=\\frac{F}{m}", "a=\\frac{2F}{2m}", true},
      {"\\gcd(y,y)", "y", true},
  });
}

TEST(MathStrictness, ProductsThatDoNotCommute) {
  expect_all({
      {"\\mathbf{u}\\times\\mathbf{v}", "\\mathbf{v}\\times\\mathbf{u}", false},
      {"\\vec{u}\\times\\vec{v}", "\\vec{v}\\times\\vec{u}", false},
      {"f\\circ g", "g\\circ f", false},
      {"f\\circ g", "f \\circ g", true},
      {"\\mathbf{u}\\times\\mathbf{v}", "\\mathbf u\\times\\mathbf v", true},
      {"\\mathbf{u}+\\mathbf{v}", "\\mathbf{v}+\\mathbf{u}", true},
      {"a\\times b", "b\\times a", true},
      {"30^\\circ", "30", true},
  });
}

TEST(MathStrictness, NotationOfAnswers) {
  expect_all({
      {"x#0", "x!=0", true},
      {"[2,\\infty)", "\\{x\\mid x\\ge2\\}", true},
      {"[2,\\infty)", "\\{x\\in\\mathbb{R}: x\\ge 2\\}", true},
      {"[2,\\infty)", "\\{x\\mid x>2\\}", false},
      {"[2,\\infty)", "\\{x\\in\\mathbb{Z}: x\\ge 2\\}", false},
      {"x>0", "{x|x>0}", true},
      {"|x|", "|x|", true},
      {"sin(2*x)", "2 sinx cosx", true},
      {"mod(7,3)", "1", true},
      {"diff(y,x)", "dy/dx", true},
      {"\\epsilon", "\\varepsilon", true},
      {"\\max(x,y)", "\\frac{x+y+|x-y|}{2}", true},
      {"\\max(x,y)", "\\frac{x+y-|x-y|}{2}", false},
      {"\\min(x,y)", "x", false},
      {"|x^2+1|", "x^2+1", true},
      {"|x^2-1|", "x^2-1", false},
      {"|x^3+1|", "x^3+1", false},
      {"\\lfloor x+1\\rfloor", "\\lfloor x\\rfloor+1", true},
      {"\\lfloor x+1\\rfloor", "\\lfloor x\\rfloor", false},
      {"\\lceil x\\rceil", "-\\lfloor -x\\rfloor", true},
      {"\\lceil x\\rceil", "\\lfloor x\\rfloor+1", false},
      {"0.1+0.2", "0.30000000000000004", true},
      {"3", "2.9999999999999996", true},
      {"0.3", "0.3000000000004", false},
      {"0.30000000000000004", "0.30000000000000008", false},
      {"1234567890123456", "1234567890123457", false},
  });
}

TEST(MathStrictness, NamesOfValues) {
  expect_all({
      {"(1,2)", "(y,x)=(1,2)", false},
      {"(1,2)", "y=1,x=2", false},
      {"x=1,y=2", "2,1", false},
      {"x=1,y=2", "(2,1)", false},
      {"x=1,y=2", "x=2,y=1", false},
      {"(x,y)=(1,2)", "(y,x)=(1,2)", false},
      {"1,2", "x=2,y=1", false},
      {"(1,2)", "(y,x)=(2,1)", true},
      {"(1,2)", "y=2,x=1", true},
      {"(1,2)", "(x,y)=(1,2)", true},
      {"(1,2)", "(n,m)=(1,2)", true},
      {"x=1,y=2", "(1,2)", true},
      {"x=1,y=2", "y=2 and x=1", true},
      {"(x,y)=(1,2)", "x=1,y=2", true},
      {"[x=1,y=2]", "[y=2,x=1]", true},
  });
}

TEST(MathStrictness, DatesAndTimes) {
  expect_all({
      {"2020-01-02", "2020-02-01", false},
      {"2020-01-02", "2017", false},
      {"1/2/2020", "1/4040", false},
      {"1/2/2020", "2/1/2020", false},
      {"1/2/2020", "January 2, 2020", false},
      {"July 4", "July 5", false},
      {"July 4", "June 4", false},
      {"July 4, 2020", "July 4, 2021", false},
      {"July 4", "4 July", true},
      {"July 4", "the 4th of July", true},
      {"\\text{July }4", "4\\text{ July}", true},
      {"July 4, 2020", "2020-07-04", true},
      {"Saturday, July 4, 2020", "4 July 2020", true},
      {"13/7/2020", "7/13/2020", true},
      {"01/02/2020", "1/2/2020", true},
      {"12:00 p.m.", "noon", true},
      {"12:00 a.m.", "midnight", true},
      {"noon", "midnight", false},
      {"noon", "12:00 a.m.", false},
  });
}

TEST(MathStrictness, PartsOfTheLine) {
  expect_all({
      {"x>1 and x<3", "x>1 or x<3", false},
      {"x<1 or x>3", "x<1 and x>3", false},
      {"x>1 and x<3", "(1,3)", true},
      {"x<1 or x>3", "3<x or 1>x", true},
      {"x\\ge1", "x>1\\text{ or }x=1", true},
      {"x\\ge1", "x>1\\text{ or }x=2", false},
      {"[0,1]\\cup[1,2]", "[0,2]", true},
      {"[0,1)\\cup(1,2]", "[0,2]", false},
      {"1<x<3", "2<2x<6", true},
      {"1<x<3", "0<x-1<2", true},
      {"1<x<3", "1<2x<3", false},
      {"x^2<4", "-2<x<2", true},
      {"x^2<2", "-\\sqrt2<x<\\sqrt2", true},
      {"x^2<2", "-\\sqrt2\\le x<\\sqrt2", false},
      {"x^2<4", "x<2", false},
      {"-2<x<2", "x^2<4", false},
      {"(-2,2)", "|x|<2", false},
      {"|x|<2", "(-2,2)", true},
      {"|x-3|>1", "x<2 or x>4", true},
      {"|x-3|>1", "x<2 and x>4", false},
      {"|2x-1|=3", "x=2 or x=-1", true},
      {"\\frac{x-1}{x+2}\\ge0", "x<-2\\text{ or }x\\ge1", true},
      {"\\frac{x-1}{x+2}\\ge0", "x\\le-2\\text{ or }x\\ge1", false},
      {"x^2(x-1)\\ge0", "x\\ge1\\text{ or }x=0", true},
      {"x^2(x-1)\\ge0", "x\\ge1", false},
      {"\\frac{x^2}{x}\\ge0", "x>0", true},
      {"\\frac{x^2}{x}\\ge0", "x\\ge0", false},
      {"x^2\\ge0", "\\mathbb{R}", true},
      {"x^2=1", "x=\\pm1", true},
      {"x^2=1", "x=1", false},
      {"x=\\pm1", "x^2=1", false},
      {"x^4-1=0", "x=1\\text{ or }x=-1", true},
      {"[1,2]", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", false},
      {"(1,2)", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", true},
  });
}

TEST(MathStrictness, RepeatedElementsCountOnceHoweverWritten) {
  expect_all({
      {"\\{\\frac12,\\frac14\\}", "\\{\\frac12,\\frac14,\\frac28\\}", true},
      {"\\{1,\\sqrt{8}\\}", "\\{1,2\\sqrt2,\\sqrt{8}\\}", true},
      {"\\{1,1,2\\}", "\\{1,2,\\frac{4}{2}\\}", true},
      {"\\{2\\}", "\\{2,2\\}", true},
      {"1,1,2", "1,2,2", false},
      {"\\{\\frac13,\\frac14\\}", "\\{\\frac13,0.333333,\\frac14\\}", false},
      {"\\{1,2\\}", "\\{1,2,3\\}", false},
      {"(1,2)", "(1,2,2)", false},
  });
}

TEST(MathStrictness, AnglesOfManyFractions) {
  expect_all({
      {"\\sin(\\frac{4}{35}+\\frac{x}{8})", "\\sin(\\frac{x}{8}+\\frac{8}{70})", true},
      {"\\sin(\\frac{4}{35}+\\frac{x}{8})", "\\sin(\\frac{x}{8}+\\frac{4}{37})", false},
  });
}

TEST(MathStrictness, BlanksThatSeparate) {
  expect_all({
      {"1 1/2", "11/2", false},
      {"11/2", "1 1/2", false},
      {"2 3/4", "23/4", false},
      {"12", "1 2", false},
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

TEST(MathStrictness, ChainsMustBeTrue) {
  expect_all({
      {"5", "2+2=5", false},
      {"2", "3=2", false},
      {"4", "5=4", false},
      {"4", "x=5=4", false},
      {"4", "y=5=x=4", false},
      {"x=1", "x=2=1", false},
      {"4", "2+2=4", true},
      {"4", "x=2+2=4", true},
      {"\\frac13", "x=\\frac{1}{3}\\approx 0.33", true},
      {"0.33", "x=\\frac{1}{3}=0.33", true},
      {"25\\pi", "A=\\pi r^2=25\\pi", true},
      {"40\\%", "\\frac{2}{5}=40\\%", true},
      {"3", "\\log 1000=3", true},
  });
}

TEST(MathStrictness, RoundingKeepsTheLeadingDigits) {
  expect_all({
      {"1.6e-6", "2.4e-6", false},
      {"0.0000015", "0.0000024", false},
      {"5\\times10^{-6}", "5.4\\times10^{-6}", false},
      {"0.000001", "0.0000014", false},
      {"\\frac{1}{700000}", "0.000001", false},
      {"0.000123", "0.0001234", false},
      {"2", "2.0000001", false},
      {"1", "0.9999999", false},
      {"1.0000001", "1.0000002", false},
      {"0.1", "0.1000001", false},
      {"1000000", "999999.9999999", false},
      {"\\frac{1}{3}", "0.333333", true},
      {"\\frac{1}{81}", "0.012346", true},
      {"\\frac{1}{128}", "0.007813", true},
      {"\\sqrt{2}", "1.41421356", true},
      {"3.141593", "\\pi", true},
      {"0.333333", "0.33333333", true},
      {"0.50", "0.5", true},
  });
}

TEST(MathStrictness, OptionsTakenBack) {
  expect_all({
      {"A", "(A) or (B)", false},
      {"A", "(A) and (B)", false},
      {"A", "A. or B", false},
      {"A", "A) B)", false},
      {"A", "A: B", false},
      {"A", "(A) B", false},
      {"A", "(A) no (B)", false},
      {"A", "(A) is wrong", false},
      {"A", "A. x, B. y, C. z", false},
      {"A", "(A) 1 (B) 2 (C) 3", false},
      {"C", "(C), possibly (J)", false},
      {"C", "(C) perhaps", false},
      {"C", "(C) Plane", true},
      {"B", "B. A dog and a cat", true},
      {"A", "(A) 3 and 4", true},
      {"\\text{(D)}", "D: north of the river", true},
  });
}

TEST(MathStrictness, UnitsThatDiffer) {
  expect_all({
      {"5 cm", "5\\%", false},
      {"0.05 cm", "5\\%", false},
      {"\\$5", "5\\%", false},
      {"30^\\circ", "30\\text{ rad}", false},
      {"30 degrees", "30 radians", false},
      {"5^\\circ\\text{C}", "5^\\circ\\text{F}", false},
      {"5\\text{ kJ}", "5\\text{ J}", false},
      {"5\\text{ Pa}", "5\\text{ kPa}", false},
      {"5\\text{ mA}", "5\\text{ A}", false},
      {"5\\text{ GB}", "5\\text{ MB}", false},
      {"5\\text{ N}", "5\\text{ J}", false},
      {"5 apples", "5 oranges", false},
      {"12 boys", "12 girls", false},
      {"5 apples", "5 apple", true},
      {"575\\text{ students}", "575\\text{ students in the class}", true},
      {"40\\%", "0.4", true},
      {"5\\text{ kJ}", "5", true},
      {"15\\text{ square units}", "15", true},
      {"5\\text{ MHz}", "5\\text{ mHz}", false},
      {"2\\text{ Mg}", "2\\text{ mg}", false},
      {"5\\text{ mm}", "5\\text{ Mm}", false},
      {"5\\text{ cm}^4", "5\\text{ cm}", false},
      {"5\\text{ m/s}", "5\\text{ m/s}^2", false},
      {"20 N", "20 joules", false},
      {"5 MHz", "5 megahertz", true},
      {"5\\text{ MHz}", "5 mhz", true},
      {"2\\text{ kPa}", "2 kilopascals", true},
      {"5\\text{ m/s}", "5\\,\\mathrm{m\\,s^{-1}}", true},
      {"5\\text{ N m}", "5\\text{ m N}", true},
      {"60 mph", "60 miles per hour", true},
      {"20 N", "20 newtons", true},
      {"9.81 m/s^2", "9.81 meters per second squared", true},
      {"3 hours", "3 hrs", true},
  });
}

TEST(MathStrictness, WordsThatChangeANumber) {
  expect_all({
      {"2", "2\\text{ negative}", false},
      {"2", "2\\text{ thousands}", false},
      {"2", "2\\text{ k}", false},
      {"2", "2\\text{ tens}", false},
      {"2", "2\\text{ pi}", false},
      {"2", "2\\text{ x}", false},
      {"2", "2\\text{i}", false},
      {"2", "2\\text{ 3}", false},
      {"2", "2\\text{,3}", false},
      {"2", "2\\text{ three}", false},
      {"2", "2\\text{ perhaps three}", false},
      {"2", "2\\text{ nope}", false},
      {"5", "5 negative", false},
      {"2", "2 fifths", false},
      {"2", "2 sevenths", false},
      {"2", "2\\text{ tenths}", false},
      {"2", "2 roughly", false},
      {"2", "2\\text{ lakh}", false},
      {"2", "2\\text{ percent of 3}", false},
      {"3", "3\\text{ pairs}", false},
      {"2", "2 quadrillion", false},
      {"5", "5 doubled", false},
      {"5", "5 halved", false},
      {"5", "5 grand", false},
      {"5", "5 imaginary", false},
      {"5", "5 tenfold", false},
      {"2", "2\\text{ apples}", true},
      {"2", "2 seconds", true},
      {"36", "36\\text{ cm}^2", true},
      {"3", "3\\text{ marbles left}", true},
  });
}

TEST(MathStrictness, BoxesThatHedge) {
  const std::vector<Pair> pairs = {
      {"5", "The answer is \\boxed{4}. If that is wrong, it is \\boxed{5}.", false},
      {"5", "\\boxed{4} if x is large and y is not so large at all, and otherwise we get: \\boxed{5}", false},
      {"5", "So it is \\boxed{4}. Or it is, by the other way of reading the question, \\boxed{5}.", false},
      {"5", "So it is \\boxed{4}. Maybe it is \\boxed{5}.", false},
      {"5", "So it is \\boxed{4}. Alternatively, the answer could be:\n\n\\[\\boxed{5}\\]", false},
      {"5", "So it is \\boxed{4}. It is $\\boxed{5}$ if the first one is not right.", false},
      {"5", "<answer>It is \\boxed{4}. If that is wrong, it is \\boxed{5}.</answer>", false},
      {"5", "So it is \\boxed{4}. Wait, I forgot one. So it is \\boxed{5}.", true},
      {"5", "So it is \\boxed{4}. That is wrong, since 3 or 4 is not prime. The answer is \\boxed{5}.", true},
      {"5", "So it is \\boxed{4}. No, that is not right: it must be \\boxed{5}.", true},
      {"5", "The radius is \\boxed{4}. If r = 4, then the height is \\boxed{5}.", true},
      {"5", "So it is \\boxed{5}. If that is wrong, I do not know, but it is \\boxed{5}.", true},
      {"5", "Maybe it is \\boxed{5}.", true},
      {"5", "She has \\boxed{4}. So she could buy $\\boxed{5}$. If this is not clear, ask again.", true},
  };
  expect_all(pairs, MathKind::kResponse);
}

TEST(MathStrictness, SentencesThatTakeTheAnswerBack) {
  const std::vector<Pair> pairs = {
      {"2", "The answer is 3 or maybe 2.", false},
      {"2", "The answer is either 3 or 2.", false},
      {"2", "The answer is somewhere between 1 and 2", false},
      {"2", "The answer is less than 2", false},
      {"2", "The answer is at most 2.", false},
      {"5", "The answer is never 5", false},
      {"5", "The answer is anything but 5", false},
      {"5", "The answer is different from 5", false},
      {"5", "The answer is 5 squared", false},
      {"5", "The answer is half of 5", false},
      {"5", "The answer is greater than 5", false},
      {"5", "The answer is 3 through 5", false},
      {"5", "The answer is $3$, maybe $5$", false},
      {"5", "The answer is one of 1 2 3 4 5", false},
      {"5", "The answer is negative 5", false},
      {"-5", "The answer is negative 5", true},
      {"B", "The answer cannot be B", false},
      {"B", "The answer is A or B", false},
      {"5", "#### 4 5", false},
      {"D", "The answer is for sure D, it can't be A or B", true},
      {"5", "The answer is 5 apples.", true},
      {"8", "The answer is 5 more than 3, so 8.", true},
      {"17", "The final answer is $17$. I hope it is correct.", true},
      {"3.5", "The answer is approximately 3.5", true},
      {"A", "probably A, possibly B", false},
      {"B", "It is A or B", false},
      {"5", "maybe 4. maybe 5", false},
      {"5", "Possible answers: 1 2 3 4 5", false},
      {"5", "1 2 3 4 5", false},
      {"5", "<answer>3 or 5</answer>", false},
      {"5", "<answer>it is not 5</answer>", false},
      {"5", "I think it is less than 5", false},
      {"5", "The answer is 3, else 5", false},
      {"5", "The answer is nearly 5", false},
      {"5", "The answer is from 3 up to 5", false},
      {"5", "The answer is 3 times 5", false},
      {"5", "The answer is over 5", false},
      {"12", "The total from Monday to Friday is 12", true},
      {"5", "So it increases by 5.", true},
      {"5", "The answer is 3 divided by 5", false},
      {"3", "The answer is that over the years she saves 3 dollars", true},
      {"7", "There are 12 boys or girls. So 12 - 5 = 7", true},
      {"18", "She makes 9 * 2 = $18 every day at the farmer's market.", true},
  };
  expect_all(pairs, MathKind::kResponse);
}

}  // namespace
}  // namespace lydian
