#include "lydian/core/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lydian/core/random_stream.h"

namespace lydian {
namespace {

double ulps(double got, long double exact) {
  const double nearest = static_cast<double>(exact);
  const double unit = std::nextafter(std::fabs(nearest), std::numeric_limits<double>::infinity()) - std::fabs(nearest);
  return static_cast<double>(std::fabs((static_cast<long double>(got) - exact) / unit));
}

TEST(PortableMath, StaysWithinTwoUnitsOfTheExactValue) {
  RandomStream stream({.seed = 3});
  double worst_exp = 0, worst_log = 0, worst_sin = 0, worst_cos = 0;
  for (int i = 0; i < 200000; ++i) {
    const double x = (stream.uniform() - 0.5) * 1400.0;
    worst_exp = std::max(worst_exp, ulps(portable::exp(x), expl(static_cast<long double>(x))));
    const double y = std::ldexp(1.0 + stream.uniform(), static_cast<int>(stream.between(-1000, 1000)));
    worst_log = std::max(worst_log, ulps(portable::log(y), logl(static_cast<long double>(y))));
    const double z = (stream.uniform() - 0.5) * std::ldexp(1.0, static_cast<int>(stream.between(-3, 20)));
    worst_sin = std::max(worst_sin, ulps(portable::sin(z), sinl(static_cast<long double>(z))));
    worst_cos = std::max(worst_cos, ulps(portable::cos(z), cosl(static_cast<long double>(z))));
  }
  EXPECT_LE(worst_exp, 2.0);
  EXPECT_LE(worst_log, 2.0);
  EXPECT_LE(worst_sin, 2.0);
  EXPECT_LE(worst_cos, 2.0);
}

TEST(PortableMath, HasTheUsualLimits) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(portable::exp(0.0), 1.0);
  EXPECT_EQ(portable::exp(800.0), infinity);
  EXPECT_EQ(portable::exp(-800.0), 0.0);
  EXPECT_EQ(portable::log(0.0), -infinity);
  EXPECT_TRUE(std::isnan(portable::log(-1.0)));
  EXPECT_EQ(portable::log2(1024.0), 10.0);
  EXPECT_EQ(portable::pow(2.0, 0.0), 1.0);
  EXPECT_NEAR(portable::pow(10000.0, -0.25), 0.1, 1e-16);
  EXPECT_EQ(portable::sin(0.0), 0.0);
  EXPECT_EQ(portable::cos(0.0), 1.0);
}

}  // namespace
}  // namespace lydian
