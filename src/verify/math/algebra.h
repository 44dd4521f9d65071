#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verify/math/evaluate.h"
#include "verify/math/exact.h"

namespace lydian::math {

/// How many generators there are, and the finest root and angle that they stand for. Where one is too small the work starts again with a larger one.
struct Shape {
  slong generators = 8;
  std::int64_t root = 1;    ///< L: every letter x is the L-th power of its generator.
  std::int64_t circle = 1;  ///< M: the generator on the circle is e^{i pi / M}.
};
struct ShapeTooSmall {
  Shape needed;
};
/// A form that would get too large, or an expression that has none. Decides nothing.
struct NoForm {
  const char* why;
};

struct PolyRing {
  explicit PolyRing(slong generators) { fmpz_mpoly_ctx_init(ctx, generators, ORD_LEX); }
  ~PolyRing() { fmpz_mpoly_ctx_clear(ctx); }
  PolyRing(const PolyRing&) = delete;
  PolyRing& operator=(const PolyRing&) = delete;
  fmpz_mpoly_ctx_t ctx;
};

/// A polynomial with integer coefficients in the generators of its ring.
class Poly {
 public:
  explicit Poly(const PolyRing& ring) : ring_(&ring) { fmpz_mpoly_init(value_, ring.ctx); }
  Poly(const Poly& other) : ring_(other.ring_) {
    fmpz_mpoly_init(value_, ring_->ctx);
    fmpz_mpoly_set(value_, other.value_, ring_->ctx);
  }
  Poly(Poly&& other) noexcept : ring_(other.ring_) {
    fmpz_mpoly_init(value_, ring_->ctx);
    fmpz_mpoly_swap(value_, other.value_, ring_->ctx);
  }
  Poly& operator=(Poly other) noexcept {
    fmpz_mpoly_swap(value_, other.value_, ring_->ctx);
    return *this;
  }
  ~Poly() { fmpz_mpoly_clear(value_, ring_->ctx); }
  fmpz_mpoly_struct* get() { return value_; }
  const fmpz_mpoly_struct* get() const { return value_; }
  const fmpz_mpoly_ctx_struct* ctx() const { return ring_->ctx; }
  std::int64_t terms() const { return static_cast<std::int64_t>(fmpz_mpoly_length(value_, ring_->ctx)); }
  bool is_zero() const { return fmpz_mpoly_is_zero(value_, ring_->ctx) != 0; }
  bool is_one() const { return fmpz_mpoly_is_one(value_, ring_->ctx) != 0; }
  bool is_constant() const { return fmpz_mpoly_is_fmpz(value_, ring_->ctx) != 0; }
  bool operator==(const Poly& other) const { return fmpz_mpoly_equal(value_, other.value_, ring_->ctx) != 0; }

 private:
  const PolyRing* ring_;
  fmpz_mpoly_t value_;
};

/// A quotient of polynomials.
struct Form {
  Poly above, below;
};

enum class GeneratorKind : std::uint8_t {
  kSymbol,  ///< x^{1/L}; name
  kPi,
  kEuler,
  kPrime,      ///< p^{1/L}; base: p
  kImaginary,  ///< i
  kCircle,     ///< e^{i pi / M}
  kRootOf,     ///< base^{1/L}
  kPowerOf,    ///< base^{atom / L}; where `of` is a generator: of^{atom}
  kExpI,       ///< e^{i atom / L}
  kLogOf,      ///< ln base
  kAbsOf,      ///< |base|
  kFactorial,  ///< (base)!
  kCall,       ///< A function that is known by its arguments only
};

struct Generator {
  GeneratorKind kind;
  bool numeric = false;     ///< An algebraic number: no letter, no pi, e, log … in it.
  std::string name;         ///< Of symbols and calls.
  slong of = -1;            ///< kPowerOf: the generator that is the base, -1 where it is `base`.
  std::vector<Form> parts;  ///< base, then atom or further arguments.
};

/// One factor of an expression under a root or logarithm, with its multiplicity.
struct Factor {
  enum class Kind : std::uint8_t { kMinusOne, kPrime, kGenerator, kPoly } kind;
  std::int64_t multiplicity;
  Integer prime;
  slong generator = -1;
  std::shared_ptr<Poly> poly;
};

/// One term of an exponent or angle: coefficient times an atom; no atom: the number 1.
struct ExponentTerm {
  Rational coefficient;
  std::shared_ptr<Form> atom;
};

/// Canonical forms of two expressions over one set of generators: quotients of polynomials in letters and kernels (roots, powers, logs, unknown functions),
/// where sines and cosines are written with e^{ix}. Letters are taken as positive here; whoever uses a form checks other signs by numbers.
///
/// Sound: whatever it calls zero is zero where letters are positive, up to the branch of a root, which the caller checks by numbers too.
class Algebra {
 public:
  Algebra(Shape shape, const MathOptions& options, Budget& budget);

  Form form(Folder& folder, NodeId id);
  /// a - b is zero.
  bool equal(const Form& a, const Form& b);
  /// The two numerators are equal up to a constant other than 0: a * of_b = b * of_a, with numbers of_a and of_b.
  bool proportional(const Poly& a, const Poly& b, Poly& of_a, Poly& of_b);
  /// Whether a rule was used that is right for letters and factors above 0 only: |x| = x, or a root, power or logarithm of a product taken apart.
  bool took_signs() const { return took_signs_; }
  /// The value with numbers for the letters, roots on their principal branch. Throws Undefined where it cannot be told.
  Ball value_at(const Poly& poly, Point point, slong precision);
  Poly difference(const Form& a, const Form& b);
  Poly common_factor(const Poly& a, const Poly& b);
  Poly quotient(const Poly& a, const Poly& divisor);
  bool has_letters(const Poly& poly) const { return !numeric_poly(poly); }
  /// Proof that the polynomial stands for zero: each coefficient of a product of letters is an algebraic number that is proved to be 0.
  bool is_zero(Poly poly);
  /// Proof that two real constants closer than 1 to each other are equal: by e^{a - b} = 1 or e^{i (a - b)} = 1, or for two above 0 by their logarithms.
  bool equal_constants(const Form& a, const Form& b, bool positive);

  Form constant(const Rational& value);
  Form add(const Form& a, const Form& b);
  Form subtract(const Form& a, const Form& b);
  Form multiply(const Form& a, const Form& b);
  Form divide(const Form& a, const Form& b);
  Form negate(Form a);
  Form integer_power(const Form& base, std::int64_t exponent);

 private:
  // algebra.cpp
  Poly one() const;
  Poly generator_poly(slong index, std::int64_t exponent = 1);
  Form generator_form(slong index, std::int64_t exponent);
  slong find_or_add(Generator generator);
  slong plain_generator(GeneratorKind kind, const std::string& name = {});
  bool same_parts(const std::vector<Form>& a, const std::vector<Form>& b);
  Poly times(const Poly& a, const Poly& b);
  void reduce(Poly& poly);
  void reduce_by(Poly& poly, slong generator, std::int64_t degree, const Poly& value);
  void simplify(Form& form);
  bool has_relation(slong generator, std::int64_t& degree);
  Poly relation_value(slong generator);
  void check(const Poly& poly);
  bool numeric_poly(const Poly& poly) const;

  // form.cpp: from trees.
  Form call(Folder& folder, NodeId id);
  Form power(Folder& folder, NodeId id);
  Form root(Folder& folder, NodeId id);
  Form sum(Folder& folder, NodeId id);
  Form symbol(const std::string& name);
  Form opaque(const std::string& name, std::vector<Form> arguments);
  Form angle(Folder& folder, NodeId id);
  bool too_fine(const Form& angle);
  Form arc(Function function, const Form& argument, Folder& folder, NodeId id);
  Form factorial(const Form& argument);
  Form floor_or_ceil(Folder& folder, NodeId id);
  std::optional<std::size_t> extreme(Folder& folder, NodeId id);
  std::optional<Form> remainder(Folder& folder, NodeId id);
  std::optional<Poly> conjugate(const Poly& poly);
  std::optional<Form> complex_part(Function function, const Form& argument);

  // raise.cpp: powers, logarithms, exponentials.
  std::vector<Factor> factors(const Form& form);
  void integer_factors(const Integer& value, std::int64_t sign, std::vector<Factor>& out);
  void poly_factors(const Poly& poly, std::int64_t sign, std::vector<Factor>& out);
  std::vector<ExponentTerm> terms(const Form& exponent);
  Form raise(const Form& base, const Form& exponent);
  Form raise_factor(const Factor& factor, const Rational& exponent);
  Form raise_factor(const Factor& factor, const Rational& exponent, const Form& atom);
  Form raise_euler(const Rational& exponent, const Form& atom);
  Form on_circle(const Rational& half_turns);
  Form exp_i(const Form& angle);
  Form exponential(const Form& exponent);
  Form logarithm(const Form& argument);
  Form absolute(const Form& argument);
  bool is_positive(const Poly& poly) const;
  bool is_root_like(slong generator) const;
  void note_signs(const std::vector<Factor>& parts);
  std::int64_t scaled(const Rational& value, std::int64_t by);
  int numeric_sign(const Poly& poly);

  // zero_test.cpp: algebraic numbers.
  struct Size {
    std::int64_t above = 0, below = 0;  ///< Bits: bounds of the conjugates of numerator and denominator.
  };
  bool numeric_zero(const Poly& poly);
  Ball numeric_value(const Poly& poly, slong precision);
  Ball generator_value(slong generator, slong precision);
  Ball kernel_value(const Generator& generator, slong precision);
  Size size_of(const Poly& poly);
  Size size_of(slong generator);
  void degrees(const Poly& poly, std::vector<std::int64_t>& exponents_gcd, std::vector<char>& used);

  Shape shape_;
  const MathOptions& options_;
  Budget& budget_;
  std::unique_ptr<PolyRing> ring_;
  std::vector<Generator> generators_;
  int nesting_ = 0;
  bool took_signs_ = false;
  std::optional<Point> point_;  ///< Inside value_at.
};

}  // namespace lydian::math
