// Matrices that are multiplied, added, turned or made a determinant, and vectors as sums of unit vectors.
#include <algorithm>
#include <array>

#include "verify/math/compare.h"

namespace lydian::math {
namespace {

constexpr std::size_t kMaxCells = 100, kMaxDeterminant = 5, kMaxPower = 8;

bool is_tall_bracket(const Node& node) {
  return node.op == Op::kBracket && (static_cast<Bracket>(node.flag) == Bracket::kRoundRound || static_cast<Bracket>(node.flag) == Bracket::kAngle);
}

/// 0, 1, 2 for i, j, k in bold type, with a hat, an arrow, or plain; -1 for others. `dressed` where it cannot be a letter or the imaginary unit.
int unit_vector(const Tree& tree, NodeId id, bool& dressed) {
  if (tree.is_constant(id, Constant::kI)) return 0;
  if (!tree.is(id, Op::kSymbol)) return -1;
  std::string_view name = tree.name(id);
  for (const std::string_view dress : {"hat ", "widehat ", "vec ", "overrightarrow "}) {
    if (name.substr(0, dress.size()) != dress) continue;
    dressed = true;
    name.remove_prefix(dress.size());
    break;
  }
  if (name == "imath") name = "i";
  if (name == "jmath") name = "j";
  return name == "i" ? 0 : name == "j" ? 1 : name == "k" ? 2 : -1;
}

bool has_unit_vector(const Tree& tree, NodeId id) {
  return any(tree, id, [&](const Node&, NodeId at) {
    bool dressed = false;
    return unit_vector(tree, at, dressed) >= 0;
  });
}

}  // namespace

Comparer::Table Comparer::product(const Table& a, const Table& b) {
  Table result{{}, b.columns};
  budget_.spend(static_cast<std::int64_t>(a.cells.size() * b.columns));
  for (std::size_t row = 0; row < a.rows(); ++row) {
    for (std::size_t column = 0; column < b.columns; ++column) {
      std::vector<NodeId> terms;
      for (std::size_t k = 0; k < a.columns; ++k) terms.push_back(tree_.add(Op::kMultiply, {a.cells[row * a.columns + k], b.cells[k * b.columns + column]}));
      result.cells.push_back(terms.size() == 1 ? terms[0] : tree_.add(Op::kAdd, terms));
    }
  }
  return result;
}

// The matrix that an expression is; nothing where it is none, or one that does not exist or is too large.
std::optional<Comparer::Table> Comparer::table(NodeId id) {
  const Node node = tree_[id];
  const std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  const auto each = [&](Table of, const auto& change) {
    for (NodeId& cell : of.cells) cell = change(cell);
    return of;
  };
  switch (node.op) {
    case Op::kMatrix:
      if (children.size() > kMaxCells || node.extra == 0) return std::nullopt;
      return Table{children, node.extra};
    case Op::kNegate: {
      std::optional<Table> inside = table(children[0]);
      if (!inside) return std::nullopt;
      return each(std::move(*inside), [&](NodeId cell) { return tree_.add(Op::kNegate, {cell}); });
    }
    case Op::kDivide: {
      std::optional<Table> above = table(children[0]);
      if (!above || !is_scalar(tree_, children[1])) return std::nullopt;
      return each(std::move(*above), [&](NodeId cell) { return tree_.add(Op::kDivide, {cell, children[1]}); });
    }
    case Op::kAdd: {
      std::optional<Table> total = table(children[0]);
      for (std::size_t i = 1; total && i < children.size(); ++i) {
        const std::optional<Table> next = table(children[i]);
        if (!next || next->columns != total->columns || next->cells.size() != total->cells.size()) return std::nullopt;
        for (std::size_t k = 0; k < total->cells.size(); ++k) total->cells[k] = tree_.add(Op::kAdd, {total->cells[k], next->cells[k]});
      }
      return total;
    }
    case Op::kMultiply: {
      std::optional<Table> total;
      std::vector<NodeId> numbers;
      for (const NodeId child : children) {
        const std::optional<Table> next = table(child);
        if (!next && !is_scalar(tree_, child)) return std::nullopt;
        if (!next) {
          numbers.push_back(child);
        } else if (!total) {
          total = next;
        } else if (total->columns != next->rows()) {
          return std::nullopt;
        } else {
          total = product(*total, *next);
        }
      }
      if (!total || numbers.empty()) return total;
      return each(std::move(*total), [&](NodeId cell) {
        std::vector<NodeId> factors = numbers;
        factors.push_back(cell);
        return tree_.add(Op::kMultiply, factors);
      });
    }
    case Op::kPower: {
      const bool transposed =
          tree_.is(children[1], Op::kSymbol) && (tree_.name(children[1]) == "T" || tree_.name(children[1]) == "top" || tree_.name(children[1]) == "intercal");
      // (1, 2, 3)^T is a column.
      if (transposed && is_tall_bracket(tree_[children[0]]))
        return Table{std::vector<NodeId>(tree_.children(children[0]).begin(), tree_.children(children[0]).end()), 1};
      const std::optional<Table> base = table(children[0]);
      if (!base) return std::nullopt;
      if (transposed) {
        Table turned{{}, base->rows()};
        for (std::size_t column = 0; column < base->columns; ++column) {
          for (std::size_t row = 0; row < base->rows(); ++row) turned.cells.push_back(base->cells[row * base->columns + column]);
        }
        return turned;
      }
      const Rational* exponent = decider_.exact(children[1]);
      if (exponent == nullptr || !exponent->is_integer() || exponent->sign() <= 0 || fmpz_cmp_ui(exponent->numerator(), kMaxPower) > 0 ||
          base->columns != base->rows())
        return std::nullopt;
      Table power = *base;
      for (ulong n = fmpz_get_ui(exponent->numerator()); n > 1; --n) power = product(power, *base);
      return power;
    }
    default:
      return std::nullopt;
  }
}

// By its first row.
NodeId Comparer::determinant(const Table& square) {
  if (square.columns == 1) return square.cells[0];
  budget_.spend(static_cast<std::int64_t>(square.cells.size()));
  std::vector<NodeId> terms;
  for (std::size_t column = 0; column < square.columns; ++column) {
    Table minor{{}, square.columns - 1};
    for (std::size_t i = square.columns; i < square.cells.size(); ++i) {
      if (i % square.columns != column) minor.cells.push_back(square.cells[i]);
    }
    const NodeId term = tree_.add(Op::kMultiply, {square.cells[column], determinant(minor)});
    terms.push_back(column % 2 == 0 ? term : tree_.add(Op::kNegate, {term}));
  }
  return tree_.add(Op::kAdd, terms);
}

// The expression with what is calculated with its matrices carried out; the same where there is nothing to carry out.
NodeId Comparer::with_tables(NodeId id) {
  const Node node = tree_[id];
  if (node.count == 0 || node.op == Op::kMatrix) return id;
  const bool turned = node.op == Op::kPower && is_tall_bracket(tree_[tree_.child(id, 0)]);
  if (!turned && !any(tree_, id, [](const Node& inner, NodeId) { return inner.op == Op::kMatrix; })) return id;
  if (const std::optional<Table> value = table(id)) return tree_.add(Op::kMatrix, value->cells, 0, 0, static_cast<std::uint16_t>(value->columns));
  if (node.op == Op::kCall && (tree_.function(id) == Function::kDet || tree_.function(id) == Function::kAbs)) {
    const std::optional<Table> inside = table(tree_.child(id, 0));
    if (inside && inside->columns == inside->rows() && inside->columns <= kMaxDeterminant) return determinant(*inside);
  }
  std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  for (NodeId& child : children) child = with_tables(child);
  return tree_.add(node.op, children, node.payload, node.flag, node.extra);
}

// 2i - 3j + k by its coefficients, as many as the last unit vector says, 0 for those that are missing; nothing where an expression is no such sum.
std::optional<std::vector<NodeId>> Comparer::components(NodeId id) {
  bool dressed = false;
  if (const int which = unit_vector(tree_, id, dressed); which >= 0) {
    std::vector<NodeId> unit(static_cast<std::size_t>(which), tree_.integer(0));
    unit.push_back(tree_.integer(1));
    return unit;
  }
  const Node node = tree_[id];
  const std::vector<NodeId> children(tree_.children(id).begin(), tree_.children(id).end());
  std::optional<std::vector<NodeId>> found;
  switch (node.op) {
    case Op::kNegate:
      found = components(children[0]);
      if (found) {
        for (NodeId& part : *found) part = tree_.add(Op::kNegate, {part});
      }
      return found;
    case Op::kDivide:
      found = has_unit_vector(tree_, children[1]) ? std::nullopt : components(children[0]);
      if (found) {
        for (NodeId& part : *found) part = tree_.add(Op::kDivide, {part, children[1]});
      }
      return found;
    case Op::kMultiply: {
      std::vector<NodeId> numbers;
      for (const NodeId child : children) {
        if (!has_unit_vector(tree_, child)) {
          numbers.push_back(child);
        } else if (found || !(found = components(child))) {
          return std::nullopt;
        }
      }
      if (!found) return std::nullopt;
      for (NodeId& part : *found) {
        std::vector<NodeId> factors = numbers;
        factors.push_back(part);
        part = tree_.add(Op::kMultiply, factors);
      }
      return found;
    }
    case Op::kAdd: {
      found.emplace();
      for (const NodeId child : children) {
        std::optional<std::vector<NodeId>> next = components(child);
        if (!next) return std::nullopt;
        if (next->size() > found->size()) found->resize(next->size(), tree_.integer(0));
        for (std::size_t i = 0; i < next->size(); ++i) (*found)[i] = tree_.add(Op::kAdd, {(*found)[i], (*next)[i]});
      }
      return found;
    }
    default:
      return std::nullopt;
  }
}

// A vector by unit vectors beside one by its entries, or beside one with unit vectors in another dress. j or k must be among them: 2i alone is a number.
std::optional<Decision> Comparer::by_components(NodeId gold, NodeId prediction) {
  const auto is_row = [&](NodeId id) {
    const Node& node = tree_[id];
    return is_tall_bracket(node) || (node.op == Op::kMatrix && (node.extra == 1 || node.extra == node.count));
  };
  const bool g_row = is_row(gold), p_row = is_row(prediction);
  const auto is_sum = [&](NodeId id) { return tree_[id].op < Op::kBracket && has_unit_vector(tree_, id); };
  if ((g_row && p_row) || (!g_row && !is_sum(gold)) || (!p_row && !is_sum(prediction))) return std::nullopt;
  const auto is_dressed = [&](NodeId id) {
    return any(tree_, id, [&](const Node&, NodeId at) {
      bool dressed = false;
      return unit_vector(tree_, at, dressed) >= 0 && dressed;
    });
  };
  if (!g_row && !p_row && !is_dressed(gold) && !is_dressed(prediction)) return std::nullopt;
  const auto entries = [&](NodeId id, bool row) -> std::optional<std::vector<NodeId>> {
    if (row) return std::vector<NodeId>(tree_.children(id).begin(), tree_.children(id).end());
    std::optional<std::vector<NodeId>> found = components(id);
    return found && found->size() > 1 ? found : std::nullopt;
  };
  std::optional<std::vector<NodeId>> a = entries(gold, g_row), b = a ? entries(prediction, p_row) : std::nullopt;
  if (!b || a->size() > 3 || b->size() > 3) return std::nullopt;
  // 2i - 3j lies in the plane and in space.
  if (!g_row && a->size() < b->size()) a->resize(b->size(), tree_.integer(0));
  if (!p_row && b->size() < a->size()) b->resize(a->size(), tree_.integer(0));
  return ordered(*a, *b);
}

}  // namespace lydian::math
