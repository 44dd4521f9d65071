#include "verify/math/exact.h"

#include <algorithm>

namespace lydian::math {
namespace {

constexpr std::int64_t kMaxTerms = 1000;  // Of a sum or product that is added up.

std::optional<std::int64_t> small(const Rational* value, std::int64_t low, std::int64_t high) {
  if (value == nullptr || !value->is_integer() || fmpz_cmp_si(value->numerator(), low) < 0 || fmpz_cmp_si(value->numerator(), high) > 0) return std::nullopt;
  return fmpz_get_si(value->numerator());
}

Rational from(const Integer& integer) {
  Rational value;
  fmpz_set(fmpq_numref(value.get()), integer.get());
  return value;
}

Rational rounded(const Rational& value, bool up) {
  Integer integer;
  if (up) {
    fmpz_cdiv_q(integer.get(), value.numerator(), value.denominator());
  } else {
    fmpz_fdiv_q(integer.get(), value.numerator(), value.denominator());
  }
  return from(integer);
}

}  // namespace

Rational power(const Rational& base, const Integer& exponent, std::int64_t max_bits, Budget& budget) {
  Rational result(1);
  if (fmpz_is_zero(exponent.get()) != 0) return result;
  if (base.is_zero()) {
    if (fmpz_sgn(exponent.get()) < 0) throw Undefined{};
    return base;
  }
  if (fmpz_is_pm1(base.numerator()) != 0 && base.is_integer()) {
    const bool odd = fmpz_is_odd(exponent.get()) != 0;
    return Rational(base.sign() < 0 && odd ? -1 : 1);
  }
  if (fmpz_cmpabs(exponent.get(), Integer(max_bits).get()) > 0) throw LimitExceeded{"a number that is too large"};
  const std::int64_t n = fmpz_get_si(exponent.get());
  if ((base.bits() - 1) * (n < 0 ? -n : n) > max_bits) throw LimitExceeded{"a number that is too large"};
  budget.spend(1 + base.bits() * (n < 0 ? -n : n) / 2000);
  fmpq_pow_si(result.get(), base.get(), n);
  if (result.bits() > max_bits) throw LimitExceeded{"a number that is too large"};
  return result;
}

std::optional<Rational> exact_root(const Rational& value, std::uint32_t index) {
  if (index == 0 || index > 64 || (value.sign() < 0 && index % 2 == 0)) return std::nullopt;
  Integer above, below;
  if (fmpz_root(above.get(), value.numerator(), index) == 0 || fmpz_root(below.get(), value.denominator(), index) == 0) return std::nullopt;
  Rational root;
  fmpq_set_fmpz_frac(root.get(), above.get(), below.get());
  return root;
}

Rational Folder::checked(Rational value) const {
  if (value.bits() > max_bits_) throw LimitExceeded{"a number that is too large"};
  return value;
}

const Rational* Folder::value(NodeId id) {
  const auto found = known_.find(id);
  if (found != known_.end()) return found->second ? &*found->second : nullptr;
  std::optional<Rational> folded = fold(id);
  const auto& kept = known_.emplace(id, std::move(folded)).first->second;
  return kept ? &*kept : nullptr;
}

std::optional<Rational> Folder::fold(NodeId id) {
  const Node& node = tree_[id];
  switch (node.op) {
    case Op::kNumber:
    case Op::kBased:
      return tree_.value(id);
    case Op::kAdd:
    case Op::kMultiply:
      return fold_many(id);
    case Op::kNegate: {
      const Rational* inner = value(tree_.child(id, 0));
      if (inner == nullptr) return std::nullopt;
      Rational result;
      fmpq_neg(result.get(), inner->get());
      return result;
    }
    case Op::kDivide: {
      const Rational *above = value(tree_.child(id, 0)), *below = value(tree_.child(id, 1));
      if (below != nullptr && below->is_zero()) throw Undefined{};
      if (above == nullptr || below == nullptr) return std::nullopt;
      Rational result;
      fmpq_div(result.get(), above->get(), below->get());
      return checked(std::move(result));
    }
    case Op::kPower:
      return fold_power(tree_.child(id, 0), tree_.child(id, 1));
    case Op::kRoot:
      return fold_root(tree_.child(id, 0), tree_.child(id, 1));
    case Op::kPercent: {
      const Rational* inner = value(tree_.child(id, 0));
      if (inner == nullptr) return std::nullopt;
      Rational result;
      fmpq_div(result.get(), inner->get(), Rational(100).get());
      return result;
    }
    case Op::kCall:
      return fold_call(id);
    case Op::kSum:
      return fold_sum(id);
    default:
      return std::nullopt;
  }
}

std::optional<Rational> Folder::fold_many(NodeId id) {
  const bool sum = tree_.is(id, Op::kAdd);
  Rational result(sum ? 0 : 1);
  bool whole = true;
  for (const NodeId child : tree_.children(id)) {
    const Rational* part = value(child);
    if (part == nullptr) {
      whole = false;
      continue;
    }
    if (!whole) continue;
    budget_.spend(1 + part->bits() / 4096);
    if (sum) {
      fmpq_add(result.get(), result.get(), part->get());
    } else {
      fmpq_mul(result.get(), result.get(), part->get());
    }
    result = checked(std::move(result));
  }
  if (!whole) return std::nullopt;
  return result;
}

std::optional<Rational> Folder::fold_power(NodeId base, NodeId exponent) {
  const Rational *b = value(base), *e = value(exponent);
  if (b == nullptr || e == nullptr) return std::nullopt;
  if (b->is_zero() && e->sign() < 0) throw Undefined{};
  if (e->is_integer()) {
    Integer n;
    fmpz_set(n.get(), e->numerator());
    return power(*b, n, max_bits_, budget_);
  }
  if (b->sign() < 0 || fmpz_cmp_ui(e->denominator(), 64) > 0) return std::nullopt;
  const std::optional<Rational> root = exact_root(*b, static_cast<std::uint32_t>(fmpz_get_ui(e->denominator())));
  if (!root) return std::nullopt;
  Integer n;
  fmpz_set(n.get(), e->numerator());
  return power(*root, n, max_bits_, budget_);
}

std::optional<Rational> Folder::fold_root(NodeId radicand, NodeId index) {
  const Rational* inside = value(radicand);
  const std::optional<std::int64_t> k = small(value(index), 1, 64);
  if (inside == nullptr || !k) return std::nullopt;
  return exact_root(*inside, static_cast<std::uint32_t>(*k));
}

std::optional<Rational> Folder::fold_call(NodeId id) {
  std::vector<const Rational*> arguments;
  for (const NodeId child : tree_.children(id)) {
    arguments.push_back(value(child));
    if (arguments.back() == nullptr) return std::nullopt;
  }
  const Function function = tree_.function(id);
  const Rational& first = *arguments[0];
  switch (function) {
    case Function::kAbs: {
      Rational result;
      fmpq_abs(result.get(), first.get());
      return result;
    }
    case Function::kFloor:
      return rounded(first, false);
    case Function::kCeil:
      return rounded(first, true);
    case Function::kSign:
      return Rational(first.sign());
    case Function::kRe:
    case Function::kConjugate:
      return first;
    case Function::kIm:
      return Rational(0);
    case Function::kFactorial: {
      const auto n = small(&first, 0, 1 << 20);
      if (!n) {
        if (first.is_integer() && first.sign() > 0) throw LimitExceeded{"a number that is too large"};
        return std::nullopt;
      }
      if (*n > 2100) throw LimitExceeded{"a number that is too large"};
      budget_.spend(1 + *n / 4);
      Integer result;
      fmpz_fac_ui(result.get(), static_cast<ulong>(*n));
      return checked(from(result));
    }
    case Function::kDoubleFactorial: {
      const auto n = small(&first, 0, 3000);
      if (!n) return std::nullopt;
      budget_.spend(1 + *n);
      Integer result(1);
      for (std::int64_t k = *n; k > 1; k -= 2) fmpz_mul_ui(result.get(), result.get(), static_cast<ulong>(k));
      return checked(from(result));
    }
    case Function::kBinomial:
    case Function::kPermutations: {
      const auto n = small(&first, 0, 1 << 20), k = small(arguments[1], 0, 1 << 20);
      if (!n || !k) return std::nullopt;
      const std::int64_t steps = function == Function::kBinomial ? std::min(*k, *n - *k) : *k;
      if (steps < 0) return Rational(0);
      if (steps > 4000) throw LimitExceeded{"a number that is too large"};
      budget_.spend(1 + steps);
      Integer result(1);
      for (std::int64_t i = 0; i < steps; ++i) {
        fmpz_mul_ui(result.get(), result.get(), static_cast<ulong>(*n - i));
        if (function == Function::kBinomial) fmpz_divexact_ui(result.get(), result.get(), static_cast<ulong>(i + 1));
      }
      return checked(from(result));
    }
    case Function::kGcd:
    case Function::kLcm:
    case Function::kMin:
    case Function::kMax: {
      Rational result = first;
      if (function == Function::kGcd || function == Function::kLcm) fmpq_abs(result.get(), result.get());
      for (std::size_t i = 1; i < arguments.size(); ++i) {
        budget_.spend(1 + arguments[i]->bits() / 1024);
        const Rational& next = *arguments[i];
        if (function == Function::kMin || function == Function::kMax) {
          if ((fmpq_cmp(next.get(), result.get()) < 0) == (function == Function::kMin)) result = next;
          continue;
        }
        Rational common;
        fmpq_gcd(common.get(), result.get(), next.get());
        if (function == Function::kGcd) {
          result = common;
        } else if (common.is_zero() || result.is_zero() || next.is_zero()) {
          result = Rational(0);
        } else {
          fmpq_mul(result.get(), result.get(), next.get());
          fmpq_div(result.get(), result.get(), common.get());
          fmpq_abs(result.get(), result.get());
        }
        result = checked(std::move(result));
      }
      return result;
    }
    case Function::kMod: {
      if (arguments[1]->is_zero()) throw Undefined{};
      Rational quotient;
      fmpq_div(quotient.get(), first.get(), arguments[1]->get());
      const Rational whole = rounded(quotient, false);
      Rational result;
      fmpq_mul(result.get(), whole.get(), arguments[1]->get());
      fmpq_sub(result.get(), first.get(), result.get());
      return result;
    }
    case Function::kLogBase: {
      // log_2 8: small whole results only.
      if (first.sign() <= 0 || arguments[1]->sign() <= 0 || *arguments[1] == Rational(1)) return std::nullopt;
      Rational reached(1);
      Rational target = first;
      bool inverted = false;
      if (fmpq_cmp(target.get(), reached.get()) < 0) {
        fmpq_inv(target.get(), target.get());
        inverted = true;
      }
      Rational base = *arguments[1];
      if (fmpq_cmp(base.get(), reached.get()) < 0) {
        fmpq_inv(base.get(), base.get());
        inverted = !inverted;
      }
      for (std::int64_t k = 0; k < 4096 && fmpq_cmp(reached.get(), target.get()) <= 0; ++k) {
        if (reached == target) return Rational(inverted ? -k : k);
        budget_.spend(1 + reached.bits() / 512);
        fmpq_mul(reached.get(), reached.get(), base.get());
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Rational> Folder::fold_sum(NodeId id) {
  const Rational *lower = value(tree_.child(id, 0)), *upper = value(tree_.child(id, 1));
  if (lower == nullptr || upper == nullptr || !lower->is_integer() || !upper->is_integer()) return std::nullopt;
  Rational span;
  fmpq_sub(span.get(), upper->get(), lower->get());
  if (span.sign() < 0) return Rational(tree_[id].flag == 1 ? 1 : 0);
  if (fmpz_cmp_si(span.numerator(), kMaxTerms) > 0) throw LimitExceeded{"a sum of too many terms"};
  const std::int64_t terms = fmpz_get_si(span.numerator()) + 1;
  Rational result(tree_[id].flag == 1 ? 1 : 0), k = *lower;
  for (std::int64_t i = 0; i < terms; ++i) {
    Tree body;
    const NodeId root = substitute(tree_, tree_.child(id, 2), tree_.name(id), k, body);
    budget_.spend(static_cast<std::int64_t>(body.size()));
    Folder folder(body, max_bits_, budget_);
    const Rational* term = folder.value(root);
    if (term == nullptr) return std::nullopt;
    if (tree_[id].flag == 1) {
      fmpq_mul(result.get(), result.get(), term->get());
    } else {
      fmpq_add(result.get(), result.get(), term->get());
    }
    result = checked(std::move(result));
    fmpq_add(k.get(), k.get(), Rational(1).get());
  }
  return result;
}

namespace {

bool add_primes(const fmpz* value, bool below, PrimePowers& out) {
  if (fmpz_bits(value) > 62) return false;
  n_factor_t found;
  n_factor_init(&found);
  Integer size;
  fmpz_abs(size.get(), value);
  n_factor(&found, fmpz_get_ui(size.get()), 1);
  for (int i = 0; i < found.num; ++i) {
    Integer& exponent = out.exponents[found.p[i]];
    const auto times = static_cast<ulong>(found.exp[i]);
    below ? fmpz_sub_ui(exponent.get(), exponent.get(), times) : fmpz_add_ui(exponent.get(), exponent.get(), times);
  }
  return true;
}

/// Times base^exponent.
void add_powers(const PrimePowers& base, const fmpz* exponent, PrimePowers& out) {
  out.negative = out.negative != (base.negative && fmpz_is_odd(exponent) != 0);
  for (const auto& [prime, power] : base.exponents) fmpz_addmul(out.exponents[prime].get(), power.get(), exponent);
}

}  // namespace

std::optional<PrimePowers> prime_powers(Folder& folder, NodeId id) {
  const Tree& tree = folder.tree();
  folder.budget().spend(20);
  PrimePowers result;
  const auto times = [&](NodeId factor, const Integer& exponent) {
    const std::optional<PrimePowers> base = prime_powers(folder, factor);
    if (base) add_powers(*base, exponent.get(), result);
    return base.has_value();
  };
  bool known = true;
  switch (tree[id].op) {
    case Op::kNumber:
      known = !tree.value(id).is_zero() && add_primes(tree.value(id).numerator(), false, result) && add_primes(tree.value(id).denominator(), true, result);
      result.negative = tree.value(id).sign() < 0;
      break;
    case Op::kNegate:
      known = times(tree.child(id, 0), Integer(1));
      result.negative = !result.negative;
      break;
    case Op::kMultiply:
      for (const NodeId child : tree.children(id)) known = known && times(child, Integer(1));
      break;
    case Op::kDivide:
      known = times(tree.child(id, 0), Integer(1)) && times(tree.child(id, 1), Integer(-1));
      break;
    case Op::kPower: {
      const Rational* exponent = folder.value(tree.child(id, 1));
      if (exponent == nullptr || !exponent->is_integer()) return std::nullopt;
      Integer n;
      fmpz_set(n.get(), exponent->numerator());
      folder.budget().spend(exponent->bits() / 64);
      known = times(tree.child(id, 0), n);
      break;
    }
    default:
      return std::nullopt;
  }
  if (!known) return std::nullopt;
  std::erase_if(result.exponents, [](const auto& entry) { return fmpz_is_zero(entry.second.get()) != 0; });
  return result;
}

NodeId substitute(const Tree& from, NodeId id, const std::string& name, const Rational& value, Tree& to) {
  if (from.is(id, Op::kSymbol) && from.name(id) == name) return to.number(Rational(value));
  if (from[id].count == 0) return to.copy(from, id);
  std::vector<NodeId> children;
  for (const NodeId child : from.children(id)) children.push_back(substitute(from, child, name, value, to));
  const Node& node = from[id];
  std::uint32_t payload = node.payload;
  if (node.op == Op::kApply || node.op == Op::kSum || node.op == Op::kOpaque || node.op == Op::kUnit) payload = to.intern(from.name(id));
  if (node.op == Op::kRelation) payload = to.add_relations(std::vector<Relation>(from.relations(id).begin(), from.relations(id).end()));
  if (node.op == Op::kBased) payload = to[to.number(Rational(from.value(id)))].payload;
  return to.add(node.op, children, payload, node.flag, node.extra);
}

}  // namespace lydian::math
