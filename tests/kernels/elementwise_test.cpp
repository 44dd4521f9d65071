#include <limits>

#include "kernels/kernel_cases.h"

namespace lydian::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Distance in units of the last place of the exact value's float, also below the normal range.
double ulps(float got, long double exact) {
  const float nearest = static_cast<float>(exact);
  const long double unit = std::nextafter(std::fabs(nearest), kInfinity) - std::fabs(nearest);
  return static_cast<double>(std::fabs((static_cast<long double>(got) - exact) / unit));
}

using Map = void (*)(const float*, std::int64_t, float*);

double worst_ulps(Map map, long double (*exact)(long double), const Guarded& x) {
  Guarded y(x.size());
  map(x.data(), x.size(), y.data());
  double worst = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) worst = std::max(worst, ulps(y[i], exact(x[i])));
  return worst;
}

TEST(Elementwise, ExpAndLogStayWithinTwoUnits) {
  Draw draw(51);
  const std::int64_t count = 200000;
  Guarded exponents(count), near_zero(count), numbers(count), near_one(count), tiny(count);
  for (std::int64_t i = 0; i < count; ++i) {
    exponents[i] = static_cast<float>(-103.9 + 192.6 * draw.uniform());
    near_zero[i] = static_cast<float>((draw.uniform() - 0.5) * std::ldexp(1.0, -static_cast<int>(draw.between(0, 30))));
    numbers[i] = static_cast<float>(std::ldexp(1.0 + draw.uniform(), static_cast<int>(draw.between(-126, 127))));
    near_one[i] = static_cast<float>(1.0 + (draw.uniform() - 0.5) * std::ldexp(1.0, -static_cast<int>(draw.between(0, 22))));
    tiny[i] = static_cast<float>(std::ldexp(1.0 + draw.uniform(), static_cast<int>(draw.between(-149, -120))));
  }
  const KernelTable& table = active_table();
  EXPECT_LE(worst_ulps(table.exp, expl, exponents), 2.0);
  EXPECT_LE(worst_ulps(table.exp, expl, near_zero), 2.0);
  EXPECT_LE(worst_ulps(table.log, logl, numbers), 2.0);
  EXPECT_LE(worst_ulps(table.log, logl, near_one), 2.0);
  EXPECT_LE(worst_ulps(table.log, logl, tiny), 2.0);
}

TEST(Elementwise, LimitsAreExact) {
  const float x[] = {0.0f, -kInfinity, kInfinity, NAN, -104.0f, -1e30f, 88.8f, 1e30f, -0.0f};
  const float e[] = {1.0f, 0.0f, kInfinity, NAN, 0.0f, 0.0f, kInfinity, kInfinity, 1.0f};
  const float y[] = {0.0f, -0.0f, 1.0f, kInfinity, -kInfinity, -1.0f, NAN, -1e-40f};
  const float l[] = {-kInfinity, -kInfinity, 0.0f, kInfinity, NAN, NAN, NAN, NAN};
  for (const KernelTable* table : available_tables()) {
    float got[9];
    table->exp(x, 9, got);
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(got[i] == e[i] || (std::isnan(got[i]) && std::isnan(e[i]))) << "exp(" << x[i] << ") = " << got[i];
    table->log(y, 8, got);
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(got[i] == l[i] || (std::isnan(got[i]) && std::isnan(l[i]))) << "log(" << y[i] << ") = " << got[i];
  }
}

TEST(Elementwise, EveryElementHasItsOwnBitsAtAnyPlaceAndLength) {
  Draw draw(52);
  for (int i = 0; i < 30; ++i) {
    const std::int64_t n = draw.between(1, 70), cut = draw.between(0, n);
    Guarded x = draw.normals(n, 20.0);
    if (i % 2 == 0) {
      for (float& value : x) value = std::fabs(value);
    }
    for (Map KernelTable::*member : {&KernelTable::exp, &KernelTable::log, &KernelTable::sigmoid, &KernelTable::sqrt}) {
      Guarded whole(n);
      (active_table().*member)(x.data(), n, whole.data());
      for (const KernelTable* table : available_tables()) {
        Guarded parts(n);
        (table->*member)(x.data(), cut, parts.data());
        (table->*member)(x.data() + cut, n - cut, parts.data() + cut);
        for (std::int64_t j = 0; j < n; ++j) {
          EXPECT_TRUE(std::memcmp(&parts[j], &whole[j], sizeof(float)) == 0 || (std::isnan(parts[j]) && std::isnan(whole[j]))) << to_string(table->isa);
        }
      }
    }
  }
}

TEST(Elementwise, SigmoidSqrtAndAdditionAgreeWithFloat64) {
  Draw draw(53);
  const std::int64_t n = 1003;
  const Guarded x = draw.normals(n, 8.0);
  Guarded s(n), r(n), added = x, squares(n);
  for (std::int64_t i = 0; i < n; ++i) squares[i] = x[i] * x[i];
  active_table().sigmoid(x.data(), n, s.data());
  active_table().sqrt(squares.data(), n, r.data());
  active_table().add_to(squares.data(), n, added.data());
  for (std::int64_t i = 0; i < n; ++i) {
    expect_close(s[i], 1 / (1 + std::exp(-static_cast<double>(x[i]))), 0.0, "sigmoid", 1e-6);
    EXPECT_EQ(r[i], std::sqrt(squares[i]));
    EXPECT_EQ(added[i], x[i] + squares[i]);
  }
}

TEST(Elementwise, SumsAreSixteenLanesAndATree) {
  Draw draw(54);
  for (std::int64_t n : {0, 1, 15, 16, 17, 40, 1000}) {
    const Guarded x = draw.normals(n);
    float lanes[16] = {};
    double squares[16] = {};
    for (std::int64_t i = 0; i < n; ++i) lanes[i % 16] += x[i], squares[i % 16] += static_cast<double>(x[i]) * x[i];
    for (int half = 8; half > 0; half /= 2) {
      for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half], squares[lane] += squares[lane + half];
    }
    for (const KernelTable* table : available_tables()) {
      EXPECT_EQ(table->sum(x.data(), n), lanes[0]) << to_string(table->isa);
      EXPECT_EQ(table->sum_of_squares(x.data(), n), squares[0]) << to_string(table->isa);
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
