// One thing in the many ways in which it is written, each beside neighbours that are another.
#include <gtest/gtest.h>

#include <string>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;

TEST(MathSpellings, CasesAndLines) {
  expect_all({
      {"\\begin{cases}x=2,\\\\y=1.\\end{cases}", "x=2, y=1", true},
      {"\\begin{cases}x=2,\\\\y=1\\end{cases}", "\\begin{cases}x=2\\\\y=1\\end{cases}", true},
      {"\\begin{cases}x=2,\\\\y=1.\\end{cases}", "x=1, y=2", false},
      {"\\begin{cases} x^2, & x>0\\\\ -x, & x\\le 0\\end{cases}", "\\begin{cases} x^2 & x>0\\\\ -x & x\\le 0\\end{cases}", true},
      {"\\begin{cases} x^2, & x>0,\\\\ -x, & x\\le 0.\\end{cases}", "\\begin{cases} x^2, & x>0\\\\ -x, & x\\le 0\\end{cases}", true},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x & \\text{if } x>0\\\\ -x & \\text{if } x\\le 0\\end{cases}", true},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} -x & x\\le 0\\\\ x & x> 0\\end{cases}", true},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x, & \\text{for } x>0\\\\ -x, & \\text{when } x\\le 0\\end{cases}", true},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} -x & x>0\\\\ x & x\\le 0\\end{cases}", false},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x & x\\ge0\\\\ -x & x< 0\\end{cases}", false},
      {"\\begin{cases} x^2 & \\text{if } x>0\\\\ -x & \\text{otherwise}\\end{cases}", "\\begin{cases} x^2, & x>0\\\\ -x, & \\text{otherwise}\\end{cases}",
       true},
      {"\\begin{cases} x^2 & \\text{if } x>0\\\\ -x & \\text{else}\\end{cases}", "\\begin{cases} x^2, & x>0\\\\ -x, & \\text{otherwise}\\end{cases}", true},
      {"\\begin{cases} 1 & n=1\\\\ 2 & n\\ge2\\end{cases}", "\\begin{cases} 1, & n=1,\\\\ 2, & n\\ge2.\\end{cases}", true},
      {"\\begin{cases} 1 & n \\text{ even}\\\\ 0 & n \\text{ odd}\\end{cases}",
       "\\begin{cases} 1 & \\text{if } n \\text{ is even}\\\\ 0 & \\text{if } n \\text{ is odd}\\end{cases}", true},
      {"\\begin{cases} 1 & n \\text{ even}\\\\ 0 & n \\text{ odd}\\end{cases}", "\\begin{cases} 0 & n \\text{ even}\\\\ 1 & n \\text{ odd}\\end{cases}", false},
      {"\\left\\{\\begin{array}{l}x=2\\\\y=1\\end{array}\\right.", "x=2, y=1", true},
      {"\\left\\{\\begin{array}{l}x=2,\\\\y=1.\\end{array}\\right.", "x=2, y=1", true},
      {"\\left\\{\\begin{array}{ll}x^2, & x>0\\\\ -x, & x\\le 0\\end{array}\\right.", "\\begin{cases} x^2 & x>0\\\\ -x & x\\le 0\\end{cases}", true},
      {"\\begin{array}{l}x=2\\\\y=1\\end{array}", "x=2,y=1", true},
      {"\\begin{aligned}x&=2\\\\y&=1\\end{aligned}", "x=2,y=1", true},
      {"\\begin{aligned}x&=2\\\\y&=1\\end{aligned}", "x=1,y=2", false},
      {"f(x)=\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x, & x>0\\\\ -x, & x\\le 0\\end{cases}", true},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x & x>0\\\\ -x & x\\le 0 \\\\ 3 & x=5\\end{cases}", false},
      {"\\begin{cases} x & x>0\\\\ -x & x\\le 0\\end{cases}", "\\begin{cases} x & 0<x\\\\ -x & 0 \\ge x\\end{cases}", true},
  });
}

TEST(MathSpellings, ChainsThatWorkOutTheGold) {
  expect_all({
      {"x^2-1", "(x-1)(x+1)=x^2-1", true},
      {"x^2-1", "\\begin{align*}(x-1)(x+1)&=x^2+x-x-1\\\\&=x^2-1\\end{align*}", true},
      {"x^2-1", "\\begin{aligned}(x-1)(x+1)&=x^2-1\\end{aligned}", true},
      {"x^2-1", "(x-1)(x+1)=x^2+1", false},
      {"x^2-1", "x=x^2-1", false},
      {"x^2-1", "2x=x^2-1", false},
      {"x^2+2x+1", "(x+1)^2 = x^2+2x+1", true},
      {"5", "\\begin{aligned}x&=2+3\\\\&=5\\end{aligned}", true},
      {"5", "x+1=5+1", false},
  });
}

TEST(MathSpellings, ProductsOfManyLetters) {
  expect_all({
      {"abcd", "a*b*c*d", true},
      {"a*b*c*d", "abcd", true},
      {"abcd", "a*b*c", false},
      {"abcd", "a*b*c*x", false},
      {"\\frac{abcd}{2}", "\\frac12 a b c d", true},
      {"\\frac{abcd}{2}", "\\frac12 a b c", false},
      {"abcde", "a b c d e", true},
      {"wxyz", "w*x*y*z", true},
      {"\\sqrt{abcd}", "\\sqrt{ab cd}", true},
      {"\\ln(xyzt)", "\\ln(x y z t)", true},
      {"Prt", "P*r*t", true},
      {"abxy", "a*b*x*y", true},
      {"e^{abcd}", "e^{dcba}", true},
      {"\\sqrt{a}\\sqrt{b}\\sqrt{c}\\sqrt{d}", "\\sqrt{abcd}", true},
      {"stop", "pots", false},
      {"\\boxed{stop}", "\\boxed{pots}", false},
      {"east", "seat", false},
      {"speed=5", "5", true},
      {"AB", "BA", false},
      {"Bob", "obB", false},
      {"\\frac{length}{width}", "\\frac{length}{width}", true},
  });
}

TEST(MathSpellings, TheLineWithoutSomeOfIt) {
  expect_all({
      {"x\\ne 2,3", "x\\ne 2, x\\ne 3", true},
      {"x\\ne 2,3", "x\\ne 3 and x\\ne 2", true},
      {"x\\ne 2, x\\ne 3", "x\\ne 2,3", true},
      {"x\\ne 2, x\\ne 3", "x\\ne 3 and x \\ne 2", true},
      {"x\\ne\\pm1", "x\\ne 1, x\\ne -1", true},
      {"x\\ne\\pm1", "x\\ne 1, -1", true},
      {"x\\ne 1, x\\ne -1", "x\\ne\\pm1", true},
      {"x\\ne\\pm1", "x\\ne 1", false},
      {"x\\ne 2,3", "x\\ne 2", false},
      {"x\\ne 2,3", "x\\ne 2,4", false},
      {"x\\ne 2,3", "x=2,3", false},
      {"x\\ne 2 \\text{ or } x\\ne 3", "x\\ne 2, x\\ne 3", false},
      {"(-oo,2)U(2,3)U(3,oo)", "x≠2, x≠3", true},
      {"(-oo,2)U(2,3)U(3,oo)", "x≠2,3", true},
      {"(-oo,2)U(2,3)U(3,oo)", "x≠2 and x≠3", true},
      {"x≠2, x≠3", "(-oo,2)U(2,3)U(3,oo)", true},
      {"(-oo,2)U(2,3)U(3,oo)", "x≠2", false},
      {"x≠2", "R\\{2}", true},
      {"x≠2", "ℝ∖{2}", true},
      {"x≠2", "R-{2}", true},
      {"R-{2}", "x≠2", true},
      {"\\mathbb{R}\\setminus\\{2\\}", "x≠2", true},
      {"\\mathbb{R}-\\{2\\}", "x≠2", true},
      {"ℝ\\{2}", "x≠2", true},
      {"\\R\\setminus\\{1,2\\}", "R - {1,2}", true},
      {"x≠2", "all real numbers except 2", true},
      {"(-∞,2)∪(2,∞)", "all real numbers except x = 2", true},
      {"(-∞,2)∪(2,∞)", "all reals except 2", true},
      {"x≠2", "all real numbers except 3", false},
      {"(-∞,2)∪(2,∞)", "all real numbers", false},
      {"all real numbers", "R", true},
      {"(-oo,oo)", "R", true},
      {"R", "all reals", true},
      {"R", "x", false},
      {"x \\ne 0", "x \\notin \\{0\\}", true},
      {"x \\ne 0, x\\ne 1", "x\\notin\\{0,1\\}", true},
      {"x \\ne 0", "x \\notin \\{1\\}", false},
      {"3", "all real numbers except 3", false},
      {"R-{2}", "R-{3}", false},
      {"R", "R-{3}", false},
      {"R", "\\mathbb{R}", true},
      {"(-\\infty,-1)\\cup(3,+\\infty)", "\\mathbb{R}\\setminus[-1,3]", true},
      {"(-\\infty,-1)\\cup(3,+\\infty)", "\\mathbb{R}\\setminus(-1,3)", false},
  });
}

TEST(MathSpellings, LettersOfFunctions) {
  expect_all({
      {"y=3x^2-2", "f(x)=3x^2-2", true},
      {"f(x)=3x^2-2", "y=3x^2-2", true},
      {"f(x)=3x^2-2", "y=3x^2+2", false},
      {"f(x)=3x^2-2", "x=3y^2-2", false},
      {"f(x)=3x^2-2", "f(y)=3x^2-2", false},
      {"f(x)=x+1", "f(t)=t+1", true},
      {"f(x)=x+1", "f(t)=x+1", false},
      {"f(x)=x+1", "f(t)=t+2", false},
      {"f(x)=x+1", "g(x)=x+1", false},
      {"f(x)=x+a", "f(a)=a+a", false},
      {"f(x)=x+a", "f(t)=t+a", true},
      {"f(x,y)=x-y", "f(y,x)=x-y", false},
      {"f(x,y)=x-y", "f(a,b)=a-b", true},
      {"y=3x^2-2", "f(t)=3x^2-2", false},
      {"f'(x)=2x", "y=2x", false},
      {"f^{-1}(x)=2x", "y=2x", false},
      {"y=2x", "f(2)=2x", false},
      {"y=5", "f(x)=6", false},
      {"W(n)=n", "W(x)=x", true},
      {"P(2)=3", "P(x)=3", false},
      {"P(A)=1/6", "P(B)=1/6", false},
  });
}

TEST(MathSpellings, FreeLetters) {
  expect_all({
      {"x=2k\\pi", "x=2\\pi n", true},
      {"2k\\pi", "2\\pi n", true},
      {"x=2k\\pi", "x=\\pi n", false},
      {"x=2k\\pi", "x=2\\pi x", false},
      {"\\frac{\\pi}{6}+2\\pi n", "\\frac{\\pi}{6}+2\\pi k", true},
      {"\\frac{\\pi}{6}+2\\pi n", "\\frac{\\pi}{6}+4\\pi k", false},
      {"\\frac{\\pi}{6}+2\\pi n", "\\frac{\\pi}{6}+2\\pi", false},
      {"2\\pi r", "2\\pi R", false},
      {"2\\pi r", "2\\pi x", false},
      {"\\pi r^2", "\\pi k^2", false},
      {"2\\pi n x", "2\\pi k x", false},
      {"(n-2)\\pi", "(m-2)\\pi", false},
      {"\\frac{(2n+1)\\pi}{2}", "\\frac{(2k+1)\\pi}{2}", true},
      {"(n+\\frac12)\\pi", "(k+\\frac12)\\pi", true},
      {"2k\\pi, k\\in\\mathbb{Z}", "2\\pi n, n\\in\\mathbb{Z}", true},
      {"x=\\frac{\\pi}{2}+2k\\pi, k\\in\\mathbb Z", "x=\\frac{\\pi}{2}+2n\\pi\\ (n\\in\\mathbb Z)", true},
      {"c_1e^{2x}+c_2e^{-x}", "C_1e^{2x}+C_2e^{-x}", true},
      {"y=c_1e^{2x}+c_2e^{-x}", "y=C_1e^{2x}+C_2e^{-x}", true},
      {"c1*e^(2x)+c2*e^(-x)", "C_1 e^{2x}+C_2 e^{-x}", true},
      {"c_1e^{2x}+c_2e^{-x}", "C_1e^{2x}+C_2e^{x}", false},
      {"x^2+C", "x^2+K", true},
      {"x^2+C", "x^2", false},
      {"x^2+C", "2x^2+K", false},
      {"x^2+C", "x^2+x", false},
      {"y=Ce^{2x}", "y=Ae^{2x}", true},
      {"y=Ce^{2x}", "y=ke^{2x}", true},
      {"y=Ce^{2x}", "y=Ce^{3x}", false},
      {"y=Ce^{2x}", "y=xe^{2x}", false},
      {"y=mx", "y=kx", false},
      {"V=IR", "V=IC", false},
      {"y=2kx", "y=2nx", false},
      {"2\\pi k", "2\\pi", false},
      {"n\\pi", "k", false},
      {"x^2+y^2=C", "x^2+y^2=c", true},
      {"x^2+C", "x^2+k", false},
      {"a+b=c", "a+b=C", false},
      {"a+c", "a+C", false},
  });
}

TEST(MathSpellings, SpellingsOfUnits) {
  expect_all({
      {"7 m/s", "7 m/sec", true},
      {"7 cm^2", "7 cm2", true},
      {"7 m^3", "7 m3", true},
      {"7 m^3", "7 m2", false},
      {"7 cm^2", "7 cm3", false},
      {"7 kg m/s", "7 kg*m/s", true},
      {"7 kg m/s", "7 kg·m/s", true},
      {"7\\text{ kg m/s}", "7 kg*m/s", true},
      {"7 kg m/s", "7 kg*m", false},
      {"7 °C", "7 degrees Celsius", true},
      {"7^\\circ C", "7 degrees Celsius", true},
      {"7 °F", "7 degrees Fahrenheit", true},
      {"7 °C", "7 degrees Fahrenheit", false},
      {"7 °C", "7 °F", false},
      {"7 g/mL", "7 g/ml", true},
      {"12 Ω", "12 ohms", true},
      {"12 μm", "12 um", true},
      {"12 μm", "12 micrometers", true},
      {"12 cm^3", "12 cc", true},
      {"5", "5 sq. units", true},
      {"12¢", "12 cents", true},
      {"12¢", "12 dollars", false},
      {"£12", "12 pounds", true},
      {"£12", "12 dollars", false},
      {"5 hours 30 minutes", "5 h 20 min", false},
      {"5", "5 hours 30 minutes", false},
      {"12 pounds", "12 lb", true},
      {"£12", "12 lb", false},
      {"7 m/s", "7 m/min", false},
  });
}

TEST(MathSpellings, CountsOfChoices) {
  expect_all({
      {"35", "{}_7C_3", true},
      {"35", "_7C_3", true},
      {"35", "^7C_3", true},
      {"35", "{}^7C_3", true},
      {"35", "C(7,3)", true},
      {"C(7,3)", "7!/(3!4!)", true},
      {"210", "P(7,3)", true},
      {"210", "{}_7P_3", true},
      {"35", "{}_7C_2", false},
      {"C(7,3)", "C(7,4)", false},
      {"P(3,4)", "P(4,3)", false},
      {"(7,3)", "C(3,7)", false},
      {"35", "(7 choose 3)", true},
      {"C_3", "3C", false},
  });
}

TEST(MathSpellings, MatricesInPlainText) {
  expect_all({
      {"[[1,2],[3,4]]", "[1,2;3,4]", true},
      {"[[1,2],[3,4]]", "[1 2; 3 4]", true},
      {"[[1,2],[3,4]]", "((1,2),(3,4))", true},
      {"[[1,2],[3,4]]", "{{1,2},{3,4}}", true},
      {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "[1,2;3,4]", true},
      {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "[1 2; 3 4]", true},
      {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "((1,2),(3,4))", true},
      {"[[1,2],[3,4]]", "[1,3;2,4]", false},
      {"[[1,2],[3,4]]", "[1 2; 3 5]", false},
      {"(1,2),(3,4)", "[1,2;3,4]", false},
      {"\\{(1,2),(3,4)\\}", "((1,2),(3,4))", false},
      {"\\begin{pmatrix}1\\\\2\\end{pmatrix}", "[1;2]", true},
      {"<3,-2>", "(3,-2)", true},
      {"(3,-2)", "[3,-2)", false},
      {"[3,5]", "(3,5)", false},
      {"[1,2;3,4]", "[1 2;3 4]", true},
      {"[1 2; 3 4]", "[1 2; 4 3]", false},
      {"[1 -2; 3 4]", "[1,-2;3,4]", true},
  });
}

TEST(MathSpellings, NumbersWithWordsAndDots) {
  expect_all({
      {"x \\le 2", "x ≦ 2", true},
      {"x \\ge 2", "x ≧ 2", true},
      {"7", "only 7", true},
      {"5", "exactly 5", true},
      {"7", "7 (seven)", true},
      {"7", "7 (eight)", false},
      {"7", "7 (six or seven)", false},
      {"1/2", "half", true},
      {"0.333...", "1/3", true},
      {"1/3", "0.333...", true},
      {"0.\\overline{3}", "0.333...", true},
      {"0.1666...", "1/6", true},
      {"0.333...", "0.333", false},
      {"0.333...", "0.3", false},
      {"0.999...", "1", true},
      {"1.25...", "1.25", false},
  });
}

TEST(MathSpellings, LinesOfBothSigns) {
  expect_all({
      {"y=\\pm\\frac34x", "y=\\frac34x \\text{ or } y=-\\frac34x", true},
      {"y=\\pm\\frac34x", "y=-\\frac34x, y=\\frac34x", true},
      {"y=\\pm\\frac34x", "y=\\frac34x", false},
      {"y=\\pm\\frac34x", "y=\\frac34x, y=-\\frac43x", false},
      {"y=\\frac34x, y=-\\frac34x", "y=\\pm\\frac34x", true},
  });
}

TEST(MathSpellings, ConstantsOfArcsAndLogarithms) {
  expect_all({
      {"\\arcsin\\frac45", "\\arccos\\frac35", true},
      {"\\arctan\\frac43", "\\arcsin\\frac45", true},
      {"\\arctan\\frac43", "2\\arctan\\frac12", true},
      {"\\frac{\\pi}{4}", "\\arctan\\frac12+\\arctan\\frac13", true},
      {"\\frac{3\\pi}{4}", "\\arctan2+\\arctan3", true},
      {"\\arctan\\frac12", "\\frac{\\pi}{2}-\\arctan 2", true},
      {"\\cos^{-1}\\frac13", "\\arctan 2\\sqrt2", true},
      {"\\frac{\\pi}{4}", "4\\arctan(1/5)-\\arctan(1/239)", true},
      {"\\ln(2+\\sqrt3)", "-\\ln(2-\\sqrt3)", true},
      {"\\ln(3+2\\sqrt2)", "2\\ln(1+\\sqrt2)", true},
      {"\\frac12\\ln\\frac{2+\\sqrt3}{2-\\sqrt3}", "\\ln(2+\\sqrt3)", true},
      {"5", "2^{\\log_2 5}", true},
      {"2", "3^{\\log_9 4}", true},
      {"\\arcsin\\frac45", "\\arccos\\frac45", false},
      {"\\frac{3\\pi}{4}", "\\arctan2-\\arctan3", false},
      {"\\frac{\\pi}{4}", "\\arctan2+\\arctan3", false},
      {"-\\frac{\\pi}{4}", "\\arctan2+\\arctan3", false},
      {"\\ln(2+\\sqrt3)", "\\ln(2-\\sqrt3)", false},
      {"5", "3^{\\log_2 5}", false},
      {"\\pi", "3.14159265358979323846264338327950288\\cdot 1", false},
      {"\\arctan\\frac43", "2\\arctan\\frac{1}{2}+2\\pi", false},
  });
}

TEST(MathSpellings, SolutionsThatCountTurns) {
  expect_all({
      {"x=\\frac{\\pi}{4}+k\\pi", "\\frac{\\pi}{4}+k\\pi", true},
      {"x=\\frac{\\pi}{4}+k\\pi", "\\frac{\\pi}{4}+2k\\pi", false},
      {"y=2\\pi r", "2\\pi r", false},
      {"y=kx", "kx", false},
      {"y=2\\pi n x", "2\\pi n x", false},
  });
}

TEST(MathSpellings, WordsThatTurnANumber) {
  expect_all({
      {"3 units left", "3 units right", false},
      {"3 units left", "3 right", false},
      {"3 left", "3 units right", false},
      {"3 units to the left", "3 units to the right", false},
      {"3 units up", "3 units down", false},
      {"3 units clockwise", "3 units counterclockwise", false},
      {"5 units increase", "5 units decrease", false},
      {"5 units upwards", "5 units downwards", false},
      {"\\$5 profit", "\\$5 loss", false},
      {"\\$5 profit", "\\$5 in debt", false},
      {"\\$5 \\text{ gain}", "\\$5 \\text{ loss}", false},
      {"\\$5 saved", "\\$5 spent", false},
      {"5", "5 loss", false},
      {"5", "5\\text{ loss}", false},
      {"5", "5 units below zero", false},
      {"5", "5 units less than x", false},
      {"5", "5 units greater than y", false},
      {"5", "5 percent of the total", false},
      {"5", "5\\text{ in debt}", false},
      {"5 miles east", "5 miles", false},
      {"5 miles east", "5 miles west", false},
      {"5% increase", "5%", false},
      {"5% increase", "5% decrease", false},
      {"5", "5 minutes before noon", false},
      {"\\$5 profit", "\\$5 profit", true},
      {"200", "\\$200 \\text{ profit}", true},
      {"8", "8\\text{ years ago}", true},
      {"\\$5 profit", "5 dollars profit", true},
      {"5 miles east", "5 miles east", true},
      {"90^\\circ clockwise", "90 degrees clockwise", true},
      {"90^\\circ clockwise", "90 degrees counterclockwise", false},
      {"3", "3\\text{ marbles left}", true},
      {"3\\text{ marbles left}", "3", true},
      {"3\\text{ marbles left}", "3\\text{ marbles lost}", false},
      {"5", "5 right triangles", true},
      {"5", "5 units", true},
      {"5", "5 square units", true},
      {"5\\%", "5 percent of the total", true},
      {"5\\%", "5\\%\\text{ of the total}", true},
      {"5", "5 years older", true},
      {"5 years older", "5 years younger", false},
      {"3\\text{ units left}", "3\\text{ units to the left}", true},
      {"5", "5\\text{ units}^2", true},
  });
}

/// Each of the points alone is all but nothing; together they must not cost the square of their number.
TEST(MathSpellings, ManyExceptions) {
  std::string points, sentence;
  for (int i = 1; i < 1000; ++i) {
    points += (i > 1 ? "," : "") + std::to_string(i);
    sentence += (i > 1 ? " and " : "") + ("x\\ne" + std::to_string(i));
  }
  expect_all({
      {"x\\ne 1,2", ("x\\ne " + points).c_str(), false},
      {"x\\ne 1,2", sentence.c_str(), false},
      {"x\\ne 1,2", "x\\ne2 and x\\ne 1", true},
      {"1<x<3", "x<3 and x>1", true},
      {"1<x<3", "x<3 and x>=1", false},
      {"x\\ge 3", "x>1 and x\\ge 3 and x>2", true},
  });
}

TEST(MathSpellings, UnitsWithADirection) {
  expect_all({
      {"20\\text{ feet high}", "20 feet", true},
      {"20\\text{ km/h east}", "20 km/h east", true},
      {"20\\text{ km/h east}", "20 km/h", false},
      {"20\\text{ km/h east}", "20 m/h east", false},
      {"5 miles east", "5\\text{ miles east}", true},
  });
}

}  // namespace
}  // namespace lydian
