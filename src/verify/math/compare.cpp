#include "verify/math/compare.h"

#include <algorithm>

#include "verify/math/characters.h"

namespace lydian::math {
namespace {

/// Two nouns may mean one thing where the words of one are among the other's: "students", "students in class"; "units" stand for any unit.
bool may_be_one_unit(const std::string& a, const std::string& b) {
  const auto words = [](const std::string& name) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < name.size();) {
      const std::size_t end = std::min(name.find(' ', at), name.size());
      std::string word = name.substr(at, end - at);
      if (word.size() > 3 && word.back() == 's') word.pop_back();
      if (!word.empty()) found.push_back(std::move(word));
      at = end + 1;
    }
    return found;
  };
  if (a.substr(0, 4) == "unit" || b.substr(0, 4) == "unit") return true;
  const std::vector<std::string> x = words(a), y = words(b);
  const auto among = [](const std::vector<std::string>& some, const std::vector<std::string>& others) {
    return std::all_of(some.begin(), some.end(), [&](const std::string& word) { return std::find(others.begin(), others.end(), word) != others.end(); });
  };
  return among(x, y) || among(y, x);
}

/// A pound is a weight or money, also among other units; lb is a weight alone.
bool is_pound(std::string a, std::string b) {
  if ((a == "pound" && b == "gbp") || (a == "gbp" && b == "pound")) return true;
  for (std::string* name : {&a, &b}) {
    if (const std::size_t at = name->find("pound"); at != std::string::npos) name->replace(at, 5, "lb");
  }
  return a == b;
}

}  // namespace

int Comparer::infinity_sign(NodeId id) const {
  if (tree_.is_constant(id, Constant::kInfinity)) return 1;
  if (tree_.is(id, Op::kNegate)) return -infinity_sign(tree_.child(id, 0));
  if (tree_.is(id, Op::kPercent) || tree_.is(id, Op::kUnit) || tree_.is(id, Op::kDegree)) return infinity_sign(tree_.child(id, 0));
  return 0;
}

Comparer::Peeled Comparer::peel(NodeId id) const {
  Peeled result;
  bool negative = false;
  while (true) {
    if (tree_.is(id, Op::kUnit)) {
      if (result.direction.word.empty()) result.direction = direction_of(tree_.name(id));
      if (result.unit.empty() || static_cast<UnitKind>(tree_[id].flag) != UnitKind::kNoun) {
        result.unit = tree_.name(id);
        result.unit_kind = static_cast<UnitKind>(tree_[id].flag);
      }
      id = tree_.child(id, 0);
    } else if (tree_.is(id, Op::kPercent)) {
      result.percent = true;
      id = tree_.child(id, 0);
    } else if (tree_.is(id, Op::kDegree)) {
      result.degree = true;
      id = tree_.child(id, 0);
    } else if (is_congruence(id) && result.modulus == kNoNode) {
      result.modulus = tree_.child(id, 1);
      id = tree_.child(id, 0);
    } else if (tree_.is(id, Op::kNegate) &&
               (tree_.is(tree_.child(id, 0), Op::kUnit) || tree_.is(tree_.child(id, 0), Op::kPercent) || tree_.is(tree_.child(id, 0), Op::kDegree))) {
      negative = !negative;
      id = tree_.child(id, 0);
    } else {
      break;
    }
  }
  result.core = negative ? tree_.add(Op::kNegate, {id}) : id;
  return result;
}

Decision Comparer::compare(NodeId gold, NodeId prediction) {
  Decision decision = as_written(gold, prediction);
  if (decision.equal) return decision;
  const NodeId renamed = with_free_letters_of(gold, prediction);
  if (renamed == kNoNode) return decision;
  Decision again = as_written(gold, renamed);
  if (!again.equal) return decision;
  if (again.reason.empty()) again.reason = "a free letter has another name";
  return again;
}

Decision Comparer::as_written(NodeId gold, NodeId prediction) {
  if (same(tree_, gold, tree_, prediction)) return {true, MathMethod::kExact, {}};
  gold = with_tables(gold);
  prediction = with_tables(prediction);
  if (std::optional<Decision> named = by_names(gold, prediction)) return *named;
  // C(7, 3) and C(7, 4) may be points.
  const auto like_point = [&](NodeId id) { return tree_.is(id, Op::kCall) && tree_[id].flag == kLikePoint; };
  if (like_point(gold) && like_point(prediction))
    return ordered({tree_.child(gold, 0), tree_.child(gold, 1)}, {tree_.child(prediction, 0), tree_.child(prediction, 1)});
  // The last side of 2 + 2 = 5 is no answer.
  if (tree_.is(prediction, Op::kRelation) && !chain_holds(prediction)) return unequal("a chain of equations that is false");
  if (tree_.is(gold, Op::kRelation)) return relation(gold, prediction);
  Decision decision = element(gold, prediction);
  if (decision.equal) return decision;
  // The prediction names what it found: x = 5.
  if (options_.assignment_prefix && tree_.is(prediction, Op::kRelation)) {
    const NodeId value = assigned_value(prediction);
    if (value != kNoNode) {
      Decision assigned = element(gold, value);
      if (assigned.equal && assigned.reason.empty()) assigned.reason = "the name before the value is left out";
      return assigned;
    }
    // (x - 1)(x + 1) = x^2 - 1: every step has the value.
    if (is_chain_of(prediction, Relation::kEqual, Relation::kEqual)) {
      const std::vector<NodeId> sides(tree_.children(prediction).begin(), tree_.children(prediction).end());
      if (std::all_of(sides.begin(), sides.end(), [&](NodeId side) { return element(gold, side).equal; }))
        return {true, MathMethod::kCanonical, "each side of a chain of equations"};
    }
  }
  return decision;
}

Decision Comparer::element(NodeId gold, NodeId prediction) {
  if (++depth_ > 100) throw LimitExceeded{"nested too deep"};
  struct Leave {
    int& depth;
    ~Leave() { --depth; }
  } const leave{depth_};
  budget_.spend(1);
  if (same(tree_, gold, tree_, prediction)) return {true, MathMethod::kExact, {}};
  if (std::optional<Decision> vectors = by_components(gold, prediction)) return *vectors;
  if (is_piecewise(gold) && is_piecewise(prediction)) return piecewise(gold, prediction);
  switch (tree_[gold].op) {
    case Op::kRelation:
      return relation(gold, prediction);
    case Op::kBracket:
    case Op::kList:
    case Op::kPlusMinus:
    case Op::kUnion:
    case Op::kIntersection:
    case Op::kDifference:
      return collection(gold, prediction);
    case Op::kMatrix:
      return matrices(gold, prediction);
    case Op::kRatio:
      return ratio(gold, prediction);
    case Op::kText: {
      const bool equal = tree_.is(prediction, Op::kText) && tree_.name(gold) == tree_.name(prediction);
      return {equal, MathMethod::kText, equal ? "" : "different words"};
    }
    default:
      break;
  }
  const bool parts = tree_[prediction].op == Op::kBracket || tree_[prediction].op >= Op::kRelation || tree_.is(prediction, Op::kList);
  if (tree_.is_constant(gold, Constant::kReals) && parts) return collection(gold, prediction);
  if (has_plus_minus(tree_, gold)) return collection(gold, prediction);
  if (tree_.is(prediction, Op::kRelation) && options_.assignment_prefix) {
    const NodeId value = assigned_value(prediction);
    if (value != kNoNode) return element(gold, value);
  }
  if (tree_[prediction].op >= Op::kBracket && !(tree_.is(prediction, Op::kRatio))) {
    // A set or list of one value, written \{5\}: another kind of thing than 5.
    if (tree_.is(prediction, Op::kMatrix) && tree_[prediction].count == 1) return element(gold, tree_.child(prediction, 0));
    if (!is_scalar(tree_, gold) && !tree_.is(gold, Op::kUnit)) return by_structure(gold, prediction);
    return unequal("the gold is one value, the prediction is not");
  }
  return scalars(gold, prediction);
}

Decision Comparer::scalars(NodeId gold, NodeId prediction) {
  const int g = infinity_sign(gold), p = infinity_sign(prediction);
  if (g != 0 || p != 0) return {g == p, MathMethod::kExact, g == p ? "" : "infinite on one side"};
  const bool gold_based = any(tree_, gold, [](const Node& node, NodeId) { return node.op == Op::kBased; });
  if (gold_based && (tree_.is(gold, Op::kBased) || tree_.is(prediction, Op::kBased))) return based(gold, prediction);
  return peeled(peel(gold), peel(prediction));
}

Decision Comparer::based(NodeId gold, NodeId prediction) {
  if (tree_.is(gold, Op::kBased) && tree_.is(prediction, Op::kNumber)) {
    // Without its base the numeral itself must agree, digit by digit.
    if (!options_.base_optional) return unequal("the base is missing");
    const bool equal = tree_[gold].count == 1 && tree_.value(tree_.child(gold, 0)) == tree_.value(prediction);
    return {equal, MathMethod::kExact, equal ? "the base is left out" : "different digits"};
  }
  return decider_.equal(gold, prediction);
}

// N for newton, h for hours and m/s2 for "meters per second squared", where the other side writes one letter for each: 20 N is read as a product. In each way
// in which letters may be written.
std::vector<NodeId> Comparer::unit_as_letters(const std::string& unit) {
  std::vector<NodeId> products;
  for (const bool capital : {false, true}) {
    NodeId product = tree_.integer(1);
    bool differs = false;
    for (std::size_t at = 0; at < unit.size();) {
      const bool below = unit[at] == '/';
      if (below || unit[at] == '*') ++at;
      std::size_t end = at;
      while (end < unit.size() && letter(unit[end])) ++end;
      std::string name = unit.substr(at, end - at);
      if (name == "hour") name = "h";
      if (name == "ohm") name = "Omega";
      const bool micro = name.size() == 2 && name[0] == 'u';  // \mu m
      if (micro) name.erase(0, 1);
      if (name == "l" && capital) name = "L";
      differs = differs || name == "L";
      if ((name.size() != 1 && name != "Omega") || name == "e" || name == "i") return {};
      NodeId factor = tree_.symbol(name);
      if (micro) factor = tree_.add(Op::kMultiply, {tree_.symbol("mu"), factor});
      at = end;
      if (at < unit.size() && digit(unit[at])) factor = tree_.add(Op::kPower, {factor, tree_.integer(unit[at++] - '0')});
      if (at < unit.size() && unit[at] != '/' && unit[at] != '*') return {};
      product = tree_.add(below ? Op::kDivide : Op::kMultiply, {product, factor});
    }
    if (!capital || differs) products.push_back(product);
  }
  return products;
}

// 17 (mod 20) is 37 (mod 20), and without its modulus 17.
Decision Comparer::congruent(const Peeled& gold, const Peeled& prediction) {
  if (gold.modulus == kNoNode || prediction.modulus == kNoNode) {
    if (!options_.modulus_optional) return unequal("the modulus is missing");
    Decision decision = decider_.equal(gold.core, prediction.core);
    if (decision.equal && decision.reason.empty()) decision.reason = "the modulus is left out";
    return decision;
  }
  if (!decider_.equal(gold.modulus, prediction.modulus).equal) return unequal("different moduli");
  const Rational *a = decider_.exact(gold.core), *b = decider_.exact(prediction.core), *n = decider_.exact(gold.modulus);
  if (a == nullptr || b == nullptr || n == nullptr || !a->is_integer() || !b->is_integer() || !n->is_integer() || n->is_zero())
    return decider_.equal(gold.core, prediction.core);
  Integer apart;
  fmpz_sub(apart.get(), a->numerator(), b->numerator());
  const bool equal = fmpz_divisible(apart.get(), n->numerator()) != 0;
  return {equal, MathMethod::kExact, equal ? "" : "different residues"};
}

Decision Comparer::peeled(const Peeled& gold, const Peeled& prediction) {
  if (gold.modulus != kNoNode || prediction.modulus != kNoNode) return congruent(gold, prediction);
  // 3 units left is not 3 units right, and 5 is no loss of 5.
  if (gold.direction.word != prediction.direction.word) {
    const bool both = !gold.direction.word.empty() && !prediction.direction.word.empty();
    if (both || gold.direction.needed || prediction.direction.needed) return unequal("a direction that the other side does not have");
  }
  // "5 percent of the total" is a part of something.
  if (gold.percent != prediction.percent && (gold.unit.substr(0, 3) == "of " || prediction.unit.substr(0, 3) == "of "))
    return unequal("a part of something on one side only");
  std::string note;
  const bool one_unit = gold.unit.empty() != prediction.unit.empty() && (gold.unit.empty() ? prediction : gold).unit_kind == UnitKind::kMeasure;
  const NodeId other_core = gold.unit.empty() ? gold.core : prediction.core;
  if (one_unit && has_symbol(tree_, other_core) && is_scalar(tree_, gold.core) && is_scalar(tree_, prediction.core)) {
    const Peeled& with = gold.unit.empty() ? prediction : gold;
    for (const NodeId letters : unit_as_letters(with.unit)) {
      const NodeId product = tree_.add(Op::kMultiply, {with.core, letters});
      Decision decision = gold.unit.empty() ? decider_.equal(gold.core, product) : decider_.equal(product, prediction.core);
      if (decision.equal) return decision;
    }
  }
  // 5 cm is neither 5 percent nor 5 degrees.
  const auto bare = [](const Peeled& side) { return (side.unit.empty() || side.unit.substr(0, 7) == "percent") && !side.percent && !side.degree; };
  if ((gold.percent != prediction.percent || gold.degree != prediction.degree) && !bare(gold) && !bare(prediction)) return unequal("different units");
  if (gold.unit != prediction.unit) {
    const bool both = !gold.unit.empty() && !prediction.unit.empty();
    const bool known = gold.unit_kind != UnitKind::kNoun && prediction.unit_kind != UnitKind::kNoun;
    if (both && !is_pound(gold.unit, prediction.unit) && (known || !may_be_one_unit(gold.unit, prediction.unit))) return unequal("different units");
    const UnitKind kind = gold.unit.empty() ? prediction.unit_kind : gold.unit_kind;
    if (!(kind == UnitKind::kCurrency ? options_.currency_optional : options_.unit_optional)) return unequal("the unit is missing");
    note = "the unit is left out";
  }
  const bool g_structure = !is_scalar(tree_, gold.core), p_structure = !is_scalar(tree_, prediction.core);
  auto same_core = [&](NodeId a, NodeId b) { return g_structure || p_structure ? by_structure(a, b) : decider_.equal(a, b); };
  auto noted = [&](Decision decision, const char* what) {
    if (decision.equal && decision.reason.empty()) decision.reason = what;
    return decision;
  };
  auto over_hundred = [&](NodeId id) { return tree_.add(Op::kDivide, {id, tree_.integer(100)}); };
  if (gold.percent != prediction.percent) {
    const NodeId with = gold.percent ? gold.core : prediction.core, without = gold.percent ? prediction.core : gold.core;
    Decision decision = unequal("a percent sign on one side only");
    if (options_.percent_sign_optional) decision = noted(decider_.equal(gold.core, prediction.core), "the percent sign is left out");
    if (!decision.equal && options_.percent_as_fraction) {
      const NodeId fraction = over_hundred(with);
      decision = noted(gold.percent ? decider_.equal(fraction, without) : decider_.equal(without, fraction), "percent as a fraction");
    }
    return decision;
  }
  if (gold.degree != prediction.degree) {
    Decision decision = unequal("a degree sign on one side only");
    if (options_.degree_optional) decision = noted(decider_.equal(gold.core, prediction.core), "the degree sign is left out");
    const NodeId other = gold.degree ? prediction.core : gold.core;
    if (!decision.equal && any(tree_, other, [&](const Node& node, NodeId id) { return node.op == Op::kConstant && tree_.is_constant(id, Constant::kPi); })) {
      const NodeId with = gold.degree ? gold.core : prediction.core;
      const NodeId radians = tree_.add(Op::kDivide, {tree_.add(Op::kMultiply, {with, tree_.constant(Constant::kPi)}), tree_.integer(180)});
      decision = noted(gold.degree ? decider_.equal(radians, other) : decider_.equal(other, radians), "degrees as radians");
    }
    return decision;
  }
  return noted(same_core(gold.core, prediction.core), note.c_str());
}

Decision Comparer::ratio(NodeId gold, NodeId prediction) {
  NodeId other = prediction;
  if (tree_.is(other, Op::kRelation)) other = assigned_value(other);
  if (other == kNoNode) return unequal("the gold is a ratio, the prediction is not");
  std::vector<NodeId> g(tree_.children(gold).begin(), tree_.children(gold).end());
  std::vector<NodeId> p;
  if (tree_.is(other, Op::kRatio) || (g.size() == 2 && tree_.is(other, Op::kDivide))) {
    p.assign(tree_.children(other).begin(), tree_.children(other).end());
  } else {
    return unequal("the gold is a ratio, the prediction is not");
  }
  if (g.size() != p.size()) return unequal("ratios of different lengths");
  const Decision terms = ordered(g, p);
  if (terms.equal) return terms;
  // 12:00 and 1:00 are times of day, and 0 scales to everything.
  for (const auto& side : {g, p}) {
    for (const NodeId part : side) {
      const Rational* value = decider_.exact(part);
      if (tree_.is(part, Op::kMissing) || (value != nullptr && value->is_zero())) return terms;
    }
  }
  for (std::size_t i = 1; i < g.size(); ++i) {
    const NodeId left = tree_.add(Op::kMultiply, {g[0], p[i]}), right = tree_.add(Op::kMultiply, {g[i], p[0]});
    if (!is_scalar(tree_, left) || !is_scalar(tree_, right)) return terms;
    const Decision cross = decider_.equal(left, right);
    if (!cross.equal) return cross;
  }
  return {true, MathMethod::kExact, "the same ratio in other terms"};
}

// Values with their conditions, in any order.
Decision Comparer::piecewise(NodeId gold, NodeId prediction) {
  const std::vector<NodeId> a(tree_.children(gold).begin(), tree_.children(gold).end()),
      b(tree_.children(prediction).begin(), tree_.children(prediction).end());
  if (a.size() != b.size()) return unequal("different numbers of cases");
  std::vector<char> taken(b.size(), 0);
  Decision total{true, MathMethod::kExact, {}};
  for (std::size_t i = 0; i < a.size(); i += 2) {
    Decision row = unequal("a case that the other side does not have");
    for (std::size_t k = 0; k < b.size() && !row.equal; k += 2) {
      if (taken[k] != 0 || !element(a[i + 1], b[k + 1]).equal) continue;
      row = element(a[i], b[k]);
      taken[k] = row.equal ? 1 : 0;
    }
    if (!row.equal) return row;
    total.method = std::max(total.method, row.method);
  }
  return total;
}

// Things that have no value of their own: the same operation on equal parts.
Decision Comparer::by_structure(NodeId gold, NodeId prediction) {
  if (is_scalar(tree_, gold) && is_scalar(tree_, prediction)) return scalars(gold, prediction);
  const Node g = tree_[gold], p = tree_[prediction];
  if (g.op != p.op || g.count != p.count || g.flag != p.flag) return unequal("different kinds of things");
  if (g.op == Op::kRelation) {
    const auto r = tree_.relations(gold), s = tree_.relations(prediction);
    if (!std::equal(r.begin(), r.end(), s.begin(), s.end())) return unequal("different relations");
  }
  if ((g.op == Op::kCall || g.op == Op::kConstant) && g.payload != p.payload) return unequal("different kinds of things");
  if ((g.op == Op::kApply || g.op == Op::kOpaque || g.op == Op::kSymbol || g.op == Op::kText) && tree_.name(gold) != tree_.name(prediction)) {
    return unequal("different names");
  }
  if (g.count == 0) {
    const bool equal = same(tree_, gold, tree_, prediction);
    return {equal, MathMethod::kExact, equal ? "" : "different parts"};
  }
  std::vector<NodeId> a(tree_.children(gold).begin(), tree_.children(gold).end()), b(tree_.children(prediction).begin(), tree_.children(prediction).end());
  const bool free = g.op == Op::kAdd || g.op == Op::kUnion || g.op == Op::kIntersection;
  return free ? unordered(a, b) : ordered(a, b);
}

}  // namespace lydian::math
