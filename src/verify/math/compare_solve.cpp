// Inequalities and equations in one letter, solved: where a quotient of polynomials is above, below or at 0, and what stands between bars.
#include <algorithm>

#include "verify/math/compare.h"
#include "verify/math/one_letter.h"

namespace lydian::math {
namespace {

bool holds(Relation relation, int sign) {
  switch (relation) {
    case Relation::kLess:
      return sign < 0;
    case Relation::kLessEqual:
      return sign <= 0;
    case Relation::kGreater:
      return sign > 0;
    case Relation::kGreaterEqual:
      return sign >= 0;
    case Relation::kNotEqual:
      return sign != 0;
    default:
      return sign == 0;
  }
}

}  // namespace

// The roots of factors of the first and second degree; of others only that they have no real one.
bool Comparer::add_roots(const IntegerPoly& poly, bool pole, std::vector<Root>& out) {
  if (poly.degree() <= 0) return true;
  struct Factors {
    Factors() { fmpz_poly_factor_init(found); }
    ~Factors() { fmpz_poly_factor_clear(found); }
    fmpz_poly_factor_t found;
  } factors;
  budget_.spend(40);
  fmpz_poly_factor(factors.found, poly.get());
  auto add = [&](NodeId node, slong multiplicity) { out.push_back({node, multiplicity % 2 != 0, pole}); };
  for (slong i = 0; i < factors.found->num; ++i) {
    const fmpz_poly_struct* factor = factors.found->p + i;
    const slong degree = fmpz_poly_degree(factor), multiplicity = factors.found->exp[i];
    const auto coefficient = [&](slong k) {
      Rational value;
      fmpz_poly_get_coeff_fmpz(fmpq_numref(value.get()), factor, k);
      return value;
    };
    const Rational c = coefficient(0), b = coefficient(1), a = coefficient(2);
    if (degree == 1) {
      Rational root;
      fmpq_div(root.get(), c.get(), b.get());
      fmpq_neg(root.get(), root.get());
      add(tree_.number(std::move(root)), multiplicity);
    } else if (degree == 2) {
      Rational square, product, twice;
      fmpq_mul(square.get(), b.get(), b.get());
      fmpq_mul(product.get(), a.get(), c.get());
      fmpq_mul_si(product.get(), product.get(), 4);
      fmpq_sub(square.get(), square.get(), product.get());
      if (square.sign() < 0) continue;
      fmpq_mul_si(twice.get(), a.get(), 2);
      Rational middle;
      fmpq_neg(middle.get(), b.get());
      const NodeId root = tree_.add(Op::kRoot, {tree_.number(std::move(square)), tree_.integer(2)}), center = tree_.number(std::move(middle));
      const NodeId below = tree_.number(std::move(twice));
      add(tree_.add(Op::kDivide, {tree_.add(Op::kAdd, {center, root}), below}), multiplicity);
      add(tree_.add(Op::kDivide, {tree_.add(Op::kAdd, {center, tree_.add(Op::kNegate, {root})}), below}), multiplicity);
    } else if (fmpz_poly_num_real_roots(factor) > 0) {
      return false;
    }
  }
  return true;
}

// Roots in order, each once; a pole stays a pole. False where two cannot be told apart.
bool Comparer::sort_roots(std::vector<Root>& roots) {
  for (std::size_t i = 1; i < roots.size(); ++i) {
    for (std::size_t k = i; k > 0; --k) {
      const int order = decider_.order(roots[k - 1].at, roots[k].at);
      if (order == 2) return false;
      if (order <= 0) break;
      std::swap(roots[k - 1], roots[k]);
    }
  }
  std::vector<Root> kept;
  for (const Root& root : roots) {
    const int order = kept.empty() ? -1 : bound_order(kept.back().at, root.at);
    if (order == 2) return false;
    if (order != 0) {
      kept.push_back(root);
      continue;
    }
    kept.back().odd = kept.back().odd != root.odd;
    kept.back().pole = kept.back().pole || root.pole;
  }
  roots = std::move(kept);
  return true;
}

std::optional<Comparer::Pieces> Comparer::solved(NodeId left, Relation relation, NodeId right, std::string& letter) {
  const NodeId both = tree_.add(Op::kAdd, {left, right});
  const std::optional<std::string> name = only_letter(tree_, both);
  if (!name || (!letter.empty() && letter != *name) || !is_scalar(tree_, both)) return std::nullopt;
  letter = *name;
  auto is_abs = [&](NodeId id) { return tree_.is(id, Op::kCall) && tree_.function(id) == Function::kAbs; };
  if (is_abs(right)) return has_symbol(tree_, left) ? std::nullopt : solved(right, turned(relation), left, letter);
  if (is_abs(left) && !has_symbol(tree_, right)) return solve_degree_ > 1 ? solved_absolute(tree_.child(left, 0), relation, right, letter) : std::nullopt;
  std::optional<LetterQuotient> a = letter_quotient(decider_.folder(), left, letter, solve_degree_);
  std::optional<LetterQuotient> b = a ? letter_quotient(decider_.folder(), right, letter, solve_degree_) : std::nullopt;
  if (!b) return std::nullopt;
  IntegerPoly above, x, below;
  fmpz_poly_mul(above.get(), a->above.get(), b->below.get());
  fmpz_poly_mul(x.get(), b->above.get(), a->below.get());
  fmpz_poly_sub(above.get(), above.get(), x.get());
  fmpz_poly_mul(below.get(), a->below.get(), b->below.get());
  if (above.degree() < 1 || above.degree() > solve_degree_ || (solve_degree_ == 1 && below.degree() > 0)) return std::nullopt;
  std::vector<Root> roots;
  if (!add_roots(above, false, roots) || !add_roots(below, true, roots) || !sort_roots(roots)) return std::nullopt;
  int sign = fmpz_sgn(fmpz_poly_lead(above.get())) * fmpz_sgn(fmpz_poly_lead(below.get())) * ((above.degree() + below.degree()) % 2 != 0 ? -1 : 1);
  Pieces result;
  Piece current;
  bool running = false;
  for (std::size_t i = 0; i <= roots.size(); ++i) {
    const bool inside = holds(relation, sign);
    if (inside && !running) current = {i == 0 ? kNoNode : roots[i - 1].at, kNoNode, true, true};
    if (!inside && running) {
      current.high = roots[i - 1].at;
      current.high_open = false;
      result.push_back(current);
    }
    running = inside;
    if (i == roots.size()) break;
    if (roots[i].pole || !holds(relation, 0)) {
      if (running) {
        current.high = roots[i].at;
        current.high_open = true;
        result.push_back(current);
      }
      running = false;
    } else if (!running) {
      current = {roots[i].at, kNoNode, false, true};
      running = true;
    }
    if (roots[i].odd) sign = -sign;
  }
  if (running) result.push_back(current);
  return result;
}

// |u| < c is u < c and u > -c; |u| > c is u > c or u < -c; with = for a c that is not below 0 only.
std::optional<Comparer::Pieces> Comparer::solved_absolute(NodeId inside, Relation relation, NodeId bound, std::string& letter) {
  const NodeId other = tree_.add(Op::kNegate, {bound});
  const std::optional<Pieces> upper = solved(inside, relation, bound, letter), lower = upper ? solved(inside, turned(relation), other, letter) : std::nullopt;
  if (!lower) return std::nullopt;
  if (relation == Relation::kLess || relation == Relation::kLessEqual) return intersection(*upper, *lower);
  if (relation == Relation::kGreater || relation == Relation::kGreaterEqual) {
    Pieces total = *upper;
    total.insert(total.end(), lower->begin(), lower->end());
    return merged(std::move(total));
  }
  const int order = decider_.order(bound, tree_.integer(0));
  if (order < 0 || order == 2) return std::nullopt;
  if (relation == Relation::kNotEqual) return intersection(*upper, *lower);
  Pieces total = *upper;
  total.insert(total.end(), lower->begin(), lower->end());
  return merged(std::move(total));
}

}  // namespace lydian::math
