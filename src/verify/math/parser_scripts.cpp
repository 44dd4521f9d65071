// What stands raised, lowered or behind a value: exponents, indices and bases, factorials, degrees, percent signs.
#include "verify/math/characters.h"
#include "verify/math/number_words.h"
#include "verify/math/parser_state.h"

namespace lydian::math {

NodeId Parser::parse_exponent() {
  const Deeper deeper(*this);
  if (take(Tok::kMinus)) return tree_.add(Op::kNegate, {parse_exponent()});
  if (take(Tok::kPlus)) return parse_exponent();
  if (is_open(Delimiter::kGroup)) return ungroup(parse_argument());
  if (is(Tok::kWord) && word_info(now().text).kind == Tok::kUnknown && now().text.size() > 1) {
    // x^ab is x^a times b.
    const NodeId exponent = letter(now().text.substr(0, 1));
    tokens_[at_].text.remove_prefix(1);
    return exponent;
  }
  const NodeId base = ungroup(parse_primary());
  if (take(Tok::kCaret)) return tree_.add(Op::kPower, {base, parse_exponent()});
  return base;
}

NodeId Parser::parse_script(NodeId base) {
  // x_1 and 63_8; the name of a letter takes its index in.
  if (tree_.is(base, Op::kSymbol) || tree_.is(base, Op::kConstant)) {
    const std::string name = tree_.is(base, Op::kSymbol)              ? tree_.name(base)
                             : tree_.is_constant(base, Constant::kPi) ? "pi"
                             : tree_.is_constant(base, Constant::kE)  ? "e"
                                                                      : "i";
    return tree_.symbol(name + "_" + script_text());
  }
  if (tree_.is(base, Op::kPower) && tree_.is(tree_.child(base, 0), Op::kSymbol)) {
    const NodeId exponent = tree_.child(base, 1);
    const NodeId symbol = tree_.symbol(tree_.name(tree_.child(base, 0)) + "_" + script_text());
    return tree_.add(Op::kPower, {symbol, exponent});
  }
  if (tree_.is(base, Op::kNumber) && tree_.value(base).is_integer() && tree_.value(base).sign() >= 0) {
    const std::string script = script_text();
    char* text = fmpz_get_str(nullptr, 10, tree_.value(base).numerator());
    const std::string digits = text;
    flint_free(text);
    return based_number(digits, script);
  }
  if (tree_.is(base, Op::kNumber) && (tree_[base].flag & kDecimal) != 0 && tree_.value(base).sign() > 0) {
    // 0.0011_2: its digits as an integer, moved back by so many places of the base.
    Rational shifted(tree_.value(base));
    std::int64_t places = 0;
    for (; places < 64 && !shifted.is_integer(); ++places) fmpq_mul_si(shifted.get(), shifted.get(), 10);
    if (!shifted.is_integer()) fail("an index at something that is no letter");
    const std::string script = script_text();
    char* text = fmpz_get_str(nullptr, 10, shifted.numerator());
    const std::string digits = text;
    flint_free(text);
    const NodeId numeral = based_number(digits, script);
    if (!tree_.is(numeral, Op::kBased)) fail("an index at something that is no letter");
    const std::int64_t number_base = tree_[numeral].extra;
    return tree_.add(Op::kDivide, {numeral, tree_.add(Op::kPower, {tree_.integer(number_base), tree_.integer(places)})});
  }
  fail("an index at something that is no letter");
}

NodeId Parser::based_number(std::string_view digits, std::string_view script) {
  const std::string spoken = all_digits(script) ? std::string(script) : spoken_number(in_small_letters(script));  // 1011_{two}
  std::int64_t radix = 0;
  for (const char c : spoken) radix = digit(c) && radix < 100 ? radix * 10 + (c - '0') : 100;
  if (radix < 2 || radix > 36) fail("a base outside 2 … 36");
  Rational value, numeral;
  for (const char c : digits) {
    const std::int64_t place = c >= 'A' ? c - 'A' + 10 : c - '0';
    if (place >= radix) fail("a digit that the base does not have");
    fmpz_mul_ui(fmpq_numref(value.get()), value.numerator(), static_cast<ulong>(radix));
    fmpz_add_ui(fmpq_numref(value.get()), value.numerator(), static_cast<ulong>(place));
    fmpz_mul_ui(fmpq_numref(numeral.get()), numeral.numerator(), 10);
    fmpz_add_ui(fmpq_numref(numeral.get()), numeral.numerator(), static_cast<ulong>(place));
  }
  const std::uint32_t payload = tree_[tree_.number(std::move(value))].payload;
  const auto extra = static_cast<std::uint16_t>(radix);
  // With letters as digits it is written as no number of base 10.
  if (!all_digits(digits)) return tree_.add(Op::kBased, {}, payload, 0, extra);
  return tree_.add(Op::kBased, {tree_.number(std::move(numeral))}, payload, 0, extra);
}

NodeId Parser::parse_postfix(NodeId base) {
  while (true) {
    if (is(Tok::kCaret)) {
      if (ahead(1).kind == Tok::kDegree || (ahead(1).kind == Tok::kOpen && ahead(2).kind == Tok::kDegree && ahead(3).kind == Tok::kClose)) {
        at_ += ahead(1).kind == Tok::kDegree ? 2 : 4;
        base = tree_.add(Op::kDegree, {base});
      } else if (ahead(1).kind == Tok::kPrime || (ahead(1).kind == Tok::kOpen && ahead(2).kind == Tok::kPrime && ahead(3).kind == Tok::kClose)) {
        at_ += ahead(1).kind == Tok::kPrime ? 2 : 4;
        if (!tree_.is(base, Op::kSymbol)) fail("a prime at something that is no letter");
        base = tree_.symbol(tree_.name(base) + "'");
      } else {
        ++at_;
        base = tree_.add(Op::kPower, {ungroup(base), parse_exponent()});
      }
    } else if (is(Tok::kUnderscore)) {
      ++at_;
      base = parse_script(base);
    } else if (is(Tok::kBang)) {
      ++at_;
      const bool twice = take(Tok::kBang);
      base = tree_.call(twice ? Function::kDoubleFactorial : Function::kFactorial, {base});
    } else if (is(Tok::kDegree) && tree_.is(base, Op::kSymbol) && now().text == "circ" && ahead(1).kind == Tok::kWord && ahead(1).text.size() == 1 &&
               ahead(1).text != "C" && ahead(1).text != "F") {
      ++at_;  // f \circ g is another function than g \circ f.
      base = tree_.add(Op::kOpaque, {base, parse_factor()}, tree_.intern("composition"));
    } else if (is(Tok::kDegree)) {
      ++at_;
      base = tree_.add(Op::kDegree, {base});
    } else if (is(Tok::kPercent)) {
      ++at_;
      base = tree_.add(Op::kPercent, {base});
    } else if (is(Tok::kPrime) && tree_.is(base, Op::kSymbol)) {
      base = tree_.symbol(tree_.name(base) + prime_marks());
    } else {
      return base;
    }
  }
}

}  // namespace lydian::math
