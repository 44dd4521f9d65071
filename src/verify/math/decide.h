#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "verify/math/algebra.h"

namespace lydian::math {

/// Whether two expressions are the same, and how that is known.
struct Decision {
  bool equal = false;
  MathMethod method = MathMethod::kNone;
  std::string reason;
};

bool has_imaginary(const Tree& tree, NodeId id);

/// Decides the equality of scalar expressions of one tree.
///
/// Equal by exact arithmetic, by canonical form, or by rounding where one side is written as a decimal; different by balls that do not meet; else undecided,
/// which is unequal. Letters are real numbers: an identity must hold wherever both sides are real.
class Decider {
 public:
  Decider(const Tree& tree, const MathOptions& options, Budget& budget)
      : tree_(tree), options_(options), budget_(budget), folder_(tree, options.max_bits, budget) {}

  Decision equal(NodeId a, NodeId b);
  /// Equations a = b and c = d that have the same solutions by form: their differences agree up to a constant factor. `sign` receives the sign of that factor
  /// where it is known, else 0.
  Decision same_equation(NodeId a, NodeId b, NodeId c, NodeId d, int& sign);
  /// The sign of a - b for constants: -1, 0, 1; 2 where it cannot be told.
  int order(NodeId a, NodeId b);
  const Rational* exact(NodeId id) { return folder_.value(id); }
  Folder& folder() { return folder_; }

 private:
  enum class Test : std::uint8_t { kDifferent, kAgree, kNoValue };
  Test numeric(NodeId a, NodeId b, Point point, std::int64_t precision);
  Decision by_form(NodeId a, NodeId b);
  std::optional<int> near_constants(NodeId a, NodeId b);
  /// Both sides at a point; nothing where one has no value there, or none that is real though it must be.
  using Sides = std::function<std::optional<std::pair<Ball, Ball>>(Point, std::int64_t precision, bool real)>;
  std::optional<std::pair<Ball, Ball>> values(NodeId a, NodeId b, Point point, std::int64_t precision, bool real);
  /// Whether two sides, made of these expressions, agree by tight balls at enough points, for every choice of signs of the letters wherever they have values.
  bool agree(std::initializer_list<NodeId> expressions, const Sides& sides);
  void collect_letters(NodeId id, std::vector<std::string>& letters);
  /// Whether a side with letters has no real value at some point where the gold's sides have theirs.
  bool is_narrower(std::initializer_list<NodeId> gold, std::initializer_list<NodeId> prediction);
  void denominators(NodeId id, std::vector<NodeId>& out);
  bool loses_solutions(Algebra& algebra, const Poly& zeros, std::initializer_list<NodeId> gold, std::initializer_list<NodeId> prediction);
  int sign_at(NodeId a, NodeId b, Point point);
  bool equal_when_rounded(NodeId a, NodeId b);
  bool close(NodeId a, NodeId b);
  /// Runs with a growing shape; false where there is no form.
  bool with_algebra(const std::function<void(Algebra&)>& work, std::string& why);
  EvaluateOptions evaluate_options(std::int64_t precision, bool real_parts = false) const {
    return {precision, options_.real_roots, options_.log_is_natural, real_parts, functions_as_letters_};
  }

  const Tree& tree_;
  const MathOptions& options_;
  Budget& budget_;
  Folder folder_;
  bool functions_as_letters_ = false;
  bool surely_none_ = false;  ///< The last values() found a part that is not real, which no precision changes.
};

}  // namespace lydian::math
