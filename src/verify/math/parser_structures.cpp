// Sums over a range, integrals, environments: what stands alone and has an inner order of its own.
#include "verify/math/parser_state.h"

namespace lydian::math {

NodeId Parser::parse_sum_sign(bool product) {
  const Deeper deeper(*this);
  NodeId lower = kNoNode, upper = kNoNode;
  std::string bound;
  while (is(Tok::kUnderscore) || is(Tok::kCaret)) {
    if (take(Tok::kUnderscore)) {
      // {k=1}: the name of the variable, then its first value.
      const bool group = is_open(Delimiter::kGroup);
      if (group) ++at_;
      if (!is(Tok::kWord) && !is(Tok::kSymbol)) fail("a bound variable");
      bound = now().text;
      ++at_;
      if (group && is(Tok::kRelation)) {
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
  if (lower == kNoNode || upper == kNoNode || bound.empty()) {
    return tree_.add(Op::kOpaque, {body, lower == kNoNode ? tree_.integer(0) : lower, upper == kNoNode ? tree_.integer(0) : upper},
                     tree_.intern((product ? "product " : "sum ") + bound));
  }
  return tree_.add(Op::kSum, {lower, upper, body}, tree_.intern(bound), product ? 1 : 0);
}

NodeId Parser::parse_opaque(std::string_view name) {
  const Deeper deeper(*this);
  std::vector<NodeId> parts;
  while (is(Tok::kUnderscore) || is(Tok::kCaret)) {
    const bool lower = is(Tok::kUnderscore);
    ++at_;
    // The upper bound is no power of the lower one.
    parts.push_back(lower ? parse_argument() : parse_exponent());
  }
  parts.push_back(parse_product());
  return tree_.add(Op::kOpaque, parts, tree_.intern(name));
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
    if (take(Tok::kAmpersand)) continue;
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
