// What stands beside an answer and makes it none, and what does not.
#include <gtest/gtest.h>

#include <string>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;

TEST(MathHedges, MoreBoxesThanAreLookedAt) {
  std::string eight, many;
  for (int i = 0; i < 8; ++i) eight += "\\boxed{5}, ";
  for (int i = 0; i < 65; ++i) many += "-\\boxed{5} ";
  expect_all({{"5", eight.c_str(), true}, {"5", many.c_str(), false}, {"-5", many.c_str(), false}}, MathKind::kResponse);
}

TEST(MathHedges, FormulasBehindOnesWithoutAnEnd) {
  expect_all(
      {
          {"\\begin{pmatrix}1\\\\2\\end{pmatrix}", "It is \\( \\( so that\nwe get \\(\\begin{pmatrix}1\\\\2\\end{pmatrix}\\).", true},
          {"4", "It is \\( \\( so that\nwe get -\\(4\\).", false},
      },
      MathKind::kResponse);
}

TEST(MathHedges, RightAnswersWithWordsAndSignsAround) {
  expect_all(
      {
          {"B", "The correct answer is B because the other options are incorrect.", true},
          {"B", "The correct answer is **B**, as options A and C are incorrect.", true},
          {"C", "The answer is C (A and B are incorrect).", true},
          {"5", "The answer is 5, since 6 would be wrong.", true},
          {"5", "[ x = \\boxed{5} ]", true},
          {"5", "[ 2+3 = \\boxed{5} ]", true},
          {"5", "So ( n = \\boxed{5} ).", true},
          {"(1,2)", "[ (x,y) = \\boxed{(1,2)} ]", true},
          {"4", "$\\boxed 4$", true},
          {"4", "$\\boxed4$", true},
          {"30", "The difference between their ages is 40 - 10 = 30 years.", true},
          {"30", "The number of students not in the club is 40 - 10 = 30.", true},
          {"30", "If there were 40 apples and 10 were eaten, then 40 - 10 = **30** apples remain.", true},
          {"3", "So log_2(8) = 3.", true},
          {"3", "log₂(8) = 3", true},
          {"2", "log_10(100) = 2.", true},
          {"1", "sin^2(x) + cos^2(x) = 1", true},
          {"5", "> \\boxed{5}", true},
          {"5", "> **\\boxed{5}**", true},
          {"5", "> $\\boxed{5}$", true},
          {"5", "| Answer | \\boxed{5} |", true},
          {"5", "Step 5 – \\boxed{5}", true},
          {"5", "Final answer – \\boxed{5}", true},
          {"5", "$\\angle ABC = \\boxed{5}\\degree$", true},
          {"5", "$\\boxed{5}$ °C", true},
          {"5", "$\\boxed{5}\\ \\Omega$", true},
          {"5", "€$\\boxed{5}$", true},
          {"5", "$\\bullet\\ \\boxed{5}$", true},
          {"5", "$\\boxed{5}\\checkmark$", true},
          {"5", "In base 7, $\\boxed{5}_7$.", true},
          {"2", "So x = 2, since x > 0.", true},
          {"2", "So $x = 2$, since $x > 0$.", true},
          {"42", "The answer is 42, not 43.", true},
          {"B", "So the answer is (B), not (A).", true},
          {"1/3", "1/3, or about 33.3%", true},
          {"\\frac12", "$\\boxed{\\frac12}$ (or 50%)", true},
          {"3", "\\( \\( so\nwe get \\(x = 3\\) apples in all", true},
          {"2, 3", "$\\boxed{2}$ or $\\boxed{3}$", true},
          {"5", "The number that is not prime is $\\boxed{5}$.", true},
          {"5", "Not counting him there are \\boxed{5}.", true},
          {"5", "The answer is \\boxed{5}, which is not a problem.", true},
      },
      MathKind::kResponse);
}

TEST(MathHedges, ReasonsAndWhatIsSetApart) {
  expect_all(
      {
          {"2, 3", "The answer is 2 or 3, since x > 1.", true},
          {"3", "The answer is 2 or 3, since x > 1.", false},
          {"3", "The answer is not 3, because 3 is odd.", false},
          {"3", "x^2 = 3, since x > 0.", false},
          {"4", "So 8 - 4 = 4, because 4 + 4 = 8.", true},
          {"4", "He gave 4 wrong answers.", true},
          {"4", "There are 5 - 1 = 4 of them, none of which is wrong.", true},
          {"4", "The answer is $4$, since $2+2=4$.", true},
          {"4", "So $x=4$ because $2x=8$.", true},
          {"4", "$x = 4$, not $x = 5$.", true},
          {"4", "The answer is 5, not 4.", false},
          {"4", "So he has $\\boxed{4}$ and $3$ are left.", true},
          {"4", "| x | 4 |\n|---|---|\n| y | \\boxed{4} |", true},
          {"4", "$$\nx\n=\n\\boxed{4}\n$$", true},
      },
      MathKind::kResponse);
}

TEST(MathHedges, NotOneButTheOther) {
  expect_all(
      {
          {"42", "The answer is not 41 but 42.", true},
          {"41", "The answer is not 41 but 42.", false},
          {"42", "It is not that we get 41 but 42.", false},
          {"4", "The answer is 4 (not 5).", true},
          {"5", "The answer is 4 (not 5).", false},
          {"990", "Tina makes $990 in 5 days.", true},
          {"5", "Tina makes $990 in 5 days.", false},
          {"0.25", "It is 1 in 4.", true},
      },
      MathKind::kResponse);
}

TEST(MathHedges, MoreThatChangesABox) {
  expect_all(
      {
          {"4", "\\boxed{4} -- no, 5", false},
          {"4", "$\\boxed{4}$ or more.", false},
          {"4", "$\\boxed{4}$ times as large as $x$", false},
          {"4", "He won $\\boxed{4}$ times.", true},
          {"4", "$\\boxed{4} = 6$", false},
          {"4", "$\\boxed{4}$ or five.", false},
          {"4", "$\\boxed{4}$, or four.", true},
          {"4", "The answer is neither 3 nor \\boxed{4}.", false},
          {"4", "$\\boxed{4}$ is not it", false},
          {"4", "Is it 4, since 2+2=4?", false},
          {"4", "I doubt it is 4, since 3 is odd.", false},
          {"4", "We reject 4 because 4 < 5.", false},
          {"4", "x = 4 is extraneous, since 4 < 5.", false},
          {"4", "The answer is 4, as 5 and 4 are both right.", false},
          {"4", "The answer is 5, as opposed to 4.", false},
          {"4", "$\\boxed{4}^{\\circ}\\pi$", false},
          {"4", "$\\boxed{4}^\\circ\\pi$", false},
          {"4", "$\\boxed{4}^{\\circ}$", true},
          {"4", "It lies between 3 and $\\boxed{4}$.", false},
          {"4", "The numbers between 3 and 9 are few, and \\boxed{4}", true},
          {"4", "\\(x = 3 + \\) \\(\\boxed{4}\\)", false},
          {"4", "\\(x = \\) \\(\\boxed{4}\\)", true},
          {"1/2", "$\\boxed{\\frac12} = 0.5$", true},
          {"4", "$\\boxed{4}$ $+ 3$", false},
          {"4", "$\\boxed{4}$ can't be right", false},
          {"4", "$\\boxed{4}$ is false", false},
          {"4", "It isn’t \\boxed{4}.", false},
          {"4", "the square root of \\boxed{4}", false},
          {"4", "triple \\boxed{4}", false},
          {"4", "\\boxed{4} and -4", false},
          {"4, -4", "\\boxed{4} and -4", true},
          {"4", "$5$ or \\boxed{4}", false},
          {"4", "50\\% or \\boxed{4}", false},
          {"1/2", "50\\% or $\\boxed{\\frac12}$", true},
          {"4", "\\boxed{4} (which is wrong)", false},
          {"4", "$\\boxed{4}\\degree\\pi$", false},
          {"4", "| 3 | + \\boxed{4} |", false},
          {"4", "> 3 + \\boxed{4}", false},
          {"4", "[ x = 2 \\boxed{4} ]", false},
          {"4", "( 3 , \\boxed{4} )", false},
          {"4", "x – \\boxed{4}", false},
      },
      MathKind::kResponse);
}

TEST(MathHedges, AnswersThatAreTakenBackOrChanged) {
  expect_all(
      {
          {"4", "$\\boxed{4}$ (or 5)", false},
          {"4", "\\boxed{4} or maybe 5.", false},
          {"4", "\\boxed{4} or, if that's wrong, 5", false},
          {"4", "\\boxed{4} or five", false},
          {"4", "\\boxed{4}? No, 5.", false},
          {"4", "Either 5 or $\\boxed{4}$.", false},
          {"4", "$5 \\text{ or } \\boxed{4}$", false},
          {"4", "$x=5$ or $x=\\boxed{4}$", false},
          {"4", "x = 5 or x = \\boxed{4}", false},
          {"4", "It isn't \\boxed{4}.", false},
          {"4", "The answer cannot be \\boxed{4}.", false},
          {"4", "\\boxed{4} isn't right.", false},
          {"4", "\\boxed{4}, which is wrong.", false},
          {"4", "negative \\boxed{4}", false},
          {"4", "minus \\boxed{4}", false},
          {"4", "twice \\boxed{4}", false},
          {"4", "half of \\boxed{4}", false},
          {"4", "\\boxed{4} dozen", false},
          {"4", "\\boxed{4} tenths", false},
          {"4", "\\boxed{4} thirds", false},
          {"4", "\\boxed{4} squared", false},
          {"4", "$$x\n=\n-\n\\boxed{4}$$", false},
          {"4", "$$x=3+\\\\\n\\boxed{4}$$", false},
          {"4", "$x = 3 + $ $\\boxed{4}$", false},
          {"4", "So 2+2 = 5 = 4.", false},
          {"4", "$\\boxed{4}$ and $-4$", false},
          {"4", "4 cannot be it", false},
          {"4", "The answer is 4 (but 5 is possible).", false},
          {"4", "4 at least", false},
          {"4", "4 at most", false},
          {"4", "3 - \\boxed{4}", false},
          {"4", "The answer is 4, as well as 5.", false},
          {"4", "The answer is 4, but that is wrong.", false},
          {"4", "If x were 6, the answer would be 4.", false},
          {"4", "$\\boxed{4}$ is the wrong answer.", false},
          {"4", "( 3, x = \\boxed{4} )", false},
          {"4", "- | \\boxed{4} |", false},
          {"4", "| \\boxed{4} |x", false},
          {"4", "$> \\boxed{4}$", false},
          {"43", "The answer is 42, not 43.", false},
          {"12_8", "In base 7, $\\boxed{12}_7$.", false},
          {"5", "| \\boxed{5} | \\pi", false},
          {"5", "The answer is 6 because 5 is odd.", false},
          {"5", "$\\boxed{4}$ or $\\boxed{5}$", false},
          {"5\\text{ °F}", "$\\boxed{5}$ °C", false},
      },
      MathKind::kResponse);
}

}  // namespace
}  // namespace lydian
