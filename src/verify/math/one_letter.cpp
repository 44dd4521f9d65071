#include "verify/math/one_letter.h"

namespace lydian::math {
namespace {

IntegerPoly times(const IntegerPoly& a, const IntegerPoly& b) {
  IntegerPoly product;
  fmpz_poly_mul(product.get(), a.get(), b.get());
  return product;
}

LetterQuotient constant(const Rational& value) {
  LetterQuotient q;
  fmpz_poly_set_fmpz(q.above.get(), value.numerator());
  fmpz_poly_set_fmpz(q.below.get(), value.denominator());
  return q;
}

LetterQuotient sum(const LetterQuotient& a, const LetterQuotient& b) {
  LetterQuotient q;
  if (fmpz_poly_equal(a.below.get(), b.below.get()) != 0) {
    q.below = a.below;
    fmpz_poly_add(q.above.get(), a.above.get(), b.above.get());
    return q;
  }
  q.below = times(a.below, b.below);
  fmpz_poly_add(q.above.get(), times(a.above, b.below).get(), times(b.above, a.below).get());
  return q;
}

class Reader {
 public:
  Reader(Folder& folder, const std::string& letter, slong max_degree) : folder_(folder), tree_(folder.tree()), letter_(letter), max_degree_(max_degree) {}

  std::optional<LetterQuotient> read(NodeId id) {
    folder_.budget().spend(2);
    if (const Rational* exact = folder_.value(id)) return constant(*exact);
    switch (tree_[id].op) {
      case Op::kSymbol: {
        if (tree_.name(id) != letter_) return std::nullopt;
        LetterQuotient q = constant(Rational(1));
        fmpz_poly_set_coeff_si(q.above.get(), 0, 0);
        fmpz_poly_set_coeff_si(q.above.get(), 1, 1);
        return q;
      }
      case Op::kNegate: {
        std::optional<LetterQuotient> q = read(tree_.child(id, 0));
        if (q) fmpz_poly_neg(q->above.get(), q->above.get());
        return q;
      }
      case Op::kAdd:
      case Op::kMultiply: {
        const bool adds = tree_.is(id, Op::kAdd);
        LetterQuotient total = constant(Rational(adds ? 0 : 1));
        for (const NodeId child : tree_.children(id)) {
          const std::optional<LetterQuotient> next = read(child);
          if (!next) return std::nullopt;
          total = adds ? sum(total, *next) : LetterQuotient{times(total.above, next->above), times(total.below, next->below)};
          if (!small(total)) return std::nullopt;
        }
        return total;
      }
      case Op::kDivide: {
        const std::optional<LetterQuotient> a = read(tree_.child(id, 0)), b = a ? read(tree_.child(id, 1)) : std::nullopt;
        return b ? quotient(*a, *b) : std::nullopt;
      }
      case Op::kPower:
        return power(id);
      default:
        return std::nullopt;
    }
  }

 private:
  bool small(const LetterQuotient& q) const { return q.above.degree() <= max_degree_ && q.below.degree() <= max_degree_; }

  // a / b has no value where b has none, so b's own denominator stays below the line.
  std::optional<LetterQuotient> quotient(const LetterQuotient& a, const LetterQuotient& b) {
    if (b.above.is_zero()) return std::nullopt;
    LetterQuotient q{times(a.above, b.below), times(a.below, b.above)};
    if (b.below.degree() > 0) q = {times(q.above, b.below), times(q.below, b.below)};
    return small(q) ? std::optional(std::move(q)) : std::nullopt;
  }

  std::optional<LetterQuotient> power(NodeId id) {
    const Rational* exponent = folder_.value(tree_.child(id, 1));
    if (exponent == nullptr || !exponent->is_integer() || fmpz_cmpabs(exponent->numerator(), Integer(max_degree_).get()) > 0) return std::nullopt;
    const std::optional<LetterQuotient> base = read(tree_.child(id, 0));
    if (!base) return std::nullopt;
    const slong n = fmpz_get_si(exponent->numerator());
    LetterQuotient total = constant(Rational(1));
    for (slong i = 0; i < (n < 0 ? -n : n); ++i) {
      total = {times(total.above, base->above), times(total.below, base->below)};
      if (!small(total)) return std::nullopt;
    }
    return n < 0 ? quotient(constant(Rational(1)), total) : total;
  }

  Folder& folder_;
  const Tree& tree_;
  const std::string& letter_;
  slong max_degree_;
};

}  // namespace

std::optional<LetterQuotient> letter_quotient(Folder& folder, NodeId id, const std::string& letter, slong max_degree) {
  return Reader(folder, letter, max_degree).read(id);
}

std::optional<std::string> only_letter(const Tree& tree, NodeId id) {
  std::string letter;
  const bool others = any(tree, id, [&](const Node& node, NodeId at) {
    if (node.op == Op::kApply || node.op == Op::kOpaque) return true;
    if (node.op != Op::kSymbol) return false;
    if (letter.empty()) letter = tree.name(at);
    return letter != tree.name(at);
  });
  if (others || letter.empty()) return std::nullopt;
  return letter;
}

}  // namespace lydian::math
