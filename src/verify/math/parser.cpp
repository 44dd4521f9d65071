#include "verify/math/parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/parser_state.h"
#include "verify/math/units.h"

namespace lydian::math {

namespace {

bool joins(const Token& token) {
  return joint_of(token) != Joint::kNone;
}

/// Alone, ABC is an order of three things, and Yes is a word: no product of letters.
bool is_proper_word(const Token& token) {
  if (token.kind != Tok::kWord || token.text.size() < 2 || word_info(token.text).kind != Tok::kUnknown) return false;
  return (token.text[0] >= 'A' && token.text[0] <= 'Z') || token.text == "yes" || token.text == "no";
}

/// (-inf, 3) U (5, inf)
bool union_letter(const Token& token) {
  return token.kind == Tok::kWord && (token.text == "U" || token.text == "u" || token.text == "cup" || token.text == "uu");
}
bool is_union(const Token& token) {
  return token.kind == Tok::kUnion || (token.kind == Tok::kWord && token.text == "union");
}
bool is_intersection(const Token& token) {
  return token.kind == Tok::kIntersection || (token.kind == Tok::kWord && (token.text == "intersect" || token.text == "intersection"));
}

/// 3 to 1
bool is_to(const Token& token) {
  return (token.kind == Tok::kWord && token.text == "to" && token.space_before) || (token.kind == Tok::kText && plain_words(token.text) == "to");
}

bool is_modulo(const Token& token) {
  return token.kind == Tok::kMod || (token.kind == Tok::kWord && token.text == "mod") || (token.kind == Tok::kText && plain_words(token.text) == "mod");
}

}  // namespace

/// "and", "or", and their signs: what stands between the elements of a list.
Joint joint_of(const Token& token) {
  if (token.kind == Tok::kOr) return Joint::kOr;
  if (token.kind == Tok::kAnd) return Joint::kAnd;
  if (token.kind != Tok::kWord && token.kind != Tok::kText) return Joint::kNone;
  std::string words = plain_words(token.text);
  std::erase(words, ',');
  while (!words.empty() && words.front() == ' ') words.erase(0, 1);
  while (!words.empty() && words.back() == ' ') words.pop_back();
  if (words == "or" || words == "nounor") return Joint::kOr;
  if (words == "and" || words == "nounand") return Joint::kAnd;
  if (token.kind == Tok::kWord) return Joint::kNone;
  if (words == "&" || words == "y" || words == "et") return Joint::kAnd;
  return token.text.find(',') != std::string_view::npos && words.empty() ? Joint::kComma : Joint::kNone;
}

bool is_corners(const Token& token) {
  return token.kind == Tok::kWord && token.text.size() == 3 && std::all_of(token.text.begin(), token.text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_correspondence(const Token& token) {
  return token.kind == Tok::kRelation && (token.text == "sim" || token.text == "cong");
}

// ABC \sim DEF is BCA \sim EFD and DEF \sim ABC: the triangles in the order of their corners, which are in the order of the first.
void Parser::match_corners(std::vector<NodeId>& triangles) {
  std::vector<std::string> names;
  for (const NodeId triangle : triangles) {
    if (!tree_.is(triangle, Op::kSymbol) || !starts(tree_.name(triangle), "triangle ") || tree_.name(triangle).size() != 12) return;
    names.push_back(tree_.name(triangle).substr(9));
  }
  const auto sorted = [](std::string name) {
    std::sort(name.begin(), name.end());
    return name;
  };
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) { return std::pair(sorted(a), a) < std::pair(sorted(b), b); });
  std::array<std::size_t, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return names[0][a] < names[0][b]; });
  for (std::size_t i = 0; i < names.size(); ++i)
    triangles[i] = tree_.symbol("triangle " + std::string{names[i][order[0]], names[i][order[1]], names[i][order[2]]});
}

void Parser::fail(const char* what) const {
  throw ParseError{std::string(what) + " at byte " + std::to_string(now().at)};
}

NodeId Parser::parse_all() {
  // A full stop or comma of the sentence around.
  while (tokens_.size() > 1 && (tokens_[tokens_.size() - 2].kind == Tok::kDot || tokens_[tokens_.size() - 2].kind == Tok::kComma ||
                                tokens_[tokens_.size() - 2].kind == Tok::kSemicolon)) {
    tokens_.erase(tokens_.end() - 2);
  }
  if (is(Tok::kEnd)) fail("nothing to read");
  if (tokens_.size() == 2 && is_proper_word(now())) fail("a word");
  const NodeId root = parse_list();
  if (!is(Tok::kEnd)) fail("unexpected sign");
  return root;
}

NodeId Parser::parse_relation() {
  std::vector<NodeId> sides;
  std::vector<Relation> relations;
  // A chain may begin with its sign, as in "= 5": the left side is what was asked for.
  if (is(Tok::kRelation) && now().payload == static_cast<std::uint32_t>(Relation::kEqual)) ++at_;
  sides.push_back(parse_side());
  while (true) {
    Relation relation;
    if (is(Tok::kRelation)) {
      relation = static_cast<Relation>(now().payload);
      if (in_angle_ && relation == Relation::kGreater) break;
      ++at_;
    } else if (is(Tok::kWord) && now().text == "in" && (ahead(1).kind == Tok::kOpen || ahead(1).kind == Tok::kConstant)) {
      relation = Relation::kIn;
      ++at_;
    } else {
      break;
    }
    sides.push_back(parse_side());
    relations.push_back(relation);
    // The braces of x in {1, 2} are a set's, and never those of a point.
    if ((relation == Relation::kIn || relation == Relation::kNotIn) && tree_.is(sides.back(), Op::kList)) {
      const std::vector<NodeId> items(tree_.children(sides.back()).begin(), tree_.children(sides.back()).end());
      sides.back() = tree_.add(Op::kBracket, items, 0, static_cast<std::uint8_t>(Bracket::kCurly));
    }
  }
  if (relations.empty()) return sides[0];
  if (std::all_of(relations.begin(), relations.end(), [&](Relation r) { return r == relations[0] && (r == Relation::kSimilar || r == Relation::kApprox); }))
    match_corners(sides);
  return tree_.add(Op::kRelation, sides, tree_.add_relations(relations));
}

// V(t), P(2), P(X > 2) and P(A | B) alone on one side of a relation are names of values and no products: where the bracket goes behind them, else 0.
std::size_t Parser::named_side() const {
  const Token& name = now();
  const bool letter_alone = (name.kind == Tok::kWord || name.kind == Tok::kText) && (name.text.size() == 1 || name.text == "Pr") && name.text != "e";
  if ((!letter_alone && name.kind != Tok::kSymbol) || ahead(1).kind != Tok::kOpen || ahead(1).payload != static_cast<std::uint32_t>(Delimiter::kRound))
    return 0;
  bool event = false, plain = true;
  int depth = 1;
  std::size_t n = 2;
  for (; depth > 0; ++n) {
    const Token& token = ahead(n);
    if (token.kind == Tok::kEnd) return 0;
    depth += token.kind == Tok::kOpen ? 1 : token.kind == Tok::kClose ? -1 : 0;
    event = event || token.kind == Tok::kRelation || token.kind == Tok::kBar || is_union(token) || is_intersection(token);
    const bool atom = (token.kind == Tok::kWord && token.text.size() == 1) || token.kind == Tok::kSymbol || token.kind == Tok::kNumber;
    plain = plain && depth < 2 && (atom || token.kind == Tok::kComma || token.kind == Tok::kClose || (n == 2 && token.kind == Tok::kMinus));
  }
  if (n == 3 || (!event && !plain)) return 0;
  const Token& next = ahead(n);
  const bool last = at_ > 0 && tokens_[at_ - 1].kind == Tok::kRelation && (next.kind == Tok::kEnd || next.kind == Tok::kComma || joins(next));
  return next.kind == Tok::kRelation || last ? at_ + n : 0;
}

NodeId Parser::parse_side() {
  const std::size_t end = named_side();
  if (end == 0) return parse_set();
  const Deeper deeper(*this);
  const Inside fresh(*this);
  open_bars_ = 1;  // The bar of P(A | B) opens nothing.
  const std::string name(now().text);
  at_ += 2;
  std::vector<NodeId> arguments{parse_list()};
  if (take(Tok::kBar)) arguments.push_back(parse_list());
  expect_close(Delimiter::kRound);
  if (at_ != end) fail("a bracket that is not closed");
  if (arguments.size() == 1 && tree_.is(arguments[0], Op::kList)) arguments.assign(tree_.children(arguments[0]).begin(), tree_.children(arguments[0]).end());
  return tree_.add(Op::kApply, arguments, tree_.intern(name));
}

// 2 \pi n (n \in Z)
bool Parser::is_condition_in_brackets() const {
  return is_open(Delimiter::kRound) && (ahead(1).kind == Tok::kWord || ahead(1).kind == Tok::kSymbol) && ahead(2).kind == Tok::kRelation &&
         ahead(2).payload == static_cast<std::uint32_t>(Relation::kIn) && ahead(3).kind == Tok::kConstant && ahead(4).kind == Tok::kClose;
}

// R - {2}
bool Parser::is_set_minus(NodeId left) const {
  const bool reals = tree_.is_constant(left, Constant::kReals) || (tree_.is(left, Op::kSymbol) && tree_.name(left) == "R");
  return reals && is(Tok::kMinus) && ahead(1).kind == Tok::kOpen &&
         (ahead(1).payload == static_cast<std::uint32_t>(Delimiter::kCurly) || ahead(1).payload == static_cast<std::uint32_t>(Delimiter::kGroup));
}

NodeId Parser::parse_set() {
  NodeId left = parse_ratio();
  auto letter_union = [&] {
    return union_letter(now()) && ahead(1).kind == Tok::kOpen && tokens_[at_ - 1].kind == Tok::kClose && tree_[left].op >= Op::kBracket;
  };
  while (is_union(now()) || is_intersection(now()) || is(Tok::kSetMinus) || letter_union() || is_set_minus(left)) {
    const Op op = is_intersection(now()) ? Op::kIntersection : is(Tok::kSetMinus) || is(Tok::kMinus) ? Op::kDifference : Op::kUnion;
    ++at_;
    NodeId right = parse_ratio();
    if (op == Op::kDifference && tree_.is(left, Op::kSymbol) && tree_.name(left) == "R") left = tree_.constant(Constant::kReals);
    // The braces of {2} only group elsewhere.
    if (op == Op::kDifference && is_scalar(tree_, right)) right = tree_.add(Op::kBracket, {right}, 0, static_cast<std::uint8_t>(Bracket::kCurly));
    left = tree_.add(op, {left, right});
  }
  return left;
}

NodeId Parser::parse_ratio() {
  std::vector<NodeId> parts{parse_sum()};
  while (is(Tok::kColon) || (is_to(now()) && between_values())) {
    ++at_;
    parts.push_back(parse_sum());
  }
  return parts.size() == 1 ? parts[0] : tree_.add(Op::kRatio, parts);
}

NodeId Parser::parse_sum() {
  std::vector<NodeId> terms;
  NodeId left = kNoNode;
  if (is(Tok::kPlusMinus) || is(Tok::kMinusPlus)) {
    const std::uint8_t flag = is(Tok::kMinusPlus) ? 1 : 0;
    ++at_;
    left = tree_.add(Op::kPlusMinus, {parse_product()}, 0, flag);
  } else {
    left = parse_product();
  }
  terms.push_back(left);
  while (true) {
    if (is(Tok::kPlus)) {
      ++at_;
      terms.push_back(parse_product());
    } else if (is(Tok::kMinus) && !(terms.size() == 1 && is_set_minus(terms[0]))) {
      ++at_;
      terms.push_back(tree_.add(Op::kNegate, {parse_product()}));
    } else if (is(Tok::kPlusMinus) || is(Tok::kMinusPlus)) {
      const std::uint8_t flag = is(Tok::kMinusPlus) ? 1 : 0;
      ++at_;
      const NodeId sum = terms.size() == 1 ? terms[0] : tree_.add(Op::kAdd, terms);
      terms.assign(1, tree_.add(Op::kPlusMinus, {sum, parse_product()}, 0, flag));
    } else if ((is(Tok::kFrac) || is(Tok::kBinom)) && now().payload == 1) {  // {a \over b}, {n \choose k}
      const bool fraction = is(Tok::kFrac);
      ++at_;
      const NodeId above = terms.size() == 1 ? terms[0] : tree_.add(Op::kAdd, terms);
      const NodeId below = parse_sum();
      return fraction ? tree_.add(Op::kDivide, {above, below}) : tree_.call(Function::kBinomial, {above, below});
    } else {
      break;
    }
  }
  return terms.size() == 1 ? terms[0] : tree_.add(Op::kAdd, terms);
}

bool Parser::starts_factor() const {
  switch (now().kind) {
    case Tok::kWord:
    case Tok::kText:
      return !joins(now());
    case Tok::kNumber:
    case Tok::kSymbol:
    case Tok::kFunction:
    case Tok::kConstant:
    case Tok::kOperatorName:
    case Tok::kSqrt:
    case Tok::kOverline:
    case Tok::kAccent:
    case Tok::kBoxed:
    case Tok::kOpen:
    case Tok::kSum:
    case Tok::kProduct:
    case Tok::kIntegral:
    case Tok::kLimit:
    case Tok::kBegin:
      return true;
    case Tok::kFrac:
    case Tok::kBinom:
      return now().payload == 0;
    case Tok::kBar:
    case Tok::kDoubleBar:
      return open_bars_ == 0;
    default:
      return false;
  }
}

NodeId Parser::ungroup(NodeId id) const {
  // \sin\{x\}, \lbrace 1+2 \rbrace \lbrace 3-4 \rbrace: curly brackets around one factor of a product only group.
  if (tree_.is(id, Op::kBracket) && tree_[id].count == 1) return tree_.child(id, 0);
  return id;
}

// dy/dx is one thing, and its d cannot be canceled.
NodeId Parser::divide(NodeId above, NodeId below) {
  auto differential = [&](NodeId id) {
    return tree_.is(id, Op::kMultiply) && tree_[id].count == 2 && tree_.is(tree_.child(id, 0), Op::kSymbol) && tree_.name(tree_.child(id, 0)) == "d" &&
           tree_.is(tree_.child(id, 1), Op::kSymbol);
  };
  if (!differential(above) || !differential(below)) return tree_.add(Op::kDivide, {above, below});
  return tree_.symbol("d" + tree_.name(tree_.child(above, 1)) + "/d" + tree_.name(tree_.child(below, 1)));
}

NodeId Parser::multiply(std::vector<NodeId>& factors, NodeId next) {
  if (next != kNoNode) {
    if (factors.size() == 1) factors[0] = ungroup(factors[0]);
    factors.push_back(ungroup(next));
    return kNoNode;
  }
  return factors.size() == 1 ? factors[0] : tree_.add(Op::kMultiply, factors);
}

// u \times v of two vectors, which are letters in bold type or under an arrow, does not commute.
bool Parser::is_cross_product(const std::vector<NodeId>& factors) const {
  auto is_vector = [](const Token& token) {
    return (token.kind == Tok::kText && token.bold && token.text.size() == 1) ||
           (token.kind == Tok::kAccent && (token.text == "vec" || token.text == "overrightarrow"));
  };
  if (now().text != "times" || factors.size() != 1 || !is_vector(ahead(1))) return false;
  return tree_.is(factors[0], Op::kSymbol) &&
         (is_vector(tokens_[at_ - 1]) || starts(tree_.name(factors[0]), "vec ") || starts(tree_.name(factors[0]), "overrightarrow "));
}

NodeId Parser::parse_product() {
  std::vector<NodeId> factors{parse_unary()};
  bool bare_number = tree_.is(factors[0], Op::kNumber);
  while (true) {
    if (is(Tok::kTimes) && is_cross_product(factors)) {
      ++at_;
      const NodeId left = factors[0];
      factors.assign(1, tree_.add(Op::kOpaque, {left, parse_unary()}, tree_.intern("cross product")));
      bare_number = false;
    } else if (is(Tok::kTimes)) {
      ++at_;
      multiply(factors, parse_unary());
      bare_number = false;
    } else if (is(Tok::kSlash)) {
      ++at_;
      const NodeId above = multiply(factors, kNoNode);
      factors.assign(1, divide(ungroup(above), ungroup(parse_unary())));
      bare_number = false;
    } else if (is(Tok::kMod) && now().payload == 1) {  // 17 \pmod{20}
      ++at_;
      const NodeId value = multiply(factors, kNoNode);
      factors.assign(1, tree_.add(Op::kOpaque, {value, parse_argument()}, tree_.intern(kCongruent)));
      bare_number = false;
    } else if (is_open(Delimiter::kRound) && is_modulo(ahead(1))) {  // 17 (mod 20)
      const Inside fresh(*this);
      at_ += 2;
      const NodeId value = multiply(factors, kNoNode);
      factors.assign(1, tree_.add(Op::kOpaque, {value, parse_sum()}, tree_.intern(kCongruent)));
      expect_close(Delimiter::kRound);
      bare_number = false;
    } else if (is_modulo(now())) {
      ++at_;
      const NodeId value = multiply(factors, kNoNode);
      factors.assign(1, tree_.call(Function::kMod, {value, parse_unary()}));
      bare_number = false;
    } else if (factors.size() == 1 && joins_numbers()) {
      factors.assign(1, parse_joined_numbers(factors[0]));
      bare_number = false;
    } else if (const bool ends = between_values() || is_condition_in_brackets(); !ends && unit_follows()) {
      const NodeId value = multiply(factors, kNoNode);
      factors.assign(1, parse_unit(value));
      bare_number = false;
    } else if (!ends && starts_factor()) {
      if (union_letter(now()) && factors.size() == 1 && tree_[factors[0]].op >= Op::kBracket) break;
      if (in_function_ && (is(Tok::kFunction) || is(Tok::kSum) || is(Tok::kProduct) || is(Tok::kIntegral))) break;
      if (is(Tok::kWord) && (now().text == "in" || is_union(now()) || is_intersection(now()))) break;
      if (is(Tok::kNumber) && bare_number) fail("two numbers side by side");
      const bool text = is(Tok::kText), number = is(Tok::kNumber);
      const NodeId factor = parse_factor();
      bare_number = number && tree_.is(factor, Op::kNumber);
      if (text && tree_.is(factor, Op::kText)) fail("words inside a formula");
      multiply(factors, factor);
    } else {
      break;
    }
  }
  return multiply(factors, kNoNode);
}

NodeId Parser::parse_unary() {
  const Deeper deeper(*this);
  if (take(Tok::kMinus)) return tree_.add(Op::kNegate, {parse_unary()});
  if (take(Tok::kPlus)) return parse_unary();
  if (is(Tok::kPlusMinus)) {
    ++at_;
    return tree_.add(Op::kPlusMinus, {parse_unary()});
  }
  if (is(Tok::kCurrency)) {
    const UnitName unit = unit_of(now().text == "€" ? "euro" : now().text == "£" || now().text == "pounds" ? "gbp" : now().text == "¥" ? "yen" : "dollar");
    ++at_;
    return tree_.add(Op::kUnit, {parse_unary()}, tree_.intern(unit.name), static_cast<std::uint8_t>(UnitKind::kCurrency));
  }
  return parse_factor();
}

NodeId Parser::try_mixed(NodeId whole) {
  if (!is_small_integer(whole)) return kNoNode;
  const std::size_t start = at_;
  auto proper = [&](NodeId above, NodeId below) {
    return is_small_integer(above) && is_small_integer(below) && tree_.value(above).sign() > 0 &&
           fmpz_cmp(tree_.value(above).numerator(), tree_.value(below).numerator()) < 0;
  };
  if (is(Tok::kFrac) && now().payload == 0) {  // 2\frac{1}{2}
    const NodeId fraction = parse_fraction();
    if (tree_.is(fraction, Op::kDivide) && proper(tree_.child(fraction, 0), tree_.child(fraction, 1)) && !is(Tok::kCaret))
      return tree_.add(Op::kAdd, {whole, fraction});
    // Not mixed: the product goes on with this fraction.
    std::vector<NodeId> factors{whole};
    multiply(factors, parse_postfix(fraction));
    return multiply(factors, kNoNode);
  }
  if (is(Tok::kNumber) && now().space_before && ahead(1).kind == Tok::kSlash && ahead(2).kind == Tok::kNumber) {  // 2 1/2
    const NodeId above = parse_number();
    ++at_;
    const NodeId below = parse_number();
    if (proper(above, below)) return tree_.add(Op::kAdd, {whole, tree_.add(Op::kDivide, {above, below})});
    at_ = start;
  }
  return kNoNode;
}

NodeId Parser::parse_factor() {
  const bool number = is(Tok::kNumber);
  const bool in_function = in_function_;
  NodeId base = parse_primary();
  in_function_ = in_function;
  if (number) {
    const NodeId mixed = try_mixed(base);
    if (mixed != kNoNode) return mixed;
  }
  return parse_postfix(base);
}

}  // namespace lydian::math
