#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verify/math/decide.h"
#include "verify/math/one_letter.h"
#include "verify/math/units.h"

namespace lydian::math {

/// The relation read from its other end: < is >.
inline Relation turned(Relation relation) {
  switch (relation) {
    case Relation::kLess:
      return Relation::kGreater;
    case Relation::kLessEqual:
      return Relation::kGreaterEqual;
    case Relation::kGreater:
      return Relation::kLess;
    case Relation::kGreaterEqual:
      return Relation::kLessEqual;
    default:
      return relation;
  }
}

inline bool is_less(Relation r) {
  return r == Relation::kLess || r == Relation::kLessEqual;
}
inline bool is_greater(Relation r) {
  return r == Relation::kGreater || r == Relation::kGreaterEqual;
}
inline bool is_strict(Relation r) {
  return r == Relation::kLess || r == Relation::kGreater;
}

inline Decision unequal(std::string reason) {
  return {false, MathMethod::kNone, std::move(reason)};
}

/// Compares a gold with a prediction, both in one tree, by the type of the gold and the conventions of the options.
class Comparer {
 public:
  Comparer(Tree& tree, const MathOptions& options, Budget& budget) : tree_(tree), options_(options), budget_(budget), decider_(tree, options, budget) {}
  Decision compare(NodeId gold, NodeId prediction);

 private:
  // compare_names.cpp: free letters that the writer chose.
  NodeId with_free_letters_of(NodeId gold, NodeId prediction);
  bool counts_turns(NodeId id, const std::string& letter) const;
  bool is_free_constant(NodeId id, const std::string& letter) const;

  /// A value without its sign of percent, degree or unit.
  struct Peeled {
    NodeId core = kNoNode;
    NodeId modulus = kNoNode;  ///< Of 17 (mod 20).
    bool percent = false, degree = false;
    Direction direction;  ///< Of "5 profit" and "5 units left".
    std::string unit;
    UnitKind unit_kind = UnitKind::kNoun;
  };
  /// A part of the real line; kNoNode: unbounded on that side.
  struct Piece {
    NodeId low = kNoNode, high = kNoNode;
    bool low_open = true, high_open = true;
  };
  using Pieces = std::vector<Piece>;

  // compare.cpp: which comparer.
  Decision as_written(NodeId gold, NodeId prediction);
  Decision element(NodeId gold, NodeId prediction);
  Decision scalars(NodeId gold, NodeId prediction);
  Decision peeled(const Peeled& gold, const Peeled& prediction);
  Decision by_structure(NodeId gold, NodeId prediction);
  Peeled peel(NodeId id) const;
  std::vector<NodeId> unit_as_letters(const std::string& unit);
  int infinity_sign(NodeId id) const;
  bool is_congruence(NodeId id) const { return tree_.is(id, Op::kOpaque) && tree_.name(id) == kCongruent; }
  bool is_piecewise(NodeId id) const { return tree_.is(id, Op::kOpaque) && tree_.name(id) == kPiecewise; }
  Decision piecewise(NodeId gold, NodeId prediction);
  Decision congruent(const Peeled& gold, const Peeled& prediction);
  Decision based(NodeId gold, NodeId prediction);
  Decision ratio(NodeId gold, NodeId prediction);

  // compare_matrices.cpp: what is calculated with matrices and vectors.
  struct Table {
    std::vector<NodeId> cells;
    std::size_t columns = 1;
    std::size_t rows() const { return cells.size() / columns; }
  };
  NodeId with_tables(NodeId id);
  std::optional<Table> table(NodeId id);
  Table product(const Table& a, const Table& b);
  NodeId determinant(const Table& square);
  std::optional<Decision> by_components(NodeId gold, NodeId prediction);
  std::optional<std::vector<NodeId>> components(NodeId id);

  // compare_names.cpp: values that are each given a name.
  struct Named {
    std::vector<std::string> names;  ///< Different from each other, two or more.
    std::vector<NodeId> values;
    bool tuple = false;  ///< (x, y) = (1, 2), else x = 1, y = 2.
  };
  std::optional<Named> named_values(NodeId id) const;
  std::optional<Decision> by_names(NodeId gold, NodeId prediction);

  // compare_relations.cpp: equations, inequalities, assignments.
  Decision relation(NodeId gold, NodeId prediction);
  Decision equation(NodeId gold, NodeId prediction);
  Decision equation_by_form(NodeId gold, NodeId prediction);
  NodeId in_letters_of(NodeId gold, NodeId prediction);
  Decision inequality(NodeId gold, NodeId prediction);
  NodeId assigned_value(NodeId id) const;
  bool is_name(NodeId id) const;
  bool is_function(NodeId left, NodeId value) const;
  bool chain_holds(NodeId id);
  bool works_out_one_value(NodeId chain);
  Decision several_equations(NodeId gold, NodeId prediction);
  bool is_chain_of(NodeId id, Relation a, Relation b) const;

  // compare_sets.cpp: lists, sets, tuples, intervals, matrices.
  Decision collection(NodeId gold, NodeId prediction);
  Decision unordered(const std::vector<NodeId>& gold, const std::vector<NodeId>& prediction);
  Decision ordered(const std::vector<NodeId>& gold, const std::vector<NodeId>& prediction);
  Decision matrices(NodeId gold, NodeId prediction);
  std::vector<NodeId> elements(NodeId id);
  std::vector<NodeId> distinct(const std::vector<NodeId>& items);
  void expand_plus_minus(NodeId id, std::vector<NodeId>& out);
  NodeId choose_sign(NodeId id, bool upper);
  bool as_matrix(NodeId id, std::vector<NodeId>& cells, std::size_t& columns) const;
  bool has_conditions(NodeId list) const;
  bool alternatives(NodeId list) const;
  bool values_of_one(NodeId list) const;
  bool joined_otherwise(NodeId gold, NodeId prediction) const;

  // compare_pieces.cpp: parts of the real line.
  std::optional<Pieces> pieces(NodeId id, std::string& letter);
  std::optional<Pieces> pieces_of_relation(NodeId id, std::string& letter);
  std::optional<Pieces> pieces_of_list(NodeId id, std::string& letter);
  std::optional<Pieces> complement(Pieces pieces);
  Decision same_pieces(Pieces gold, Pieces prediction);
  bool sort_pieces(Pieces& pieces);
  std::optional<Pieces> merged(Pieces pieces);
  std::optional<Pieces> intersection(const Pieces& a, const Pieces& b);
  int bound_order(NodeId a, NodeId b);
  std::optional<Pieces> pieces_of_gold(NodeId id, std::string& letter);
  std::optional<Decision> same_line(NodeId gold, NodeId prediction);

  // compare_solve.cpp: where a relation in one letter holds.
  struct Root {
    NodeId at = kNoNode;
    bool odd = false, pole = false;
  };
  std::optional<Pieces> solved(NodeId left, Relation relation, NodeId right, std::string& letter);
  std::optional<Pieces> solved_absolute(NodeId inside, Relation relation, NodeId bound, std::string& letter);
  bool add_roots(const IntegerPoly& poly, bool pole, std::vector<Root>& out);
  bool sort_roots(std::vector<Root>& roots);

  Tree& tree_;
  const MathOptions& options_;
  Budget& budget_;
  Decider decider_;
  int depth_ = 0;
  slong solve_degree_ = 1;  ///< A prediction is solved up to its last step only: to restate the question earns nothing.
};

}  // namespace lydian::math
