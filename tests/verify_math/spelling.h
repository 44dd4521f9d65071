#pragma once

#include <string>
#include <utility>

#include "verify_math/expressions.h"

namespace lydian::math_rows {

/// Writes an expression in one of its many spellings: LaTeX or plain, terms and factors in any order, brackets, fractions, signs of multiplication and blanks
/// drawn anew each time. All spellings of one expression are equal.
class Speller {
 public:
  Speller(RandomStream& stream, bool latex) : stream_(stream), latex_(latex) {}

  std::string operator()(const Expression& e) { return write(e).text; }

 private:
  /// How tightly a text holds together: a sum, a product, something that needs brackets only below a power, or an atom.
  enum Level : std::uint8_t { kLoose, kProductLevel, kFactor, kAtom };
  struct Text {
    std::string text;
    Level level = kAtom;
  };

  bool one_in(std::uint64_t n) { return stream_.below(n) == 0; }
  const char* pick(std::initializer_list<const char*> of) { return of.begin()[stream_.below(of.size())]; }
  const char* gap() {
    if (!one_in(4)) return "";
    return latex_ ? pick({" ", "\\,", "\\;", "\\ "}) : pick({" ", "  ", "\t"});
  }
  std::string minus() { return !latex_ && one_in(8) ? "−" : "-"; }

  std::string bracketed(const std::string& text) {
    if (!latex_) return "(" + (gap() + text) + gap() + ")";
    switch (stream_.below(4)) {
      case 0:
        return "\\left(" + (gap() + text) + gap() + "\\right)";
      case 1:
        return "\\bigl(" + text + "\\bigr)";
      case 2:
        return "{(" + text + ")}";
      default:
        return "(" + (gap() + text) + gap() + ")";
    }
  }
  std::string at_least(Level level, const Text& part) { return part.level >= level ? part.text : bracketed(part.text); }
  /// Below a power, behind a sign: a negative number needs brackets too.
  std::string guarded(Level level, const Text& part) { return part.level >= level && !starts_with_minus(part.text) ? part.text : bracketed(part.text); }
  static bool starts_with_minus(const std::string& text) { return text.starts_with("-") || text.starts_with("−"); }
  std::string argument(const Expression& e) { return bracketed(write(e).text); }

  template <typename List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[static_cast<std::size_t>(stream_.below(i))]);
  }

  Text write(const Expression& e) {
    switch (e.kind) {
      case Kind::kNumber:
        return write_number(e);
      case Kind::kLetter:
        return {std::string(1, static_cast<char>('x' + e.above)), kAtom};
      case Kind::kSum:
        return write_sum(e);
      case Kind::kProduct:
        return write_product(e);
      case Kind::kQuotient:
        return write_quotient(write(e.parts[0]), write(e.parts[1]));
      case Kind::kPower:
        return write_power(e);
      case Kind::kRoot:
        return write_root(e);
      case Kind::kAbsolute: {
        const std::string inside = write(e.parts[0]).text;
        if (latex_) return {one_in(2) ? "\\left|" + inside + "\\right|" : "\\lvert " + inside + " \\rvert", kFactor};
        return {"abs(" + inside + ")", kFactor};
      }
      case Kind::kSine:
        return {(latex_ ? "\\sin" : "sin") + argument(e.parts[0]), kFactor};
      case Kind::kCosine:
        return {(latex_ ? "\\cos" : "cos") + argument(e.parts[0]), kFactor};
      case Kind::kExponential:
        if (one_in(3)) return {(latex_ ? "\\exp" : "exp") + argument(e.parts[0]), kFactor};
        return {latex_ ? "e^{" + write(e.parts[0]).text + "}" : "e^(" + write(e.parts[0]).text + ")", kFactor};
      case Kind::kLogarithm:
        return {(latex_ ? "\\ln" : "ln") + argument(e.parts[0]), kFactor};
    }
    return {};
  }

  Text write_number(const Expression& e) {
    const std::string sign = e.above < 0 ? minus() : "";
    const std::int64_t size = e.above < 0 ? -e.above : e.above;
    if (e.below == 1) {
      if (one_in(8)) return {sign + std::to_string(size) + (one_in(2) ? ".0" : ".00"), kAtom};
      return {sign + std::to_string(size), kAtom};
    }
    if (e.below == 2 && one_in(4)) return {sign + (size == 1 && one_in(2) ? "" : std::to_string(size / 2)) + (size % 2 == 1 ? ".5" : ".0"), kAtom};
    const std::int64_t times = one_in(5) ? 2 : 1;
    const Text above{std::to_string(size * times), kAtom}, below{std::to_string(e.below * times), kAtom};
    const Text fraction = write_quotient(above, below);
    return {sign + fraction.text, fraction.level};
  }

  Text write_sum(const Expression& e) {
    std::vector<Expression> parts = e.parts;
    shuffle(parts);
    std::string out;
    for (const Expression& part : parts) {
      const Text term = write(part);
      std::string text = term.level == kLoose && (!out.empty() || one_in(2)) ? bracketed(term.text) : term.text;
      if (starts_with_minus(text) && !out.empty() && one_in(4)) text = bracketed(text);
      if (!out.empty()) out += (gap() + std::string(starts_with_minus(text) ? "" : "+")) + gap();
      out += text;
    }
    return {out, kLoose};
  }

  Text write_product(const Expression& e) {
    std::vector<Expression> parts = e.parts;
    shuffle(parts);
    std::string out;
    for (const Expression& part : parts) {
      const std::string factor = out.empty() && !one_in(4) ? at_least(kFactor, write(part)) : guarded(kFactor, write(part));
      if (out.empty()) {
        out = factor;
        continue;
      }
      // 2x, 2(x+1), (x+1)y, (x+1)(y+1); never a letter before a bracket, which could be a function.
      const char last = out.back();
      const bool digits = last >= '0' && last <= '9', closed = last == ')', opens = factor[0] == '(' || factor.starts_with("\\left(");
      const bool is_letter = factor[0] >= 'x' && factor[0] <= 'z' && factor.size() == 1;
      const bool plain_number = digits && out.find_first_not_of("-0123456789.") == std::string::npos;
      if (((plain_number || closed) && (opens || is_letter)) && one_in(2)) {
        out += factor;
      } else {
        out += gap() + (latex_ ? std::string(pick({"\\cdot ", "\\times ", "*"})) : std::string(pick({"*", "*", "·", "×"}))) + gap() + factor;
      }
    }
    return {out, kProductLevel};
  }

  Text write_quotient(const Text& above, const Text& below) {
    if (!latex_ || one_in(4)) return {at_least(kFactor, above) + gap() + "/" + gap() + guarded(kFactor, below), kProductLevel};
    if (above.text.size() == 1 && below.text.size() == 1 && one_in(3)) return {"\\frac " + above.text + below.text, kFactor};
    return {std::string(pick({"\\frac{", "\\dfrac{", "\\tfrac{", "\\cfrac{"})) + above.text + "}{" + below.text + "}", kFactor};
  }

  Text write_power(const Expression& e) {
    const std::string base = guarded(kAtom, write(e.parts[0])), exponent = std::to_string(e.above);
    if (latex_) return {base + (exponent.size() == 1 && one_in(2) ? "^" + exponent : "^{" + exponent + "}"), kFactor};
    return {base + pick({"^", "**"}) + (exponent.size() == 1 ? exponent : "(" + exponent + ")"), kFactor};
  }

  Text write_root(const Expression& e) {
    const Text inside = write(e.parts[0]);
    if (latex_) {
      if (one_in(4)) return {guarded(kAtom, inside) + (e.above == 3 ? "^{1/3}" : "^{\\frac{1}{2}}"), kFactor};
      return {(e.above == 3 ? "\\sqrt[3]{" : "\\sqrt{") + inside.text + "}", kFactor};
    }
    if (one_in(3)) return {guarded(kAtom, inside) + (e.above == 3 ? "^(1/3)" : "^(1/2)"), kFactor};
    return {(e.above == 3 ? "cbrt(" : "sqrt(") + inside.text + ")", kFactor};
  }

  RandomStream& stream_;
  bool latex_;
};

}  // namespace lydian::math_rows
