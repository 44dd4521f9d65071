// Notations of answers that are read, each beside near misses that must be refused.
#include <gtest/gtest.h>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;

TEST(MathNotation, NumberWords) {
  expect_all({
      {"3", "three", true},
      {"7", "\\text{seven}", true},
      {"21", "twenty-one", true},
      {"21", "twenty one", true},
      {"305", "three hundred and five", true},
      {"2007", "two thousand seven", true},
      {"300000", "Three hundred thousand", true},
      {"1000000", "one million", true},
      {"-2", "negative two", true},
      {"\\frac23", "two thirds", true},
      {"0.5", "one half", true},
      {"three", "3", true},
      {"\\text{seven}", "7", true},
      {"0", "zero", true},
      {"3", "four", false},
      {"21", "twenty", false},
      {"21", "twelve", false},
      {"23", "twenty third", false},
      {"3", "third", false},
      {"3", "three hundred", false},
      {"12", "one two", false},
      {"5", "two three", false},
      {"2", "two thirds", false},
      {"3", "three or four", false},
      {"3", "not three", false},
      {"1", "no one", false},
      {"three", "four", false},
      {"seven", "7.5", false},
  });
  expect_all({{"7", "The answer is seven.", true}, {"7", "The answer is seventy.", false}, {"7", "\\boxed{\\text{seven}}", true}}, MathKind::kResponse);
}

TEST(MathNotation, AdditiveConstants) {
  expect_all({
      {"x^2+C", "x^2+c", true},
      {"\\frac{x^3}{3}+c", "\\frac13x^3+C", true},
      {"y=x^2+C", "y=x^2+c", true},
      {"-\\cos x+C", "c-\\cos x", true},
      {"x^2+C", "x^2", false},
      {"x^2", "x^2+C", false},
      {"x^2+C", "x^3+c", false},
      {"x^2+C", "x^2+k", false},
      {"x^2+C", "x^2-c", false},
      {"x^2+C", "x^2+2c", false},
      {"Cx^2", "cx^2", false},
      {"a+b+c", "a+b+C", false},
      {"ax^2+bx+c", "ax^2+bx+C", false},
      {"x^c+c", "x^c+C", false},
      {"c", "C", false},
  });
}

TEST(MathNotation, NamesOfValues) {
  expect_all({
      {"\\frac{n(n+1)}{2}", "S_n=\\frac{n(n+1)}{2}", true},
      {"0.3", "P(X>2)=0.3", true},
      {"\\frac{1}{6}", "P(X=2)=\\frac16", true},
      {"\\frac{1}{6}", "P(A|B)=\\frac16", true},
      {"\\frac{1}{6}", "\\Pr(A \\cap B)=\\frac16", true},
      {"\\frac{1}{6}", "\\mathbb{P}(X \\ge 4)=\\frac16", true},
      {"P(A|B)=\\frac16", "\\frac16", true},
      {"P(A|B)=\\frac16", "P(A|B)=\\frac16", true},
      {"P(A|B)=\\frac16", "P(B|A)=\\frac16", false},
      {"P(X>2)=0.3", "P(X<2)=0.3", false},
      {"\\frac{x-3}{2}", "f^{-1}(x)=\\frac{x-3}{2}", true},
      {"f^{-1}(x)=\\frac{x-3}{2}", "\\frac{x-3}{2}", true},
      {"f^{-1}(x)=\\frac{x-3}{2}", "f^{-1}(x)=\\frac{x}{2}-\\frac32", true},
      {"f^{-1}(x)=\\frac{x-3}{2}", "f(x)=\\frac{x-3}{2}", false},
      {"\\frac{x-3}{2}", "f^{-1}(x)=\\frac{x+3}{2}", false},
      {"2x+3", "f(x)=2x+3", true},
      {"V(t)=3t+1", "3t+1", true},
      {"V(t)=3t+1", "3t+1=V(t)", true},
      {"5", "P(2)=5", true},
      {"\\frac13", "\\int_0^1 x^2\\,dx=\\frac13", true},
      {"1", "\\lim_{x\\to 0}\\frac{\\sin x}{x}=1", true},
      {"\\frac{n(n+1)}{2}", "\\sum_{k=1}^{n}k=\\frac{n(n+1)}{2}", true},
      {"\\frac35", "\\sin A=\\frac35", true},
      {"0.3", "P(X>2)=0.4", false},
      {"0.3", "P(X>2)<0.3", false},
      {"A=P(1+r)", "A=P+Pr", true},
      {"x(x+1)=6", "x^2+x-6=0", true},
  });
}

TEST(MathNotation, UnitsByOneLetter) {
  expect_all({
      {"3 hours", "3 h", true},
      {"50 L", "50 litres", true},
      {"50\\text{ liters}", "50 l", true},
      {"60\\text{ km/h}", "60 kilometers per hour", true},
      {"3 hours", "4 h", false},
      {"3 hours", "3 H", false},
      {"3 hours", "3 m", false},
      {"50 litres", "50 M", false},
      {"3h", "3", false},
  });
}

TEST(MathNotation, Congruences) {
  expect_all({
      {"17\\pmod{20}", "17", true},
      {"17", "17 (mod 20)", true},
      {"17\\pmod{20}", "17 (mod 20)", true},
      {"17\\pmod{20}", "37 \\pmod{20}", true},
      {"x\\equiv 17\\pmod{20}", "x\\equiv 37 \\pmod{20}", true},
      {"x\\equiv 17\\pmod{20}", "x = 17 (mod 20)", true},
      {"17", "17 mod 20", true},
      {"17\\pmod{20}", "17\\pmod{21}", false},
      {"17\\pmod{20}", "18\\pmod{20}", false},
      {"17\\pmod{20}", "37", false},
      {"37", "17\\pmod{20}", false},
      {"x\\equiv 17\\pmod{20}", "x=17", false},
  });
}

TEST(MathNotation, UnitVectors) {
  expect_all({
      {"\\langle 2,-3\\rangle", "2\\mathbf i-3\\mathbf j", true},
      {"2\\mathbf{i}-3\\mathbf{j}", "\\langle 2,-3\\rangle", true},
      {"2\\hat{i}-3\\hat{j}+\\hat{k}", "(2,-3,1)", true},
      {"2\\hat{\\imath}-3\\hat{\\jmath}", "2i-3j", true},
      {"\\begin{pmatrix}2\\\\-3\\end{pmatrix}", "2i-3j", true},
      {"\\langle 2,-3,0\\rangle", "2\\mathbf i-3\\mathbf j", true},
      {"\\langle 0,-3\\rangle", "-3\\mathbf j", true},
      {"\\langle \\frac12,1\\rangle", "\\frac{\\mathbf i}{2}+\\mathbf j", true},
      {"\\langle 2,-3\\rangle", "2\\mathbf i+3\\mathbf j", false},
      {"\\langle 2,-3\\rangle", "3\\mathbf i-2\\mathbf j", false},
      {"\\langle 2,-3\\rangle", "2\\mathbf i-3\\mathbf k", false},
      {"\\langle 2,-3\\rangle", "2\\mathbf i-3\\mathbf j+\\mathbf k", false},
      {"(3,4)", "3+4i", false},
      {"3+4i", "(3,4)", false},
      {"(2,0)", "2i", false},
      {"\\{2,-3\\}", "2i-3j", false},
  });
}

TEST(MathNotation, CalculationsWithMatrices) {
  expect_all({
      {"-2", "\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}", true},
      {"-2", "\\det\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", true},
      {"-2", "\\left|\\begin{array}{cc}1&2\\\\3&4\\end{array}\\right|", true},
      {"ad-bc", "\\begin{vmatrix}a&b\\\\c&d\\end{vmatrix}", true},
      {"-2", "\\begin{vmatrix}1&2\\\\3&5\\end{vmatrix}", false},
      {"0", "\\begin{vmatrix}1&2&3\\\\4&5&6\\\\7&8&9\\end{vmatrix}", true},
      {"-3", "\\begin{vmatrix}1&2&3\\\\4&5&6\\\\7&8&10\\end{vmatrix}", true},
      {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}", false},
      {"\\begin{pmatrix}2&4\\\\6&8\\end{pmatrix}", "2\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", true},
      {"\\frac12\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}\\frac12&1\\\\\\frac32&2\\end{pmatrix}", true},
      {"\\begin{pmatrix}2&4\\\\6&8\\end{pmatrix}", "2\\begin{pmatrix}1&2\\\\3&5\\end{pmatrix}", false},
      {"\\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}^T", true},
      {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}^T", false},
      {"\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1&2\\end{pmatrix}^{\\top}", true},
      {"\\begin{pmatrix}1\\\\2\\end{pmatrix}", "(1,2)^T", true},
      {"\\begin{pmatrix}7&10\\\\15&22\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}^2", true},
      {"\\begin{pmatrix}1&4\\\\9&16\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}^2", false},
      {"\\begin{pmatrix}3\\\\7\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}\\begin{pmatrix}1\\\\1\\end{pmatrix}", true},
      {"\\begin{pmatrix}4\\\\6\\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}\\begin{pmatrix}1\\\\1\\end{pmatrix}", false},
      {"(1,1)", "\\begin{pmatrix}1&\\\\&1\\end{pmatrix}", false},
      {"(1,2]", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", false},
  });
}

TEST(MathNotation, NumeralsWithTheirBase) {
  expect_all({
      {"31", "0x1F", true},
      {"\\text{1F}_{16}", "0x1f", true},
      {"1011_2", "0b1011", true},
      {"1011_2", "1011_{\\text{two}}", true},
      {"1011_{\\text{two}}", "1011_two", true},
      {"1011_2", "1011_{three}", false},
      {"1011_2", "0b1010", false},
      {"\\text{A5}_{11}", "105", false},
      {"\\text{1F}_{16}", "115", false},
      {"0", "0x1F", false},
  });
}

TEST(MathNotation, PowersThatAreTooLargeToBeWrittenOut) {
  expect_all({
      {"2^{20240}", "4^{10120}", true},
      {"2^{20240}\\cdot 3^{30000}", "3^{30000}\\cdot 4^{10120}", true},
      {"6^{20240}", "2^{20240}\\cdot 3^{20240}", true},
      {"\\frac{2^{20240}}{2^{240}}", "2^{20000}", true},
      {"(-2)^{20241}", "-2^{20241}", true},
      {"2^{20240}", "4^{10121}", false},
      {"2^{20240}", "2^{20241}", false},
      {"2^{20240}", "-2^{20240}", false},
      {"2^{20240}", "5", false},
      {"2^{20240}", "3^{20240}", false},
  });
}

TEST(MathNotation, BoxesForOneValue) {
  expect_all(
      {
          {"(1,2)", "\\boxed{1} and \\boxed{2}", false},
          {"(1,2)", "\\boxed{(1,2)}", true},
          {"(1,2)", "\\boxed{1,2}", true},
          {"1, 2", "\\boxed{1} and \\boxed{2}", true},
          {"\\{1,2\\}", "\\boxed{1} and \\boxed{2}", true},
          {"5", "So it is \\boxed{4}. If that is wrong, try another way. It is \\boxed{5}.", false},
          {"5", "So it is \\boxed{4}. Or maybe not. It is \\boxed{5}.", false},
          {"5", "So it is \\boxed{4}. It might also be \\boxed{5}.", false},
          {"5", "So it is \\boxed{4}. Another possibility: \\boxed{5}", false},
          {"5", "So it is \\boxed{4}. If the radius is 4, then the height is not. So it is \\boxed{5}.", true},
          {"5", "So it is \\boxed{4}. Maybe I should check that once more by another way. The answer is \\boxed{5}.", true},
      },
      MathKind::kResponse);
}

TEST(MathNotation, TheLetterI) {
  expect_all({
      {"I^2R", "-R", false},
      {"\\frac{V}{I}", "-IV", false},
      {"P=I^2R", "P=-R", false},
      {"I^4", "1", false},
      {"P=I^2R", "P=RI^2", true},
      {"2+3i", "2+3I", true},
      {"2+3*I", "2+3i", true},
      {"-1", "e^{I\\pi}", true},
      {"2+3i", "2-3I", false},
  });
}

TEST(MathNotation, CasesAndLines) {
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

TEST(MathNotation, ChainsThatWorkOutTheGold) {
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

TEST(MathNotation, ProductsOfManyLetters) {
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

TEST(MathNotation, TheLineWithoutSomeOfIt) {
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

TEST(MathNotation, LettersOfFunctions) {
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

TEST(MathNotation, FreeLetters) {
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

TEST(MathNotation, SpellingsOfUnits) {
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

TEST(MathNotation, CountsOfChoices) {
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

TEST(MathNotation, MatricesInPlainText) {
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

TEST(MathNotation, NumbersWithWordsAndDots) {
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

TEST(MathNotation, LinesOfBothSigns) {
  expect_all({
      {"y=\\pm\\frac34x", "y=\\frac34x \\text{ or } y=-\\frac34x", true},
      {"y=\\pm\\frac34x", "y=-\\frac34x, y=\\frac34x", true},
      {"y=\\pm\\frac34x", "y=\\frac34x", false},
      {"y=\\pm\\frac34x", "y=\\frac34x, y=-\\frac43x", false},
      {"y=\\frac34x, y=-\\frac34x", "y=\\pm\\frac34x", true},
  });
}

TEST(MathNotation, ConstantsOfArcsAndLogarithms) {
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

TEST(MathNotation, SolutionsThatCountTurns) {
  expect_all({
      {"x=\\frac{\\pi}{4}+k\\pi", "\\frac{\\pi}{4}+k\\pi", true},
      {"x=\\frac{\\pi}{4}+k\\pi", "\\frac{\\pi}{4}+2k\\pi", false},
      {"y=2\\pi r", "2\\pi r", false},
      {"y=kx", "kx", false},
      {"y=2\\pi n x", "2\\pi n x", false},
  });
}

}  // namespace
}  // namespace lydian
