// Where expressions and equations have values: an answer must have one wherever the gold has.
#include <algorithm>

#include "verify/math/decide.h"

namespace lydian::math {
namespace {

constexpr std::size_t kSignedLetters = 6;  // Further letters are not made negative, each for itself.

/// Whether an expression has values for some letters only by what it is itself: an even root, a power that is no integer, a logarithm, an arc.
bool is_partial(const Tree& tree, const Node& node, NodeId id) {
  if (node.op == Op::kRoot) return has_symbol(tree, tree.child(id, 0));
  if (node.op == Op::kPower) {
    const NodeId exponent = tree.child(id, 1);
    return has_symbol(tree, tree.child(id, 0)) && !(tree.is(exponent, Op::kNumber) && tree.value(exponent).is_integer());
  }
  if (node.op != Op::kCall) return false;
  const Function function = tree.function(id);
  return function >= Function::kArcsin && function <= Function::kCbrt && function != Function::kExp &&
         !(function >= Function::kSinh && function <= Function::kCsch);
}

}  // namespace

bool has_imaginary(const Tree& tree, NodeId id) {
  return any(tree, id, [&](const Node& node, NodeId at) { return node.op == Op::kConstant && tree.is_constant(at, Constant::kI); });
}

// One letter at a time goes below 0: of \sqrt{a/b}, where several letters stand under one root, letters above 0 are meant.
bool Decider::is_narrower(std::initializer_list<NodeId> gold, std::initializer_list<NodeId> prediction) {
  // Partial parts that the gold has too cannot make the answer narrower.
  const auto in_gold = [&](NodeId part) {
    return std::any_of(gold.begin(), gold.end(),
                       [&](NodeId side) { return any(tree_, side, [&](const Node&, NodeId at) { return same(tree_, part, tree_, at); }); });
  };
  const auto may_be_narrower = [&](NodeId side) {
    return any(tree_, side, [&](const Node& node, NodeId at) { return is_partial(tree_, node, at) && has_symbol(tree_, at) && !in_gold(at); });
  };
  if (std::none_of(prediction.begin(), prediction.end(), may_be_narrower)) return false;
  std::vector<std::string_view> letters;
  for (const auto& sides : {gold, prediction}) {
    if (std::any_of(sides.begin(), sides.end(), [&](NodeId side) { return has_imaginary(tree_, side); })) return false;
  }
  // Other letters cannot take a value away.
  for (const NodeId side : prediction) {
    any(tree_, side, [&](const Node& part, NodeId at) {
      if (!is_partial(tree_, part, at)) return false;
      any(tree_, at, [&](const Node& node, NodeId id) {
        if (node.op == Op::kSymbol && std::find(letters.begin(), letters.end(), tree_.name(id)) == letters.end()) letters.push_back(tree_.name(id));
        return false;
      });
      return false;
    });
  }
  if (letters.empty()) return false;
  letters.resize(std::min(letters.size(), kSignedLetters));
  bool surely_none = false;  // No precision changes that there is no value.
  const auto has_values = [&](std::initializer_list<NodeId> sides, Point point, std::int64_t precision) {
    surely_none = false;
    return std::all_of(sides.begin(), sides.end(), [&](NodeId id) {
      try {
        return Evaluator(folder_, evaluate_options(precision, true), point).value(id).is_finite();
      } catch (const Undefined& undefined) {
        surely_none = undefined.surely;
        return false;
      }
    });
  };
  bool somewhere = false, missing = false;
  auto look = [&](Point point) {
    bool value = has_values(prediction, point, 64);
    if (!value && !surely_none) value = has_values(prediction, point, 1024);
    somewhere = somewhere || value;
    missing = missing || (!value && has_values(gold, point, 128));
  };
  for (const std::uint32_t number : {0U, 1U, Point::kWide + 3}) {
    for (const std::string_view letter : letters) look({number, letter});
    look({number, "none"});
  }
  return somewhere && missing;
}

void Decider::denominators(NodeId id, std::vector<NodeId>& out) {
  any(tree_, id, [&](const Node& node, NodeId at) {
    if (node.op == Op::kDivide && has_symbol(tree_, tree_.child(at, 1))) out.push_back(tree_.child(at, 1));
    if (node.op == Op::kPower && has_symbol(tree_, tree_.child(at, 0))) {
      const Rational* exponent = folder_.value(tree_.child(at, 1));
      if (exponent != nullptr && exponent->sign() < 0) out.push_back(tree_.child(at, 0));
    }
    return false;
  });
}

// `zeros` vanishes where the equations hold. What it shares with a denominator are solutions that the equation does not have: x^2/x = 0 has none.
bool Decider::loses_solutions(Algebra& algebra, const Poly& zeros, std::initializer_list<NodeId> gold, std::initializer_list<NodeId> prediction) {
  std::vector<NodeId> of_gold, of_prediction;
  for (const NodeId side : gold) denominators(side, of_gold);
  for (const NodeId side : prediction) denominators(side, of_prediction);
  if (of_gold.empty() && of_prediction.empty()) return false;
  auto shared = [&](const std::vector<NodeId>& below) {
    std::vector<Poly> factors;
    for (const NodeId id : below) {
      Poly factor = algebra.common_factor(zeros, algebra.form(folder_, id).above);
      if (algebra.has_letters(factor)) factors.push_back(std::move(factor));
    }
    return factors;
  };
  const std::vector<Poly> first = shared(of_gold), second = shared(of_prediction);
  // Each factor that one side loses must be made of factors that the other loses too.
  auto covered = [&](const std::vector<Poly>& some, const std::vector<Poly>& others) {
    return std::all_of(some.begin(), some.end(), [&](Poly rest) {
      for (const Poly& other : others) {
        for (Poly common = algebra.common_factor(rest, other); algebra.has_letters(common); common = algebra.common_factor(rest, other)) {
          rest = algebra.quotient(rest, common);
        }
      }
      return !algebra.has_letters(rest);
    });
  };
  return !covered(first, second) || !covered(second, first);
}

}  // namespace lydian::math
