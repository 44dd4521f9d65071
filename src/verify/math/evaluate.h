#pragma once

#include <map>
#include <string>

#include "verify/math/exact.h"

namespace lydian::math {

/// Where every letter stands for a rational number that depends on its name and the number of the point alone, so both sides of a comparison see the same.
/// Never an integer: sin(pi x) and (-1)^n must not look alike there.
struct Point {
  std::uint32_t number = 0;        ///< 0 … : positive; from kMixed on signs vary with the letter; from kWide on with other sizes, up to some thousands.
  std::string_view negative = {};  ///< Where not empty, whatever the number: this letter is below 0 and all others are above.
  static constexpr std::uint32_t kMixed = 8, kWide = 256;
};
Rational coordinate(std::string_view name, Point point);
/// f(x, y) with an unknown f as one name. Throws Undefined where an argument is no letter.
std::string written_apply(const Tree& tree, NodeId id);

struct EvaluateOptions {
  std::int64_t precision = 64;
  bool real_roots = true;
  bool log_is_natural = true;
  bool real_parts = false;            ///< What is not real inside an expression has no value: \sqrt{x}\sqrt{x} at x = -1.
  bool functions_as_letters = false;  ///< f(x) has some value, the same wherever it is written so. To see agreement; proves no difference.
};

/// Ball that holds the value of a scalar expression. Throws Undefined where there is none or it cannot be told (a pole, an unknown function).
class Evaluator {
 public:
  Evaluator(Folder& folder, EvaluateOptions options, Point point) : folder_(folder), tree_(folder.tree()), options_(options), point_(point) {}
  Ball value(NodeId id);

 private:
  Ball real_if_asked(Ball ball) const;
  Ball power(NodeId id);
  Ball root(NodeId id);
  Ball call(NodeId id);
  Ball sum(NodeId id);
  Ball angle(NodeId id);
  Ball real_power(const Ball& base, const Rational& exponent);
  void spend(std::int64_t units);
  slong precision() const { return static_cast<slong>(options_.precision); }

  Folder& folder_;
  const Tree& tree_;
  EvaluateOptions options_;
  Point point_;
  bool degrees_ = false;  ///< Inside a trigonometric function, where ° is pi/180.
};

}  // namespace lydian::math
