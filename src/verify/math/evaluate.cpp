#include "verify/math/evaluate.h"

#include <functional>

namespace lydian::math {
namespace {

std::uint64_t mixed(std::uint64_t h) {
  h ^= h >> 30;
  h *= 0xbf58476d1ce4e5b9ULL;
  h ^= h >> 27;
  h *= 0x94d049bb133111ebULL;
  return h ^ (h >> 31);
}

}  // namespace

Rational coordinate(std::string_view name, Point point) {
  std::uint64_t h = 0x9e3779b97f4a7c15ULL * (point.number + 1);
  for (const char c : name) h = mixed(h ^ static_cast<unsigned char>(c));
  h = mixed(h);
  // Between 1/8 and 4, with a large prime below the line.
  const std::int64_t prime = 1000003;
  std::int64_t above = prime / 8 + static_cast<std::int64_t>(h % static_cast<std::uint64_t>(4 * prime - prime / 8));
  if (above % prime == 0) ++above;
  if (!point.negative.empty()) {
    if (name == point.negative) above = -above;
  } else if (point.number >= Point::kMixed) {
    // The first mixed point is all negative.
    if (point.number == Point::kMixed || (h >> 40) % 2 == 0) above = -above;
  }
  if (point.number >= Point::kWide) above <<= 2 * (1 + (point.number - Point::kWide) % 5);
  return Rational(above, prime);
}

std::string written_apply(const Tree& tree, NodeId id) {
  std::string written = tree.name(id) + "(";
  for (const NodeId child : tree.children(id)) {
    if (!tree.is(child, Op::kSymbol)) throw Undefined{};
    written += tree.name(child) + ",";
  }
  return written;
}

void Evaluator::spend(std::int64_t units) {
  folder_.budget().spend(units * (1 + options_.precision / 512));
}

Ball Evaluator::value(NodeId id) {
  spend(1);
  Ball result;
  if (!degrees_) {
    if (const Rational* exact = folder_.value(id)) {
      arb_set_fmpq(result.real(), exact->get(), precision());
      return result;
    }
  }
  const slong p = precision();
  switch (tree_[id].op) {
    case Op::kNumber:
    case Op::kBased:
      arb_set_fmpq(result.real(), tree_.value(id).get(), p);
      return result;
    case Op::kSymbol:
      arb_set_fmpq(result.real(), coordinate(tree_.name(id), point_).get(), p);
      return result;
    case Op::kConstant:
      if (tree_.is_constant(id, Constant::kPi)) {
        arb_const_pi(result.real(), p);
      } else if (tree_.is_constant(id, Constant::kE)) {
        arb_const_e(result.real(), p);
      } else if (tree_.is_constant(id, Constant::kI)) {
        acb_onei(result.get());
      } else {
        throw Undefined{};
      }
      return result;
    case Op::kAdd:
      for (const NodeId child : tree_.children(id)) acb_add(result.get(), result.get(), value(child).get(), p);
      return result;
    case Op::kMultiply:
      acb_one(result.get());
      for (const NodeId child : tree_.children(id)) acb_mul(result.get(), result.get(), value(child).get(), p);
      return result;
    case Op::kDivide: {
      const Ball above = value(tree_.child(id, 0)), below = value(tree_.child(id, 1));
      if (below.contains_zero()) throw Undefined{};
      acb_div(result.get(), above.get(), below.get(), p);
      return result;
    }
    case Op::kNegate:
      acb_neg(result.get(), value(tree_.child(id, 0)).get());
      return result;
    case Op::kPower:
      return real_if_asked(power(id));
    case Op::kRoot:
      return real_if_asked(root(id));
    case Op::kDegree: {
      result = value(tree_.child(id, 0));
      if (degrees_) {
        Ball pi;
        arb_const_pi(pi.real(), p);
        acb_mul(result.get(), result.get(), pi.get(), p);
        acb_div_ui(result.get(), result.get(), 180, p);
      }
      return result;
    }
    case Op::kPercent:
      acb_div_ui(result.get(), value(tree_.child(id, 0)).get(), 100, p);
      return result;
    case Op::kCall:
      return real_if_asked(call(id));
    case Op::kSum:
      return sum(id);
    case Op::kApply: {
      if (!options_.functions_as_letters) throw Undefined{};
      arb_set_fmpq(result.real(), coordinate(written_apply(tree_, id), point_).get(), p);
      return result;
    }
    default:
      throw Undefined{};
  }
}

Ball Evaluator::real_if_asked(Ball ball) const {
  if (options_.real_parts && !ball.is_real()) throw Undefined{arb_contains_zero(ball.imag()) == 0};
  return ball;
}

Ball Evaluator::real_power(const Ball& base, const Rational& exponent) {
  Ball result;
  const slong p = precision();
  spend(4);
  if (exponent.is_integer()) {
    if (exponent.sign() < 0 && base.contains_zero()) throw Undefined{};
    if (fmpz_bits(exponent.numerator()) > 40) throw Undefined{};
    acb_pow_fmpz(result.get(), base.get(), exponent.numerator(), p);
    return result;
  }
  const bool odd = fmpz_is_odd(exponent.denominator()) != 0;
  if (options_.real_roots && odd && base.is_real() && arb_is_negative(base.real()) != 0) {
    arb_t positive;
    arb_init(positive);
    arb_neg(positive, base.real());
    arb_pow_fmpq(result.real(), positive, exponent.get(), p);
    arb_clear(positive);
    if (fmpz_is_odd(exponent.numerator()) != 0) acb_neg(result.get(), result.get());
    return result;
  }
  if (base.is_real() && arb_is_nonnegative(base.real()) != 0) {
    if (exponent.sign() < 0 && base.contains_zero()) throw Undefined{};
    if (fmpz_cmp_ui(exponent.denominator(), 2) == 0) {
      arb_sqrt(result.real(), base.real(), p);
      acb_pow_fmpz(result.get(), result.get(), exponent.numerator(), p);
    } else {
      arb_pow_fmpq(result.real(), base.real(), exponent.get(), p);
    }
    return result;
  }
  if (fmpz_cmp_ui(exponent.denominator(), 2) == 0) {
    acb_sqrt(result.get(), base.get(), p);
    if (exponent.sign() < 0 && result.contains_zero()) throw Undefined{};
    acb_pow_fmpz(result.get(), result.get(), exponent.numerator(), p);
    return result;
  }
  Ball e;
  arb_set_fmpq(e.real(), exponent.get(), p);
  if (base.contains_zero()) throw Undefined{};
  acb_pow(result.get(), base.get(), e.get(), p);
  return result;
}

Ball Evaluator::power(NodeId id) {
  const NodeId base_id = tree_.child(id, 0), exponent_id = tree_.child(id, 1);
  const Ball base = value(base_id);
  if (const Rational* exponent = folder_.value(exponent_id)) return real_power(base, *exponent);
  const Ball exponent = value(exponent_id);
  Ball result;
  spend(4);
  if (base.contains_zero()) throw Undefined{};
  if (tree_.is_constant(base_id, Constant::kE)) {
    acb_exp(result.get(), exponent.get(), precision());
    return result;
  }
  acb_pow(result.get(), base.get(), exponent.get(), precision());
  return result;
}

Ball Evaluator::root(NodeId id) {
  const Ball inside = value(tree_.child(id, 0));
  const Rational* index = folder_.value(tree_.child(id, 1));
  if (index == nullptr) {
    Ball one, exponent;
    acb_one(one.get());
    const Ball k = value(tree_.child(id, 1));
    if (k.contains_zero() || inside.contains_zero()) throw Undefined{};
    acb_div(exponent.get(), one.get(), k.get(), precision());
    acb_pow(exponent.get(), inside.get(), exponent.get(), precision());
    return exponent;
  }
  if (index->is_zero()) throw Undefined{};
  Rational exponent;
  fmpq_inv(exponent.get(), index->get());
  return real_power(inside, exponent);
}

Ball Evaluator::angle(NodeId id) {
  const bool outer = degrees_;
  degrees_ = any(tree_, id, [](const Node& node, NodeId) { return node.op == Op::kDegree; });
  Ball result = value(id);
  degrees_ = outer;
  return result;
}

Ball Evaluator::call(NodeId id) {
  const Function function = tree_.function(id);
  const slong p = precision();
  spend(6);
  std::vector<Ball> arguments;
  for (const NodeId child : tree_.children(id)) arguments.push_back(is_trigonometric(function) ? angle(child) : value(child));
  const Ball& x = arguments[0];
  Ball r, t;
  acb_one(t.get());
  auto reciprocal = [&](Ball ball) {
    if (ball.contains_zero()) throw Undefined{};
    acb_inv(ball.get(), ball.get(), p);
    return ball;
  };
  auto unary = [&](void (*f)(acb_ptr, acb_srcptr, slong), const Ball& argument) {
    Ball result;
    f(result.get(), argument.get(), p);
    if (!result.is_finite()) throw Undefined{};
    // Real functions of real numbers inside their domain stay real.
    return result;
  };
  auto to_real = [&](Ball ball, bool inside) {
    if (inside) arb_zero(ball.imag());
    return ball;
  };
  auto within_one = [&](const Ball& ball) {
    arb_t bound;
    arb_init(bound);
    arb_abs(bound, ball.real());
    arb_sub_ui(bound, bound, 1, p);
    const bool inside = ball.is_real() && arb_is_nonpositive(bound) != 0;
    arb_clear(bound);
    return inside;
  };
  switch (function) {
    case Function::kSin:
      return unary(acb_sin, x);
    case Function::kCos:
      return unary(acb_cos, x);
    case Function::kTan: {
      const Ball below = unary(acb_cos, x);
      if (below.contains_zero()) throw Undefined{};
      return unary(acb_tan, x);
    }
    case Function::kCot: {
      const Ball below = unary(acb_sin, x);
      if (below.contains_zero()) throw Undefined{};
      return unary(acb_cot, x);
    }
    case Function::kSec:
      return reciprocal(unary(acb_cos, x));
    case Function::kCsc:
      return reciprocal(unary(acb_sin, x));
    case Function::kArcsin:
      return to_real(unary(acb_asin, x), within_one(x));
    case Function::kArccos:
      return to_real(unary(acb_acos, x), within_one(x));
    case Function::kArctan:
      return unary(acb_atan, x);
    case Function::kArccot:
      return unary(acb_atan, reciprocal(x));
    case Function::kArcsec: {
      const Ball y = reciprocal(x);
      return to_real(unary(acb_acos, y), within_one(y));
    }
    case Function::kArccsc: {
      const Ball y = reciprocal(x);
      return to_real(unary(acb_asin, y), within_one(y));
    }
    case Function::kSinh:
      return unary(acb_sinh, x);
    case Function::kCosh:
      return unary(acb_cosh, x);
    case Function::kTanh:
      return unary(acb_tanh, x);
    case Function::kCoth:
      return reciprocal(unary(acb_tanh, x));
    case Function::kSech:
      return reciprocal(unary(acb_cosh, x));
    case Function::kCsch:
      return reciprocal(unary(acb_sinh, x));
    case Function::kArsinh:
      return unary(acb_asinh, x);
    case Function::kArcosh:
      return unary(acb_acosh, x);
    case Function::kArtanh:
      return unary(acb_atanh, x);
    case Function::kArcoth:
      return unary(acb_atanh, reciprocal(x));
    case Function::kArsech:
      return unary(acb_acosh, reciprocal(x));
    case Function::kArcsch:
      return unary(acb_asinh, reciprocal(x));
    case Function::kExp:
      return unary(acb_exp, x);
    case Function::kLn:
    case Function::kLog:
      if (x.contains_zero()) throw Undefined{};
      r = unary(acb_log, x);
      if (function == Function::kLog && !options_.log_is_natural) {
        acb_set_ui(t.get(), 10);
        acb_log(t.get(), t.get(), p);
        acb_div(r.get(), r.get(), t.get(), p);
      }
      return r;
    case Function::kLogBase: {
      if (x.contains_zero() || arguments[1].contains_zero()) throw Undefined{};
      r = unary(acb_log, x);
      const Ball below = unary(acb_log, arguments[1]);
      if (below.contains_zero()) throw Undefined{};
      acb_div(r.get(), r.get(), below.get(), p);
      return r;
    }
    case Function::kAbs:
    case Function::kNorm:
      acb_abs(r.real(), x.get(), p);
      return r;
    case Function::kRe:
      arb_set(r.real(), x.real());
      return r;
    case Function::kIm:
      arb_set(r.real(), x.imag());
      return r;
    case Function::kConjugate:
      acb_conj(r.get(), x.get());
      return r;
    case Function::kArg:
      acb_arg(r.real(), x.get(), p);
      return r;
    case Function::kFloor:
    case Function::kCeil: {
      if (!x.is_real()) throw Undefined{};
      if (function == Function::kFloor) {
        arb_floor(r.real(), x.real(), p);
      } else {
        arb_ceil(r.real(), x.real(), p);
      }
      return r;
    }
    case Function::kSign:
      if (x.contains_zero() || !x.is_real()) throw Undefined{};
      acb_set_si(r.get(), arb_is_positive(x.real()) != 0 ? 1 : -1);
      return r;
    case Function::kFactorial:
      acb_add_ui(t.get(), x.get(), 1, p);
      acb_gamma(r.get(), t.get(), p);
      if (!r.is_finite()) throw Undefined{};
      return r;
    case Function::kGamma:
      acb_gamma(r.get(), x.get(), p);
      if (!r.is_finite()) throw Undefined{};
      return r;
    case Function::kBinomial: {
      // Gamma(n+1) / (Gamma(k+1) Gamma(n-k+1))
      Ball n1, k1, d1;
      acb_add_ui(n1.get(), x.get(), 1, p);
      acb_add_ui(k1.get(), arguments[1].get(), 1, p);
      acb_sub(d1.get(), n1.get(), arguments[1].get(), p);
      acb_gamma(r.get(), n1.get(), p);
      acb_rgamma(k1.get(), k1.get(), p);
      acb_rgamma(d1.get(), d1.get(), p);
      acb_mul(r.get(), r.get(), k1.get(), p);
      acb_mul(r.get(), r.get(), d1.get(), p);
      if (!r.is_finite()) throw Undefined{};
      return r;
    }
    case Function::kMin:
    case Function::kMax: {
      r = x;
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!arguments[i].is_real()) throw Undefined{};
        if (function == Function::kMin) {
          arb_min(r.real(), r.real(), arguments[i].real(), p);
        } else {
          arb_max(r.real(), r.real(), arguments[i].real(), p);
        }
      }
      return r;
    }
    default:
      throw Undefined{};
  }
}

Ball Evaluator::sum(NodeId id) {
  const Rational *lower = folder_.value(tree_.child(id, 0)), *upper = folder_.value(tree_.child(id, 1));
  if (lower == nullptr || upper == nullptr || !lower->is_integer() || !upper->is_integer()) throw Undefined{};
  Rational span;
  fmpq_sub(span.get(), upper->get(), lower->get());
  if (fmpz_cmp_si(span.numerator(), 1000) > 0) throw LimitExceeded{"a sum of too many terms"};
  const bool product = tree_[id].flag == 1;
  Ball result;
  if (product) acb_one(result.get());
  Rational k = *lower;
  const std::int64_t terms = fmpz_get_si(span.numerator()) + 1;
  for (std::int64_t i = 0; i < terms; ++i) {
    Tree body;
    const NodeId root = substitute(tree_, tree_.child(id, 2), tree_.name(id), k, body);
    spend(static_cast<std::int64_t>(body.size()));
    Folder folder(body, folder_.max_bits(), folder_.budget());
    const Ball term = Evaluator(folder, options_, point_).value(root);
    if (product) {
      acb_mul(result.get(), result.get(), term.get(), precision());
    } else {
      acb_add(result.get(), result.get(), term.get(), precision());
    }
    fmpq_add(k.get(), k.get(), Rational(1).get());
  }
  return result;
}

}  // namespace lydian::math
