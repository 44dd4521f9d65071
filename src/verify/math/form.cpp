// Canonical forms of trees.
#include <algorithm>

#include "verify/math/algebra.h"

namespace lydian::math {
namespace {

constexpr slong kFinestAngle = 120;

/// n such that the ball is surely n * pi / d for the smallest d up to 60; nothing where it is near none.
std::optional<Rational> multiple_of_pi(const Ball& ball, slong precision) {
  arb_t quotient, pi;
  arb_init(quotient);
  arb_init(pi);
  arb_const_pi(pi, precision);
  arb_div(quotient, ball.real(), pi, precision);
  std::optional<Rational> found;
  Integer n;
  for (std::int64_t d = 1; d <= 60 && !found; ++d) {
    arb_t scaled;
    arb_init(scaled);
    arb_mul_ui(scaled, quotient, static_cast<ulong>(d), precision);
    if (arb_get_unique_fmpz(n.get(), scaled) != 0) {
      Rational value;
      fmpq_set_fmpz_frac(value.get(), n.get(), Integer(d).get());
      found = value;
    }
    arb_clear(scaled);
  }
  arb_clear(quotient);
  arb_clear(pi);
  return found;
}

}  // namespace

Form Algebra::symbol(const std::string& name) {
  return generator_form(plain_generator(GeneratorKind::kSymbol, name), shape_.root);
}

Form Algebra::opaque(const std::string& name, std::vector<Form> arguments) {
  return generator_form(find_or_add({GeneratorKind::kCall, false, name, -1, std::move(arguments)}), 1);
}

Form Algebra::form(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  budget_.spend(1);
  if (const Rational* exact = folder.value(id)) return constant(*exact);
  const Node& node = tree[id];
  switch (node.op) {
    case Op::kSymbol:
      return symbol(tree.name(id));
    case Op::kConstant:
      if (tree.is_constant(id, Constant::kPi)) return generator_form(plain_generator(GeneratorKind::kPi), shape_.root);
      if (tree.is_constant(id, Constant::kE)) return generator_form(plain_generator(GeneratorKind::kEuler), shape_.root);
      if (tree.is_constant(id, Constant::kI)) return generator_form(plain_generator(GeneratorKind::kImaginary), 1);
      throw NoForm{"a constant that is no number"};
    case Op::kAdd:
    case Op::kMultiply: {
      Form result = form(folder, tree.child(id, 0));
      for (std::uint32_t i = 1; i < node.count; ++i) {
        const Form next = form(folder, tree.child(id, i));
        result = node.op == Op::kAdd ? add(result, next) : multiply(result, next);
      }
      return result;
    }
    case Op::kNegate:
      return negate(form(folder, tree.child(id, 0)));
    case Op::kDivide: {
      const Form above = form(folder, tree.child(id, 0));
      return divide(above, form(folder, tree.child(id, 1)));
    }
    case Op::kPower:
      return power(folder, id);
    case Op::kRoot:
      return root(folder, id);
    case Op::kPercent:
      return multiply(form(folder, tree.child(id, 0)), constant(Rational(1, 100)));
    case Op::kDegree:
      // Outside of trigonometric functions the sign has been taken off by the comparer; left, it is a letter of its own.
      return multiply(form(folder, tree.child(id, 0)), symbol("degree sign"));
    case Op::kCall:
      return call(folder, id);
    case Op::kApply:
    case Op::kOpaque: {
      std::vector<Form> arguments;
      for (const NodeId child : tree.children(id)) arguments.push_back(form(folder, child));
      return opaque((node.op == Op::kApply ? "apply " : "opaque ") + tree.name(id), std::move(arguments));
    }
    case Op::kSum:
      return sum(folder, id);
    default:
      throw NoForm{"no single value"};
  }
}

Form Algebra::power(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  const NodeId base_id = tree.child(id, 0), exponent_id = tree.child(id, 1);
  const Rational* exponent = folder.value(exponent_id);
  if (exponent != nullptr && exponent->is_integer() && fmpz_cmpabs(exponent->numerator(), Integer(1000).get()) < 0) {
    return integer_power(form(folder, base_id), fmpz_get_si(exponent->numerator()));
  }
  const Form e = exponent != nullptr ? constant(*exponent) : form(folder, exponent_id);
  if (tree.is_constant(base_id, Constant::kE)) return exponential(e);
  return raise(form(folder, base_id), e);
}

Form Algebra::root(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  const Form inside = form(folder, tree.child(id, 0)), index = form(folder, tree.child(id, 1));
  return raise(inside, divide(constant(Rational(1)), index));
}

Form Algebra::angle(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  Form result = form(folder, id);
  if (!any(tree, id, [](const Node& node, NodeId) { return node.op == Op::kDegree; })) return result;
  // ° stands for pi / 180 here.
  const slong degree = plain_generator(GeneratorKind::kSymbol, "degree sign");
  const Form unit = multiply(generator_form(plain_generator(GeneratorKind::kPi), shape_.root), constant(Rational(1, 180)));
  Form total = constant(Rational(0));
  for (const ExponentTerm& term : terms(result)) {
    Form part = term.atom ? *term.atom : constant(Rational(1));
    std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
    if (term.atom) {
      if (part.above.terms() != 1) throw NoForm{"an angle in degrees"};
      fmpz_mpoly_get_term_exp_ui(e.data(), part.above.get(), 0, ring_->ctx);
      if (e[static_cast<std::size_t>(degree)] == static_cast<ulong>(shape_.root)) {
        e[static_cast<std::size_t>(degree)] = 0;
        fmpz_mpoly_zero(part.above.get(), ring_->ctx);
        fmpz_mpoly_set_coeff_si_ui(part.above.get(), 1, e.data(), ring_->ctx);
        part = multiply(part, unit);
      }
    }
    total = add(total, multiply(part, constant(term.coefficient)));
  }
  return total;
}

Form Algebra::arc(Function function, const Form& argument, Folder& folder, NodeId id) {
  // At a number whose arc is a rational multiple of pi this is proved by going back: sin(pi p / q) = argument.
  if (numeric_poly(argument.above) && numeric_poly(argument.below)) {
    try {
      const Ball value = Evaluator(folder, {128, options_.real_roots, options_.log_is_natural}, {}).value(id);
      if (value.is_real()) {
        if (const std::optional<Rational> turns = multiple_of_pi(value, 128)) {
          const Form z = on_circle(*turns), inverse = divide(constant(Rational(1)), z), i = generator_form(plain_generator(GeneratorKind::kImaginary), 1);
          const Form sine = divide(subtract(z, inverse), multiply(constant(Rational(2)), i)), cosine = divide(add(z, inverse), constant(Rational(2)));
          const Form back = function == Function::kArcsin ? sine : function == Function::kArccos ? cosine : divide(sine, cosine);
          if (equal(back, argument)) return multiply(constant(*turns), generator_form(plain_generator(GeneratorKind::kPi), shape_.root));
        }
      }
    } catch (const Undefined&) {
    }
  }
  const Form half_pi = multiply(constant(Rational(1, 2)), generator_form(plain_generator(GeneratorKind::kPi), shape_.root));
  if (function == Function::kArccos) return subtract(half_pi, arc(Function::kArcsin, argument, folder, id));
  // Odd functions: the sign of the first coefficient comes out.
  if (!argument.above.is_zero() && fmpz_sgn(argument.above.get()->coeffs) < 0) return negate(opaque(name_of(function), {negate(argument)}));
  return opaque(name_of(function), {argument});
}

Form Algebra::factorial(const Form& argument) {
  if (argument.above.is_constant() && argument.below.is_one()) {
    Integer n;
    fmpz_mpoly_get_fmpz(n.get(), argument.above.get(), ring_->ctx);
    if (fmpz_sgn(n.get()) >= 0 && fmpz_cmp_ui(n.get(), 1000) < 0) {
      Rational value;
      fmpz_fac_ui(fmpq_numref(value.get()), fmpz_get_ui(n.get()));
      return constant(value);
    }
  }
  // (f + c)! = f! (f+1) … (f+c)
  if (!argument.below.is_one()) return opaque("factorial", {argument});
  std::vector<ulong> none(static_cast<std::size_t>(shape_.generators), 0);
  Integer shift;
  fmpz_mpoly_get_coeff_fmpz_ui(shift.get(), argument.above.get(), none.data(), ring_->ctx);
  if (fmpz_cmpabs(shift.get(), Integer(20).get()) > 0) return opaque("factorial", {argument});
  const std::int64_t c = fmpz_get_si(shift.get());
  const Form rest = subtract(argument, constant(Rational(c)));
  Form result = opaque("factorial", {rest});
  for (std::int64_t k = 1; k <= c; ++k) result = multiply(result, add(rest, constant(Rational(k))));
  for (std::int64_t k = 0; k > c; --k) result = divide(result, add(rest, constant(Rational(k))));
  return result;
}

Form Algebra::floor_or_ceil(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  const NodeId inside = tree.child(id, 0);
  if (!has_symbol(tree, inside)) {
    try {
      for (const std::int64_t precision : {128, 1024}) {
        const Ball value = Evaluator(folder, {precision, options_.real_roots, options_.log_is_natural}, {}).value(id);
        Integer n;
        if (value.is_real() && arb_get_unique_fmpz(n.get(), value.real()) != 0) {
          Rational whole;
          fmpz_set(fmpq_numref(whole.get()), n.get());
          return constant(whole);
        }
      }
    } catch (const Undefined&) {
    }
  }
  const Form argument = form(folder, inside);
  if (argument.above.is_constant() && argument.below.is_constant()) {
    Integer above, below;
    fmpz_mpoly_get_fmpz(above.get(), argument.above.get(), ring_->ctx);
    fmpz_mpoly_get_fmpz(below.get(), argument.below.get(), ring_->ctx);
    Rational whole;
    if (tree.function(id) == Function::kFloor) {
      fmpz_fdiv_q(fmpq_numref(whole.get()), above.get(), below.get());
    } else {
      fmpz_cdiv_q(fmpq_numref(whole.get()), above.get(), below.get());
    }
    return constant(whole);
  }
  // \lceil f \rceil = -\lfloor -f \rfloor, and an integer beside a polynomial comes out.
  const bool floor = tree.function(id) == Function::kFloor;
  Form inner = floor ? argument : negate(argument);
  Form outside = constant(Rational(0));
  if (inner.below.is_one()) {
    const std::vector<ulong> none(static_cast<std::size_t>(shape_.generators), 0);
    Rational shift;
    fmpz_mpoly_get_coeff_fmpz_ui(fmpq_numref(shift.get()), inner.above.get(), none.data(), ring_->ctx);
    outside = constant(shift);
    inner = subtract(inner, outside);
  }
  const Form total = add(opaque("floor", {inner}), outside);
  return floor ? total : negate(total);
}

// The least or greatest of constants, where balls tell which one that is.
std::optional<std::size_t> Algebra::extreme(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  if (has_symbol(tree, id)) return std::nullopt;
  std::size_t best = 0;
  Ball reached;
  for (std::uint32_t i = 0; i < tree[id].count; ++i) {
    const Ball value = Evaluator(folder, {256, options_.real_roots, options_.log_is_natural}, {}).value(tree.child(id, i));
    if (!value.is_real()) return std::nullopt;
    if (i > 0) {
      const bool below = arb_lt(value.real(), reached.real()) != 0, above = arb_gt(value.real(), reached.real()) != 0;
      if (!below && !above) return std::nullopt;
      if (below != (tree.function(id) == Function::kMin)) continue;
    }
    best = i;
    reached = value;
  }
  return best;
}

// a - b floor(a / b) for constants.
std::optional<Form> Algebra::remainder(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  if (has_symbol(tree, id)) return std::nullopt;
  Evaluator evaluator(folder, {256, options_.real_roots, options_.log_is_natural}, {});
  Ball quotient = evaluator.value(tree.child(id, 0));
  const Ball modulus = evaluator.value(tree.child(id, 1));
  if (!quotient.is_real() || !modulus.is_real() || modulus.contains_zero()) return std::nullopt;
  arb_div(quotient.real(), quotient.real(), modulus.real(), 256);
  arb_floor(quotient.real(), quotient.real(), 256);
  Rational whole;
  if (arb_get_unique_fmpz(fmpq_numref(whole.get()), quotient.real()) == 0) return std::nullopt;
  return subtract(form(folder, tree.child(id, 0)), multiply(constant(whole), form(folder, tree.child(id, 1))));
}

// With -i for i; nothing where parts may be not real beside i.
std::optional<Poly> Algebra::conjugate(const Poly& poly) {
  const slong imaginary = plain_generator(GeneratorKind::kImaginary);
  Poly result(*ring_);
  std::vector<ulong> e(static_cast<std::size_t>(shape_.generators));
  Integer c;
  for (slong t = 0; t < static_cast<slong>(poly.terms()); ++t) {
    fmpz_mpoly_get_term_exp_ui(e.data(), poly.get(), t, ring_->ctx);
    fmpz_mpoly_get_term_coeff_fmpz(c.get(), poly.get(), t, ring_->ctx);
    for (std::size_t g = 0; g < generators_.size(); ++g) {
      if (e[g] == 0 || static_cast<slong>(g) == imaginary) continue;
      const GeneratorKind kind = generators_[g].kind;
      if (kind != GeneratorKind::kSymbol && kind != GeneratorKind::kPi && kind != GeneratorKind::kEuler && kind != GeneratorKind::kPrime) return std::nullopt;
    }
    if (e[static_cast<std::size_t>(imaginary)] % 2 != 0) fmpz_neg(c.get(), c.get());
    fmpz_mpoly_push_term_fmpz_ui(result.get(), c.get(), e.data(), ring_->ctx);
  }
  fmpz_mpoly_sort_terms(result.get(), ring_->ctx);
  fmpz_mpoly_combine_like_terms(result.get(), ring_->ctx);
  return result;
}

// Conjugate, real and imaginary part and absolute value of a + b i where a and b are seen to be real.
std::optional<Form> Algebra::complex_part(Function function, const Form& z) {
  const std::optional<Poly> above = conjugate(z.above), below = conjugate(z.below);
  if (!above || !below) return std::nullopt;
  const Form turned{*above, *below}, half = constant(Rational(1, 2));
  switch (function) {
    case Function::kConjugate:
      return turned;
    case Function::kRe:
      return multiply(half, add(z, turned));
    case Function::kIm:
      return divide(multiply(half, subtract(z, turned)), generator_form(plain_generator(GeneratorKind::kImaginary), 1));
    default:
      // Without i it is real, and its sign is the question.
      if (turned.above == z.above && turned.below == z.below) return std::nullopt;
      return raise(multiply(z, turned), half);
  }
}

Form Algebra::sum(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  const Rational *lower = folder.value(tree.child(id, 0)), *upper = folder.value(tree.child(id, 1));
  const bool product = tree[id].flag == 1;
  if (lower == nullptr || upper == nullptr || !lower->is_integer() || !upper->is_integer()) {
    std::vector<Form> parts;
    for (const NodeId child : tree.children(id)) parts.push_back(form(folder, child));
    return opaque((product ? "product over " : "sum over ") + tree.name(id), std::move(parts));
  }
  Rational span;
  fmpq_sub(span.get(), upper->get(), lower->get());
  if (fmpz_cmp_si(span.numerator(), 64) > 0) throw NoForm{"a sum of too many terms"};
  const std::int64_t count = fmpz_get_si(span.numerator()) + 1;
  Form total = constant(Rational(product ? 1 : 0));
  Rational k = *lower;
  for (std::int64_t i = 0; i < count; ++i) {
    Tree body;
    const NodeId at = substitute(tree, tree.child(id, 2), tree.name(id), k, body);
    Folder inner(body, folder.max_bits(), budget_);
    const Form term = form(inner, at);
    total = product ? multiply(total, term) : add(total, term);
    fmpq_add(k.get(), k.get(), Rational(1).get());
  }
  return total;
}

// An angle of fractions that only roots of too high an order could write: then a sine is known by its argument alone.
bool Algebra::too_fine(const Form& angle) {
  const auto pi = std::find_if(generators_.begin(), generators_.end(), [](const Generator& g) { return g.kind == GeneratorKind::kPi; });
  Integer common(1);
  for (const ExponentTerm& term : terms(angle)) {
    const bool turns = term.atom && pi != generators_.end() && term.atom->above == generator_poly(pi - generators_.begin(), shape_.root);
    if (!turns) fmpz_lcm(common.get(), common.get(), term.coefficient.denominator());
  }
  return fmpz_cmp_si(common.get(), kFinestAngle) > 0;
}

Form Algebra::call(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  const Function function = tree.function(id);
  const NodeId first = tree.child(id, 0);
  const Form one_form = constant(Rational(1)), two = constant(Rational(2));
  auto inverse = [&](const Form& f) { return divide(one_form, f); };
  if (is_trigonometric(function)) {
    const Form argument = angle(folder, first);
    if (too_fine(argument)) return opaque(name_of(function), {argument});
    const Form z = exp_i(argument), w = inverse(z), i = generator_form(plain_generator(GeneratorKind::kImaginary), 1);
    const Form sine = divide(subtract(z, w), multiply(two, i)), cosine = divide(add(z, w), two);
    switch (function) {
      case Function::kSin:
        return sine;
      case Function::kCos:
        return cosine;
      case Function::kTan:
        return divide(sine, cosine);
      case Function::kCot:
        return divide(cosine, sine);
      case Function::kSec:
        return inverse(cosine);
      default:
        return inverse(sine);
    }
  }
  if (function >= Function::kSinh && function <= Function::kCsch) {
    const Form z = exponential(form(folder, first)), w = inverse(z);
    const Form sine = divide(subtract(z, w), two), cosine = divide(add(z, w), two);
    switch (function) {
      case Function::kSinh:
        return sine;
      case Function::kCosh:
        return cosine;
      case Function::kTanh:
        return divide(sine, cosine);
      case Function::kCoth:
        return divide(cosine, sine);
      case Function::kSech:
        return inverse(cosine);
      default:
        return inverse(sine);
    }
  }
  if (function == Function::kFloor || function == Function::kCeil) return floor_or_ceil(folder, id);
  if (function == Function::kMin || function == Function::kMax) {
    if (const auto best = extreme(folder, id)) return form(folder, tree.child(id, *best));
  }
  if (function == Function::kMod) {
    if (std::optional<Form> rest = remainder(folder, id)) return std::move(*rest);
  }
  std::vector<Form> arguments;
  for (const NodeId child : tree.children(id)) arguments.push_back(form(folder, child));
  const Form& x = arguments[0];
  const Form half = constant(Rational(1, 2));
  switch (function) {
    case Function::kArcsin:
    case Function::kArccos:
    case Function::kArctan:
      return arc(function, x, folder, id);
    case Function::kArccot:
      return arc(Function::kArctan, inverse(x), folder, id);
    case Function::kArcsec:
      return arc(Function::kArccos, inverse(x), folder, id);
    case Function::kArccsc:
      return arc(Function::kArcsin, inverse(x), folder, id);
    case Function::kArsinh:
      return logarithm(add(x, raise(add(multiply(x, x), one_form), half)));
    case Function::kArcosh:
      return logarithm(add(x, raise(subtract(multiply(x, x), one_form), half)));
    case Function::kArtanh:
      return multiply(half, subtract(logarithm(add(one_form, x)), logarithm(subtract(one_form, x))));
    case Function::kArcoth:
      return multiply(half, subtract(logarithm(add(x, one_form)), logarithm(subtract(x, one_form))));
    case Function::kArsech: {
      const Form y = inverse(x);
      return logarithm(add(y, raise(subtract(multiply(y, y), one_form), half)));
    }
    case Function::kArcsch: {
      const Form y = inverse(x);
      return logarithm(add(y, raise(add(multiply(y, y), one_form), half)));
    }
    case Function::kExp:
      return exponential(x);
    case Function::kLn:
      return logarithm(x);
    case Function::kLog:
      return options_.log_is_natural ? logarithm(x) : divide(logarithm(x), logarithm(constant(Rational(10))));
    case Function::kLogBase:
      return divide(logarithm(x), logarithm(arguments[1]));
    case Function::kAbs: {
      if (!has_symbol(tree, first)) {
        // The absolute value of a complex number is a root; of a real one its sign is known from its ball.
        const Ball value = Evaluator(folder, {256, options_.real_roots, options_.log_is_natural}, {}).value(first);
        if (value.is_real() && arb_is_positive(value.real()) != 0) return x;
        if (value.is_real() && arb_is_negative(value.real()) != 0) return negate(x);
      }
      if (std::optional<Form> root = complex_part(function, x)) return std::move(*root);
      return absolute(x);
    }
    case Function::kRe:
    case Function::kIm:
    case Function::kConjugate:
      if (std::optional<Form> part = complex_part(function, x)) return std::move(*part);
      return opaque(name_of(function), std::move(arguments));
    case Function::kFactorial:
      return factorial(x);
    case Function::kGamma:
      return factorial(subtract(x, one_form));
    case Function::kBinomial:
      return divide(factorial(x), multiply(factorial(arguments[1]), factorial(subtract(x, arguments[1]))));
    case Function::kPermutations:
      return divide(factorial(x), factorial(subtract(x, arguments[1])));
    case Function::kGcd:
    case Function::kLcm:
    case Function::kMin:
    case Function::kMax: {
      // Without order and repetition: sorted by the generators' order of terms, which is the same for both sides.
      std::vector<Form> kept;
      for (Form& argument : arguments) {
        if (std::none_of(kept.begin(), kept.end(), [&](const Form& f) { return equal(f, argument); })) kept.push_back(argument);
      }
      if (kept.size() == 1) return kept[0];
      if (kept.size() == 2 && (function == Function::kMax || function == Function::kMin)) {
        const Form apart = absolute(subtract(kept[0], kept[1])), both = add(kept[0], kept[1]);
        return multiply(half, function == Function::kMax ? add(both, apart) : subtract(both, apart));
      }
      std::sort(kept.begin(), kept.end(), [&](const Form& a, const Form& b) {
        const int c = fmpz_mpoly_cmp(a.above.get(), b.above.get(), ring_->ctx);
        return c != 0 ? c < 0 : fmpz_mpoly_cmp(a.below.get(), b.below.get(), ring_->ctx) < 0;
      });
      return opaque(name_of(function), std::move(kept));
    }
    default:
      return opaque(name_of(function), std::move(arguments));
  }
}

}  // namespace lydian::math
