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

}  // namespace
}  // namespace lydian
