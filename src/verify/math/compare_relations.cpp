// Equations, inequalities, and values that are given a name.
#include <algorithm>
#include <array>
#include <string>

#include "verify/math/compare.h"

namespace lydian::math {
bool Comparer::is_chain_of(NodeId id, Relation a, Relation b) const {
  if (!tree_.is(id, Op::kRelation)) return false;
  const auto relations = tree_.relations(id);
  return std::all_of(relations.begin(), relations.end(), [&](Relation r) { return r == a || r == b; });
}

// What a value can be called: letters and words without any number beside them, their sums, products and ratios, f(x), P(X > 2), sin A, (p, q), A:B; also an
// integral, a limit or a sum to a letter, which was asked for. Not -x, e^x, ln x or |x|, from which a last step is still to be made.
bool Comparer::is_name(NodeId id) const {
  switch (tree_[id].op) {
    case Op::kSymbol:
    case Op::kText:
    case Op::kApply:
      return true;
    case Op::kOpaque:
      if (tree_.name(id).starts_with("int") || tree_.name(id).starts_with("lim")) return true;
      break;
    case Op::kSum:
      if (has_symbol(tree_, tree_.child(id, 0)) || has_symbol(tree_, tree_.child(id, 1))) return true;
      break;
    case Op::kCall: {
      const Function function = tree_.function(id);
      if (!is_trigonometric(function) && function != Function::kDet && (function < Function::kGcd || function > Function::kArg)) return false;
      break;
    }
    case Op::kConstant:
    case Op::kAdd:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kRatio:
    case Op::kBracket:
    case Op::kList:
    case Op::kDegree:
    case Op::kUnit:
    case Op::kUnion:
    case Op::kIntersection:
    case Op::kDifference:
    case Op::kRelation:
      break;
    default:
      return false;
  }
  const auto parts = tree_.children(id);
  return std::all_of(parts.begin(), parts.end(), [&](NodeId part) { return is_name(part); });
}

// Whether no two sides without letters are proved different. A decimal may be rounded: 1/3 = 0.33.
bool Comparer::chain_holds(NodeId id) {
  const std::vector<NodeId> sides(tree_.children(id).begin(), tree_.children(id).end());
  const std::vector<Relation> relations(tree_.relations(id).begin(), tree_.relations(id).end());
  NodeId known = kNoNode;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (i > 0 && relations[i - 1] != Relation::kEqual) return true;
    const NodeId side = sides[i];
    if (has_symbol(tree_, side) || tree_.is(side, Op::kConstant) || !is_scalar(tree_, side) || infinity_sign(side) != 0) continue;
    if (known == kNoNode) {
      known = side;
      continue;
    }
    const Decision decision = element(known, side);
    if (decision.equal || (decision.method != MathMethod::kExact && decision.method != MathMethod::kNumeric)) continue;
    if (has_decimal(tree_, known) || has_decimal(tree_, side)) {
      const NodeId apart = tree_.call(Function::kAbs, {tree_.add(Op::kAdd, {known, tree_.add(Op::kNegate, {side})})});
      const NodeId part = tree_.add(Op::kDivide, {tree_.call(Function::kAbs, {known}), tree_.integer(100)});
      if (decider_.order(apart, part) != 1) continue;
    }
    return false;
  }
  return true;
}

// x = 5: 5.  5 = x: 5.  x = 1/3 \approx 0.33: 1/3.  x \in S: S. kNoNode where the relation gives no value.
NodeId Comparer::assigned_value(NodeId id) const {
  const auto sides = tree_.children(id);
  const auto relations = tree_.relations(id);
  if (relations.size() == 1 && relations[0] == Relation::kIn) return is_name(sides[0]) && !is_scalar(tree_, sides[1]) ? sides[1] : kNoNode;
  std::size_t exact = sides.size() - 1;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    if (relations[i] == Relation::kApprox) {
      // Before the first "approximately", unless only the name stands there.
      exact = std::min(exact, i == 0 && has_symbol(tree_, sides[0]) && is_name(sides[0]) ? std::size_t{1} : i);
      break;
    }
    if (relations[i] == Relation::kArrow && tree_.is(sides[i + 1], Op::kMissing)) return kNoNode;
    if (relations[i] != Relation::kEqual && relations[i] != Relation::kEquivalent) return kNoNode;
  }
  if (exact == 0) return sides[0];
  if (tree_.is(sides[0], Op::kSymbol) && has_letter(tree_, sides[exact], tree_.name(sides[0]))) return kNoNode;  // x = x^2 - 1
  const bool first_is_name = is_name(sides[0]) || !has_symbol(tree_, sides[0]);
  if (first_is_name) {
    // 5 = x
    if (sides.size() == 2 && !has_symbol(tree_, sides[0]) && has_symbol(tree_, sides[1]) && is_name(sides[1])) return sides[0];
    return sides[exact];
  }
  if (sides.size() == 2 && tree_.is(sides[1], Op::kSymbol)) return sides[0];
  return kNoNode;
}

Decision Comparer::relation(NodeId gold, NodeId prediction) {
  if (is_chain_of(gold, Relation::kEqual, Relation::kEquivalent) || is_chain_of(gold, Relation::kEqual, Relation::kApprox)) return equation(gold, prediction);
  const std::vector<Relation> relations(tree_.relations(gold).begin(), tree_.relations(gold).end());
  if (relations.size() == 1 && relations[0] == Relation::kIn) {
    const NodeId own = tree_.child(gold, 0), set = tree_.child(gold, 1);
    if (is_chain_of(prediction, Relation::kIn, Relation::kIn)) {
      const Decision left = element(own, tree_.child(prediction, 0));
      return left.equal ? element(set, tree_.child(prediction, 1)) : unequal("different things are in a set");
    }
    if (!is_name(own)) return unequal("what lies in the set is left out");
    if (tree_.is(prediction, Op::kRelation)) {
      if (std::optional<Decision> line = same_line(gold, prediction)) return *line;
    }
    return element(set, prediction);
  }
  if (relations.size() == 1 && relations[0] == Relation::kNotIn) {
    if (std::optional<Decision> line = same_line(gold, prediction)) return *line;
  }
  if (std::all_of(relations.begin(), relations.end(),
                  [](Relation r) { return is_less(r) || is_greater(r) || r == Relation::kNotEqual || r == Relation::kEqual; })) {
    return inequality(gold, prediction);
  }
  return by_structure(gold, prediction);
}

// S = n(n+1)/2 = (n^2+n)/2 and x = 1/3 = 0.33 work out one value; x = y = 2 and AB = BC = CA are several equations.
bool Comparer::works_out_one_value(NodeId chain) {
  const std::vector<NodeId> sides(tree_.children(chain).begin(), tree_.children(chain).end());
  const NodeId last = sides.back();
  const auto carried_out = [](const Node& node, NodeId) { return node.op == Op::kOpaque || node.op == Op::kSum || node.op == Op::kMissing; };
  return std::all_of(sides.begin() + 1, sides.end() - 1, [&](NodeId side) {
    return (!has_symbol(tree_, side) && !has_symbol(tree_, last)) || any(tree_, side, carried_out) || element(side, last).equal;
  });
}

// a = b = c in any order of its sides, and as a = b, b = c.
Decision Comparer::several_equations(NodeId gold, NodeId prediction) {
  const bool list = tree_.is(prediction, Op::kList) && (tree_[prediction].extra & kOrBetween) == 0;
  const std::vector<NodeId> chains = list ? std::vector<NodeId>(tree_.children(prediction).begin(), tree_.children(prediction).end()) : std::vector{prediction};
  std::vector<std::vector<NodeId>> classes;  // Of sides that are equal to each other.
  for (const NodeId chain : chains) {
    if (!is_chain_of(chain, Relation::kEqual, Relation::kEqual)) return unequal("the gold is several equations, the prediction is not");
    std::vector<NodeId> sides(tree_.children(chain).begin(), tree_.children(chain).end());
    budget_.spend(static_cast<std::int64_t>(sides.size() * chains.size()));
    for (std::vector<NodeId>& other : classes) {
      const bool meet = std::any_of(sides.begin(), sides.end(), [&](NodeId side) {
        return std::any_of(other.begin(), other.end(), [&](NodeId known) { return same(tree_, side, tree_, known); });
      });
      if (meet) sides.insert(sides.end(), other.begin(), other.end());
      if (meet) other.clear();
    }
    std::erase_if(classes, [](const auto& one) { return one.empty(); });
    classes.push_back(std::move(sides));
  }
  if (classes.size() != 1) return unequal("equations that do not hang together");
  const std::vector<NodeId> own(tree_.children(gold).begin(), tree_.children(gold).end());
  return unordered(distinct(own), distinct(classes[0]));
}

Decision Comparer::equation(NodeId gold, NodeId prediction) {
  if (tree_[gold].count > 2 && !works_out_one_value(gold)) return several_equations(gold, prediction);
  // y = \pm x are two lines.
  if (has_plus_minus(tree_, gold) && tree_.is(prediction, Op::kList)) {
    Decision lines = unordered(elements(gold), elements(prediction));
    if (lines.equal) return lines;
  }
  Decision decision = equation_by_form(gold, prediction);
  if (decision.equal || tree_.relations(gold).size() > 1 || tree_.relations(gold)[0] != Relation::kEqual) return decision;
  // x^2 = 1 by its solutions, each named: x = 1 or x = -1.
  if (!tree_.is(prediction, Op::kList) && !is_chain_of(prediction, Relation::kEqual, Relation::kEqual)) return decision;
  std::string letter;
  if (!pieces(prediction, letter) || letter.empty()) return decision;
  std::optional<Decision> line = same_line(gold, prediction);
  return line && line->equal ? *line : decision;
}

// f(x), an integral or sum, (f \circ g)(x), and a_n of a value in n: what is asked for is the value.
bool Comparer::is_function(NodeId left, NodeId value) const {
  switch (tree_[left].op) {
    case Op::kApply:
      return true;
    case Op::kSum:
    case Op::kOpaque:
      return is_name(left);
    case Op::kMultiply:
      return tree_.is(tree_.child(left, 0), Op::kOpaque) && is_name(left);
    case Op::kSymbol: {
      const std::string& name = tree_.name(left);
      const std::size_t index = name.find('_');
      return index != std::string::npos && name.size() == index + 2 && has_letter(tree_, value, name.substr(index + 1));
    }
    default:
      return false;
  }
}

// f(t) = t + 1 in the letters of the gold's f(x), and as y = x + 1 where the gold calls the value y; the same where nothing is to be renamed.
NodeId Comparer::in_letters_of(NodeId gold, NodeId prediction) {
  const NodeId a = tree_.child(gold, 0), c = tree_.child(prediction, 0);
  NodeId value = tree_.child(prediction, 1);
  const auto is_function_of_letters = [&](NodeId id) {
    if (!tree_.is(id, Op::kApply)) return false;
    const auto arguments = tree_.children(id);
    return std::all_of(arguments.begin(), arguments.end(), [&](NodeId argument) {
      return tree_.is(argument, Op::kSymbol) &&
             std::count_if(arguments.begin(), arguments.end(), [&](NodeId other) { return same(tree_, argument, tree_, other); }) == 1;
    });
  };
  const auto is_y = [&](NodeId id) { return tree_.is(id, Op::kSymbol) && tree_.name(id) == "y"; };
  const NodeId called = is_y(a) ? c : a;
  if ((is_y(a) && is_function_of_letters(c)) || (is_y(c) && is_function_of_letters(a))) {
    // y is a value of x: f(x), but not f'(x) and not f(t).
    const bool plain = tree_.name(called).size() == 1 && tree_[called].count == 1;
    if (!plain || has_letter(tree_, value, "y") || (has_symbol(tree_, value) && !has_letter(tree_, value, tree_.name(tree_.child(called, 0)))))
      return prediction;
    return tree_.add(Op::kRelation, {a, value}, tree_.add_relations(std::array{Relation::kEqual}));
  }
  if (!is_function_of_letters(a) || !is_function_of_letters(c) || tree_.name(a) != tree_.name(c) || tree_[a].count != tree_[c].count) return prediction;
  const std::vector<NodeId> own(tree_.children(a).begin(), tree_.children(a).end()), others(tree_.children(c).begin(), tree_.children(c).end());
  // Without its letters the value is that of one event: P(A) = 1/6 is not P(B) = 1/6.
  if (std::none_of(others.begin(), others.end(), [&](NodeId name) { return has_letter(tree_, value, tree_.name(name)); })) return prediction;
  for (const NodeId name : own) {
    const bool taken = std::any_of(others.begin(), others.end(), [&](NodeId other) { return same(tree_, name, tree_, other); });
    if (!taken && has_letter(tree_, value, tree_.name(name))) return prediction;
  }
  // In two steps, since f(b, a) may stand beside f(a, b).
  for (std::size_t i = 0; i < others.size(); ++i) value = with_letter_as(tree_, value, tree_.name(others[i]), tree_.symbol("argument " + std::to_string(i)));
  for (std::size_t i = 0; i < others.size(); ++i) value = with_letter_as(tree_, value, "argument " + std::to_string(i), own[i]);
  return tree_.add(Op::kRelation, {a, value}, tree_.add_relations(std::array{Relation::kEqual}));
}

Decision Comparer::equation_by_form(NodeId gold, NodeId prediction) {
  if (tree_[gold].count == 2 && tree_[prediction].count == 2 && is_chain_of(prediction, Relation::kEqual, Relation::kEqual) &&
      is_chain_of(gold, Relation::kEqual, Relation::kEqual))
    prediction = in_letters_of(gold, prediction);
  const NodeId value = assigned_value(gold);
  // Copies: comparing adds nodes to the tree.
  const std::vector<NodeId> sides(tree_.children(gold).begin(), tree_.children(gold).end());
  const NodeId left = sides.front(), last = sides.back();
  if (!tree_.is(prediction, Op::kRelation)) {
    // The value alone, where the gold only gives it a name. A curve y = x is not its right side.
    const std::optional<std::string> only = value == kNoNode ? std::nullopt : only_letter(tree_, value);
    const bool turns = only && counts_turns(value, *only);  // x = \pi/4 + k\pi are numbers.
    if (value == kNoNode || (!is_function(left, value) && has_symbol(tree_, value) && !turns)) return unequal("the gold is an equation, the prediction is not");
    Decision decision = element(value, prediction);
    if (decision.equal && decision.reason.empty()) decision.reason = "the name before the value is left out";
    return decision;
  }
  const std::vector<NodeId> others(tree_.children(prediction).begin(), tree_.children(prediction).end());
  if (value != kNoNode && is_chain_of(prediction, Relation::kIn, Relation::kIn) && !is_scalar(tree_, value)) return element(value, others.back());
  if (!is_chain_of(prediction, Relation::kEqual, Relation::kEquivalent) && !is_chain_of(prediction, Relation::kEqual, Relation::kApprox)) {
    return unequal("the gold is an equation, the prediction is another relation");
  }
  // x \equiv 17 (mod 20) are many numbers.
  if (value != kNoNode && is_congruence(value) && !is_congruence(others.back())) return unequal("the modulus is missing");
  // Both name the same thing.
  const NodeId other_value = assigned_value(prediction);
  if (value != kNoNode && other_value != kNoNode && is_name(left) && same(tree_, left, tree_, others.front())) {
    const Decision decision = element(value, other_value);
    if (decision.equal) return decision;
  }
  if (sides.size() > 2 || others.size() > 2) {
    const auto names = [&](NodeId side) { return same(tree_, left, tree_, side); };
    if (tree_.is(left, Op::kSymbol) && tree_.is(others.front(), Op::kSymbol) && std::none_of(others.begin(), others.end(), names))
      return unequal("a value of another name");
    if (value == kNoNode || other_value == kNoNode) return unequal("chains of equations that do not agree");
    return element(value, other_value);
  }
  const NodeId a = left, b = last, c = others.front(), d = others.back();
  if (!is_scalar(tree_, a) || !is_scalar(tree_, b) || !is_scalar(tree_, c) || !is_scalar(tree_, d)) {
    Decision decision = ordered({a, b}, {c, d});
    return decision.equal ? decision : ordered({a, b}, {d, c});
  }
  int sign = 0;
  Decision decision = decider_.same_equation(a, b, c, d, sign);
  if (decision.equal || decision.method != MathMethod::kUndecided) {
    // f(x) = x and g(t) = t: functions by another name and letter are another thing only by name.
    if (decision.equal || !tree_.is(a, Op::kApply) || !tree_.is(c, Op::kApply)) return decision;
  }
  Decision sides_agree = ordered({a, b}, {c, d});
  return sides_agree.equal ? sides_agree : decision;
}

Decision Comparer::inequality(NodeId gold, NodeId prediction) {
  if (!tree_.is(prediction, Op::kRelation) && !options_.inequality_as_interval) return unequal("the gold is an inequality, the prediction is not");
  if (std::optional<Decision> line = same_line(gold, prediction)) return *line;
  if (!tree_.is(prediction, Op::kRelation)) return unequal("the gold is an inequality, the prediction is not");
  const std::vector<Relation> relations(tree_.relations(gold).begin(), tree_.relations(gold).end());
  const std::vector<Relation> others(tree_.relations(prediction).begin(), tree_.relations(prediction).end());
  if (relations.size() != others.size()) return unequal("different numbers of inequalities");
  if (relations.size() > 1) {
    // A chain reads the same from both ends.
    std::vector<NodeId> a(tree_.children(gold).begin(), tree_.children(gold).end()), b(tree_.children(prediction).begin(), tree_.children(prediction).end());
    std::vector<Relation> r(relations.begin(), relations.end()), s(others.begin(), others.end());
    if (r != s) {
      std::reverse(b.begin(), b.end());
      std::reverse(s.begin(), s.end());
      std::transform(s.begin(), s.end(), s.begin(), turned);
    }
    if (r != s) return unequal("different relations");
    return ordered(a, b);
  }
  const Relation r = relations[0], s = others[0];
  const NodeId a = tree_.child(gold, 0), b = tree_.child(gold, 1), c = tree_.child(prediction, 0), d = tree_.child(prediction, 1);
  if (!is_scalar(tree_, a) || !is_scalar(tree_, b) || !is_scalar(tree_, c) || !is_scalar(tree_, d)) {
    return r == s ? ordered({a, b}, {c, d}) : unequal("different relations");
  }
  if (r == Relation::kNotEqual || s == Relation::kNotEqual) {
    int sign = 0;
    return r == s ? decider_.same_equation(a, b, c, d, sign) : unequal("different relations");
  }
  const auto is_order = [](Relation x) { return is_less(x) || is_greater(x); };
  if (!is_order(r) || !is_order(s) || is_strict(r) != is_strict(s)) return unequal("different relations");
  // a < b is a - b < 0; the factor between the two differences must keep the direction.
  int sign = 0;
  Decision decision = decider_.same_equation(a, b, c, d, sign);
  if (!decision.equal) return decision;
  const int direction = is_less(r) == is_less(s) ? 1 : -1;
  if (sign == 0) return {false, MathMethod::kUndecided, "the direction of the inequality could not be told"};
  if (sign != direction) return {false, MathMethod::kCanonical, "the inequality points the other way"};
  return decision;
}

}  // namespace lydian::math
