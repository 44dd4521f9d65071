#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lydian/verify/math_verifier.h"
#include "verify_math/mutated_answers.h"

namespace lydian {
namespace {

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

// Work is bounded by its count, whatever the machine; the count is what a verdict may not exceed.
TEST(MathVerifierHostile, RefusedWithinTheBudget) {
  const std::vector<std::string> answers = {"9^9^9",
                                            "9^{9^{9^{9}}}",
                                            "2^{2^{2^{2^{2^{2}}}}}",
                                            "1000000!",
                                            "7^{7^{7^{7}}} \\bmod 10^{9}",
                                            "\\prod_{k=1}^{10^9} k",
                                            "\\sum_{i=1}^{10^6}\\sum_{j=1}^{10^6} ij",
                                            "\\sum_{i=1}^{1000}\\sum_{j=1}^{1000} \\sum_{k=1}^{1000} ijk",
                                            "(a+b+c+d+e+f)^{60}",
                                            "((x+1)^{60}+y)^{60}",
                                            "\\prod_{k=1}^{64}(x+k+y^k)",
                                            "1e999999999",
                                            "\\binom{1000000}{500000}",
                                            repeated("\\frac{1}{", 1000),
                                            repeated("(", 5000),
                                            repeated("{", 5000) + repeated("}", 5000),
                                            repeated("[", 3000),
                                            repeated("\\sqrt{", 500) + "2" + repeated("}", 500),
                                            repeated("\\sin", 500) + "x",
                                            repeated("-", 3000) + "7",
                                            repeated("x", 5000),
                                            repeated("1+", 2000) + "1",
                                            repeated("9", 1000000),
                                            repeated("7!", 2000),
                                            "7" + repeated("!", 3000),
                                            repeated("|", 2000),
                                            repeated("1/", 1500) + "1",
                                            repeated("x^", 500) + "2",
                                            repeated("\\boxed{", 3000),
                                            repeated("$", 20000),
                                            repeated("\\[", 20000),
                                            repeated("\\(", 20000),
                                            std::string("7\0", 2),
                                            std::string(64, '\0'),
                                            "\xFF\xFE\xE2\x88",
                                            repeated("\\left(", 500),
                                            repeated("1,", 3000) + "1",
                                            repeated("\\begin{pmatrix}", 300),
                                            "\\tan\\frac{\\pi}{2}",
                                            "\\frac{1}{0}",
                                            "\\infty-\\infty",
                                            "\\ln 0",
                                            "0^{-1}",
                                            "\\sqrt[0]{2}",
                                            "\\log_1 5",
                                            "x_{" + repeated("{", 2000),
                                            repeated("\\pm 1 ", 300),
                                            repeated("<answer>", 3000)};
  const MathVerifier verifier;
  for (const std::string& gold : {std::string("7.5"), std::string("x^2+1"), std::string("\\{1, 2\\}"), std::string("\\sqrt{2}+\\sqrt{3}")}) {
    for (const std::string& answer : answers) {
      for (const MathKind kind : {MathKind::kAnswer, MathKind::kResponse}) {
        const MathGrade grade = verifier.grade(gold, answer, kind);
        EXPECT_FALSE(grade.equal) << answer.substr(0, 60);
        EXPECT_LE(grade.cost, verifier.options().max_cost + 2000) << answer.substr(0, 60);
        EXPECT_NE(grade.status, VerdictStatus::kVerifierFault) << answer.substr(0, 60) << ": " << grade.reason;
        verifier.grade(answer, gold, kind);
        verifier.read(answer);
      }
    }
  }
}

TEST(MathVerifierHostile, MutatedAnswers) {
  const MathVerifier verifier;
  RandomStream stream(StreamKey{.seed = 20261124});
  for (int i = 0; i < 3000; ++i) {
    const std::string answer = math_rows::mutated(stream);
    const std::string gold = math_rows::rows()[static_cast<std::size_t>(stream.below(math_rows::rows().size()))].gold;
    const MathGrade grade = verifier.grade(gold, answer, i % 2 == 0 ? MathKind::kAnswer : MathKind::kResponse);
    EXPECT_LE(grade.cost, verifier.options().max_cost + 2000) << answer;
    EXPECT_LE(grade.begin, grade.end);
    EXPECT_LE(grade.end, static_cast<std::int64_t>(answer.size()));
  }
}

}  // namespace
}  // namespace lydian
