// Lists, sets, tuples, intervals and matrices.
#include <algorithm>

#include "verify/math/compare.h"

namespace lydian::math {
namespace {

constexpr std::size_t kMaxElements = 400;

Decision unequal(std::string reason) {
  return {false, MathMethod::kNone, std::move(reason)};
}

bool has_plus_minus(const Tree& tree, NodeId id) {
  return any(tree, id, [](const Node& node, NodeId) { return node.op == Op::kPlusMinus; });
}

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

// A value that is listed twice is one value.
std::vector<NodeId> Comparer::distinct(const std::vector<NodeId>& items) const {
  std::vector<NodeId> kept;
  for (const NodeId item : items) {
    if (std::none_of(kept.begin(), kept.end(), [&](NodeId k) { return same(tree_, k, tree_, item); })) kept.push_back(item);
  }
  budget_.spend(static_cast<std::int64_t>(items.size() * kept.size()) / 8);
  return kept;
}

Decision Comparer::ordered(const std::vector<NodeId>& gold, const std::vector<NodeId>& prediction) {
  if (gold.size() != prediction.size()) return unequal("different numbers of elements");
  Decision total{true, MathMethod::kExact, {}};
  for (std::size_t i = 0; i < gold.size(); ++i) {
    Decision decision = compare(gold[i], prediction[i]);
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
      Decision decision = compare(g, prediction[i]);
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

Decision Comparer::collection(NodeId gold, NodeId prediction) {
  NodeId other = prediction;
  // x \in [1, 2], x = 1, 2 and k = \{1, 2\}
  if (tree_.is(other, Op::kRelation)) {
    const NodeId value = assigned_value(other);
    if (value != kNoNode && options_.assignment_prefix &&
        (tree_.is(value, Op::kBracket) || tree_[value].op == Op::kUnion || has_plus_minus(tree_, value) || tree_.is(value, Op::kList)))
      other = value;
  }
  const Node g = tree_[gold], p = tree_[other];
  const auto bracket = [](const Node& node) { return static_cast<Bracket>(node.flag); };
  const bool g_interval = g.op == Op::kBracket && g.count == 2 && bracket(g) <= Bracket::kSquareSquare;
  if (g.op == Op::kUnion || g.op == Op::kDifference || g.op == Op::kIntersection ||
      (g_interval && (p.op == Op::kRelation || p.op == Op::kUnion || p.op == Op::kList)) || (g.op == Op::kList && p.op == Op::kUnion)) {
    std::string gold_letter, other_letter;
    if (p.op == Op::kRelation && !options_.interval_as_inequality) return unequal("the gold is an interval, the prediction an inequality");
    const std::optional<Pieces> first = pieces(gold, gold_letter), second = first ? pieces(other, other_letter) : std::nullopt;
    if (first && second) {
      Decision line = same_pieces(*first, *second);
      if (line.equal || p.op != Op::kList) return line;
    }
    if (g.op != Op::kBracket && g.op != Op::kList) return by_structure(gold, other);
  }
  if (g.op == Op::kBracket && bracket(g) != Bracket::kCurly) {
    const std::vector<NodeId> a = elements(gold);
    if (p.op == Op::kBracket) {
      if (bracket(p) != bracket(g)) return unequal("different brackets");
      return ordered(a, elements(other));
    }
    if (p.op == Op::kMatrix && options_.column_as_tuple) return matrices(gold, other);
    if (p.op == Op::kList && options_.tuple_as_list && bracket(g) == Bracket::kRoundRound) return ordered(a, elements(other));
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
      std::string gold_letter, other_letter;
      if (const std::optional<Pieces> first = pieces(gold, gold_letter)) {
        if (const std::optional<Pieces> second = pieces(other, other_letter)) return same_pieces(*first, *second);
      }
      return unequal("the gold has several values, the prediction has one");
    }
  }
  if (!gold_set && !options_.list_order_free && p.op != Op::kBracket) return ordered(a, b);
  Decision decision = unordered(a, b);
  if (decision.equal) return decision;
  if (a.size() != b.size()) {
    const std::vector<NodeId> x = distinct(a), y = distinct(b);
    if (x.size() == y.size() && x.size() > 1) decision = unordered(x, y);
    if (decision.equal) return decision;
  }
  // Parts of the line written with "or" and "and".
  std::string gold_letter, other_letter;
  if (g.op == Op::kList && (tree_.is(a[0], Op::kRelation) || tree_.is(a[0], Op::kBracket))) {
    if (const std::optional<Pieces> first = pieces(gold, gold_letter)) {
      if (const std::optional<Pieces> second = pieces(other, other_letter)) {
        Decision same_line = same_pieces(*first, *second);
        if (same_line.equal) return same_line;
      }
    }
  }
  return decision;
}

bool Comparer::as_matrix(NodeId id, std::vector<NodeId>& cells, std::size_t& columns) const {
  if (tree_.is(id, Op::kMatrix)) {
    cells.assign(tree_.children(id).begin(), tree_.children(id).end());
    columns = tree_[id].extra;
    return true;
  }
  if (!tree_.is(id, Op::kBracket)) return false;
  // [[1, 2], [3, 4]]
  const auto rows = tree_.children(id);
  const bool nested =
      std::all_of(rows.begin(), rows.end(), [&](NodeId row) { return tree_.is(row, Op::kBracket) && tree_[row].count == tree_[rows[0]].count; });
  if (nested) {
    columns = tree_[rows[0]].count;
    for (const NodeId row : rows) cells.insert(cells.end(), tree_.children(row).begin(), tree_.children(row).end());
    return true;
  }
  if (!options_.column_as_tuple) return false;
  if (static_cast<Bracket>(tree_[id].flag) == Bracket::kCurly) return false;
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

// Parts of the real line. A letter that is bounded must be one and the same throughout.
std::optional<Comparer::Pieces> Comparer::pieces_of_relation(NodeId id, std::string& letter) {
  const std::vector<NodeId> sides(tree_.children(id).begin(), tree_.children(id).end());
  const std::vector<Relation> relations(tree_.relations(id).begin(), tree_.relations(id).end());
  auto set_letter = [&](NodeId side) {
    if (!tree_.is(side, Op::kSymbol)) return false;
    if (letter.empty()) letter = tree_.name(side);
    return letter == tree_.name(side);
  };
  if (relations.size() == 1 && relations[0] == Relation::kIn) {
    if (!set_letter(sides[0])) return std::nullopt;
    return pieces(sides[1], letter);
  }
  auto is_less = [](Relation r) { return r == Relation::kLess || r == Relation::kLessEqual; };
  auto is_greater = [](Relation r) { return r == Relation::kGreater || r == Relation::kGreaterEqual; };
  auto is_open = [](Relation r) { return r == Relation::kLess || r == Relation::kGreater; };
  if (relations.size() == 1) {
    const bool left = tree_.is(sides[0], Op::kSymbol) && !has_symbol(tree_, sides[1]), right = tree_.is(sides[1], Op::kSymbol) && !has_symbol(tree_, sides[0]);
    if (left == right || !set_letter(sides[left ? 0 : 1])) return std::nullopt;
    const NodeId bound = sides[left ? 1 : 0];
    const Relation r = relations[0];
    if (r == Relation::kNotEqual) return Pieces{{kNoNode, bound, true, true}, {bound, kNoNode, true, true}};
    if (r == Relation::kEqual) return Pieces{{bound, bound, false, false}};
    if (!is_less(r) && !is_greater(r)) return std::nullopt;
    const bool above = is_greater(r) == left;
    return above ? Pieces{{bound, kNoNode, is_open(r), true}} : Pieces{{kNoNode, bound, true, is_open(r)}};
  }
  if (relations.size() == 2 && ((is_less(relations[0]) && is_less(relations[1])) || (is_greater(relations[0]) && is_greater(relations[1])))) {
    if (has_symbol(tree_, sides[0]) || has_symbol(tree_, sides[2]) || !set_letter(sides[1])) return std::nullopt;
    const bool up = is_less(relations[0]);
    const std::size_t low = up ? 0 : 2, high = up ? 2 : 0;
    return Pieces{{sides[low], sides[high], is_open(relations[up ? 0 : 1]), is_open(relations[up ? 1 : 0])}};
  }
  return std::nullopt;
}

std::optional<Comparer::Pieces> Comparer::pieces(NodeId id, std::string& letter) {
  const Node node = tree_[id];
  const std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  switch (node.op) {
    case Op::kRelation: {
      std::optional<Pieces> found = pieces_of_relation(id, letter);
      if (!found) return std::nullopt;
      for (Piece& piece : *found) {
        if (piece.low != kNoNode && infinity_sign(piece.low) < 0) piece.low = kNoNode;
        if (piece.high != kNoNode && infinity_sign(piece.high) > 0) piece.high = kNoNode;
      }
      return found;
    }
    case Op::kConstant:
      if (tree_.is_constant(id, Constant::kReals)) return Pieces{{kNoNode, kNoNode, true, true}};
      if (tree_.is_constant(id, Constant::kEmptySet)) return Pieces{};
      return std::nullopt;
    case Op::kBracket: {
      const auto bracket = static_cast<Bracket>(node.flag);
      if (bracket == Bracket::kCurly) {
        Pieces points;
        for (const NodeId child : children) {
          if (!is_scalar(tree_, child)) return std::nullopt;
          points.push_back({child, child, false, false});
        }
        return points;
      }
      if (children.size() != 2 || bracket > Bracket::kSquareSquare || has_plus_minus(tree_, id)) return std::nullopt;
      Piece piece{children[0], children[1], bracket == Bracket::kRoundRound || bracket == Bracket::kRoundSquare,
                  bracket == Bracket::kRoundRound || bracket == Bracket::kSquareRound};
      if (infinity_sign(piece.low) < 0) piece = {kNoNode, piece.high, true, piece.high_open};
      if (infinity_sign(piece.high) > 0) piece = {piece.low, kNoNode, piece.low_open, true};
      return Pieces{piece};
    }
    case Op::kList: {
      if (static_cast<ListKind>(node.flag) == ListKind::kBraces) {
        Pieces points;
        for (const NodeId child : children) {
          if (!is_scalar(tree_, child)) return std::nullopt;
          points.push_back({child, child, false, false});
        }
        return points;
      }
      Pieces total;
      for (const NodeId child : children) {
        const std::optional<Pieces> part = pieces(child, letter);
        if (!part || (!tree_.is(child, Op::kRelation) && !tree_.is(child, Op::kBracket))) return std::nullopt;
        total.insert(total.end(), part->begin(), part->end());
      }
      // x > 1 and x < 3: two half lines that meet are a conjunction.
      if (total.size() == 2 && static_cast<ListKind>(node.flag) != ListKind::kSemicolon) {
        Piece &a = total[0], &b = total[1];
        if (a.low == kNoNode && b.high == kNoNode) std::swap(a, b);
        if (a.high == kNoNode && b.low == kNoNode && a.low != kNoNode && b.high != kNoNode && decider_.order(a.low, b.high) < 0) {
          return Pieces{{a.low, b.high, a.low_open, b.high_open}};
        }
      }
      return total;
    }
    case Op::kUnion: {
      Pieces total;
      for (const NodeId child : children) {
        const std::optional<Pieces> part = pieces(child, letter);
        if (!part) return std::nullopt;
        total.insert(total.end(), part->begin(), part->end());
      }
      return total;
    }
    case Op::kDifference: {
      // The line or an interval without single points.
      std::optional<Pieces> whole = pieces(children[0], letter), points = pieces(children[1], letter);
      if (!whole || !points || whole->size() != 1) return std::nullopt;
      for (const Piece& point : *points) {
        if (point.low == kNoNode || point.low != point.high) return std::nullopt;
      }
      if (!sort_pieces(*points)) return std::nullopt;
      Pieces result;
      Piece rest = whole->front();
      for (const Piece& point : *points) {
        if (rest.low != kNoNode && decider_.order(rest.low, point.low) != -1) return std::nullopt;
        if (rest.high != kNoNode && decider_.order(point.low, rest.high) != -1) return std::nullopt;
        result.push_back({rest.low, point.low, rest.low_open, true});
        rest = {point.low, rest.high, true, rest.high_open};
      }
      result.push_back(rest);
      return result;
    }
    default:
      return std::nullopt;
  }
}

// In the order of the line; false where two bounds cannot be compared.
bool Comparer::sort_pieces(Pieces& pieces) {
  // Insertion sort: few pieces, and a comparison may fail.
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    for (std::size_t k = i; k > 0; --k) {
      const Piece &left = pieces[k - 1], &right = pieces[k];
      if (left.low == kNoNode) break;
      if (right.low != kNoNode) {
        const int order = decider_.order(left.low, right.low);
        if (order == 2) return false;
        if (order <= 0) break;
      }
      std::swap(pieces[k - 1], pieces[k]);
    }
  }
  return true;
}

Decision Comparer::same_pieces(Pieces gold, Pieces prediction) {
  if (gold.size() != prediction.size()) return unequal("different parts of the line");
  if (gold.size() > 1 && (!sort_pieces(gold) || !sort_pieces(prediction))) return unequal("bounds that cannot be put in order");
  Decision total{true, MathMethod::kExact, {}};
  for (std::size_t i = 0; i < gold.size(); ++i) {
    const Piece &a = gold[i], &b = prediction[i];
    if ((a.low == kNoNode) != (b.low == kNoNode) || (a.high == kNoNode) != (b.high == kNoNode)) return unequal("different parts of the line");
    if ((a.low != kNoNode && a.low_open != b.low_open) || (a.high != kNoNode && a.high_open != b.high_open))
      return unequal("a bound that belongs to one side only");
    for (const auto& [x, y] : {std::pair{a.low, b.low}, std::pair{a.high, b.high}}) {
      if (x == kNoNode) continue;
      Decision decision = element(x, y);
      if (!decision.equal) return decision;
      total.method = std::max(total.method, decision.method);
    }
  }
  return total;
}

}  // namespace lydian::math
