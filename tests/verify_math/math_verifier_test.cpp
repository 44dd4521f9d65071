#include "lydian/verify/math_verifier.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "verify_math/rows.h"
#include "verify_math/same_everywhere.h"

namespace lydian {
namespace {

using math_rows::Row;

TEST(MathVerifier, RowsOfOurOwn) {
  const MathVerifier verifier;
  for (const Row& row : math_rows::rows()) {
    const MathGrade grade = verifier.grade(row.gold, row.prediction, MathKind::kAnswer);
    EXPECT_EQ(grade.equal, row.equal) << row.about << ": " << row.gold << " and " << row.prediction << " (" << to_string(grade.method) << ": " << grade.reason
                                      << ")";
  }
}

TEST(MathVerifier, ResponsesOfOurOwn) {
  const MathVerifier verifier;
  for (const Row& row : math_rows::responses()) {
    const MathGrade grade = verifier.grade(row.gold, row.prediction, MathKind::kResponse);
    EXPECT_EQ(grade.equal, row.equal) << row.about << ": " << row.gold << " in " << row.prediction << " (extracted " << grade.extracted << ", " << grade.reason
                                      << ")";
  }
}

TEST(MathVerifier, EveryGoldEqualsItself) {
  const MathVerifier verifier;
  for (const Row& row : math_rows::rows()) {
    EXPECT_TRUE(verifier.grade(row.gold, row.gold, MathKind::kAnswer).equal) << row.gold;
    EXPECT_TRUE(verifier.grade(row.prediction, row.prediction, MathKind::kAnswer).equal) << row.prediction;
    EXPECT_TRUE(verifier.read(row.gold).whole) << row.gold << ": " << verifier.read(row.gold).reason;
  }
}

// Equality of values is symmetric; conventions that let the prediction say more or less than the gold are not.
TEST(MathVerifier, ValuesAreSymmetric) {
  const MathVerifier verifier;
  for (const Row& row : math_rows::rows()) {
    for (const char* kind :
         {"number", "fraction", "decimal", "percent", "radical", "complex", "trig", "log", "power", "polynomial", "rational", "sum", "factorial"}) {
      if (std::strcmp(row.about, kind) != 0) continue;
      EXPECT_EQ(verifier.grade(row.prediction, row.gold, MathKind::kAnswer).equal, row.equal) << row.prediction << " and " << row.gold;
    }
  }
}

TEST(MathVerifier, SwitchesTurnConventionsOff) {
  struct Case {
    bool MathOptions::*option;
    const char *gold, *prediction;
    MathKind kind;
  };
  const std::vector<Case> cases = {
      {&MathOptions::drop_thinking, "7", "<think>\\boxed{7}", MathKind::kResponse},  // Reads on: the other way round, see below.
      {&MathOptions::answer_tag, "34", "<answer>34</answer> in 12 steps", MathKind::kResponse},
      {&MathOptions::boxed, "5", "\\boxed{5} of 12 things", MathKind::kResponse},
      {&MathOptions::several_boxes, "1, 2", "\\boxed{1} and \\boxed{2}", MathKind::kResponse},
      {&MathOptions::hash_marks, "7", "#### 7\nafter 3 steps", MathKind::kResponse},
      {&MathOptions::answer_phrase, "7", "The answer is 7.\nThis took 3 steps", MathKind::kResponse},
      {&MathOptions::last_formula, "x+1", "It is $x+1$", MathKind::kResponse},
      {&MathOptions::last_number, "7", "we count 7 of them", MathKind::kResponse},
      {&MathOptions::assignment_prefix, "5", "x = 5", MathKind::kAnswer},
      {&MathOptions::percent_sign_optional, "40\\%", "40", MathKind::kAnswer},
      {&MathOptions::percent_as_fraction, "40\\%", "0.4", MathKind::kAnswer},
      {&MathOptions::unit_optional, "36\\text{ cm}", "36", MathKind::kAnswer},
      {&MathOptions::currency_optional, "\\$18", "18", MathKind::kAnswer},
      {&MathOptions::degree_optional, "30^\\circ", "30", MathKind::kAnswer},
      {&MathOptions::base_optional, "664_7", "664", MathKind::kAnswer},
      {&MathOptions::modulus_optional, "17 \\pmod{20}", "17", MathKind::kAnswer},
      {&MathOptions::ignore_case, "\\text{Friday}", "friday", MathKind::kAnswer},
      {&MathOptions::option_letter_with_text, "(C)", "(C) Plane", MathKind::kAnswer},
      {&MathOptions::list_order_free, "1, 2", "2, 1", MathKind::kAnswer},
      {&MathOptions::inequality_as_interval, "x < 3", "(-\\infty, 3)", MathKind::kAnswer},
      {&MathOptions::interval_as_inequality, "(-\\infty, 3)", "x < 3", MathKind::kAnswer},
      {&MathOptions::tuple_as_list, "(1, 3)", "1, 3", MathKind::kAnswer},
      {&MathOptions::column_as_tuple, "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "(1, 2)", MathKind::kAnswer},
      {&MathOptions::real_roots, "-2", "(-8)^{1/3}", MathKind::kAnswer},
      {&MathOptions::log_is_natural, "\\ln x", "\\log x", MathKind::kAnswer},
  };
  for (const Case& c : cases) {
    const bool reversed = c.option == &MathOptions::drop_thinking;
    MathOptions off;
    off.*c.option = false;
    EXPECT_EQ(MathVerifier().grade(c.gold, c.prediction, c.kind).equal, !reversed) << c.gold << " and " << c.prediction;
    EXPECT_EQ(MathVerifier(off).grade(c.gold, c.prediction, c.kind).equal, reversed) << c.gold << " and " << c.prediction;
  }
  MathOptions exactly;
  exactly.decimal_places = 0;
  EXPECT_FALSE(MathVerifier(exactly).grade("\\frac13", "0.333333", MathKind::kAnswer).equal);
  MathOptions comma;
  comma.decimal_comma = true;
  EXPECT_TRUE(MathVerifier(comma).grade("3.5", "3,5", MathKind::kAnswer).equal);
  EXPECT_FALSE(MathVerifier().grade("3.5", "3,5", MathKind::kAnswer).equal);
}

TEST(MathVerifier, SaysWhatDecidedAndWhere) {
  const MathVerifier verifier;
  EXPECT_EQ(verifier.grade("42", "42.0", MathKind::kAnswer).method, MathMethod::kExact);
  EXPECT_EQ(verifier.grade("(x+1)^2", "x^2+2x+1", MathKind::kAnswer).method, MathMethod::kCanonical);
  EXPECT_EQ(verifier.grade("\\sqrt{5}-\\sqrt{2}", "\\sqrt{7-2\\sqrt{10}}", MathKind::kAnswer).method, MathMethod::kAlgebraic);
  EXPECT_EQ(verifier.grade("\\sqrt2", "\\sqrt3", MathKind::kAnswer).method, MathMethod::kNumeric);
  EXPECT_EQ(verifier.grade("f(x+y)", "f(x)+f(y)", MathKind::kAnswer).method, MathMethod::kUndecided);
  const std::string response = "So it is \\boxed{ 42 }.";
  const MathGrade grade = verifier.grade("42", response, MathKind::kResponse);
  EXPECT_EQ(grade.extracted, "42");
  EXPECT_NE(response.substr(static_cast<std::size_t>(grade.begin), static_cast<std::size_t>(grade.end - grade.begin)).find("42"), std::string::npos);
  EXPECT_GT(grade.cost, 0);
  const std::vector<std::string> golds = {"41", "42"};
  EXPECT_EQ(verifier.grade(golds, "42", MathKind::kAnswer).gold, 1);
}

TEST(MathVerifier, Statuses) {
  const MathVerifier verifier;
  EXPECT_EQ(verifier.grade("7", "no idea", MathKind::kResponse).status, VerdictStatus::kUnparsable);
  EXPECT_EQ(verifier.grade("7", "\\frac{1", MathKind::kAnswer).status, VerdictStatus::kUnparsable);
  EXPECT_EQ(verifier.grade("7", "9^{9^{9^9}}", MathKind::kAnswer).status, VerdictStatus::kResourceLimit);
  EXPECT_EQ(verifier.grade("7", "1000000!", MathKind::kAnswer).status, VerdictStatus::kResourceLimit);
  EXPECT_EQ(verifier.grade("", "7", MathKind::kAnswer).status, VerdictStatus::kVerifierFault);
  EXPECT_EQ(verifier.grade(std::span<const std::string>(), "7", MathKind::kAnswer).status, VerdictStatus::kVerifierFault);
}

TEST(MathVerifier, VerifiesTasks) {
  const MathVerifier verifier;
  Task task;
  task.ground_truth = "\\frac12";
  Completion completion;
  completion.answer = "It is \\boxed{0.5}.";
  EXPECT_EQ(verifier.verify(task, completion).reward, 1.0);
  task.ground_truth = "[\"2\", \"3\"]";
  completion.answer = "\\boxed{3}";
  EXPECT_EQ(verifier.verify(task, completion).reward, 1.0);
  completion.answer = "nothing";
  const Verdict verdict = verifier.verify(task, completion);
  EXPECT_EQ(verdict.reward, 0.0);
  EXPECT_EQ(verdict.status, VerdictStatus::kUnparsable);
  ASSERT_EQ(verdict.parts.size(), 1U);
  EXPECT_EQ(verdict.parts[0].second, 0.0);
}

TEST(MathVerifier, OptionsAreRead) {
  MathOptions options;
  read_config(Config::parse(R"({"percent_as_fraction": false, "decimal_places": 3})"), options);
  EXPECT_FALSE(options.percent_as_fraction);
  EXPECT_TRUE(MathVerifier(options).grade("\\frac13", "0.333", MathKind::kAnswer).equal);
  EXPECT_THROW(read_config(Config::parse(R"({"percent": false})"), options), ConfigError);
  MathOptions bad;
  bad.max_cost = 0;
  EXPECT_THROW(MathVerifier{bad}, ConfigError);
}

TEST(MathVerifierThreads, SameVerdictEverywhere) {
  const MathVerifier verifier;
  auto all = [&] {
    std::string verdicts;
    for (const Row& row : math_rows::rows()) {
      const MathGrade grade = verifier.grade(row.gold, row.prediction, MathKind::kAnswer);
      verdicts += grade.equal ? '1' : '0';
      verdicts += std::to_string(grade.cost) + to_string(grade.method);
    }
    return verdicts;
  };
  expect_same_everywhere(all);
}

}  // namespace
}  // namespace lydian
