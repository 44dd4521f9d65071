#pragma once

#include <cstdlib>
#include <utility>

#include "verify_math/expressions.h"

namespace lydian::math_rows {

/// Draws expressions. `functions`: also roots, absolute values, sine, cosine, exponentials, logarithms; else rational functions.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_(StreamKey{.seed = seed, .step = further_seed()}) {}
  std::int64_t between(std::int64_t low, std::int64_t high) { return stream_.between(low, high); }
  bool one_in(std::uint64_t n) { return stream_.below(n) == 0; }
  RandomStream& stream() { return stream_; }

  Expression fraction() {
    std::int64_t above = between(-9, 9);
    if (above == 0) above = 10;
    return one_in(3) ? number(above, between(2, 12)) : number(above);
  }

  /// An expression with a real value at some of the points.
  Expression expression(int depth, bool functions, int letters = 3) {
    for (;;) {
      Expression e = any(depth, functions, letters);
      if (has_values(e)) return e;
    }
  }

  /// The same function, written by another rule of algebra somewhere. Domains may grow or shrink.
  Expression rewritten(const Expression& e) {
    if (!e.parts.empty() && !one_in(3)) {
      Expression copy = e;
      Expression& part = copy.parts[static_cast<std::size_t>(stream_.below(copy.parts.size()))];
      part = rewritten(part);
      return copy;
    }
    return rewritten_here(e);
  }

  /// One constant, sign, exponent, letter or operation changed.
  Expression changed(const Expression& e) {
    if (!e.parts.empty() && !one_in(4)) {
      Expression copy = e;
      Expression& part = copy.parts[static_cast<std::size_t>(stream_.below(copy.parts.size()))];
      part = changed(part);
      return copy;
    }
    Expression copy = e;
    switch (e.kind) {
      case Kind::kNumber:
        copy.above = one_in(2) ? -e.above : e.above + (one_in(2) ? 1 : -1);
        return copy;
      case Kind::kLetter:
        copy.above = (e.above + 1) % 3;
        return copy;
      case Kind::kPower:
        copy.above += one_in(2) ? 1 : -1;
        return copy;
      case Kind::kRoot:
        copy.above = 5 - e.above;
        return copy;
      case Kind::kSum:
        copy.kind = Kind::kProduct;
        return copy;
      case Kind::kSine:
        copy.kind = Kind::kCosine;
        return copy;
      case Kind::kCosine:
        copy.kind = Kind::kSine;
        return copy;
      case Kind::kAbsolute:
        return e.parts[0];
      case Kind::kQuotient:
        std::swap(copy.parts[0], copy.parts[1]);
        return copy;
      default:
        return negative(std::move(copy));
    }
  }

 private:
  Expression any(int depth, bool functions, int letters) {
    if (depth == 0) return letters > 0 && !one_in(3) ? letter(between(0, letters - 1)) : fraction();
    const auto inner = [&] { return any(depth - 1, functions, letters); };
    switch (between(0, functions ? 11 : 6)) {
      case 0:
      case 1:
        return make(Kind::kSum, {inner(), inner()});
      case 2:
        return make(Kind::kSum, {inner(), inner(), inner()});
      case 3:
        return make(Kind::kProduct, {inner(), inner()});
      case 4:
        return make(Kind::kProduct, {fraction(), inner()});
      case 5:
        return make(Kind::kQuotient, {inner(), inner()});
      case 6:
        return make(Kind::kPower, {inner()}, one_in(4) ? between(-2, -1) : between(2, 3));
      case 7:
        return make(Kind::kRoot, {inner()}, between(2, 3));
      case 8:
        return make(Kind::kAbsolute, {inner()});
      case 9:
        return make(one_in(2) ? Kind::kSine : Kind::kCosine, {inner()});
      case 10:
        return make(Kind::kExponential, {inner()});
      default:
        return make(Kind::kLogarithm, {inner()});
    }
  }

  Expression rewritten_here(const Expression& e) {
    const Expression x = e.parts.empty() ? Expression{} : e.parts[0];
    switch (e.kind) {
      case Kind::kSum: {  // a + b + c = (a + b) + c
        if (e.parts.size() < 3) break;
        Expression rest = make(Kind::kSum, {e.parts.begin(), e.parts.end() - 1});
        return make(Kind::kSum, {std::move(rest), e.parts.back()});
      }
      case Kind::kProduct: {  // a (b + c) = a b + a c
        if (e.parts.size() != 2 || e.parts[1].kind != Kind::kSum) break;
        Expression sum = make(Kind::kSum, {});
        for (const Expression& term : e.parts[1].parts) sum.parts.push_back(make(Kind::kProduct, {x, term}));
        return sum;
      }
      case Kind::kQuotient:
        return make(Kind::kProduct, {x, make(Kind::kPower, {e.parts[1]}, -1)});
      case Kind::kPower:
        if (e.above < 2) break;
        return make(Kind::kProduct, {x, e.above == 2 ? x : make(Kind::kPower, {x}, e.above - 1)});
      case Kind::kRoot:  // The root of 2^n x, over 2.
        return make(Kind::kQuotient, {make(Kind::kRoot, {make(Kind::kProduct, {number(e.above == 3 ? 8 : 4), x})}, e.above), number(2)});
      case Kind::kAbsolute:
        return make(Kind::kRoot, {make(Kind::kPower, {x}, 2)}, 2);
      case Kind::kSine:
        return negative(make(Kind::kSine, {negative(x)}));
      case Kind::kCosine:
        return make(Kind::kCosine, {negative(x)});
      case Kind::kExponential:
        return make(Kind::kProduct, {make(Kind::kExponential, {make(Kind::kSum, {x, number(-1)})}), make(Kind::kExponential, {number(1)})});
      case Kind::kLogarithm:
        return make(Kind::kSum, {make(Kind::kLogarithm, {make(Kind::kProduct, {number(2), x})}), negative(make(Kind::kLogarithm, {number(2)}))});
      default:
        break;
    }
    const std::int64_t n = between(2, 7);
    if (one_in(2)) return make(Kind::kSum, {make(Kind::kSum, {e, number(n)}), number(-n)});
    return make(Kind::kQuotient, {make(Kind::kProduct, {number(n), e}), number(n)});
  }

  static std::uint64_t further_seed() {
    const char* text = std::getenv("LYDIAN_PAIRS_SEED");
    return text == nullptr ? 4 : std::strtoull(text, nullptr, 10);
  }

  RandomStream stream_;
};

}  // namespace lydian::math_rows
