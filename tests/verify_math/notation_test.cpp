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

}  // namespace
}  // namespace lydian
