// Words of plain text: names of functions as computer algebra systems write them, products of letters, names of quantities.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/parser_state.h"
#include "verify/math/units.h"

namespace lydian::math {
namespace {

bool is_operation(Tok kind) {
  return kind == Tok::kPlus || kind == Tok::kMinus || kind == Tok::kTimes || kind == Tok::kSlash || kind == Tok::kCaret;
}

/// Functions that are read only where brackets follow: their names are too short or too common elsewhere.
constexpr std::array<std::pair<std::string_view, Function>, 17> kCalled = {{{"mod", Function::kMod},
                                                                            {"nCr", Function::kBinomial},
                                                                            {"ncr", Function::kBinomial},
                                                                            {"comb", Function::kBinomial},
                                                                            {"choose", Function::kBinomial},
                                                                            {"nPr", Function::kPermutations},
                                                                            {"npr", Function::kPermutations},
                                                                            {"perm", Function::kPermutations},
                                                                            {"conjugate", Function::kConjugate},
                                                                            {"re", Function::kRe},
                                                                            {"realpart", Function::kRe},
                                                                            {"im", Function::kIm},
                                                                            {"imagpart", Function::kIm},
                                                                            {"carg", Function::kArg},
                                                                            {"cabs", Function::kAbs},
                                                                            {"signum", Function::kSign},
                                                                            {"fact", Function::kFactorial}}};

/// oo(a, b), co(a, b) … : o is an open end, c a closed one.
std::optional<Bracket> interval_name(std::string_view name) {
  if (name == "oo") return Bracket::kRoundRound;
  if (name == "oc") return Bracket::kRoundSquare;
  if (name == "co") return Bracket::kSquareRound;
  if (name == "cc") return Bracket::kSquareSquare;
  return std::nullopt;
}

bool is_structure_name(std::string_view low) {
  static constexpr std::array kNames = {"pow",   "power",   "root",      "nthroot", "surd", "set",           "finiteset",    "ntuple",
                                        "tuple", "oo",      "oc",        "co",      "cc",   "setdifference", "union",        "matrix",
                                        "sum",   "product", "integrate", "int",     "diff", "limit",         "intersection", "cis"};
  return std::find(kNames.begin(), kNames.end(), low) != kNames.end();
}

}  // namespace

// Whether brackets follow the word as those of a function do: f(x), and F[x] where the name begins with a capital letter.
bool Parser::can_be_called(std::string_view name) const {
  const Token& next = ahead(1);
  if (next.kind != Tok::kOpen || ahead(2).kind == Tok::kClose) return false;
  return next.payload == static_cast<std::uint32_t>(Delimiter::kRound) ||
         (next.payload == static_cast<std::uint32_t>(Delimiter::kSquare) && name[0] >= 'A' && name[0] <= 'Z');
}

// kNoNode where the word is no such name.
NodeId Parser::parse_named_call(std::string_view name) {
  if (name.size() < 2 || !can_be_called(name)) return kNoNode;
  const std::string low = in_small_letters(name);
  if (is_structure_name(low)) {
    // sum(i, i, 1, 4): i is the bound name.
    const int bound_i = bound_i_;
    for (std::size_t i = at_ + 1; i + 2 < tokens_.size() && (low == "sum" || low == "product"); ++i) {
      if (tokens_[i].kind == Tok::kComma && tokens_[i + 1].text == "i" && tokens_[i + 2].kind == Tok::kComma) ++bound_i_;
    }
    ++at_;
    const std::vector<NodeId> arguments = parse_call_arguments();
    bound_i_ = bound_i;
    return parse_named_structure(low, arguments);
  }
  for (const auto& [known, function] : kCalled) {
    if (name != known) continue;
    ++at_;
    return apply_function(function, parse_call_arguments());
  }
  if (word_info(name).kind != Tok::kUnknown) return kNoNode;
  // Sin[x], ARCTAN(x), Ln(x)
  const CommandInfo info = word_info(low);
  const bool square = ahead(1).payload == static_cast<std::uint32_t>(Delimiter::kSquare);
  if (info.kind == Tok::kSqrt) {
    ++at_;
    return apply_function(Function::kSqrt, parse_call_arguments());
  }
  if (info.kind != Tok::kFunction) return kNoNode;
  ++at_;
  const auto function = static_cast<Function>(info.payload);
  if (function != Function::kLog || !square) return parse_function(function);
  std::vector<NodeId> arguments = parse_call_arguments();
  if (arguments.size() == 2) std::swap(arguments[0], arguments[1]);  // Log[base, x]
  return apply_function(function, std::move(arguments));
}

NodeId Parser::parse_named_structure(std::string_view name, const std::vector<NodeId>& arguments) {
  const std::size_t count = arguments.size();
  if (name == "matrix") return named_matrix(arguments);
  if (name == "set" || name == "finiteset") return tree_.add(Op::kBracket, arguments, 0, static_cast<std::uint8_t>(Bracket::kCurly));
  if (name == "ntuple" || name == "tuple") return tree_.add(Op::kBracket, arguments, 0, static_cast<std::uint8_t>(Bracket::kRoundRound));
  if (name == "union" || name == "intersection") {
    NodeId left = arguments[0];
    for (std::size_t i = 1; i < count; ++i) left = tree_.add(name == "union" ? Op::kUnion : Op::kIntersection, {left, arguments[i]});
    return left;
  }
  if (name == "cis" && count == 1) {
    const NodeId sine = tree_.add(Op::kMultiply, {tree_.constant(Constant::kI), tree_.call(Function::kSin, {arguments[0]})});
    return tree_.add(Op::kAdd, {tree_.call(Function::kCos, {arguments[0]}), sine});
  }
  if (name == "sum" || name == "product") {
    if (count == 4 && tree_.is(arguments[1], Op::kSymbol))
      return tree_.add(Op::kSum, {arguments[2], arguments[3], arguments[0]}, tree_[arguments[1]].payload, name == "product" ? 1 : 0);
    return tree_.add(Op::kOpaque, arguments, tree_.intern(name));
  }
  // diff(y, x) is dy/dx.
  if (name == "diff" && count == 2 && tree_.is(arguments[0], Op::kSymbol) && tree_.is(arguments[1], Op::kSymbol) && tree_.name(arguments[0]).size() == 1)
    return tree_.symbol("d" + tree_.name(arguments[0]) + "/d" + tree_.name(arguments[1]));
  if (name == "int" || name == "integrate" || name == "diff" || name == "limit") return tree_.add(Op::kOpaque, arguments, tree_.intern(name));
  const bool root = name == "root" || name == "nthroot" || name == "surd";
  if (root && count == 1 && is_open(Delimiter::kRound)) return tree_.add(Op::kRoot, {parse_open(), arguments[0]});  // root(3)(x)
  if (root && count == 1) return tree_.add(Op::kRoot, {arguments[0], tree_.integer(2)});
  if (count != 2) fail("a wrong number of arguments");
  if (root) return tree_.add(Op::kRoot, {arguments[0], arguments[1]});
  if (name == "setdifference") return tree_.add(Op::kDifference, {arguments[0], arguments[1]});
  if (const std::optional<Bracket> interval = interval_name(name)) return tree_.add(Op::kBracket, arguments, 0, static_cast<std::uint8_t>(*interval));
  return tree_.add(Op::kPower, {arguments[0], arguments[1]});
}

// matrix([1,2],[3,4]), Matrix([[1,2],[3,4]])
NodeId Parser::named_matrix(const std::vector<NodeId>& arguments) {
  auto is_row = [&](NodeId id) { return tree_.is(id, Op::kBracket); };
  std::vector<NodeId> rows = arguments;
  if (rows.size() == 1 && is_row(rows[0]) && is_row(tree_.child(rows[0], 0)))
    rows.assign(tree_.children(arguments[0]).begin(), tree_.children(arguments[0]).end());
  std::vector<NodeId> cells;
  std::size_t columns = 0;
  for (const NodeId row : rows) {
    const std::size_t width = is_row(row) ? tree_[row].count : 1;
    if (columns != 0 && width != columns) fail("rows of different lengths");
    columns = width;
    if (is_row(row)) {
      for (std::size_t i = 0; i < width; ++i) cells.push_back(tree_.child(row, i));
    } else {
      cells.push_back(row);
    }
  }
  if (columns > 1000) fail("a table that is too wide");
  return tree_.add(Op::kMatrix, cells, 0, 0, static_cast<std::uint16_t>(columns));
}

// The n of {}_7C_3, _7C_3 and ^7P_3, with the letter and the k behind it; kNoNode where no such count stands here.
NodeId Parser::parse_left_script() {
  const bool braces = ahead(1).kind == Tok::kOpen && ahead(3).kind == Tok::kClose;
  const std::size_t above = braces ? 2 : 1, letter = braces ? 4 : 2;
  if (ahead(above).kind != Tok::kNumber || !all_digits(ahead(above).text)) return kNoNode;
  if ((ahead(letter).text != "C" && ahead(letter).text != "P") || ahead(letter + 1).kind != Tok::kUnderscore) return kNoNode;
  const Function function = ahead(letter).text == "C" ? Function::kBinomial : Function::kPermutations;
  const std::size_t start = at_;
  at_ = start + above;
  const NodeId all = parse_number();
  at_ = start + letter + 2;
  return apply_function(function, {all, parse_argument()});
}

NodeId Parser::parse_word() {
  const std::string_view word = now().text;
  // C(7, 3) is a count where it can be one.
  if ((word == "C" || word == "P") && ahead(1).kind == Tok::kOpen && ahead(2).kind == Tok::kNumber && ahead(3).kind == Tok::kComma &&
      ahead(4).kind == Tok::kNumber && ahead(5).kind == Tok::kClose && all_digits(ahead(2).text) && all_digits(ahead(4).text) && ahead(2).text.size() < 10 &&
      ahead(4).text.size() <= ahead(2).text.size() && (ahead(4).text.size() < ahead(2).text.size() || ahead(4).text <= ahead(2).text)) {
    ++at_;
    return tree_.add(Op::kCall, parse_call_arguments(), static_cast<std::uint32_t>(word == "C" ? Function::kBinomial : Function::kPermutations), kLikePoint);
  }
  if (const NodeId call = parse_named_call(word); call != kNoNode) return call;
  auto differential = [](const Token& token) { return token.kind == Tok::kWord && token.text.size() == 2 && token.text[0] == 'd'; };
  if (differential(now()) && ahead(1).kind == Tok::kSlash && differential(ahead(2))) {  // dy/dx
    const std::string name = std::string(word) + "/" + std::string(ahead(2).text);
    at_ += 3;
    return tree_.symbol(name);
  }
  const CommandInfo info = word_info(word);
  switch (info.kind) {
    case Tok::kFunction:
      // "min" and "max" without brackets are no functions here.
      ++at_;
      return parse_function(static_cast<Function>(info.payload));
    case Tok::kConstant:
      ++at_;
      if (word == "pi" && is_open(Delimiter::kRound) && ahead(1).kind == Tok::kClose) at_ += 2;  // pi()
      if (word == "minf") return tree_.add(Op::kNegate, {tree_.constant(Constant::kInfinity)});
      return tree_.constant(static_cast<Constant>(info.payload));
    case Tok::kSymbol:
      ++at_;
      return indexed(word);
    case Tok::kSqrt:
      return parse_root();
    case Tok::kUnknown:
      return split_word(word);
    default:
      fail("a word where a value is expected");
  }
}

// "to", "of" and the like between two values are words: x to y is no product, which commutes.
bool Parser::between_values() const {
  static constexpr std::array kWords = {"to", "of", "by", "per", "than", "from", "for"};
  const bool word = is(Tok::kWord) && now().space_before && (ahead(1).space_before || ahead(1).kind == Tok::kOpen) &&
                    std::find(kWords.begin(), kWords.end(), now().text) != kWords.end();
  const bool text = is(Tok::kText) && plain_words(now().text) == "to";
  if ((!word && !text) || at_ == 0) return false;
  const auto is_value = [](Tok kind) {
    return kind == Tok::kNumber || kind == Tok::kWord || kind == Tok::kSymbol || kind == Tok::kText || kind == Tok::kDegree || kind == Tok::kPercent ||
           kind == Tok::kConstant || kind == Tok::kFrac || kind == Tok::kSqrt;
  };
  const Token& before = tokens_[at_ - 1];
  return (is_value(before.kind) || before.kind == Tok::kClose) && (is_value(ahead(1).kind) || ahead(1).kind == Tok::kOpen);
}

// A word between two numbers: 12 R 3, 1 in 4, 1 out of 4, 3 over 4, 2 by 3, 7 choose 3, 7C3.
bool Parser::joins_numbers() const {
  if (!is(Tok::kWord) || at_ == 0 || tokens_[at_ - 1].kind != Tok::kNumber || !all_digits(tokens_[at_ - 1].text)) return false;
  const std::string_view word = now().text;
  const bool two_words = word == "out" && ahead(1).text == "of";
  const Token& next = ahead(two_words ? 2 : 1);
  if (next.kind != Tok::kNumber || !all_digits(next.text)) return false;
  const bool apart = now().space_before && next.space_before;
  if (word == "C" || word == "P") return apart || !(now().space_before || next.space_before);
  if (word == "R") return apart || (at_ == 1 && ahead(2).kind == Tok::kEnd);
  static constexpr std::array kWords = {"r", "remainder", "in", "over", "by", "choose"};
  return apart && (two_words || std::find(kWords.begin(), kWords.end(), word) != kWords.end());
}

NodeId Parser::parse_joined_numbers(NodeId left) {
  const std::string_view word = now().text;
  at_ += word == "out" ? 2 : 1;
  const NodeId right = parse_number();
  if (word == "C" || word == "choose") return tree_.call(Function::kBinomial, {left, right});
  if (word == "P") return tree_.call(Function::kPermutations, {left, right});
  if (word == "by") return tree_.add(Op::kOpaque, {left, right}, tree_.intern("by"));
  if (word == "R" || word == "r" || word == "remainder") return tree_.add(Op::kOpaque, {left, right}, tree_.intern("remainder"));
  return tree_.add(Op::kDivide, {left, right});
}

// A run of letters that is no known word as a whole: known names inside it, else a product of letters, else words.
NodeId Parser::split_word(std::string_view word) {
  std::size_t single = 0, longest_run = 0, run = 0;
  for (std::size_t i = 0; i < word.size();) {
    std::size_t length = 1;
    for (std::size_t n = std::min<std::size_t>(word.size() - i, 8); n >= 2; --n) {
      const Tok kind = word_info(word.substr(i, n)).kind;
      if (kind == Tok::kFunction || kind == Tok::kSqrt || (kind == Tok::kConstant && word.substr(i, n) == "pi") || (kind == Tok::kSymbol && n >= 4)) {
        length = n;
        break;
      }
    }
    if (length == 1) {
      ++single;
      longest_run = std::max(longest_run, ++run);
    } else {
      run = 0;
    }
    i += length;
  }
  const bool all_single = single == word.size();
  // Four letters and more that stand in no formula are words: products commute, words do not.
  const bool operand = (at_ > 0 && is_operation(tokens_[at_ - 1].kind)) || is_operation(ahead(1).kind);
  const bool named = ahead(1).kind == Tok::kRelation;  // speed = 5
  if (word.size() >= 4 && all_single && !operand && !in_argument_ && !(at_ > 0 && tokens_[at_ - 1].kind == Tok::kNumber)) {
    if (!named) fail("a word");
    ++at_;
    return tree_.symbol(word);
  }
  if (longest_run > 5) {
    // A long word beside a sign of operation is the name of a quantity: length*width.
    if (!all_single || !operand) fail("a word");
    ++at_;
    return tree_.symbol(word);
  }
  // The first name or letter now; what follows is read as its own factor.
  std::size_t length = 1;
  for (std::size_t n = std::min<std::size_t>(word.size() - 1, 8); n >= 2; --n) {
    const Tok kind = word_info(word.substr(0, n)).kind;
    if (kind == Tok::kFunction || kind == Tok::kSqrt || (kind == Tok::kConstant && word.substr(0, n) == "pi") || (kind == Tok::kSymbol && n >= 4)) {
      length = n;
      break;
    }
  }
  const std::string_view head = word.substr(0, length);
  if (word.size() == length) {
    ++at_;
  } else {
    // The rest becomes a token of its own.
    Token rest = tokens_[at_];
    rest.text.remove_prefix(length);
    rest.at += static_cast<std::uint32_t>(length);
    rest.space_before = rest.thin_before = false;
    tokens_[at_].text = head;
    if (length > 1) {
      tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, rest);
      return parse_primary();
    }
    tokens_[at_] = rest;
    return letter(head);
  }
  if (head.size() == 1) {
    const NodeId name = indexed(head);
    if (!tree_.is(name, Op::kSymbol) || tree_.name(name).size() > 1) return name;
  }
  const bool named_function = head == "f" || head == "g" || head == "h" || head == "F" || head == "G";
  if (const std::size_t mark = named_function ? inverse_mark() : 0; mark > 0) {  // f^{-1}(x) is no quotient.
    at_ += mark;
    return parse_unknown_function(std::string(head) + "^{-1}");
  }
  const bool function_letter =
      head == "f" || head == "g" || head == "F" || head == "G" || (head == "h" && is_open(Delimiter::kRound) && ahead(2).kind == Tok::kClose);
  if ((is_open(Delimiter::kRound) && function_letter && !now().space_before) || is(Tok::kPrime)) {
    const std::string name = std::string(head) + prime_marks();
    if (is_open(Delimiter::kRound)) return parse_unknown_function(name);
    return tree_.symbol(name);
  }
  return letter(head);
}

// Tokens of ^{-1}, ^(-1) or ^-1 before an opening bracket; 0 where something else follows.
std::size_t Parser::inverse_mark() const {
  if (!is(Tok::kCaret)) return 0;
  const std::size_t bracket = ahead(1).kind == Tok::kOpen ? 1 : 0;
  if (ahead(1 + bracket).kind != Tok::kMinus || ahead(2 + bracket).text != "1" || (bracket == 1 && ahead(4).kind != Tok::kClose)) return 0;
  const Token& next = ahead(3 + 2 * bracket);
  return next.kind == Tok::kOpen && next.payload == static_cast<std::uint32_t>(Delimiter::kRound) ? 3 + 2 * bracket : 0;
}

// x1 and a[1] are x_1 and a_1.
NodeId Parser::indexed(std::string_view name) {
  if (is(Tok::kNumber) && now().payload == kAfterLetter && name != "e") {
    const std::string index(now().text);
    ++at_;
    return tree_.symbol(std::string(name) + "_" + index);
  }
  if (is_open(Delimiter::kSquare) && !now().space_before && ahead(1).kind == Tok::kNumber && all_digits(ahead(1).text) && ahead(2).kind == Tok::kClose &&
      ahead(2).payload == static_cast<std::uint32_t>(Delimiter::kSquare)) {
    const std::string index(ahead(1).text);
    at_ += 3;
    return tree_.symbol(std::string(name) + "_" + index);
  }
  return name.size() == 1 ? letter(name) : tree_.symbol(name);
}

std::string Parser::prime_marks() {
  std::string marks;
  while (take(Tok::kPrime)) marks += '\'';
  return marks;
}

}  // namespace lydian::math
