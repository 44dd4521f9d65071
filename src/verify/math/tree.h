#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/verify/math_verifier.h"
#include "verify/math/flint.h"

namespace lydian::math {

/// A stated limit was exceeded. Never leaves this folder.
struct LimitExceeded {
  const char* what;
};

/// Work is counted, never timed, so that equal inputs give equal verdicts on every machine.
class Budget {
 public:
  explicit Budget(std::int64_t max_cost) : max_(max_cost) {}
  void spend(std::int64_t units) {
    spent_ += units;
    if (spent_ > max_) throw LimitExceeded{"too much work"};
  }
  std::int64_t spent() const { return spent_; }
  std::int64_t left() const { return max_ - spent_; }

 private:
  std::int64_t spent_ = 0, max_;
};

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFFFFFFU;

enum class Op : std::uint8_t {
  // Scalars.
  kNumber,     ///< payload: index of the rational; flag: kDecimal
  kBased,      ///< payload: index of the rational (its value); extra: the base; 1 child: its digits read to base 10, where they all are such digits
  kSymbol,     ///< payload: name
  kConstant,   ///< payload: Constant
  kAdd,        ///< n children
  kMultiply,   ///< n children
  kDivide,     ///< 2
  kNegate,     ///< 1
  kPower,      ///< base, exponent
  kRoot,       ///< radicand, index
  kCall,       ///< payload: Function; children: arguments; flag: kLikePoint where it is written C(7, 3)
  kApply,      ///< payload: name of an unknown function; children: arguments
  kPlusMinus,  ///< 1 or 2 children; flag 1: the lower sign first
  kDegree,     ///< 1
  kPercent,    ///< 1
  kUnit,       ///< 1; payload: name of the unit in its short form; flag: UnitKind
  kSum,        ///< payload: bound name; lower, upper, body; flag 1: product
  kOpaque,     ///< payload: name; children: read, but never evaluated (integrals, limits …)
  // Structures.
  kBracket,   ///< children: elements; flag: Bracket; a group of one element in round or square brackets is no bracket
  kList,      ///< two or more elements without brackets; flag: ListKind; extra: kOrBetween, kAndBetween
  kMatrix,    ///< extra: columns
  kRelation,  ///< n children, n - 1 relations from payload in `relations`
  kUnion,
  kIntersection,
  kDifference,
  kRatio,   ///< a : b : …
  kText,    ///< payload: words
  kMissing  ///< An ellipsis
};

/// Which switch lets a unit be left out, and whether two different names are surely different units.
enum class UnitKind : std::uint8_t { kNoun, kMeasure, kCurrency };

enum Flag : std::uint8_t { kPlain = 0, kDecimal = 1, kLikePoint = 2 };
enum class ListKind : std::uint8_t { kComma, kSemicolon, kWord, kBraces };
/// Words between the elements of a list, in its node's `extra`.
inline constexpr std::uint16_t kOrBetween = 1, kAndBetween = 2;
/// Opening and closing sign of a bracket.
enum class Bracket : std::uint8_t { kRoundRound, kRoundSquare, kSquareRound, kSquareSquare, kCurly, kAngle };

enum class Constant : std::uint8_t { kPi, kE, kI, kInfinity, kEmptySet, kReals, kRationals, kIntegers, kNaturals, kComplexes };

enum class Relation : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kApprox,
  kIn,
  kEquivalent,
  kSubset,
  kNotIn,
  kSimilar,
  kProportional,
  kIff,
  kArrow
};

enum class Function : std::uint8_t {
  kSin,
  kCos,
  kTan,
  kCot,
  kSec,
  kCsc,
  kArcsin,
  kArccos,
  kArctan,
  kArccot,
  kArcsec,
  kArccsc,
  kSinh,
  kCosh,
  kTanh,
  kCoth,
  kSech,
  kCsch,
  kArsinh,
  kArcosh,
  kArtanh,
  kArcoth,
  kArsech,
  kArcsch,
  kExp,
  kLn,
  kLog,
  kLogBase,  // kLogBase: argument, base
  kSqrt,
  kCbrt,
  kAbs,
  kFloor,
  kCeil,
  kRound,
  kSign,
  kFactorial,
  kDoubleFactorial,
  kBinomial,
  kPermutations,
  kGcd,
  kLcm,
  kMin,
  kMax,
  kMod,
  kRe,
  kIm,
  kConjugate,
  kArg,
  kDet,
  kNorm,
  kGamma
};
/// The name of a kOpaque of a value and a modulus: 17 (mod 20).
inline constexpr const char* kCongruent = "pmod";
/// The name of a kOpaque of values, each with its condition.
inline constexpr const char* kPiecewise = "piecewise";
const char* name_of(Function function);
bool is_trigonometric(Function function);

struct Node {
  Op op;
  std::uint8_t flag = 0;
  std::uint16_t extra = 0;
  std::uint32_t payload = 0;
  std::uint32_t first = 0, count = 0;  ///< Its children in `links`.
};

/// One expression: nodes in an arena, children by number.
class Tree {
 public:
  NodeId add(Op op, std::span<const NodeId> children, std::uint32_t payload = 0, std::uint8_t flag = 0, std::uint16_t extra = 0);
  NodeId add(Op op, std::initializer_list<NodeId> children, std::uint32_t payload = 0, std::uint8_t flag = 0, std::uint16_t extra = 0) {
    return add(op, std::span<const NodeId>(children.begin(), children.size()), payload, flag, extra);
  }
  NodeId number(Rational value, std::uint8_t flag = kPlain);
  NodeId integer(std::int64_t value) { return number(Rational(value)); }
  NodeId symbol(std::string_view name) { return add(Op::kSymbol, {}, intern(name)); }
  NodeId constant(Constant constant) { return add(Op::kConstant, {}, static_cast<std::uint32_t>(constant)); }
  NodeId call(Function function, std::initializer_list<NodeId> arguments) { return add(Op::kCall, arguments, static_cast<std::uint32_t>(function)); }
  std::uint32_t intern(std::string_view name);

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::span<const NodeId> children(NodeId id) const { return {links_.data() + nodes_[id].first, nodes_[id].count}; }
  NodeId child(NodeId id, std::size_t i) const { return links_[nodes_[id].first + i]; }
  const Rational& value(NodeId id) const { return numbers_[nodes_[id].payload]; }
  const std::string& name(NodeId id) const { return names_[nodes_[id].payload]; }
  const std::string& name_at(std::uint32_t index) const { return names_[index]; }
  Function function(NodeId id) const { return static_cast<Function>(nodes_[id].payload); }
  Constant constant_of(NodeId id) const { return static_cast<Constant>(nodes_[id].payload); }
  bool is(NodeId id, Op op) const { return nodes_[id].op == op; }
  bool is_constant(NodeId id, Constant constant) const { return is(id, Op::kConstant) && constant_of(id) == constant; }
  std::span<const Relation> relations(NodeId id) const { return {relations_.data() + nodes_[id].payload, nodes_[id].count - 1}; }
  std::uint32_t add_relations(std::span<const Relation> relations);
  std::size_t size() const { return nodes_.size(); }
  /// Copies an expression of another tree (or of this one) into this one.
  NodeId copy(const Tree& other, NodeId id);
  static constexpr std::size_t kMaxNodes = 8192;
  static constexpr std::uint16_t kMaxDepth = 400;  ///< Bounds every walk over a tree.

 private:
  std::vector<std::uint16_t> depths_;
  std::vector<Node> nodes_;
  std::vector<NodeId> links_;
  std::vector<Rational> numbers_;
  std::vector<std::string> names_;
  std::vector<Relation> relations_;
};

/// Same shape, same names, same numbers.
bool same(const Tree& a, NodeId x, const Tree& b, NodeId y);
/// Whether any node under `id` (itself included) fulfils the predicate.
template <typename Predicate>
bool any(const Tree& tree, NodeId id, const Predicate& predicate) {
  if (predicate(tree[id], id)) return true;
  for (const NodeId child : tree.children(id)) {
    if (any(tree, child, predicate)) return true;
  }
  return false;
}
bool has_symbol(const Tree& tree, NodeId id);
bool has_decimal(const Tree& tree, NodeId id);
bool has_letter(const Tree& tree, NodeId id, std::string_view name);
/// The expression with another in the place of a letter.
NodeId with_letter_as(Tree& tree, NodeId id, std::string_view name, NodeId by);
/// (1, 2), or an interval without its ends.
bool is_point(const Tree& tree, NodeId id);
bool has_plus_minus(const Tree& tree, NodeId id);
/// A number, symbol, sum, product, power, call …: nothing that is a structure.
bool is_scalar(const Tree& tree, NodeId id);

}  // namespace lydian::math
