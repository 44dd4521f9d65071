#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verify/math/flint.h"
#include "verify/math/tree.h"

namespace lydian::math {

/// A value that does not exist: 1/0, ln 0, tan 90°. `surely`: at any precision, since a part is surely not real.
struct Undefined {
  bool surely = false;
};

/// Folds the parts of a tree that are rational numbers exactly, each once.
///
/// Throws LimitExceeded where a number would get more than max_bits bits, Undefined at a division by zero.
class Folder {
 public:
  Folder(const Tree& tree, std::int64_t max_bits, Budget& budget) : tree_(tree), max_bits_(max_bits), budget_(budget) {}
  /// The exact value, or nullptr where it is no rational number that can be read off. The pointer lives as long as the Folder.
  const Rational* value(NodeId id);
  const Tree& tree() const { return tree_; }
  Budget& budget() { return budget_; }
  std::int64_t max_bits() const { return max_bits_; }

 private:
  std::optional<Rational> fold(NodeId id);
  std::optional<Rational> fold_power(NodeId base, NodeId exponent);
  std::optional<Rational> fold_root(NodeId radicand, NodeId index);
  std::optional<Rational> fold_call(NodeId id);
  std::optional<Rational> fold_many(NodeId id);
  std::optional<Rational> fold_sum(NodeId id);
  Rational checked(Rational value) const;

  const Tree& tree_;
  std::int64_t max_bits_;
  Budget& budget_;
  std::map<NodeId, std::optional<Rational>> known_;
};

/// A rational number other than 0 as a product of powers of primes, whose exponents may be of any size.
struct PrimePowers {
  bool negative = false;
  std::map<ulong, Integer> exponents;  ///< None of them 0.
  bool operator==(const PrimePowers& other) const = default;
};
/// Of a product or quotient of powers of numbers of up to 62 bits; nothing for others. What is over max_bits when written out can be compared by it.
std::optional<PrimePowers> prime_powers(Folder& folder, NodeId id);

/// base^exponent, exactly. Throws LimitExceeded over max_bits, Undefined for 0 to a negative power.
Rational power(const Rational& base, const Integer& exponent, std::int64_t max_bits, Budget& budget);
/// The exact real k-th root where it is rational.
std::optional<Rational> exact_root(const Rational& value, std::uint32_t index);
/// The expression below a sum with its bound variable replaced by a number: in a new tree.
NodeId substitute(const Tree& from, NodeId id, const std::string& name, const Rational& value, Tree& to);

}  // namespace lydian::math
