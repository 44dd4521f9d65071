// Sums over a range, integrals, environments: what stands alone and has an inner order of its own.
#include <algorithm>

#include "verify/math/parser_state.h"
#include "verify/math/units.h"

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

// Where the environment that is read now ends.
std::size_t Parser::end_of_environment() const {
  std::size_t depth = 1, end = at_;
  for (; end + 1 < tokens_.size(); ++end) {
    if (tokens_[end].kind == Tok::kBegin) ++depth;
    if (tokens_[end].kind == Tok::kEndEnvironment && --depth == 0) break;
  }
  return end;
}

NodeId Parser::parse_environment() {
  const Deeper deeper(*this);
  std::string name(now().text);
  ++at_;
  bool matrix = name.find("matrix") != std::string::npos || name == "array" || name == "tabular";
  // \left\{\begin{array}{l} … \end{array}\right. is written for cases.
  const bool brace = at_ > 1 && tokens_[at_ - 2].kind == Tok::kOpen && tokens_[at_ - 2].payload == static_cast<std::uint32_t>(Delimiter::kCurly);
  if (brace) {
    const std::size_t end = end_of_environment();
    if (end + 1 < tokens_.size() && tokens_[end + 1].kind != Tok::kClose) {
      name = "cases";
      matrix = false;
    }
  }
  const Inside fresh(*this);
  if (!matrix) join_aligned_cells(name.find("cases") == std::string::npos);
  const NodeId result = parse_rows(name, matrix);
  if (name == "vmatrix") return tree_.call(Function::kDet, {result});
  return result;
}

// The sign & beside a relation only puts it in line. In lines without cells all do, and a line that begins with a relation goes on with the one before.
void Parser::join_aligned_cells(bool lines) {
  const std::size_t end = end_of_environment();
  std::size_t depth = 0, kept = at_;
  for (std::size_t i = at_; i < end; ++i) {
    const Tok kind = tokens_[i].kind;
    if (kind == Tok::kBegin) ++depth;
    if (kind == Tok::kEndEnvironment) --depth;
    const bool beside = tokens_[i + 1].kind == Tok::kRelation || (kept > at_ && tokens_[kept - 1].kind == Tok::kRelation);
    if (depth == 0 && kind == Tok::kAmpersand && (lines || beside)) continue;
    const std::size_t next = tokens_[i + 1].kind == Tok::kAmpersand && i + 2 < tokens_.size() ? i + 2 : i + 1;
    if (depth == 0 && kind == Tok::kNewRow && lines && kept > at_ && tokens_[next].kind == Tok::kRelation) continue;
    if (kept != i) tokens_[kept] = tokens_[i];
    ++kept;
  }
  tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(kept), tokens_.begin() + static_cast<std::ptrdiff_t>(end));
}

// A value or its condition: "if x > 0" is x > 0, and "n is even" is kept as words.
NodeId Parser::parse_cell(bool condition) {
  if (!condition) return parse_list();
  std::string words;
  bool has_words = false;
  std::size_t end = at_;
  for (; end + 1 < tokens_.size(); ++end) {
    const Tok kind = tokens_[end].kind;
    if (kind == Tok::kAmpersand || kind == Tok::kNewRow || kind == Tok::kEndEnvironment) break;
    if (kind != Tok::kText && kind != Tok::kWord) {
      if (kind != Tok::kComma && kind != Tok::kDot) words += std::string(tokens_[end].text) + ' ';
      continue;
    }
    const std::string plain = plain_words(tokens_[end].text);
    for (std::size_t at = 0; at < plain.size();) {
      const std::size_t stop = std::min(plain.find_first_of(" ,", at), plain.size());
      const std::string_view word = std::string_view(plain).substr(at, stop - at);
      at = stop + 1;
      const bool opens = word == "if" || word == "for" || word == "when" || word == "where" || word == "is";
      if (word.empty() || opens) continue;
      has_words = has_words || (kind == Tok::kText && word.size() > 1 && word != "and" && word != "or");
      words += std::string(word == "else" || word == "elsewhere" ? "otherwise" : word) + ' ';
    }
  }
  if (has_words) {
    at_ = end;
    return tree_.add(Op::kText, {}, tree_.intern(words));
  }
  while ((is(Tok::kText) || is(Tok::kWord)) && at_ < end) {
    const std::string plain = plain_words(now().text);
    if (plain != "if" && plain != "for" && plain != "when" && plain != "where") break;
    ++at_;
  }
  return parse_list();
}

NodeId Parser::parse_rows(std::string_view environment, bool matrix) {
  std::vector<NodeId> cells;
  std::size_t columns = 0, in_row = 0;
  bool pairs = true;  // Of a value and its condition.
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
      pairs = pairs && in_row == 2;
      columns = in_row;
      in_row = 0;
      continue;
    }
    cells.push_back(parse_cell(cases && in_row > 0));
    ListKind kind = ListKind::kComma;
    std::uint16_t joints = 0;
    separator(kind, joints);
    if (!ends_cell()) fail("unexpected sign in a table");
    ++in_row;
    // "1, n = 1" without a sign between.
    if (cases && in_row == 1 && !is(Tok::kAmpersand) && tree_.is(cells.back(), Op::kList) && tree_[cells.back()].count == 2) {
      const NodeId value = tree_.child(cells.back(), 0), condition = tree_.child(cells.back(), 1);
      if (!tree_.is(value, Op::kRelation) && tree_.is(condition, Op::kRelation)) {
        cells.back() = value;
        cells.push_back(condition);
        ++in_row;
      }
    }
  }
  ++at_;
  if (in_row != 0) {
    if (columns != 0 && in_row != columns && matrix) fail("rows of different lengths");
    pairs = pairs && in_row == 2;
    columns = in_row;
  }
  if (cells.empty()) fail("an empty environment");
  // Equations below each other are no matrix.
  matrix = matrix && !(columns == 1 && environment == "array" && cells.size() > 1 &&
                       std::all_of(cells.begin(), cells.end(), [&](NodeId cell) { return tree_.is(cell, Op::kRelation); }));
  if (matrix) {
    if (columns > 1000) fail("a table that is too wide");
    return tree_.add(Op::kMatrix, cells, 0, 0, static_cast<std::uint16_t>(columns));
  }
  if (cases && columns > 1) return tree_.add(Op::kOpaque, cells, tree_.intern(pairs ? kPiecewise : "cases"));
  if (cells.size() == 1) return cells[0];
  return tree_.add(Op::kList, cells, 0, static_cast<std::uint8_t>(ListKind::kSemicolon));
}

}  // namespace lydian::math
