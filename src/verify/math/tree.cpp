#include "verify/math/tree.h"

#include <algorithm>
#include <array>

namespace lydian::math {
namespace {

/// Owner of what FLINT caches for a thread.
struct FlintThread {
  ~FlintThread() { flint_cleanup(); }
};

}  // namespace

void keep_flint_tidy() {
  thread_local const FlintThread thread;
  (void)thread;
}

const char* name_of(Function function) {
  static constexpr std::array kNames = {"sin",
                                        "cos",
                                        "tan",
                                        "cot",
                                        "sec",
                                        "csc",
                                        "arcsin",
                                        "arccos",
                                        "arctan",
                                        "arccot",
                                        "arcsec",
                                        "arccsc",
                                        "sinh",
                                        "cosh",
                                        "tanh",
                                        "coth",
                                        "sech",
                                        "csch",
                                        "arsinh",
                                        "arcosh",
                                        "artanh",
                                        "arcoth",
                                        "arsech",
                                        "arcsch",
                                        "exp",
                                        "ln",
                                        "log",
                                        "log_b",
                                        "sqrt",
                                        "cbrt",
                                        "abs",
                                        "floor",
                                        "ceil",
                                        "round",
                                        "sign",
                                        "factorial",
                                        "double factorial",
                                        "binomial",
                                        "permutations",
                                        "gcd",
                                        "lcm",
                                        "min",
                                        "max",
                                        "mod",
                                        "Re",
                                        "Im",
                                        "conj",
                                        "arg",
                                        "det",
                                        "norm",
                                        "Gamma"};
  return kNames[static_cast<std::size_t>(function)];
}

bool is_trigonometric(Function function) {
  return function <= Function::kCsc;
}

NodeId Tree::add(Op op, std::span<const NodeId> children, std::uint32_t payload, std::uint8_t flag, std::uint16_t extra) {
  if (nodes_.size() >= kMaxNodes) throw LimitExceeded{"expression too long"};
  std::uint16_t depth = 1;
  for (const NodeId child : children) depth = std::max<std::uint16_t>(depth, depths_[child] + 1);
  if (depth > kMaxDepth) throw LimitExceeded{"nested too deep"};
  depths_.push_back(depth);
  Node node{op, flag, extra, payload, static_cast<std::uint32_t>(links_.size()), static_cast<std::uint32_t>(children.size())};
  // The children may lie in links_ itself, which then may move.
  const std::vector<NodeId> own(children.begin(), children.end());
  links_.insert(links_.end(), own.begin(), own.end());
  nodes_.push_back(node);
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId Tree::number(Rational value, std::uint8_t flag) {
  numbers_.push_back(std::move(value));
  return add(Op::kNumber, {}, static_cast<std::uint32_t>(numbers_.size() - 1), flag);
}

std::uint32_t Tree::intern(std::string_view name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<std::uint32_t>(found - names_.begin());
  names_.emplace_back(name);
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::uint32_t Tree::add_relations(std::span<const Relation> relations) {
  const auto at = static_cast<std::uint32_t>(relations_.size());
  relations_.insert(relations_.end(), relations.begin(), relations.end());
  return at;
}

NodeId Tree::copy(const Tree& other, NodeId id) {
  const Node node = other[id];
  std::vector<NodeId> children;
  children.reserve(node.count);
  for (std::uint32_t i = 0; i < node.count; ++i) children.push_back(copy(other, other.child(id, i)));
  std::uint32_t payload = node.payload;
  switch (node.op) {
    case Op::kNumber:
      return number(Rational(other.value(id)), node.flag);
    case Op::kBased:
      numbers_.push_back(Rational(other.value(id)));
      payload = static_cast<std::uint32_t>(numbers_.size() - 1);
      break;
    case Op::kSymbol:
    case Op::kApply:
    case Op::kUnit:
    case Op::kSum:
    case Op::kOpaque:
    case Op::kText:
      payload = intern(std::string(other.name(id)));
      break;
    case Op::kRelation: {
      const std::vector<Relation> relations(other.relations(id).begin(), other.relations(id).end());
      payload = add_relations(relations);
      break;
    }
    default:
      break;
  }
  return add(node.op, children, payload, node.flag, node.extra);
}

bool same(const Tree& a, NodeId x, const Tree& b, NodeId y) {
  const Node &m = a[x], &n = b[y];
  if (m.op != n.op || m.count != n.count || m.flag != n.flag || m.extra != n.extra) {
    // A decimal and a fraction of equal value are the same number.
    return m.op == Op::kNumber && n.op == Op::kNumber && a.value(x) == b.value(y);
  }
  switch (m.op) {
    case Op::kNumber:
    case Op::kBased:
      if (!(a.value(x) == b.value(y))) return false;
      break;
    case Op::kSymbol:
    case Op::kApply:
    case Op::kUnit:
    case Op::kSum:
    case Op::kOpaque:
    case Op::kText:
      if (a.name(x) != b.name(y)) return false;
      break;
    case Op::kRelation: {
      const auto p = a.relations(x), q = b.relations(y);
      if (!std::equal(p.begin(), p.end(), q.begin(), q.end())) return false;
      break;
    }
    default:
      if (m.payload != n.payload) return false;
  }
  for (std::uint32_t i = 0; i < m.count; ++i) {
    if (!same(a, a.child(x, i), b, b.child(y, i))) return false;
  }
  return true;
}

bool has_symbol(const Tree& tree, NodeId id) {
  return any(tree, id, [](const Node& node, NodeId) { return node.op == Op::kSymbol || node.op == Op::kApply || node.op == Op::kOpaque; });
}

bool has_decimal(const Tree& tree, NodeId id) {
  return any(tree, id, [](const Node& node, NodeId) { return node.op == Op::kNumber && (node.flag & kDecimal) != 0; });
}

bool is_point(const Tree& tree, NodeId id) {
  return tree.is(id, Op::kBracket) && static_cast<Bracket>(tree[id].flag) == Bracket::kRoundRound && tree[id].count > 1;
}

bool has_letter(const Tree& tree, NodeId id, std::string_view name) {
  return any(tree, id, [&](const Node& node, NodeId at) { return node.op == Op::kSymbol && tree.name(at) == name; });
}

NodeId with_letter_as(Tree& tree, NodeId id, std::string_view name, NodeId by) {
  const Node node = tree[id];
  if (node.op == Op::kSymbol && tree.name(id) == name) return by;
  if (node.count == 0) return id;
  std::vector<NodeId> children(tree.children(id).begin(), tree.children(id).end());
  for (NodeId& child : children) child = with_letter_as(tree, child, name, by);
  return tree.add(node.op, children, node.payload, node.flag, node.extra);
}

bool has_plus_minus(const Tree& tree, NodeId id) {
  return any(tree, id, [](const Node& node, NodeId) { return node.op == Op::kPlusMinus; });
}

bool is_scalar(const Tree& tree, NodeId id) {
  return !any(tree, id, [&](const Node& node, NodeId at) {
    if (node.op == Op::kConstant) return tree.constant_of(at) >= Constant::kEmptySet;
    return node.op >= Op::kBracket || node.op == Op::kPlusMinus || node.op == Op::kUnit;
  });
}

}  // namespace lydian::math
