// Lists, sets, tuples, intervals and matrices.
#include <algorithm>

#include "verify/math/compare.h"

namespace lydian::math {
namespace {

constexpr std::size_t kMaxElements = 400, kFewElements = 12;

}  // namespace

// The expression with every +- read as its upper or lower sign.
NodeId Comparer::choose_sign(NodeId id, bool upper) {
  const Node node = tree_[id];
  if (node.count == 0 || !has_plus_minus(tree_, id)) return id;
  std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  for (NodeId& child : children) child = choose_sign(child, upper);
  if (node.op == Op::kPlusMinus) {
    const bool plus = upper == (node.flag == 0);
    const NodeId last = plus ? children.back() : tree_.add(Op::kNegate, {children.back()});
    return children.size() == 1 ? last : tree_.add(Op::kAdd, {children[0], last});
  }
  return tree_.add(node.op, children, node.payload, node.flag, node.extra);
}

void Comparer::expand_plus_minus(NodeId id, std::vector<NodeId>& out) {
  if (has_plus_minus(tree_, id)) {
    out.push_back(choose_sign(id, true));
    out.push_back(choose_sign(id, false));
  } else {
    out.push_back(id);
  }
}

std::vector<NodeId> Comparer::elements(NodeId id) {
  std::vector<NodeId> items;
  const bool collection = tree_.is(id, Op::kList) || tree_.is(id, Op::kBracket);
  const std::vector<NodeId> children = collection ? std::vector<NodeId>(tree_.children(id).begin(), tree_.children(id).end()) : std::vector<NodeId>{id};
  for (const NodeId child : children) expand_plus_minus(child, items);
  if (items.size() > kMaxElements) throw LimitExceeded{"too many elements"};
  return items;
}

// A value that is listed twice is one value, also where it is written in two ways.
std::vector<NodeId> Comparer::distinct(const std::vector<NodeId>& items) {
  const bool few = items.size() <= kFewElements;
  const auto same_value = [&](NodeId a, NodeId b) {
    if (same(tree_, a, tree_, b)) return true;
    if (!is_scalar(tree_, a) || !is_scalar(tree_, b)) return false;
    const Rational *x = decider_.exact(a), *y = decider_.exact(b);
    if (x != nullptr || y != nullptr) return x != nullptr && y != nullptr && *x == *y;
    if (!few) return false;
    const Decision decision = decider_.equal(a, b);
    return decision.equal && decision.reason.empty();
  };
  std::vector<NodeId> kept;
  for (const NodeId item : items) {
    if (std::none_of(kept.begin(), kept.end(), [&](NodeId k) { return same_value(k, item); })) kept.push_back(item);
  }
  budget_.spend(static_cast<std::int64_t>(items.size() * kept.size()) / 8);
  return kept;
}

Decision Comparer::ordered(const std::vector<NodeId>& gold, const std::vector<NodeId>& prediction) {
  if (gold.size() != prediction.size()) return unequal("different numbers of elements");
  Decision total{true, MathMethod::kExact, {}};
  for (std::size_t i = 0; i < gold.size(); ++i) {
    Decision decision = as_written(gold[i], prediction[i]);
    if (!decision.equal) return decision;
    if (decision.method > total.method) total.method = decision.method;
    if (total.reason.empty()) total.reason = std::move(decision.reason);
  }
  return total;
}

// Each of one side has its own partner on the other.
Decision Comparer::unordered(const std::vector<NodeId>& gold, const std::vector<NodeId>& prediction) {
  if (gold.size() != prediction.size()) return unequal("different numbers of elements");
  std::vector<char> taken(prediction.size(), 0);
  Decision total{true, MathMethod::kExact, {}};
  for (const NodeId g : gold) {
    bool found = false;
    Decision last = unequal("an element that the other side does not have");
    for (std::size_t i = 0; i < prediction.size() && !found; ++i) {
      if (taken[i] != 0) continue;
      Decision decision = as_written(g, prediction[i]);
      if (decision.method == MathMethod::kUndecided) last = decision;
      if (!decision.equal) continue;
      taken[i] = 1;
      found = true;
      if (decision.method > total.method) total.method = decision.method;
      if (total.reason.empty()) total.reason = std::move(decision.reason);
    }
    if (!found) return last;
  }
  return total;
}

// Whether a list holds conditions on a letter: x < 3, x \ne 0, and not only its values.
bool Comparer::has_conditions(NodeId list) const {
  if (!tree_.is(list, Op::kList)) return false;
  const auto items = tree_.children(list);
  return std::any_of(items.begin(), items.end(), [&](NodeId item) {
    if (!tree_.is(item, Op::kRelation)) return has_conditions(item);
    const auto relations = tree_.relations(item);
    return std::any_of(relations.begin(), relations.end(),
                       [](Relation r) { return (r >= Relation::kNotEqual && r <= Relation::kGreaterEqual) || r == Relation::kNotIn; });
  });
}

// x = 1 or y = 2: not both need hold. x = 1 or x = 2 only lists values.
bool Comparer::alternatives(NodeId list) const {
  if (!tree_.is(list, Op::kList) || (tree_[list].extra & kOrBetween) == 0) return false;
  const auto items = tree_.children(list);
  const auto about = [&](NodeId item) { return tree_.child(item, tree_.is(tree_.child(item, 0), Op::kSymbol) ? 0 : 1); };
  return std::any_of(items.begin(), items.end(), [&](NodeId item) {
    return tree_.is(item, Op::kRelation) && tree_.is(items[0], Op::kRelation) && !same(tree_, about(item), tree_, about(items[0]));
  });
}

// x = 1, x = 3 and "1 or 3" are several values of one thing.
bool Comparer::values_of_one(NodeId list) const {
  if ((tree_[list].extra & kOrBetween) != 0) return true;
  std::vector<NodeId> names;
  for (const NodeId item : tree_.children(list)) {
    if (!tree_.is(item, Op::kRelation)) continue;
    const NodeId name = tree_.child(item, 0);
    if (std::any_of(names.begin(), names.end(), [&](NodeId other) { return same(tree_, name, tree_, other); })) return true;
    names.push_back(name);
  }
  return false;
}

// "p and q" is not "p or q"; "1 and 2" is "1 or 2", a list of values.
bool Comparer::joined_otherwise(NodeId gold, NodeId prediction) const {
  if (alternatives(gold) != alternatives(prediction)) return true;
  if (!tree_.is(gold, Op::kList) || !tree_.is(prediction, Op::kList)) return false;
  const auto items = tree_.children(gold);
  const bool statements = has_conditions(gold) || std::any_of(items.begin(), items.end(), [&](NodeId item) { return tree_.is(item, Op::kSymbol); });
  return statements && (tree_[gold].extra | tree_[prediction].extra) == (kOrBetween | kAndBetween);
}

Decision Comparer::collection(NodeId gold, NodeId prediction) {
  NodeId other = prediction;
  // x \in [1, 2], x = 1, 2 and k = \{1, 2\}
  const bool equations = tree_.is(gold, Op::kList) && tree_.is(tree_.child(gold, 0), Op::kRelation);
  if (tree_.is(other, Op::kRelation) && !(equations && has_plus_minus(tree_, other))) {
    const NodeId value = assigned_value(other);
    if (value != kNoNode && options_.assignment_prefix &&
        (tree_.is(value, Op::kBracket) || tree_[value].op == Op::kUnion || has_plus_minus(tree_, value) || tree_.is(value, Op::kList)))
      other = value;
  }
  // A point and the set of it alone.
  const auto only_point = [&](NodeId id) {
    return tree_.is(id, Op::kBracket) && static_cast<Bracket>(tree_[id].flag) == Bracket::kCurly && tree_[id].count == 1 && is_point(tree_, tree_.child(id, 0));
  };
  if (only_point(gold) && is_point(tree_, other)) return element(tree_.child(gold, 0), other);
  if (is_point(tree_, gold) && only_point(other)) return element(gold, tree_.child(other, 0));
  const Node g = tree_[gold], p = tree_[other];
  const auto bracket = [](const Node& node) { return static_cast<Bracket>(node.flag); };
  const bool g_interval = g.op == Op::kBracket && g.count == 2 && bracket(g) <= Bracket::kSquareSquare && !tree_.is(tree_.child(gold, 0), Op::kBracket);
  const bool g_line = tree_.is_constant(gold, Constant::kReals), p_line = tree_.is_constant(other, Constant::kReals);
  const bool p_parts = p.op == Op::kRelation || p.op == Op::kUnion || p.op == Op::kDifference || p.op == Op::kIntersection || p.op == Op::kList || p_line;
  const bool g_conditions = has_conditions(gold);
  if (g.op == Op::kUnion || g.op == Op::kDifference || g.op == Op::kIntersection || g_line || g_conditions || (g_interval && p_parts) ||
      (g.op == Op::kList && (p.op == Op::kUnion || p_line))) {
    if (p.op == Op::kRelation && !g_conditions && !options_.interval_as_inequality) return unequal("the gold is an interval, the prediction an inequality");
    if (std::optional<Decision> line = same_line(gold, other)) {
      if (line->equal || p.op != Op::kList || g_conditions) return *line;
    }
    if (g_line) return unequal("the gold is the whole line, the prediction is not");
    if (g.op != Op::kBracket && g.op != Op::kList) return by_structure(gold, other);
  }
  if (joined_otherwise(gold, other)) return unequal("joined by \"or\" on one side only");
  if (g.op == Op::kBracket && bracket(g) != Bracket::kCurly) {
    const std::vector<NodeId> a = elements(gold);
    // [[1, 2], [3, 4]] in other brackets: no point of points is written so.
    const bool braces = p.op == Op::kList && static_cast<ListKind>(p.flag) == ListKind::kBraces;
    if (bracket(g) == Bracket::kSquareSquare && tree_.is(tree_.child(gold, 0), Op::kBracket) && (p.op == Op::kMatrix || braces || p.op == Op::kBracket) &&
        (p.op == Op::kMatrix || tree_[tree_.child(other, 0)].op == p.op))
      return matrices(gold, other);
    if (p.op == Op::kBracket) {
      // <1, 2> and (1, 2): a vector by its entries.
      auto vector = [&](const Node& node) { return bracket(node) == Bracket::kAngle || bracket(node) == Bracket::kRoundRound; };
      if (bracket(p) != bracket(g) && !(options_.column_as_tuple && vector(p) && vector(g))) return unequal("different brackets");
      return ordered(a, elements(other));
    }
    // A column is no interval.
    const bool interval = g_interval && bracket(g) != Bracket::kRoundRound;
    if (p.op == Op::kMatrix && options_.column_as_tuple && !interval) return matrices(gold, other);
    if (p.op == Op::kList && options_.tuple_as_list && bracket(g) == Bracket::kRoundRound) {
      if (values_of_one(other)) return unequal("values of one letter are no tuple");
      return ordered(a, elements(other));
    }
    return unequal("the gold is a tuple or interval, the prediction is not");
  }
  // Sets, lists, values with +-.
  const bool gold_set = g.op == Op::kBracket;
  std::vector<NodeId> a = elements(gold), b;
  if (p.op == Op::kBracket) {
    if (bracket(p) != Bracket::kCurly) return unequal("the gold is a set or list, the prediction is a tuple or interval");
    b = elements(other);
  } else {
    b = elements(other);
    if (b.size() < 2 && a.size() >= 2) {
      // x < 1 or x > 3 as one union
      if (std::optional<Decision> line = same_line(gold, other)) return *line;
      return unequal("the gold has several values, the prediction has one");
    }
  }
  if (!gold_set && !options_.list_order_free && p.op != Op::kBracket) return ordered(a, b);
  Decision decision = unordered(a, b);
  if (decision.equal) return decision;
  // Of a list of numbers, one that is listed twice counts twice; points, and what stands in braces, are a set.
  const auto braces = [&](const Node& node) { return node.op == Op::kList && static_cast<ListKind>(node.flag) == ListKind::kBraces; };
  const auto points = [&](const std::vector<NodeId>& items) {
    return items.size() > 1 && std::all_of(items.begin(), items.end(), [&](NodeId item) { return tree_.is(item, Op::kBracket); });
  };
  if (gold_set || p.op == Op::kBracket || braces(g) || braces(p) || (points(a) && points(b))) {
    decision = unordered(distinct(a), distinct(b));
    if (decision.equal) return decision;
  }
  // Parts of the line written with "or" and "and".
  if (g.op == Op::kList && (tree_.is(a[0], Op::kRelation) || tree_.is(a[0], Op::kBracket))) {
    if (std::optional<Decision> line = same_line(gold, other); line && line->equal) return *line;
  }
  return decision;
}

bool Comparer::as_matrix(NodeId id, std::vector<NodeId>& cells, std::size_t& columns) const {
  if (tree_.is(id, Op::kMatrix)) {
    cells.assign(tree_.children(id).begin(), tree_.children(id).end());
    columns = tree_[id].extra;
    return true;
  }
  const bool braces = tree_.is(id, Op::kList) && static_cast<ListKind>(tree_[id].flag) == ListKind::kBraces;
  if (!tree_.is(id, Op::kBracket) && !braces) return false;
  // [[1, 2], [3, 4]] and {{1, 2}, {3, 4}}
  const auto rows = tree_.children(id);
  const bool nested =
      std::all_of(rows.begin(), rows.end(), [&](NodeId row) { return tree_[row].op == tree_[id].op && tree_[row].count == tree_[rows[0]].count; });
  if (nested) {
    columns = tree_[rows[0]].count;
    for (const NodeId row : rows) cells.insert(cells.end(), tree_.children(row).begin(), tree_.children(row).end());
    return true;
  }
  if (!options_.column_as_tuple || braces) return false;
  const auto bracket = static_cast<Bracket>(tree_[id].flag);
  if (bracket == Bracket::kCurly || bracket == Bracket::kRoundSquare || bracket == Bracket::kSquareRound) return false;
  cells.assign(rows.begin(), rows.end());
  columns = 1;
  return true;
}

Decision Comparer::matrices(NodeId gold, NodeId prediction) {
  NodeId other = prediction;
  if (tree_.is(other, Op::kRelation)) {
    const NodeId value = assigned_value(other);
    if (value != kNoNode) other = value;
  }
  std::vector<NodeId> a, b;
  std::size_t columns = 0, other_columns = 0;
  if (!as_matrix(gold, a, columns) || !as_matrix(other, b, other_columns)) return unequal("the gold is a matrix, the prediction is not");
  const bool tuple = !tree_.is(gold, Op::kMatrix) || !tree_.is(other, Op::kMatrix);
  const bool line = (columns == 1 || columns == a.size()) && (other_columns == 1 || other_columns == b.size());
  if (columns != other_columns && !(tuple && line)) return unequal("matrices of different shapes");
  return ordered(a, b);
}

}  // namespace lydian::math
