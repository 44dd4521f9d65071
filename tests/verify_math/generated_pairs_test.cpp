// Properties of the verifier on pairs that are drawn, whose truth is known from the value functions that they were drawn as. LYDIAN_PAIRS_SEED draws others.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "lydian/verify/math_verifier.h"
#include "verify_math/draw.h"
#include "verify_math/same_everywhere.h"
#include "verify_math/spelling.h"

namespace lydian {
namespace {

using math_rows::At;
using math_rows::Beside;
using math_rows::beside;
using math_rows::Draw;
using math_rows::Expression;
using math_rows::Kind;
using math_rows::make;
using math_rows::number;
using math_rows::Speller;
using math_rows::Value;
using math_rows::value_of;

MathGrade graded(const std::string& gold, const std::string& prediction) {
  static const MathVerifier verifier;
  return verifier.grade(gold, prediction, MathKind::kAnswer);
}

std::string spelled(Draw& draw, const Expression& e) {
  return Speller(draw.stream(), !draw.one_in(3))(e);
}

std::string why(const MathGrade& grade) {
  return std::string(" (") + to_string(grade.status) + ", " + to_string(grade.method) + ": " + grade.reason + ")";
}

// The verdict, which must be the same for both orders and when asked again.
MathGrade symmetric(const std::string& a, const std::string& b) {
  const MathGrade grade = graded(a, b), turned = graded(b, a), again = graded(a, b);
  EXPECT_EQ(grade.equal, turned.equal) << a << " and " << b << why(grade) << why(turned);
  EXPECT_EQ(std::tie(grade.equal, grade.status, grade.method, grade.reason, grade.cost),
            std::tie(again.equal, again.status, again.method, again.reason, again.cost))
      << a << " and " << b;
  return grade;
}

TEST(MathGeneratedPairs, EverySpellingEqualsEveryOther) {
  const MathVerifier verifier;
  Draw draw(1);
  int undecided = 0;
  for (int i = 0; i < 1500; ++i) {
    const Expression e = draw.expression(static_cast<int>(draw.between(1, 3)), i % 2 == 1);
    const std::string a = spelled(draw, e), b = spelled(draw, e);
    const MathGrade grade = symmetric(a, b);
    // e^{(1/9)^3}: forms have roots and powers of bounded order.
    EXPECT_TRUE(grade.equal || grade.method == MathMethod::kUndecided) << a << " and " << b << why(grade);
    undecided += grade.equal ? 0 : 1;
    EXPECT_TRUE(graded(a, a).equal) << a;
    EXPECT_TRUE(verifier.grade_gold(a).equal) << a << ": " << verifier.grade_gold(a).reason;
    EXPECT_TRUE(verifier.read(a).whole) << a;
  }
  EXPECT_LE(undecided, 3);
}

// What algebra makes equal is never proved different; nearly all of it is proved equal, all of it where it is rational.
TEST(MathGeneratedPairs, RulesOfAlgebraAreAccepted) {
  Draw draw(2);
  int functions = 0, accepted = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool rational = i % 2 == 0;
    const Expression e = draw.expression(static_cast<int>(draw.between(1, 3)), !rational);
    Expression other = draw.rewritten(e);
    if (draw.one_in(2)) other = draw.rewritten(other);
    const Beside seen = beside(e, other);
    ASSERT_EQ(seen.different, 0) << "the test's own rule: " << spelled(draw, e) << " and " << spelled(draw, other);
    if (seen.equal == 0) continue;
    const std::string a = spelled(draw, e), b = spelled(draw, other);
    const MathGrade grade = symmetric(a, b);
    EXPECT_TRUE(grade.equal || !rational) << a << " and " << b << why(grade);
    EXPECT_TRUE(grade.equal || grade.method == MathMethod::kUndecided) << a << " and " << b << why(grade);
    if (!rational) {
      ++functions;
      accepted += grade.equal ? 1 : 0;
    }
  }
  EXPECT_GE(functions, 700);
  EXPECT_GE(accepted, functions * 97 / 100) << functions;
}

// One constant, sign, exponent, letter or operation changed, and seen to be different in numbers: never accepted.
TEST(MathGeneratedPairs, OneChangeIsNeverAccepted) {
  Draw draw(3);
  int different = 0;
  for (int i = 0; i < 4000; ++i) {
    const Expression e = draw.expression(static_cast<int>(draw.between(1, 3)), i % 2 == 1), other = draw.changed(e);
    if (beside(e, other).different == 0) continue;
    ++different;
    const std::string a = spelled(draw, e), b = spelled(draw, other);
    const MathGrade grade = symmetric(a, b);
    EXPECT_FALSE(grade.equal) << a << " and " << b << why(grade);
  }
  EXPECT_GE(different, 3000);
}

// Small expressions meet by chance: whatever is accepted agrees wherever both sides have values, on either side of 0, and has a value wherever the gold has.
TEST(MathGeneratedPairs, WhatIsAcceptedAgreesAtPointsOfBothSigns) {
  Draw draw(4);
  std::vector<Expression> all;
  std::vector<std::string> texts;
  for (int i = 0; i < 150; ++i) {
    all.push_back(draw.expression(static_cast<int>(draw.between(1, 2)), true, 1));
    if (i % 3 == 0) all.push_back(draw.changed(all.back()));
    if (i % 3 == 1) all.push_back(draw.rewritten(all.back()));
  }
  // Where signs of letters matter.
  const Expression x = math_rows::letter(0), square = make(Kind::kPower, {x}, 2), cube = make(Kind::kPower, {x}, 3);
  for (const Expression& e :
       {x, make(Kind::kAbsolute, {x}), make(Kind::kRoot, {square}, 2), make(Kind::kRoot, {square}, 3), make(Kind::kRoot, {cube}, 3),
        make(Kind::kRoot, {cube}, 2), make(Kind::kProduct, {x, make(Kind::kRoot, {x}, 2)}), make(Kind::kProduct, {x, make(Kind::kAbsolute, {x})}), square,
        make(Kind::kLogarithm, {square}), make(Kind::kProduct, {number(2), make(Kind::kLogarithm, {x})}),
        make(Kind::kExponential, {make(Kind::kLogarithm, {x})}), make(Kind::kLogarithm, {make(Kind::kExponential, {x})}),
        make(Kind::kExponential, {make(Kind::kProduct, {number(1, 2), make(Kind::kLogarithm, {square})})}), make(Kind::kPower, {make(Kind::kRoot, {x}, 2)}, 2),
        make(Kind::kQuotient, {square, make(Kind::kAbsolute, {x})})}) {
    all.push_back(e);
  }
  for (const Expression& e : all) texts.push_back(spelled(draw, e));
  int accepted = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const MathGrade grade = graded(texts[i], texts[j]);
      const bool turned = graded(texts[j], texts[i]).equal;
      EXPECT_TRUE(grade.equal == turned || !math_rows::same_domain(all[i], all[j])) << texts[i] << " and " << texts[j] << why(grade);
      if (!grade.equal) continue;
      ++accepted;
      EXPECT_EQ(beside(all[i], all[j]).different, 0) << texts[i] << " and " << texts[j] << why(grade);
      EXPECT_FALSE(math_rows::is_narrower(all[i], all[j])) << texts[i] << " and " << texts[j] << why(grade);
    }
  }
  EXPECT_GE(accepted, 60);
}

// A list of fractions as written, and what is true of two such lists.
struct Fractions {
  std::vector<Expression> of;
  static bool same(const Expression& a, const Expression& b) { return a.above * b.below == b.above * a.below; }
  bool holds(const Expression& e) const {
    return std::any_of(of.begin(), of.end(), [&](const Expression& own) { return same(own, e); });
  }
  bool same_set(const Fractions& other) const {
    const auto within = [](const Fractions& a, const Fractions& b) {
      return std::all_of(a.of.begin(), a.of.end(), [&](const Expression& e) { return b.holds(e); });
    };
    return within(*this, other) && within(other, *this);
  }
  bool same_list(const Fractions& other) const {
    const auto as_often = [&](const Expression& e) {
      const auto is_it = [&](const Expression& own) { return same(own, e); };
      return std::count_if(of.begin(), of.end(), is_it) == std::count_if(other.of.begin(), other.of.end(), is_it);
    };
    return of.size() == other.of.size() && std::all_of(of.begin(), of.end(), as_often);
  }
  bool same_tuple(const Fractions& other) const { return of.size() == other.of.size() && std::equal(of.begin(), of.end(), other.of.begin(), same); }
};

std::string joined(Draw& draw, const Fractions& values, const char* between) {
  std::string out;
  for (const Expression& e : values.of) out += (out.empty() ? "" : between + std::string(draw.one_in(2) ? " " : "")) + spelled(draw, e);
  return out;
}

// Few values, so that equal sets and tuples are drawn often.
Fractions drawn(Draw& draw, std::int64_t size) {
  Fractions values;
  for (std::int64_t i = 0; i < size; ++i) values.of.push_back(number(draw.between(1, 3), draw.between(1, 2) * 2));
  return values;
}

TEST(MathGeneratedPairs, SetsTuplesAndMatricesByTheirElements) {
  Draw draw(5);
  std::array<int, 5> equal{};
  for (int i = 0; i < 3000; ++i) {
    const std::int64_t size = draw.between(2, 3);
    const Fractions a = drawn(draw, size), b = drawn(draw, draw.one_in(5) ? 5 - size : size);
    const std::string x = joined(draw, a, ","), y = joined(draw, b, ",");
    const auto check = [&](std::size_t kind, const std::string& gold, const std::string& prediction, bool expected) {
      const MathGrade grade = symmetric(gold, prediction);
      EXPECT_EQ(grade.equal, expected) << gold << " and " << prediction << why(grade);
      equal[kind] += grade.equal ? 1 : 0;
    };
    switch (i % 5) {
      case 4:
        check(4, x, y, a.same_list(b));
        break;
      case 0:
        check(0, "\\{" + x + "\\}", draw.one_in(2) ? "\\{" + y + "\\}" : "\\left\\{" + y + "\\right\\}", a.same_set(b));
        break;
      case 1:
        check(1, "(" + x + ")", draw.one_in(2) ? "(" + y + ")" : "\\left(" + y + "\\right)", a.same_tuple(b));
        break;
      case 2:
        check(2, "\\begin{pmatrix}" + joined(draw, a, "&") + "\\end{pmatrix}", "\\begin{bmatrix}" + joined(draw, b, "&") + "\\end{bmatrix}", a.same_tuple(b));
        break;
      default:
        check(3, "\\begin{pmatrix}" + joined(draw, a, "\\\\") + "\\end{pmatrix}", "\\begin{pmatrix}" + joined(draw, b, "\\\\") + "\\end{pmatrix}",
              a.same_tuple(b));
    }
  }
  for (const int count : equal) EXPECT_GE(count, 8);
}

// An interval, or the inequality that says the same.
struct Interval {
  Expression low, high;
  bool low_open = false, high_open = false, from_below = false, to_above = false;  // The last two: without bound there.
  bool same(const Interval& other) const {
    return from_below == other.from_below && to_above == other.to_above && (from_below || (Fractions::same(low, other.low) && low_open == other.low_open)) &&
           (to_above || (Fractions::same(high, other.high) && high_open == other.high_open));
  }
  bool is_none() const { return from_below && to_above; }
};

std::string as_interval(Draw& draw, const Interval& of) {
  return std::string(of.from_below || of.low_open ? "(" : "[") + (of.from_below ? "-\\infty" : spelled(draw, of.low)) + ", " +
         (of.to_above ? "\\infty" : spelled(draw, of.high)) + (of.to_above || of.high_open ? ")" : "]");
}

std::string as_inequality(Draw& draw, const Interval& of) {
  const bool turned = draw.one_in(3);
  const auto sign = [&](bool less, bool open) {
    return std::string(less ? (open ? " < " : draw.one_in(2) ? " \\le " : " \\leq ") : (open ? " > " : " \\ge "));
  };
  if (of.from_below) return turned ? spelled(draw, of.high) + sign(false, of.high_open) + "x" : "x" + sign(true, of.high_open) + spelled(draw, of.high);
  if (of.to_above) return turned ? spelled(draw, of.low) + sign(true, of.low_open) + "x" : "x" + sign(false, of.low_open) + spelled(draw, of.low);
  if (turned) return spelled(draw, of.high) + sign(false, of.high_open) + "x" + sign(false, of.low_open) + spelled(draw, of.low);
  return spelled(draw, of.low) + sign(true, of.low_open) + "x" + sign(true, of.high_open) + spelled(draw, of.high);
}

TEST(MathGeneratedPairs, IntervalsAndInequalitiesByTheirBounds) {
  Draw draw(6);
  const auto interval = [&] {
    Interval of{number(draw.between(-3, 0), 2), number(draw.between(1, 3), 2), draw.one_in(2), draw.one_in(2), draw.one_in(4), false};
    of.to_above = !of.from_below && draw.one_in(4);
    return of;
  };
  int equal = 0;
  for (int i = 0; i < 2500; ++i) {
    const Interval a = interval();
    Interval b = draw.one_in(3) ? interval() : a;
    if (draw.one_in(3)) (draw.one_in(2) ? b.low_open : b.high_open) ^= true;
    const std::string gold = i % 2 == 0 ? as_interval(draw, a) : as_inequality(draw, a),
                      prediction = draw.one_in(2) ? as_interval(draw, b) : as_inequality(draw, b);
    const MathGrade grade = symmetric(gold, prediction);
    EXPECT_EQ(grade.equal, a.same(b)) << gold << " and " << prediction << why(grade);
    equal += grade.equal ? 1 : 0;
  }
  EXPECT_GE(equal, 600);
}

// left R right, of which only the side of 0 on which left - right lies counts.
struct Statement {
  Expression left, right;
  std::string sign;
  int truth(const At& at) const {
    const Value l = value_of(left, at), r = value_of(right, at);
    if (!l.known() || !r.known() || std::fabs(l.value - r.value) <= 1000 * (l.error + r.error)) return -1;
    const bool less = l.value < r.value;
    return sign == "=" ? 0 : sign == "<" || sign == "\\le" ? (less ? 1 : 0) : (less ? 0 : 1);
  }
};

std::string spelled(Draw& draw, const Statement& statement) {
  return spelled(draw, statement.left) + " " + statement.sign + " " + spelled(draw, statement.right);
}

// y = f scaled, moved over and turned is the same equation; with f changed it is another, which the points of one curve show on the other.
TEST(MathGeneratedPairs, EquationsWithTheSameCurve) {
  Draw draw(7);
  const Expression y = math_rows::letter(1);
  int equal = 0;
  for (int i = 0; i < 1200; ++i) {
    const Expression f = draw.expression(static_cast<int>(draw.between(1, 2)), i % 2 == 1, 1);
    const bool change = draw.one_in(2);
    const Expression g = change ? draw.changed(f) : f;
    const Beside seen = beside(f, g);
    if (change ? seen.different == 0 : seen.equal < 4) continue;
    const Statement gold{y, f, "="};
    Statement other{y, g, "="};
    const Expression factor = number(draw.between(2, 5) * (draw.one_in(2) ? -1 : 1));
    if (draw.one_in(2)) other = {make(Kind::kSum, {y, math_rows::negative(g)}), number(0), "="};
    if (draw.one_in(2)) other = {make(Kind::kProduct, {factor, other.left}), make(Kind::kProduct, {factor, other.right}), "="};
    if (draw.one_in(2)) std::swap(other.left, other.right);
    const std::string a = spelled(draw, gold), b = spelled(draw, other);
    const MathGrade grade = symmetric(a, b);
    EXPECT_EQ(grade.equal, !change) << a << " and " << b << why(grade);
    equal += grade.equal ? 1 : 0;
  }
  EXPECT_GE(equal, 350);
}

// Whatever two inequalities of two letters are called, where they are accepted they hold at the same points.
TEST(MathGeneratedPairs, InequalitiesHoldTogether) {
  Draw draw(8);
  const Expression y = math_rows::letter(1);
  int equal = 0;
  for (int i = 0; i < 1500; ++i) {
    const Expression f = draw.expression(static_cast<int>(draw.between(1, 2)), i % 2 == 1, 1);
    const Statement gold{y, f, draw.one_in(2) ? "<" : "\\ge"};
    const std::int64_t factor = draw.between(2, 4) * (draw.one_in(2) ? -1 : 1);
    Statement other{make(Kind::kProduct, {number(factor), y}), make(Kind::kProduct, {number(factor), draw.one_in(3) ? draw.changed(f) : f}), ""};
    const bool strict = gold.sign == "<", less = draw.one_in(2);
    const bool as_strict = draw.one_in(5) ? !strict : strict;
    other.sign = as_strict ? (less ? "<" : ">") : (less ? "\\le" : "\\ge");
    const std::string a = spelled(draw, gold), b = spelled(draw, other);
    const MathGrade grade = symmetric(a, b);
    int apart = 0;
    for (const At& at : math_rows::points()) {
      const int one = gold.truth(at), two = other.truth(at);
      if (one >= 0 && two >= 0 && one != two) ++apart;
    }
    EXPECT_TRUE(!grade.equal || (apart == 0 && as_strict == strict)) << a << " and " << b << why(grade);
    equal += grade.equal ? 1 : 0;
  }
  EXPECT_GE(equal, 300);
}

// Verdict, method, reason and cost are one for any number of threads, and for a hundred repetitions.
TEST(MathVerifierThreads, GeneratedPairsHaveOneVerdict) {
  Draw draw(9);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < 60; ++i) {
    const Expression e = draw.expression(static_cast<int>(draw.between(1, 3)), i % 2 == 1);
    pairs.emplace_back(spelled(draw, e), spelled(draw, i % 3 == 0 ? draw.changed(e) : draw.rewritten(e)));
  }
  const MathVerifier verifier;
  const auto all = [&] {
    std::string verdicts;
    for (const auto& [gold, prediction] : pairs) {
      const MathGrade grade = verifier.grade(gold, prediction, MathKind::kAnswer);
      verdicts += (grade.equal ? '1' : '0') + std::to_string(grade.cost) + to_string(grade.method) + grade.reason;
    }
    return verdicts;
  };
  expect_same_everywhere(all);
}

}  // namespace
}  // namespace lydian
