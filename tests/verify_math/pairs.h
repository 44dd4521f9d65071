#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "lydian/verify/math_verifier.h"

namespace lydian::math_rows {

struct Pair {
  const char *gold, *prediction;
  bool equal;
};

inline void expect_all(const std::vector<Pair>& pairs, MathKind kind = MathKind::kAnswer) {
  const MathVerifier verifier;
  for (const Pair& pair : pairs) {
    const MathGrade grade = verifier.grade(pair.gold, pair.prediction, kind);
    EXPECT_EQ(grade.equal, pair.equal) << pair.gold << " and " << pair.prediction << " (extracted " << grade.extracted << "; " << to_string(grade.status)
                                       << ", " << to_string(grade.method) << ": " << grade.reason << ")";
  }
}

}  // namespace lydian::math_rows
