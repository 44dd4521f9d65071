// Answers as they are typed into assessment systems and computer algebra: equal ones, unequal ones and near misses of our own (CC0).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "folders.h"
#include "lydian/verify/math_verifier.h"

namespace lydian {
namespace {

TEST(MathVerifier, TypedAnswers) {
  std::ifstream file(source_file("tests/verify_math/typed_answers.jsonl"));
  const MathVerifier verifier;
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const nlohmann::json row = nlohmann::json::parse(line);
    const auto gold = row["gold"].get<std::string>(), prediction = row["prediction"].get<std::string>();
    const MathGrade grade = verifier.grade(gold, prediction, MathKind::kAnswer);
    EXPECT_EQ(grade.equal, row["expected"].get<bool>())
        << row["id"] << ": " << gold << " and " << prediction << " (" << to_string(grade.method) << ": " << grade.reason << ")";
    EXPECT_TRUE(verifier.grade(prediction, prediction, MathKind::kAnswer).equal) << prediction;
  }
  EXPECT_GE(rows, 1200);
}

}  // namespace
}  // namespace lydian
