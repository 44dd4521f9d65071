// Parts of the real line: intervals, unions, solved inequalities.
#include <algorithm>
#include <utility>

#include "verify/math/compare.h"

namespace lydian::math {
namespace {

constexpr slong kSolveDegree = 8;

}  // namespace

// Parts of the real line. A letter that is bounded must be one and the same throughout.
std::optional<Comparer::Pieces> Comparer::pieces_of_relation(NodeId id, std::string& letter) {
  const std::vector<NodeId> sides(tree_.children(id).begin(), tree_.children(id).end());
  const std::vector<Relation> relations(tree_.relations(id).begin(), tree_.relations(id).end());
  auto set_letter = [&](NodeId side) {
    if (!tree_.is(side, Op::kSymbol)) return false;
    if (letter.empty()) letter = tree_.name(side);
    return letter == tree_.name(side);
  };
  if (relations.size() == 1 && (relations[0] == Relation::kIn || relations[0] == Relation::kNotIn)) {
    if (!set_letter(sides[0])) return std::nullopt;
    std::optional<Pieces> set = pieces(sides[1], letter);
    return set && relations[0] == Relation::kNotIn ? complement(std::move(*set)) : set;
  }
  if (relations.size() == 1) {
    const bool left = tree_.is(sides[0], Op::kSymbol) && !has_symbol(tree_, sides[1]), right = tree_.is(sides[1], Op::kSymbol) && !has_symbol(tree_, sides[0]);
    const Relation r = relations[0];
    if (!is_less(r) && !is_greater(r) && r != Relation::kEqual && r != Relation::kNotEqual) return std::nullopt;
    if (left == right) return solved(sides[0], r, sides[1], letter);
    if (!set_letter(sides[left ? 0 : 1])) return std::nullopt;
    const NodeId bound = sides[left ? 1 : 0];
    if (r == Relation::kEqual) {
      std::vector<NodeId> values;
      expand_plus_minus(bound, values);
      Pieces points;
      for (const NodeId value : values) points.push_back({value, value, false, false});
      return points;
    }
    if (has_plus_minus(tree_, bound)) return std::nullopt;
    if (r == Relation::kNotEqual) return Pieces{{kNoNode, bound, true, true}, {bound, kNoNode, true, true}};
    const bool above = is_greater(r) == left;
    return above ? Pieces{{bound, kNoNode, is_strict(r), true}} : Pieces{{kNoNode, bound, true, is_strict(r)}};
  }
  if (relations.size() == 2 && ((is_less(relations[0]) && is_less(relations[1])) || (is_greater(relations[0]) && is_greater(relations[1])))) {
    if (has_symbol(tree_, sides[0]) || has_symbol(tree_, sides[2])) return std::nullopt;
    if (!tree_.is(sides[1], Op::kSymbol)) {
      const std::optional<Pieces> first = solved(sides[0], relations[0], sides[1], letter);
      const std::optional<Pieces> second = first ? solved(sides[1], relations[1], sides[2], letter) : std::nullopt;
      return second ? intersection(*first, *second) : std::nullopt;
    }
    if (!set_letter(sides[1])) return std::nullopt;
    const bool up = is_less(relations[0]);
    const std::size_t low = up ? 0 : 2, high = up ? 2 : 0;
    return Pieces{{sides[low], sides[high], is_strict(relations[up ? 0 : 1]), is_strict(relations[up ? 1 : 0])}};
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
    case Op::kList:
      return pieces_of_list(id, letter);
    case Op::kUnion: {
      Pieces total;
      for (const NodeId child : children) {
        // The braces of {3} only group.
        const bool point = is_scalar(tree_, child) && !has_symbol(tree_, child) && infinity_sign(child) == 0;
        const std::optional<Pieces> part = point ? Pieces{{child, child, false, false}} : pieces(child, letter);
        if (!part) return std::nullopt;
        total.insert(total.end(), part->begin(), part->end());
      }
      return merged(std::move(total));
    }
    case Op::kIntersection: {
      const std::optional<Pieces> first = pieces(children[0], letter), second = first ? pieces(children[1], letter) : std::nullopt;
      return second ? intersection(*first, *second) : std::nullopt;
    }
    case Op::kDifference: {
      const std::optional<Pieces> whole = pieces(children[0], letter), without = whole ? pieces(children[1], letter) : std::nullopt;
      const std::optional<Pieces> rest = without ? complement(*without) : std::nullopt;
      return rest ? intersection(*whole, *rest) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Comparer::Pieces> Comparer::pieces_of_list(NodeId id, std::string& letter) {
  const Node node = tree_[id];
  const std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  if (static_cast<ListKind>(node.flag) == ListKind::kBraces) {
    Pieces points;
    for (const NodeId child : children) {
      if (!is_scalar(tree_, child)) return std::nullopt;
      points.push_back({child, child, false, false});
    }
    return points;
  }
  std::vector<Pieces> parts;
  bool relations = true;
  for (const NodeId child : children) {
    std::optional<Pieces> part = pieces(child, letter);
    if (!part || (!tree_.is(child, Op::kRelation) && !tree_.is(child, Op::kBracket) && !tree_.is(child, Op::kList))) return std::nullopt;
    relations = relations && tree_.is(child, Op::kRelation);
    parts.push_back(std::move(*part));
  }
  // "x > 1 and x < 3" holds where both do; "(1, 2) and (3, 4)" lists both.
  if (relations && (node.extra & kAndBetween) != 0 && (node.extra & kOrBetween) == 0) {
    Pieces outside;
    for (Pieces& part : parts) {
      const std::optional<Pieces> rest = complement(std::move(part));
      if (!rest) return std::nullopt;
      outside.insert(outside.end(), rest->begin(), rest->end());
    }
    return complement(std::move(outside));
  }
  Pieces total;
  for (const Pieces& part : parts) total.insert(total.end(), part.begin(), part.end());
  if ((node.extra & kOrBetween) != 0) return merged(std::move(total));
  // "x > 1, x < 3": two half lines that meet are a conjunction.
  if (relations && total.size() == 2 && static_cast<ListKind>(node.flag) != ListKind::kSemicolon) {
    Piece &a = total[0], &b = total[1];
    if (a.low == kNoNode && b.high == kNoNode) std::swap(a, b);
    if (a.high == kNoNode && b.low == kNoNode && a.low != kNoNode && b.high != kNoNode && decider_.order(a.low, b.high) < 0) {
      return Pieces{{a.low, b.high, a.low_open, b.high_open}};
    }
  }
  return total;
}

// The rest of the line.
std::optional<Comparer::Pieces> Comparer::complement(Pieces pieces) {
  const std::optional<Pieces> parts = merged(std::move(pieces));
  if (!parts) return std::nullopt;
  Pieces result;
  Piece rest;
  bool open_end = true;  // Whether the line goes on behind the last part.
  for (const Piece& part : *parts) {
    if (part.low != kNoNode) {
      rest.high = part.low;
      rest.high_open = !part.low_open;
      result.push_back(rest);
    }
    open_end = part.high != kNoNode;
    rest = {part.high, kNoNode, !part.high_open, true};
  }
  if (open_end) result.push_back(rest);
  return result;
}

// As Decider::order, but 0 only where the two are proved to be equal.
int Comparer::bound_order(NodeId a, NodeId b) {
  const int order = decider_.order(a, b);
  return order == 0 && !decider_.equal(a, b).equal ? 2 : order;
}

// In order, and parts that overlap or touch as one.
std::optional<Comparer::Pieces> Comparer::merged(Pieces pieces) {
  if (!sort_pieces(pieces)) return std::nullopt;
  Pieces result;
  for (const Piece& next : pieces) {
    if (result.empty()) {
      result.push_back(next);
      continue;
    }
    Piece& last = result.back();
    const int gap = next.low == kNoNode || last.high == kNoNode ? -1 : bound_order(next.low, last.high);
    if (gap == 2) return std::nullopt;
    if (gap > 0 || (gap == 0 && next.low_open && last.high_open)) {
      result.push_back(next);
      continue;
    }
    // Equal lower bounds: closed where one of them is.
    if (last.low_open && last.low != kNoNode && next.low != kNoNode && !next.low_open) {
      const int low = bound_order(last.low, next.low);
      if (low == 2) return std::nullopt;
      if (low == 0) last.low_open = false;
    }
    if (last.high == kNoNode) continue;  // It takes in all that follows.
    const int ends = next.high == kNoNode ? -1 : bound_order(last.high, next.high);
    if (ends == 2) return std::nullopt;
    if (ends < 0) {
      last.high = next.high;
      last.high_open = next.high_open;
    } else if (ends == 0) {
      last.high_open = last.high_open && next.high_open;
    }
  }
  return result;
}

std::optional<Comparer::Pieces> Comparer::intersection(const Pieces& a, const Pieces& b) {
  budget_.spend(static_cast<std::int64_t>(a.size() * b.size()) / 2);
  Pieces result;
  for (const Piece& x : a) {
    for (const Piece& y : b) {
      Piece common = x;
      if (y.low != kNoNode) {
        const int order = x.low == kNoNode ? -1 : bound_order(x.low, y.low);
        if (order == 2) return std::nullopt;
        if (order < 0) common.low_open = y.low_open;
        if (order < 0) common.low = y.low;
        if (order == 0) common.low_open = x.low_open || y.low_open;
      }
      if (y.high != kNoNode) {
        const int order = x.high == kNoNode ? 1 : bound_order(x.high, y.high);
        if (order == 2) return std::nullopt;
        if (order > 0) common.high_open = y.high_open;
        if (order > 0) common.high = y.high;
        if (order == 0) common.high_open = x.high_open || y.high_open;
      }
      if (common.low != kNoNode && common.high != kNoNode) {
        const int order = bound_order(common.low, common.high);
        if (order == 2) return std::nullopt;
        if (order > 0 || (order == 0 && (common.low_open || common.high_open))) continue;
      }
      result.push_back(common);
    }
  }
  return result;
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

std::optional<Comparer::Pieces> Comparer::pieces_of_gold(NodeId id, std::string& letter) {
  const slong outer = std::exchange(solve_degree_, kSolveDegree);
  std::optional<Pieces> found = pieces(id, letter);
  solve_degree_ = outer;
  return found;
}

// Both sides as parts of the line; nothing where one of them is none.
std::optional<Decision> Comparer::same_line(NodeId gold, NodeId prediction) {
  std::string gold_letter, other_letter;
  std::optional<Pieces> first = pieces_of_gold(gold, gold_letter), second = first ? pieces(prediction, other_letter) : std::nullopt;
  if (!first || !second) return std::nullopt;
  if (!gold_letter.empty() && !other_letter.empty() && gold_letter != other_letter) return unequal("different letters");
  return same_pieces(std::move(*first), std::move(*second));
}

Decision Comparer::same_pieces(Pieces gold, Pieces prediction) {
  for (Pieces* side : {&gold, &prediction}) {
    if (side->size() < 2) continue;
    if (std::optional<Pieces> whole = merged(*side)) *side = std::move(*whole);
  }
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
