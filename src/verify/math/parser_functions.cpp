// Functions and their arguments.
#include <algorithm>
#include <utility>

#include "verify/math/parser_state.h"

namespace lydian::math {

// Bytes of the function's name that a run of letters begins with: 3 in "cosx". 0: none.
std::size_t Parser::known_prefix(std::string_view word) {
  for (std::size_t n = std::min<std::size_t>(word.size(), 8); n >= 2; --n) {
    const Tok kind = word_info(word.substr(0, n)).kind;
    if (kind == Tok::kFunction || kind == Tok::kSqrt) return n;
  }
  return 0;
}

// What stands in the brackets now, of any kind: f(x, y), Sin[x], \sin{x}.
std::vector<NodeId> Parser::parse_call_arguments() {
  const Deeper deeper(*this);
  const Inside fresh(*this);
  in_argument_ = true;
  const std::uint32_t delimiter = now().payload;
  ++at_;
  const NodeId inside = parse_list();
  expect_close(static_cast<Delimiter>(delimiter));
  if (tree_.is(inside, Op::kList) && tree_[inside].flag != static_cast<std::uint8_t>(ListKind::kBraces))
    return {tree_.children(inside).begin(), tree_.children(inside).end()};
  return {inside};
}

NodeId Parser::apply_function(Function function, std::vector<NodeId> arguments) {
  if (function == Function::kSqrt && arguments.size() == 1) return tree_.add(Op::kRoot, {arguments[0], tree_.integer(2)});
  if (function == Function::kCbrt && arguments.size() == 1) return tree_.add(Op::kRoot, {arguments[0], tree_.integer(3)});
  const bool many = function == Function::kGcd || function == Function::kLcm || function == Function::kMin || function == Function::kMax;
  const bool two = function == Function::kBinomial || function == Function::kMod || function == Function::kLogBase || function == Function::kPermutations;
  if (!many && arguments.size() != (two ? 2U : 1U)) {
    if (function == Function::kLog && arguments.size() == 2) return tree_.add(Op::kCall, arguments, static_cast<std::uint32_t>(Function::kLogBase));
    fail("a wrong number of arguments");
  }
  return tree_.add(Op::kCall, arguments, static_cast<std::uint32_t>(function));
}

NodeId Parser::parse_function_argument() {
  const Deeper deeper(*this);
  // sin 2x, sin x y, sin \frac{x}{2}: what stands side by side, up to a sign or the next function.
  const bool outer = std::exchange(in_function_, true);
  std::vector<NodeId> factors;
  if (is(Tok::kMinus)) {
    ++at_;
    factors.push_back(tree_.add(Op::kNegate, {parse_factor()}));
  } else {
    factors.push_back(parse_factor());
  }
  in_function_ = true;
  while (starts_factor() && !is(Tok::kFunction) && !is(Tok::kText) && !is(Tok::kSum) && !is(Tok::kIntegral) && !is_open(Delimiter::kRound) && !unit_follows()) {
    if (is(Tok::kWord)) {
      const Tok kind = word_info(now().text).kind;
      if ((kind != Tok::kUnknown && kind != Tok::kConstant && kind != Tok::kSymbol) || known_prefix(now().text) > 0) break;
    }
    factors.push_back(ungroup(parse_factor()));
    in_function_ = true;
  }
  in_function_ = outer;
  // a slash belongs to the argument where only numbers and pi stand in it: sin pi/2
  NodeId argument = factors.size() == 1 ? factors[0] : tree_.add(Op::kMultiply, factors);
  if (is(Tok::kSlash) && ahead(1).kind == Tok::kNumber && any(tree_, argument, [&](const Node&, NodeId id) { return tree_.is_constant(id, Constant::kPi); })) {
    ++at_;
    argument = tree_.add(Op::kDivide, {argument, parse_number()});
  }
  return argument;
}

NodeId Parser::parse_function(Function function) {
  const Deeper deeper(*this);
  NodeId base = kNoNode, exponent = kNoNode;
  bool inverse = false;
  while (is(Tok::kUnderscore) || is(Tok::kCaret)) {
    if (take(Tok::kUnderscore)) {
      base = is(Tok::kNumber) ? parse_number() : parse_argument();
    } else {
      ++at_;
      exponent = parse_exponent();
    }
  }
  if (function == Function::kLog && base == kNoNode && tokens_[at_ - 1].text == "lg") base = tree_.integer(10);
  // log10(x), log2(x)
  if (function == Function::kLog && base == kNoNode && is(Tok::kNumber) && !now().space_before && ahead(1).kind == Tok::kOpen &&
      tokens_[at_ - 1].kind == Tok::kWord)
    base = parse_number();
  if (exponent != kNoNode && tree_.is(exponent, Op::kNegate) && tree_.is(tree_.child(exponent, 0), Op::kNumber) &&
      tree_.value(tree_.child(exponent, 0)) == Rational(1) && function <= Function::kCsch && (function <= Function::kCsc || function >= Function::kSinh)) {
    // sin^{-1} is the inverse function.
    const auto offset = static_cast<std::uint32_t>(function <= Function::kCsc ? Function::kArcsin : Function::kArsinh) -
                        static_cast<std::uint32_t>(function <= Function::kCsc ? Function::kSin : Function::kSinh);
    function = static_cast<Function>(static_cast<std::uint32_t>(function) + offset);
    inverse = true;
  }
  std::vector<NodeId> arguments;
  if (is(Tok::kOpen) && !is_open(Delimiter::kFloor) && !is_open(Delimiter::kCeil) && !is_open(Delimiter::kAbs) && !is_open(Delimiter::kNorm)) {
    // \sin{x} y: a group is the whole argument; \ln (x+1)^2 takes the power outside.
    arguments = parse_call_arguments();
  } else {
    arguments.push_back(parse_function_argument());
  }
  for (NodeId& argument : arguments) argument = ungroup(argument);
  if (function == Function::kLog && base != kNoNode) {
    function = Function::kLogBase;
    if (arguments.size() == 1) arguments.push_back(base);
  }
  if (base != kNoNode && function != Function::kLogBase) fail("an index at a function");
  const NodeId call = apply_function(function, std::move(arguments));
  if (exponent != kNoNode && !inverse) return tree_.add(Op::kPower, {call, exponent});
  return call;
}

NodeId Parser::parse_unknown_function(std::string_view name) {
  if (!is(Tok::kOpen)) return tree_.symbol(name);
  const std::vector<NodeId> arguments = parse_call_arguments();
  return tree_.add(Op::kApply, arguments, tree_.intern(name));
}

}  // namespace lydian::math
