// Several values that are each given a name: x = 1, y = 2 and (x, y) = (1, 2).
#include <algorithm>
#include <numeric>

#include "verify/math/compare.h"

namespace lydian::math {
namespace {

bool is_coordinate(const std::string& name) {
  return name == "x" || name == "y" || name == "z";
}

bool is_one_letter(const std::string& name) {
  return name.size() == 1;
}

/// The order in which a point without names has its values: that of the alphabet, where all names are letters and the writer chose no order by brackets.
template <typename Named>
Named in_order(Named named) {
  const bool sortable =
      std::all_of(named.names.begin(), named.names.end(), [&](const std::string& name) { return named.tuple ? is_coordinate(name) : is_one_letter(name); });
  if (!sortable) return named;
  std::vector<std::size_t> order(named.names.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return named.names[a] < named.names[b]; });
  Named sorted;
  sorted.tuple = named.tuple;
  for (const std::size_t i : order) {
    sorted.names.push_back(named.names[i]);
    sorted.values.push_back(named.values[i]);
  }
  return sorted;
}

}  // namespace

std::optional<Comparer::Named> Comparer::named_values(NodeId id) const {
  Named named;
  // Also x = y = 2.
  auto assigns = [&](NodeId item) {
    return is_chain_of(item, Relation::kEqual, Relation::kEqual) && (tree_[item].count == 2 || !has_symbol(tree_, tree_.children(item).back()));
  };
  auto add = [&](NodeId name, NodeId value) {
    if (!tree_.is(name, Op::kSymbol) || std::find(named.names.begin(), named.names.end(), tree_.name(name)) != named.names.end()) return false;
    named.names.push_back(tree_.name(name));
    named.values.push_back(value);
    return true;
  };
  auto add_all = [&](NodeId item) {
    const auto sides = tree_.children(item);
    return std::all_of(sides.begin(), sides.end() - 1, [&](NodeId name) { return add(name, sides.back()); });
  };
  if (assigns(id) && tree_.is(tree_.child(id, 0), Op::kBracket) && tree_.is(tree_.child(id, 1), Op::kBracket)) {
    const NodeId names = tree_.child(id, 0), values = tree_.child(id, 1);
    if (tree_[names].count != tree_[values].count || tree_[names].flag != tree_[values].flag || static_cast<Bracket>(tree_[names].flag) != Bracket::kRoundRound)
      return std::nullopt;
    for (std::size_t i = 0; i < tree_[names].count; ++i) {
      if (!add(tree_.child(names, i), tree_.child(values, i))) return std::nullopt;
    }
    named.tuple = true;
    return named;
  }
  const bool system = tree_.is(id, Op::kBracket) && static_cast<Bracket>(tree_[id].flag) != Bracket::kRoundSquare &&
                      static_cast<Bracket>(tree_[id].flag) != Bracket::kSquareRound;
  const std::span<const NodeId> items = assigns(id) ? std::span<const NodeId>(&id, 1) : tree_.children(id);
  if (!assigns(id) && !(tree_.is(id, Op::kList) && (tree_[id].extra & kOrBetween) == 0) && !system) return std::nullopt;
  for (const NodeId item : items) {
    if (!assigns(item) || !add_all(item)) return std::nullopt;
  }
  return named.names.size() < 2 ? std::nullopt : std::optional(std::move(named));
}

// Nothing where neither side names its values.
std::optional<Decision> Comparer::by_names(NodeId gold, NodeId prediction) {
  if (tree_[gold].op < Op::kBracket || tree_[prediction].op < Op::kBracket) return std::nullopt;
  const std::optional<Named> g = named_values(gold), p = named_values(prediction);
  if (!g && !p) return std::nullopt;
  auto different = [](const char* reason) { return Decision{false, MathMethod::kNone, reason}; };
  if (g && p) {
    if (g->names.size() != p->names.size()) return different("different numbers of values");
    std::vector<NodeId> values;
    for (const std::string& name : g->names) {
      const auto found = std::find(p->names.begin(), p->names.end(), name);
      if (found == p->names.end()) return different("different names");
      values.push_back(p->values[static_cast<std::size_t>(found - p->names.begin())]);
    }
    return ordered(g->values, values);
  }
  if (!options_.assignment_prefix) return std::nullopt;
  const NodeId other = g ? prediction : gold;
  const bool point = tree_.is(other, Op::kBracket) && static_cast<Bracket>(tree_[other].flag) == Bracket::kRoundRound;
  const bool list = tree_.is(other, Op::kList) &&
                    std::none_of(tree_.children(other).begin(), tree_.children(other).end(), [&](NodeId item) { return tree_.is(item, Op::kRelation); });
  if ((!point && !list) || !options_.tuple_as_list) return std::nullopt;
  const std::vector<NodeId> values(tree_.children(other).begin(), tree_.children(other).end());
  // A list beside names keeps the order of the names; a point has that of its coordinates.
  const Named named = point ? in_order(g ? *g : *p) : g ? *g : *p;
  Decision decision = g ? ordered(named.values, values) : ordered(values, named.values);
  if (decision.equal && decision.reason.empty()) decision.reason = "the names before the values are left out";
  return decision;
}

}  // namespace lydian::math
