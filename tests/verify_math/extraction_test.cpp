// Where the answer stands in a response, and what around it belongs to it.
#include <gtest/gtest.h>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;

TEST(MathExtraction, SignsBelongToANumber) {
  expect_all(
      {
          {"5", "So x = −5.", false},
          {"-5", "So x = −5.", true},
          {"1/2", "The slope is −1/2.", false},
          {"-1/2", "The slope is −1/2.", true},
          {"2", "Therefore, x = - 2.", false},
          {"5", "So it is negative 5.", false},
          {"-5", "So it is negative 5.", true},
          {"-5", "So it is minus 5.", true},
          {"5", "So it is –5.", false},
          {"5", "The change is −$5.", false},
          {"2", "The roots are ±2.", false},
          {"5", "So we get 5 — as it should be.", true},
          {"7", "Final answer - 7", true},
          {"7", "- 7", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, PlainMathematicsIsReadWhole) {
  expect_all(
      {
          {"10", "The result is 2^10.", false},
          {"2^{10}", "The result is 2^10.", true},
          {"5", "It is √5.", false},
          {"2\\sqrt3", "The side length is 2√3.", true},
          {"\\sqrt2/2", "It is √2/2.", true},
          {"4", "The line is y = 3x + 4.", false},
          {"y=3x+4", "The line is y = 3x + 4.", true},
          {"4", "So z = 3 + 4i.", false},
          {"3+4i", "So z = 3 + 4i.", true},
          {"5", "It is sqrt(5).", false},
          {"5", "It is ln(5).", false},
          {"5", "It is |x-5|.", false},
          {"5", "It is x^2+5.", false},
          {"4", "It is 10 − 4.", false},
          {"5", "It is 2·5.", false},
          {"5", "It is π/5.", false},
          {"5", "It is sqrt(3)/5.", false},
          {"3", "It is 1 / 3.", false},
          {"5", "It is f(5).", false},
          {"5", "It is 10 choose 5.", false},
          {"5", "It is e^5.", false},
          {"12", "The area is 12π.", false},
          {"12\\pi", "The area is 12π square units.", true},
          {"12", "The area is 12 pi.", false},
          {"5", "It is 5x.", false},
          {"5", "It is 5*x.", false},
          {"5", "It is 5i.", false},
          {"5", "It is 5!.", false},
          {"5", "It is 5².", false},
          {"5", "It is 5½.", false},
          {"11/2", "It takes 5½ hours.", true},
          {"7/2", "It takes 3 1/2 hours.", true},
          {"4", "It is 1.5 × 10^4.", false},
          {"15000", "It is 1.5 × 10^4.", true},
          {"3", "It is 12 m^3.", false},
          {"12", "It is 12 m^3.", true},
          {"2", "It is 9.8 m/s^2.", false},
          {"9.8\\text{ m/s}^2", "It is 9.8 m/s^2.", true},
          {"2", "It is 1011 in base 2.", false},
          {"30", "They meet at 10:30.", false},
          {"10:30", "They meet at 10:30 a.m.", true},
          {"5", "The ratio is 12:5.", false},
          {"12:5", "The ratio is 12:5.", true},
          {"x^2-1", "The polynomial is x^2 - 1.", true},
          {"x^2+2x+1", "The expression is `x**2 + 2*x + 1`.", true},
          {"5", "So **x² + 5**.", false},
          {"\\pi", "So the area is π.", true},
          {"7", "So there are 7 (seven) of them, and **7** is right.", true},
          {"7", "Answer: [7].", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, RelationsPointsAndLists) {
  expect_all(
      {
          {"4", "So x > 4", false},
          {"4", "So x ≥ 4", false},
          {"4", "So x != 4", false},
          {"4", "So x² = 4", false},
          {"4", "So |x| = 4", false},
          {"4", "The interval is [3, 4].", false},
          {"[3,4]", "The interval is [3, 4].", true},
          {"(-\\infty,3)", "The domain is (-∞, 3).", true},
          {"4", "The vertex is (3, 4).", false},
          {"(3,4)", "The vertex is (3, 4).", true},
          {"4", "So x = 3 and y = 4.", false},
          {"4", "So x = 3, x = 4", false},
          {"3, 4", "So x = 3 or x = 4", true},
          {"5", "So x = 12 and x = 5.", false},
          {"12, 5", "The roots are 12 and 5.", true},
          {"4", "The odds are 3 to 4.", false},
          {"4", "The score is 3–4.", false},
          {"7", "In 2020, 7 people came.", true},
          {"7", "For n = 3, we have f(n) = 7.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, ArithmeticGivesItsResult) {
  expect_all(
      {
          {"12", "Hence we have 3 x 4 = 12 in all.", true},
          {"12", "He has 3 apples + 9 apples = 12 apples.", true},
          {"14", "First she has 3+4 = 7, then 7*2 = 14 apples.", true},
          {"14", "So 3+4=7, 7*2=14.", true},
          {"7", "Therefore, he earns $7 per hour.", true},
          {"7", "We add $3 and $4 to get $7.", true},
          {"7", "Hence 2x = 7.", false},
          {"7", "Hence 2x = 14 → x = 7.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, NumbersThatAreNoValues) {
  expect_all(
      {
          {"5", "This is case 5.", false},
          {"5", "Hence the claim, by Theorem 5.", false},
          {"5", "So it is a 5-digit number.", false},
          {"42", "There is no solution, as 41 < 42.", false},
          {"42", "The answer is the 42nd prime.", false},
          {"2", "It is H2.", false},
          {"3", "The only solution is x = 4 (x = 3 is extraneous).", false},
          {"4", "The only solution is x = 4 (x = 3 is extraneous).", true},
          {"1/3", "The answer is 1/3 (or about 0.33).", true},
          {"4", "The answer is 4 (or 5).", false},
          {"5", "The answer is 4 (or 5).", false},
          {"8", "It is 664 (base 8).", false},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, LabelsInBold) {
  expect_all(
      {
          {"2", "**Answer: −2**", false},
          {"-2", "**Answer: −2**", true},
          {"2", "*Answer: −2*", false},
          {"-2", "*Answer: −2*", true},
          {"2^{10}", "__Answer: 2^10__", true},
          {"2", "**Final Answer: √2**", false},
          {"2", "**Final Answer: 3x + 2**", false},
          {"3x+2", "**Final Answer:** 3x + 2", true},
          {"2^{10}", "**Final answer: 2^10**", true},
          {"2", "**Answer: 12 cm^2**", false},
          {"12\\text{ cm}^2", "**Answer: 12 cm^2**", true},
          {"2", "**Answer: x = 1, y = 2**", false},
          {"(1,2)", "**Answer: x = 1, y = 2**", true},
          {"2^{10}", "Thus the answer is: **2^10**", true},
          {"2^{10}", "\\textbf{Answer:} 2^10", true},
          {"42", "**Answer: 42 apples.**", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, MathematicsRightBesideABox) {
  expect_all(
      {
          {"5", "$\\boxed{5}\\pi$", false},
          {"5", "$-\\boxed{5}$", false},
          {"5", "$\\sqrt{\\boxed{5}}$", false},
          {"5", "$\\frac{\\boxed{5}}{6}$", false},
          {"5", "$2^{\\boxed{5}}$", false},
          {"5", "$\\boxed{5} \\times 10^3$", false},
          {"5", "$\\boxed{5}/6$", false},
          {"5", "$\\boxed{5}i$", false},
          {"5", "$\\boxed{5}!$", false},
          {"5", "$(\\boxed{5}, 6)$", false},
          {"5", "$x > \\boxed{5}$", false},
          {"5", "$x \\neq \\boxed{5}$", false},
          {"5", "$\\pm\\boxed{5}$", false},
          {"5", "-$\\boxed{5}$", false},
          {"5", "√$\\boxed{5}$", false},
          {"5", "The area is $\\boxed{5}$π.", false},
          {"5", "**Answer:** $\\boxed{5}$/6", false},
          {"5", "$\\boxed{5}$ or $6$.", false},
          {"\\frac12", "The probability is $\\boxed{\\frac12}$ or 50%.", true},
          {"5", "The answer is not $\\boxed{5}$.", false},
          {"5", "$\\boxed{5}$ is not correct.", false},
          {"5", "$x = \\boxed{5}$", true},
          {"5", "$x \\approx \\boxed{5}.$", true},
          {"5", "$\\Rightarrow \\boxed{5}$", true},
          {"5", "$\\therefore \\mathbf{\\boxed{5}} \\quad (1)$", true},
          {"5", "$\\boxed{5}\\text{ cm}$", true},
          {"5", "$\\boxed{5}^\\circ$", true},
          {"5", "$(\\boxed{5})$", true},
          {"5", "\\begin{aligned} x &= 2+3 \\\\ &= \\boxed{5} \\end{aligned}", true},
          {"3, 4", "$\\boxed{x=3},\\ \\boxed{x=4}$", true},
          {"18", "Bill is on the $\\boxed{18}$th floor.", true},
          {"9", "$a \\equiv \\boxed{9} \\pmod{11}$", true},
          {"5", "So - at last - $\\boxed{5}$!", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, UnitsRightBesideAnAnswer) {
  expect_all(
      {
          {"12\\text{ cm}", "The side is $\\boxed{12}$ meters.", false},
          {"12\\text{ cm}", "The side is $\\boxed{12}\\text{ m}$.", false},
          {"12\\text{ cm}", "The side is $\\boxed{12}$ m.", false},
          {"12\\text{ cm}", "The side is 12 m.", false},
          {"12\\text{ cm}", "The side is $12$ m.", false},
          {"12\\text{ cm}", "The side is $\\boxed{12}$ cm.", true},
          {"12\\text{ m}", "The side is 12 meters.", true},
          {"12\\text{ hours}", "It takes $\\boxed{12}$ minutes.", false},
          {"\\$12", "It costs 12 cents.", false},
          {"12", "The answer is $\\boxed{12}$ million.", false},
          {"12000000", "The answer is $\\boxed{12}$ million.", true},
          {"12", "There are $\\boxed{12}$ millimeters.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, MathematicsRightBesideAFormula) {
  expect_all(
      {
          {"4", "We get -$4$.", false},
          {"-4", "We get -$4$.", true},
          {"4", "We get negative $4$.", false},
          {"4", "We get $4$π", false},
          {"4\\pi", "We get $4$π", true},
          {"4", "We get $3$/$4$.", false},
          {"4", "The ratio is $3$ to $4$.", false},
          {"4", "So $x = 3$, $y = 4$.", false},
          {"(3,4)", "Therefore $x=3$ and $y=4$.", true},
          {"3, 4", "The solutions are $x = 3$ and $x = 4$.", true},
          {"3, 4", "The solutions are $3$ and $4$.", true},
          {"3, 4", "Thus $x=3$ or $x=4$.", true},
          {"(3,4),(4,3)", "The pairs are $(3,4)$ and $(4,3)$.", true},
          {"7", "When $x = 2$, $y = 7$.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, WordsThatChangeTheAnswer) {
  expect_all(
      {
          {"42", "The answer is the negative of 42.", false},
          {"42", "The answer is a multiple of 42.", false},
          {"42", "The answer is a divisor of 42.", false},
          {"42", "The answer is divisible by 42.", false},
          {"42", "The answer is the number of divisors of 42.", false},
          {"5", "The answer is the first 5 primes.", false},
          {"42", "If x were 6 the answer would be 42.", false},
          {"42", "The answer is 42. Correction: 43.", false},
          {"43", "The answer is 42. Correction: 43.", true},
          {"42", "Suppose the answer is 42. Then there is a contradiction.", false},
          {"42", "Everyone thinks the answer is 42, but they are wrong.", false},
          {"42", "Is the answer 42? No.", false},
          {"42", "I do not know. 42?", false},
          {"5", "The answer is undefined at x = 5.", false},
          {"5", "Hence $x$ exceeds $5$.", false},
          {"(0,1)", "Hence $x$ lies outside $(0,1)$.", false},
          {"(0,1)", "Hence it is the complement of $(0,1)$.", false},
          {"4", "The answer is 4 less than x.", false},
          {"4", "The answer is 4 greater than x.", false},
          {"4", "The answer is 4 plus x.", false},
          {"4", "The answer is 4 over x.", false},
          {"4", "The answer is 4 divided by x.", false},
          {"5", "$\\boxed{5}$ more than $x$.", false},
          {"2", "The answer is 2 and a half.", false},
          {"2.5", "The answer is 2 and a half.", true},
          {"2.5", "It is $2$ and a half.", true},
          {"3", "#### >3", false},
          {"3", "#### 3 less than x", false},
          {"5", "**Answer:** > 5", false},
          {"7", "So John has 7 more than Bob.", true},
          {"7", "What is it? The answer is 7.", true},
          {"42", "The answer is a total of 42.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, OptionsThatAreChosen) {
  expect_all(
      {
          {"B", "Option A is correct, B is not.", false},
          {"A", "Option A is correct, B is not.", true},
          {"B", "A is right; B is wrong.", false},
          {"A", "A is right; B is wrong.", true},
          {"B", "(A) is correct, (B) is incorrect.", false},
          {"B", "Options A and B are correct.", false},
          {"A", "The answers are A and B.", false},
          {"B", "None of A, B.", false},
          {"B", "Both A and B", false},
          {"B", "So we rule out B.", false},
          {"B", "B fails.", false},
          {"B", "The point B.", false},
          {"B", "the distance from A to B", false},
          {"B", "Thus, option B is the right answer.", true},
          {"B", "So B is correct.", true},
          {"B", "I choose (B).", true},
          {"B", "**B**", true},
          {"B", "My choice: B", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, OptionsWithTheirText) {
  expect_all(
      {
          {"B", "The answer is (B) 42.", true},
          {"42", "The answer is (B) 42.", true},
          {"43", "The answer is (B) 42.", false},
          {"2", "**Answer: (B) 2 or (C) 3**", false},
          {"B", "**Answer: (B) 42**", true},
          {"B", "**Answer:** B. 42", true},
          {"B", "The answer is B. 42.", true},
          {"B", "The correct option is (B) 42.", true},
          {"B", "Therefore, the correct answer is option B: 42.", true},
          {"B", "The correct answer is **B) 42**", true},
          {"42", "The correct answer is **B) 42**", true},
          {"42", "$\\boxed{\\textbf{(B)}\\ 42}$", true},
          {"B", "$\\boxed{\\textbf{(B)}\\ \\frac{1}{2}}$", true},
          {"\\frac12", "$\\boxed{\\textbf{(B)}\\ \\frac{1}{2}}$", true},
          {"B", "$\\boxed{\\text{(B) }\\sqrt{2}}$", true},
          {"B", "$\\boxed{\\textbf{(B)}\\ (3,4)}$", true},
          {"B", "$\\boxed{(B)\\ -3}$", true},
          {"B", "$\\boxed{\\textbf{(B)}~42}$", true},
          {"B", "$\\boxed{\\textbf{(C)}\\ \\frac{1}{2}}$", false},
          {"B", "$\\boxed{(B)(C)}$", false},
          {"B", "$\\boxed{(B)+1}$", false},
          {"B", "$\\boxed{(B) \\times 3}$", false},
          {"B", "The answer is (B) 42 or (C) 43.", false},
          {"3", "$\\boxed{(B)^3}$", false},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, AnswersInWords) {
  expect_all(
      {
          {"\\text{Tuesday}", "The answer is Tuesday.", true},
          {"\\text{Tuesday}", "The answer is not Tuesday.", false},
          {"\\text{Tuesday}", "The answer is Tuesday or Friday.", false},
          {"\\text{Tuesday}", "The answer is Tuesday, or maybe Friday.", false},
          {"\\text{Tuesday}", "**Answer:** Tuesday", true},
          {"\\text{Tuesday}", "It falls on a **Tuesday**.", true},
          {"\\text{Tuesday}", "It is not a **Tuesday**.", false},
          {"yes", "The answer is yes.", true},
          {"yes", "So the answer is **yes**, since they meet.", true},
          {"yes", "**Yes**", true},
          {"yes", "Yes, it is.", true},
          {"yes", "Yes? No, it is not.", false},
          {"yes", "Yes, wait, no.", false},
          {"\\text{no solution}", "There is no solution.", true},
          {"\\emptyset", "The equation has no solutions.", true},
          {"\\text{no solution}", "It is not true that there is no solution.", false},
          {"42", "The answer is as follows.\nIt is 42.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, MoreThatBelongsToANumber) {
  expect_all(
      {
          {"5", "The value is 10⁻⁵.", false},
          {"5", "The value is log₂ 5.", false},
          {"5", "It is 5 · 10³.", false},
          {"5", "x ∈ (3, 5)", false},
          {"5", "The value is x_5.", false},
          {"5", "It is the 5 x 5 matrix.", false},
          {"5", "It is 2 & 5.", false},
          {"5", "We need n ≥ 5.", false},
          {"5", "The answer is negative \\(5\\).", false},
          {"5", "The value is 5 sin θ.", false},
          {"5", "It is the length + 5.", false},
          {"5", "It is 2 to the power of 5.", false},
          {"5000", "The value is 5 x 10^3.", true},
          {"2, 3, 5", "The numbers are 2, 3 and 5.", true},
          {"5", "$\\boxed{5}\\text{ or }6$", false},
          {"5", "$\\boxed{5}, \\text{ or } 6$", false},
          {"5", "$\\left(\\boxed{5}\\right)^2$", false},
          {"5", "$x < \\boxed{5}$", false},
          {"5", "$\\{\\boxed{5}, 6\\}$", false},
          {"5", "$\\$\\boxed{5}$", true},
          {"5", "$\\boxed{5}^{\\text{th}}$", true},
          {"5", "$\\boxed{5}\\qquad\\square$", true},
          {"5", "$\\boxed{5}\\ \\mathrm{m}$", true},
          {"5\\text{ cm}", "$\\boxed{5}\\ \\mathrm{m}$", false},
          {"5", "$f(x) = x^2 + 1 \\implies f(2) = \\boxed{5}$", true},
          {"5", "$\\color{red}{\\boxed{5}}$", true},
          {"5", "- \\boxed{5}", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, WhatIsSaidOfTheSubject) {
  expect_all(
      {
          {"6", "The number of integers between 200 and 300 with digit sum 15 is 6.", true},
          {"9", "The greatest integer less than 10 is 9.", true},
          {"4", "The distance between $A$ and $B$ is $4$.", true},
          {"52", "The number of musicians who do not play strings is 52.", true},
          {"18", "The number of orders such that the scoop is not on the bottom is 18.", true},
          {"84", "He went down the slide 84 times.", true},
          {"84", "It is 84 times the radius.", false},
          {"5", "The value that does not work is 5.", false},
          {"5", "x is 3 or y is 5.", false},
          {"5", "Maybe the number of cats is 5.", false},
          {"5", "The number of cats is 4 or the number of cats is 5.", false},
          {"5", "Perhaps the answer is 5.", false},
          {"5", "It is not the case that the answer is 5.", false},
          {"A", "We get 5 and 6.\nTherefore, the correct graph is A.", true},
          {"A", "We get 5 and 6.\nThis proves claim A.", false},
          {"5", "In the first 15 minutes, $5$ cars drove by.", true},
          {"26", "It will grow $26$ inches in 13 years.", true},
          {"3", "So the term is $3$. This confirms that our answer is correct.", true},
          {"2", "The latest time is 2 pm.", true},
      },
      MathKind::kResponse);
}

TEST(MathExtraction, MixedNumbersInWords) {
  expect_all(
      {
          {"2.5", "The answer is two and a half.", true},
          {"2", "The answer is two and a half.", false},
          {"13/4", "\\boxed{\\text{three and a quarter}}", true},
          {"3.5", "\\boxed{\\text{three and a quarter}}", false},
      },
      MathKind::kResponse);
}

}  // namespace
}  // namespace lydian
