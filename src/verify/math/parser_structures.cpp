// Sums over a range, integrals, environments: what stands alone and has an inner order of its own.
#include "verify/math/parser_state.h"

namespace lydian::math {

NodeId Parser::parse_sum_sign(bool product) {
  const Deeper deeper(*this);
  NodeId lower = kNoNode, upper = kNoNode;
  std::string bound, relation;  // Of {k \le 4}: what it says of k is no first value.
  while (is(Tok::kUnderscore) || is(Tok::kCaret)) {
    if (take(Tok::kUnderscore)) {
      // {k=1}: the name of the variable, then its first value.
      const bool group = is_open(Delimiter::kGroup);
      if (group) ++at_;
      if (!is(Tok::kWord) && !is(Tok::kSymbol)) fail("a bound variable");
      bound = now().text;
      ++at_;
      if (group && is(Tok::kRelation)) {
        if (now().payload != static_cast<std::uint32_t>(Relation::kEqual)) relation = " " + std::to_string(now().payload);
        ++at_;
        lower = parse_sum();
      }
      if (group) {
        if (!is_close(Delimiter::kGroup)) fail("a bound variable and its first value");
        ++at_;
      }
    } else {
      ++at_;
      upper = parse_exponent();
    }
  }
  const int bound_i = bound_i_;
  if (bound == "i") ++bound_i_;
  const NodeId body = parse_product();
  bound_i_ = bound_i;
  if (lower == kNoNode || upper == kNoNode || bound.empty() || !relation.empty()) {
    std::vector<NodeId> parts{body};
    std::string name = (product ? "product " : "sum ") + bound + relation;
    for (const auto& [limit, mark] : {std::pair{lower, " from"}, std::pair{upper, " to"}}) {
      if (limit == kNoNode) continue;
      parts.push_back(limit);
      name += mark;
    }
    return tree_.add(Op::kOpaque, parts, tree_.intern(name));
  }
  return tree_.add(Op::kSum, {lower, upper, body}, tree_.intern(bound), product ? 1 : 0);
}

NodeId Parser::parse_opaque(std::string_view name) {
  const Deeper deeper(*this);
  NodeId lower = kNoNode, upper = kNoNode;
  while (is(Tok::kUnderscore) || is(Tok::kCaret)) {
    const bool below = is(Tok::kUnderscore);
    ++at_;
    // The upper bound is no power of the lower one.
    (below ? lower : upper) = below ? parse_argument() : parse_exponent();
  }
  std::vector<NodeId> parts{parse_product()};
  std::string whole(name);
  if (lower != kNoNode) parts.push_back(lower);
  if (upper != kNoNode) parts.push_back(upper);
  if (lower != kNoNode) whole += " from";
  if (upper != kNoNode) whole += " to";
  return tree_.add(Op::kOpaque, parts, tree_.intern(whole));
}

NodeId Parser::parse_environment() {
  const Deeper deeper(*this);
  const std::string name(now().text);
  ++at_;
  const bool matrix = name.find("matrix") != std::string::npos || name == "array" || name == "tabular";
  const Inside fresh(*this);
  const NodeId result = parse_rows(name, matrix);
  if (name == "vmatrix") return tree_.call(Function::kDet, {result});
  return result;
}

NodeId Parser::parse_rows(std::string_view environment, bool matrix) {
  std::vector<NodeId> cells;
  std::size_t columns = 0, in_row = 0;
  const bool cases = environment == "cases" || environment == "dcases" || environment == "rcases";
  while (!is(Tok::kEndEnvironment)) {
    if (is(Tok::kEnd)) fail("an environment that is not closed");
    if (is(Tok::kAmpersand)) {
      // A cell before each sign and behind it.
      ++at_;
      if (matrix && (in_row == 0 || is(Tok::kAmpersand) || is(Tok::kNewRow) || is(Tok::kEndEnvironment))) fail("an empty cell");
      continue;
    }
    if (take(Tok::kNewRow)) {
      if (in_row == 0) continue;
      if (columns != 0 && in_row != columns && matrix) fail("rows of different lengths");
      columns = in_row;
      in_row = 0;
      continue;
    }
    cells.push_back(parse_list());
    ListKind kind = ListKind::kComma;
    std::uint16_t joints = 0;
    separator(kind, joints);
    if (!is(Tok::kAmpersand) && !is(Tok::kNewRow) && !is(Tok::kEndEnvironment)) fail("unexpected sign in a table");
    ++in_row;
  }
  ++at_;
  if (in_row != 0) {
    if (columns != 0 && in_row != columns && matrix) fail("rows of different lengths");
    columns = in_row;
  }
  if (cells.empty()) fail("an empty environment");
  if (matrix) {
    if (columns > 1000) fail("a table that is too wide");
    return tree_.add(Op::kMatrix, cells, 0, 0, static_cast<std::uint16_t>(columns));
  }
  if (cases && columns > 1) return tree_.add(Op::kOpaque, cells, tree_.intern("cases"));
  if (cells.size() == 1) return cells[0];
  return tree_.add(Op::kList, cells, 0, static_cast<std::uint8_t>(ListKind::kSemicolon));
}

}  // namespace lydian::math
