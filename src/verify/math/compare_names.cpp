// Several values that are each given a name: x = 1, y = 2 and (x, y) = (1, 2).
#include <algorithm>
#include <iterator>
#include <numeric>

#include "verify/math/characters.h"
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

// The n of 2 \pi n + 1: an integer that is multiplied by \pi and by no other letter. In (n - 2)\pi it is the size of something: turns are counted from nothing.
bool Comparer::counts_turns(NodeId id, const std::string& letter) const {
  if (std::string_view("kmnlj").find(letter) == std::string_view::npos || letter.size() != 1) return false;
  bool turns = false;
  const auto whole = [&](NodeId part) {
    const NodeId number = tree_.is(part, Op::kNegate) ? tree_.child(part, 0) : part;
    return tree_.is(number, Op::kNumber) && tree_[number].flag == kPlain;
  };
  const bool other = any(tree_, id, [&](const Node& node, NodeId at) {
    const bool operation = node.op == Op::kPower || node.op == Op::kDivide || node.op == Op::kCall || node.op == Op::kApply || node.op == Op::kRoot;
    if (!has_letter(tree_, at, letter)) return false;
    const auto parts = tree_.children(at);
    const auto is_letter = [&](NodeId part) { return tree_.is(part, Op::kSymbol) && tree_.name(part) == letter; };
    if (node.op == Op::kAdd && std::all_of(parts.begin(), parts.end(), [&](NodeId part) { return is_letter(part) || whole(part); })) return true;
    if (node.op == Op::kMultiply) turns = turns || any(tree_, at, [&](const Node&, NodeId part) { return tree_.is_constant(part, Constant::kPi); });
    if (node.op != Op::kMultiply && !operation) return false;
    if (operation && node.op != Op::kDivide) return true;
    return any(tree_, at, [&](const Node& inner, NodeId part) { return inner.op == Op::kSymbol && tree_.name(part) != letter; });
  });
  return turns && !other;
}

// The C of C e^{2x}, of an antiderivative, and of x^2 + y^2 = C.
bool Comparer::is_free_constant(NodeId id, const std::string& letter) const {
  if (std::string_view("cCkKAD").find(letter) == std::string_view::npos || letter.size() != 1) return false;
  return any(tree_, id, [&](const Node& node, NodeId at) {
    const auto parts = tree_.children(at);
    const auto is_letter = [&](NodeId part) { return tree_.is(part, Op::kSymbol) && tree_.name(part) == letter; };
    if (std::none_of(parts.begin(), parts.end(), is_letter)) return false;
    // Beside C a function of one letter; a + c may be of sides and angles.
    const auto other_letter = [&](std::span<const NodeId> terms) {
      std::string name;
      for (const NodeId term : terms) {
        if (is_letter(term) || !has_symbol(tree_, term)) continue;
        const std::optional<std::string> only = only_letter(tree_, term);
        if (!only || *only == letter || (!name.empty() && *only != name)) return false;
        name = *only;
      }
      return !name.empty() && name != "a" && name != "b" && name != "A" && name != "B";
    };
    if (node.op == Op::kMultiply)
      return std::any_of(parts.begin(), parts.end(), [&](NodeId part) {
        return tree_.is(part, Op::kPower) && tree_.is_constant(tree_.child(part, 0), Constant::kE) && has_symbol(tree_, tree_.child(part, 1));
      });
    const bool named_c = letter == "c" || letter == "C";
    // Of a curve in x and y; a + b = c may be of sides and angles.
    const auto of_curve = [&](NodeId side) {
      return has_symbol(tree_, side) &&
             !any(tree_, side, [&](const Node& inner, NodeId part) { return inner.op == Op::kSymbol && tree_.name(part) != "x" && tree_.name(part) != "y"; });
    };
    return (node.op == Op::kAdd && (named_c || letter == "K") && other_letter(parts)) ||
           (node.op == Op::kRelation && node.count == 2 && named_c && is_letter(parts.back()) && of_curve(parts[0]));
  });
}

// The prediction with a free letter named as the gold names it: 2 \pi k for 2 \pi n, x^2 + K for x^2 + C, C_1 for c_1. kNoNode where there is none.
NodeId Comparer::with_free_letters_of(NodeId gold, NodeId prediction) {
  const auto letters = [&](NodeId id) {
    std::vector<std::string> names;
    any(tree_, id, [&](const Node& node, NodeId at) {
      if (node.op == Op::kSymbol && std::find(names.begin(), names.end(), tree_.name(at)) == names.end()) names.push_back(tree_.name(at));
      return names.size() > 8;
    });
    std::sort(names.begin(), names.end());
    return names;
  };
  const std::vector<std::string> a = letters(gold), b = letters(prediction);
  if (a.size() != b.size() || a.size() > 8) return kNoNode;
  std::vector<std::string> own, others;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(own));
  std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(others));
  if (own.empty()) return kNoNode;
  budget_.spend(static_cast<std::int64_t>(a.size()));
  const auto indexed = [](const std::string& name) { return name.size() > 2 && lower(name[0]) == 'c' && name[1] == '_'; };
  NodeId renamed = prediction;
  if (std::all_of(own.begin(), own.end(), indexed) && std::all_of(others.begin(), others.end(), indexed)) {
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (own[i].substr(1) != others[i].substr(1)) return kNoNode;
      renamed = with_letter_as(tree_, renamed, others[i], tree_.symbol(own[i]));
    }
    return renamed;
  }
  if (own.size() != 1) return kNoNode;
  const bool turns = counts_turns(gold, own[0]) && counts_turns(prediction, others[0]);
  const auto named_c = [](const std::string& name) { return name == "c" || name == "C"; };
  const bool constants = (named_c(own[0]) || named_c(others[0])) && a.size() > 1 && is_free_constant(gold, own[0]) && is_free_constant(prediction, others[0]);
  return turns || constants ? with_letter_as(tree_, renamed, others[0], tree_.symbol(own[0])) : kNoNode;
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
