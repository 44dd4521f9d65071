#include <algorithm>

#include "verify/math/characters.h"
#include "verify/math/number_words.h"
#include "verify/math/parser_state.h"
#include "verify/math/units.h"

namespace lydian::math {
namespace {

constexpr std::int64_t kMaxExponent = 5000;  // Of a literal in scientific notation, in decimal places.

/// digits / 10^places times 10^exponent
Rational decimal(const std::string& digits, std::int64_t exponent) {
  Rational value;
  fmpz_set_str(fmpq_numref(value.get()), digits.empty() ? "0" : digits.c_str(), 10);
  if (exponent != 0) {
    Integer power;
    fmpz_ui_pow_ui(power.get(), 10, static_cast<ulong>(exponent < 0 ? -exponent : exponent));
    if (exponent > 0) {
      fmpq_mul_fmpz(value.get(), value.get(), power.get());
    } else {
      fmpq_div_fmpz(value.get(), value.get(), power.get());
    }
  }
  return value;
}

/// The shortest of up to six last digits that stand there three times; empty where none do.
std::string recurring(const std::string& digits, std::size_t places) {
  for (std::size_t period = 1; period <= 6 && 3 * period <= places; ++period) {
    const std::string last = digits.substr(digits.size() - period);
    if (digits.compare(digits.size() - 2 * period, period, last) == 0 && digits.compare(digits.size() - 3 * period, period, last) == 0) return last;
  }
  return {};
}

}  // namespace

void Parser::expect_close(Delimiter delimiter) {
  if (!is_close(delimiter)) fail("a bracket that is not closed");
  ++at_;
}

bool Parser::is_small_integer(NodeId id) const {
  return tree_.is(id, Op::kNumber) && tree_[id].flag == kPlain && tree_.value(id).is_integer();
}

NodeId Parser::letter(std::string_view name) {
  if (name == "e") return tree_.constant(Constant::kE);
  if (name == "i" && bound_i_ == 0) return tree_.constant(Constant::kI);
  return tree_.symbol(name);
}

NodeId Parser::parse_primary() {
  const Token token = now();
  switch (token.kind) {
    case Tok::kNumber:
      return parse_number();
    case Tok::kWord:
      return parse_word();
    case Tok::kSymbol:
      ++at_;
      if ((token.text == "angle" || token.text == "triangle") && is_corners(now())) return corners(token.text);
      if (token.text == "Gamma" && is_open(Delimiter::kRound)) return apply_function(Function::kGamma, parse_call_arguments());
      // Two shapes of one letter.
      return tree_.symbol(token.text == "varepsilon" ? "epsilon" : token.text == "varphi" ? "phi" : token.text);
    case Tok::kConstant:
      ++at_;
      return tree_.constant(static_cast<Constant>(token.payload));
    case Tok::kFunction:
      ++at_;
      return parse_function(static_cast<Function>(token.payload));
    case Tok::kOperatorName: {
      ++at_;
      const CommandInfo info = word_info(token.text);
      if (info.kind == Tok::kFunction) return parse_function(static_cast<Function>(info.payload));
      return parse_unknown_function(token.text);
    }
    case Tok::kText:
      return parse_text();
    case Tok::kFrac:
      return parse_fraction();
    case Tok::kBinom: {
      ++at_;
      const NodeId above = parse_argument();
      return tree_.call(Function::kBinomial, {above, parse_argument()});
    }
    case Tok::kSqrt:
      return parse_root();
    case Tok::kOverline:
    case Tok::kAccent: {
      ++at_;
      const std::string inside = script_text();
      return tree_.symbol(std::string(token.text) + " " + inside);
    }
    case Tok::kBoxed:
      ++at_;
      return parse_argument(false);
    case Tok::kOpen:
      return parse_open();
    case Tok::kBar:
    case Tok::kDoubleBar:
      return parse_bars();
    case Tok::kSum:
    case Tok::kProduct:
      ++at_;
      return parse_sum_sign(token.kind == Tok::kProduct);
    case Tok::kIntegral:
      ++at_;
      return parse_opaque(token.text);
    case Tok::kLimit:
      ++at_;
      return parse_opaque("lim");
    case Tok::kBegin:
      return parse_environment();
    case Tok::kEllipsis:
      ++at_;
      return tree_.add(Op::kMissing, {});
    case Tok::kRelation:
      if (token.payload == static_cast<std::uint32_t>(Relation::kLess)) return parse_angle();
      fail("a relation without its left side");
    case Tok::kMinus:
    case Tok::kPlus: {
      const Deeper deeper(*this);
      return parse_unary();
    }
    case Tok::kUnderscore:
    case Tok::kCaret:
      if (const NodeId count = parse_left_script(); count != kNoNode) return count;
      fail("something missing");
    case Tok::kUnknown:
      fail("an unknown sign or command");
    default:
      fail("something missing");
  }
}

// \angle ABC is \angle CBA, by its vertex in the middle; \triangle ABC has its corners in any order, but where it is similar or congruent to another.
NodeId Parser::corners(std::string_view kind) {
  std::string name(now().text);
  const bool matched = is_correspondence(ahead(1)) || (at_ > 1 && is_correspondence(tokens_[at_ - 2]));
  ++at_;
  if (kind == "angle" && name[2] < name[0]) std::swap(name[0], name[2]);
  if (kind == "triangle" && !matched) std::sort(name.begin(), name.end());
  return tree_.symbol(std::string(kind) + " " + name);
}

NodeId Parser::parse_number() {
  const std::string text(now().text);
  ++at_;
  std::string digits;
  std::int64_t places = 0, exponent = 0;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      point = true;
    } else {
      digits += text[i];
      if (point) ++places;
    }
  }
  if (i < text.size()) {
    const bool negative = text[i + 1] == '-';
    for (std::size_t k = i + 1 + (negative || text[i + 1] == '+' ? 1 : 0); k < text.size(); ++k)
      exponent = std::min<std::int64_t>(exponent * 10 + (text[k] - '0'), 1000000000);
    if (exponent > kMaxExponent) throw LimitExceeded{"a number that is too large"};
    if (negative) exponent = -exponent;
  }
  Rational value = decimal(digits, exponent - places);
  // 0.1\overline{36}, and 0.333…, whose last digits go on where they have come three times.
  if (point && (is(Tok::kOverline) || is(Tok::kEllipsis))) {
    const bool dots = is(Tok::kEllipsis);
    ++at_;
    const std::string repeated = dots ? recurring(digits, static_cast<std::size_t>(places)) : script_text();
    if (dots && repeated.empty()) fail("a decimal whose next digits are not shown");
    if (!all_digits(repeated) || repeated.size() > 64) fail("a repeating part that is not made of digits");
    Rational part = decimal(repeated, 0);
    Integer nines;
    fmpz_ui_pow_ui(nines.get(), 10, repeated.size());
    fmpz_sub_ui(nines.get(), nines.get(), 1);
    fmpq_div_fmpz(part.get(), part.get(), nines.get());
    const Rational shift = decimal("1", -places);
    fmpq_mul(part.get(), part.get(), shift.get());
    fmpq_add(value.get(), value.get(), part.get());
    return tree_.number(std::move(value));
  }
  const bool decimal_mark = point || exponent < 0;
  return tree_.number(std::move(value), decimal_mark ? kDecimal : kPlain);
}

// A subscript, or what an accent stands over, as text: its tokens without blanks and outer braces.
std::string Parser::script_text() {
  std::string text;
  if (is_open(Delimiter::kGroup)) {
    std::size_t depth = 0;
    do {
      if (is(Tok::kEnd)) fail("a bracket that is not closed");
      if (is_open(Delimiter::kGroup)) {
        ++depth;
      } else if (is_close(Delimiter::kGroup)) {
        --depth;
      } else {
        text += now().text;
      }
      ++at_;
    } while (depth > 0);
    return text;
  }
  if (is(Tok::kEnd)) fail("something missing");
  if (is_open(Delimiter::kRound)) {
    ++at_;
    while (!is_close(Delimiter::kRound)) {
      if (is(Tok::kEnd)) fail("a bracket that is not closed");
      text += now().text;
      ++at_;
    }
    ++at_;
    return text;
  }
  text = now().text;
  if (is(Tok::kWord) && text.size() > 1) {
    // Only the first letter belongs to the index, unless it is a name.
    if (word_info(text).kind == Tok::kUnknown && spoken_number(in_small_letters(text)).empty()) {
      tokens_[at_].text.remove_prefix(1);
      return text.substr(0, 1);
    }
  }
  ++at_;
  return text;
}

NodeId Parser::parse_text() {
  const Token token = now();
  ++at_;
  std::string_view words = token.text;
  while (!words.empty() && (words.front() == ' ' || words.front() == '~')) words.remove_prefix(1);
  while (!words.empty() && (words.back() == ' ' || words.back() == '~')) words.remove_suffix(1);
  if (words.size() == 1 && ((words[0] >= 'a' && words[0] <= 'z') || (words[0] >= 'A' && words[0] <= 'Z'))) {
    return letter(words);
  }
  if (all_digits(words) && words.size() < 64) return tree_.number(decimal(std::string(words), 0));
  if (words.size() == 1 && token.payload == 1) return tree_.symbol(words);
  const CommandInfo info = token.payload == 1 ? word_info(words) : CommandInfo{Tok::kUnknown, 0};
  if (info.kind == Tok::kFunction) return parse_function(static_cast<Function>(info.payload));
  if (is(Tok::kUnderscore) && words.size() < 32 &&
      std::all_of(words.begin(), words.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); })) {
    ++at_;  // A numeral with letters as digits: \text{A5}_{11}
    return based_number(words, script_text());
  }
  const std::string plain = plain_words(words);
  if (plain.empty()) {
    if (starts_factor()) return parse_factor();
    fail("empty words");
  }
  return tree_.add(Op::kText, {}, tree_.intern(plain));
}

NodeId Parser::parse_bars() {
  const Deeper deeper(*this);
  const Tok kind = now().kind;
  ++at_;
  ++open_bars_;
  const bool in_function = std::exchange(in_function_, false);
  const NodeId inside = parse_list();
  in_function_ = in_function;
  --open_bars_;
  if (!is(kind)) fail("a bar that is not closed");
  ++at_;
  return tree_.call(kind == Tok::kBar ? Function::kAbs : Function::kNorm, {inside});
}

// A real letter, a bar or colon, and a relation in which that letter stands; of others the form is kept as it is written.
bool Parser::is_set_builder(Delimiter delimiter) const {
  if (delimiter != Delimiter::kCurly && delimiter != Delimiter::kGroup) return false;
  if (!is(Tok::kWord) || now().text.size() != 1) return false;
  std::size_t n = 1;
  const bool real = ahead(1).kind == Tok::kRelation && ahead(1).payload == static_cast<std::uint32_t>(Relation::kIn) && ahead(2).kind == Tok::kConstant &&
                    ahead(2).payload == static_cast<std::uint32_t>(Constant::kReals);
  if (real) n = 3;
  if (ahead(n).kind != Tok::kBar && ahead(n).kind != Tok::kColon) return false;
  bool relation = false, letter = false;
  for (std::size_t i = n + 1; at_ + i < tokens_.size() && ahead(i).kind != Tok::kClose; ++i) {
    if (ahead(i).kind == Tok::kOpen) return false;
    const bool in = ahead(i).kind == Tok::kRelation && ahead(i).payload == static_cast<std::uint32_t>(Relation::kIn);
    if (in) return false;
    relation = relation || ahead(i).kind == Tok::kRelation;
    letter = letter || (ahead(i).kind == Tok::kWord && ahead(i).text == now().text);
  }
  return relation && letter;
}

NodeId Parser::parse_open() {
  const auto delimiter = static_cast<Delimiter>(now().payload);
  const bool first = at_ == 0 || tokens_[at_ - 1].kind == Tok::kRelation;
  ++at_;
  if (is(Tok::kClose)) {  // {} and \{\}
    if ((delimiter != Delimiter::kCurly && delimiter != Delimiter::kGroup) || !is_close(delimiter)) fail("empty brackets");
    ++at_;
    if (delimiter == Delimiter::kGroup && (is(Tok::kUnderscore) || is(Tok::kCaret))) {
      if (const NodeId count = parse_left_script(); count != kNoNode) return count;
    }
    if (delimiter == Delimiter::kGroup && starts_factor()) return parse_factor();
    return tree_.constant(Constant::kEmptySet);
  }
  if (is_set_builder(delimiter)) {
    // {x | x > 0} and {x \in R : x > 0} are where the condition holds.
    const Inside fresh(*this);
    while (!is(Tok::kBar) && !is(Tok::kColon)) ++at_;
    ++at_;
    const NodeId condition = parse_list();
    expect_close(delimiter);
    return condition;
  }
  if (delimiter == Delimiter::kSquare) {
    if (const NodeId matrix = parse_spaced_matrix(); matrix != kNoNode) return matrix;
  }
  const bool environment = delimiter == Delimiter::kCurly && is(Tok::kBegin);
  const NodeId inside = parse_inside(delimiter);
  if (environment && !is(Tok::kClose)) return inside;  // The one brace before cases.
  if (!is(Tok::kClose)) fail("a bracket that is not closed");
  const auto close = static_cast<Delimiter>(now().payload);
  ++at_;
  const bool interval = (delimiter == Delimiter::kRound || delimiter == Delimiter::kSquare) && (close == Delimiter::kRound || close == Delimiter::kSquare);
  if (delimiter != close && !interval) fail("brackets that do not fit");
  switch (delimiter) {
    case Delimiter::kFloor:
      return tree_.call(Function::kFloor, {inside});
    case Delimiter::kCeil:
      return tree_.call(Function::kCeil, {inside});
    case Delimiter::kAbs:
      return tree_.call(Function::kAbs, {inside});
    case Delimiter::kNorm:
      return tree_.call(Function::kNorm, {inside});
    case Delimiter::kGroup:
      if (tree_.is(inside, Op::kList)) {
        const std::vector<NodeId> items(tree_.children(inside).begin(), tree_.children(inside).end());
        return tree_.add(Op::kList, items, 0, static_cast<std::uint8_t>(ListKind::kBraces));
      }
      // {(1, 2)} alone is the set of a point.
      if (first && is(Tok::kEnd) && is_point(tree_, inside)) return tree_.add(Op::kBracket, {inside}, 0, static_cast<std::uint8_t>(Bracket::kCurly));
      return inside;
    default:
      break;
  }
  // [1, 2; 3, 4]
  if (delimiter == Delimiter::kSquare && close == Delimiter::kSquare && tree_.is(inside, Op::kList) &&
      static_cast<ListKind>(tree_[inside].flag) == ListKind::kSemicolon && tree_.is(tree_.child(inside, 0), Op::kList)) {
    std::vector<NodeId> cells;
    for (const NodeId row : tree_.children(inside)) cells.insert(cells.end(), tree_.children(row).begin(), tree_.children(row).end());
    return tree_.add(Op::kMatrix, cells, 0, 0, static_cast<std::uint16_t>(tree_[tree_.child(inside, 0)].count));
  }
  const bool list = tree_.is(inside, Op::kList) && tree_[inside].flag != static_cast<std::uint8_t>(ListKind::kBraces);
  if (!list && delimiter != Delimiter::kCurly && delimiter != Delimiter::kAngle && delimiter == close) return inside;
  const std::vector<NodeId> items = list ? std::vector<NodeId>(tree_.children(inside).begin(), tree_.children(inside).end()) : std::vector<NodeId>{inside};
  const bool open_round = delimiter == Delimiter::kRound, close_round = close == Delimiter::kRound;
  const Bracket bracket = delimiter == Delimiter::kCurly   ? Bracket::kCurly
                          : delimiter == Delimiter::kAngle ? Bracket::kAngle
                          : open_round                     ? (close_round ? Bracket::kRoundRound : Bracket::kRoundSquare)
                                                           : (close_round ? Bracket::kSquareRound : Bracket::kSquareSquare);
  return tree_.add(Op::kBracket, items, 0, static_cast<std::uint8_t>(bracket));
}

// [1 2; 3 -4]: numbers with blanks between, in two rows or more. kNoNode where something else stands in the brackets.
NodeId Parser::parse_spaced_matrix() {
  std::size_t end = at_, rows = 1, in_row = 0;
  bool wide = true;  // Each row of two numbers or more; [1; 2] is none.
  for (; tokens_[end].kind != Tok::kClose; ++end) {
    const Token& token = tokens_[end];
    if (token.kind != Tok::kNumber && token.kind != Tok::kMinus && token.kind != Tok::kSemicolon) return kNoNode;
    if (token.kind == Tok::kMinus && (tokens_[end + 1].kind != Tok::kNumber || tokens_[end + 1].space_before)) return kNoNode;
    in_row += token.kind == Tok::kNumber ? 1 : 0;
    if (token.kind != Tok::kSemicolon) continue;
    ++rows;
    wide = wide && std::exchange(in_row, 0) > 1;
  }
  if (rows < 2 || !wide || in_row < 2) return kNoNode;
  in_row = 0;
  std::vector<NodeId> cells;
  std::size_t columns = 0;
  while (at_ <= end) {
    if (is(Tok::kSemicolon) || at_ == end) {
      if (columns != 0 && columns != in_row) fail("rows of different lengths");
      columns = std::exchange(in_row, 0);
      ++at_;
      continue;
    }
    const bool negative = take(Tok::kMinus);
    const NodeId number = parse_number();
    cells.push_back(negative ? tree_.add(Op::kNegate, {number}) : number);
    ++in_row;
  }
  return tree_.add(Op::kMatrix, cells, 0, 0, static_cast<std::uint16_t>(columns));
}

NodeId Parser::parse_inside(Delimiter delimiter) {
  const Inside fresh(*this);
  const NodeId inside = parse_list();
  // {x | x > 0}: a set by its condition is kept as it is written.
  if (delimiter != Delimiter::kCurly || (!is(Tok::kBar) && !is(Tok::kColon))) return inside;
  ++at_;
  return tree_.add(Op::kOpaque, {inside, parse_list()}, tree_.intern("such that"));
}

// <1, 2, 3>
NodeId Parser::parse_angle() {
  const Deeper deeper(*this);
  const Inside fresh(*this, true);
  ++at_;
  const NodeId inside = parse_list();
  if (!is(Tok::kRelation) || now().payload != static_cast<std::uint32_t>(Relation::kGreater) || !tree_.is(inside, Op::kList))
    fail("a relation without its left side");
  ++at_;
  const std::vector<NodeId> items(tree_.children(inside).begin(), tree_.children(inside).end());
  return tree_.add(Op::kBracket, items, 0, static_cast<std::uint8_t>(Bracket::kAngle));
}

// One argument of a command: a group, else one digit, letter or command.
NodeId Parser::parse_argument(bool formula) {
  const Deeper deeper(*this);
  if (is_open(Delimiter::kGroup)) {
    const Inside fresh(*this);
    in_argument_ = formula;
    ++at_;
    const NodeId inside = parse_list();
    expect_close(Delimiter::kGroup);
    return inside;
  }
  if (is(Tok::kNumber) && now().text.size() > 1 && all_digits(now().text)) {
    const NodeId digit = tree_.integer(now().text[0] - '0');
    tokens_[at_].text.remove_prefix(1);
    tokens_[at_].at += 1;
    tokens_[at_].space_before = false;
    return digit;
  }
  if (is(Tok::kWord)) {
    // Of \frac x2 the x alone.
    const NodeId first = letter(now().text.substr(0, 1));
    tokens_[at_].text.remove_prefix(1);
    if (now().text.empty()) ++at_;
    return first;
  }
  return parse_primary();
}

NodeId Parser::parse_fraction() {
  ++at_;
  const NodeId above = ungroup(parse_argument());
  const NodeId below = ungroup(parse_argument());
  return divide(above, below);
}

NodeId Parser::parse_root() {
  ++at_;
  NodeId index = kNoNode;
  if (is_open(Delimiter::kSquare)) {
    ++at_;
    index = parse_list();
    expect_close(Delimiter::kSquare);
  }
  NodeId radicand;
  if (is_open(Delimiter::kGroup)) {
    radicand = parse_argument();
  } else {
    const Deeper deeper(*this);
    // \sqrt10 is meant as the root of ten; of letters only the first is under the root.
    radicand = is(Tok::kWord) && now().text.size() > 1 && word_info(now().text).kind == Tok::kUnknown ? parse_argument() : ungroup(parse_primary());
    if (tree_.is(radicand, Op::kBracket) && tree_[radicand].count == 2 && index == kNoNode) {
      index = tree_.child(radicand, 1);
      radicand = tree_.child(radicand, 0);
    }
  }
  return tree_.add(Op::kRoot, {ungroup(radicand), index == kNoNode ? tree_.integer(2) : index});
}

}  // namespace lydian::math
