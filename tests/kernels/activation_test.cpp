#include "kernels/kernel_cases.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {
namespace {

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

TEST(Activation, AgreesWithFloat64AndHasTheSameBitsEverywhere) {
  Draw draw(41);
  for (int i = 0; i < 20; ++i) {
    const std::int64_t rows = draw.between(1, 4), width = draw.between(1, 60), ld = padded(width) + 16 * draw.between(0, 1),
                       ldo = padded(width) + 16 * draw.between(0, 1);
    const Guarded gate = draw.rows(rows, width, ld, 3.0), up = draw.rows(rows, width, ld), d_out = draw.rows(rows, width, ldo);
    std::vector<std::vector<Guarded>> results;
    for (const KernelTable* table : available_tables()) {
      Guarded out(rows * ldo), d_gate(rows * ld), d_up(rows * ld), squared(rows * ldo), d_squared(rows * ld);
      table->swiglu(gate.data(), up.data(), ld, rows, width, out.data(), ldo);
      table->swiglu_backward(d_out.data(), ldo, gate.data(), up.data(), ld, rows, width, d_gate.data(), d_up.data(), ld);
      table->relu_squared(gate.data(), ld, rows, width, squared.data(), ldo);
      table->relu_squared_backward(d_out.data(), ldo, gate.data(), ld, rows, width, d_squared.data(), ld);
      results.push_back({out, d_gate, d_up, squared, d_squared});
      EXPECT_TRUE(results.back() == results.front()) << to_string(table->isa);
    }
    const std::vector<Guarded>& got = results.back();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t j = 0; j < width; ++j) {
        const double g = gate[row * ld + j], u = up[row * ld + j], d = d_out[row * ldo + j], s = sigmoid(g);
        expect_close(got[0][row * ldo + j], g * s * u, 0.0, "swiglu");
        expect_close(got[1][row * ld + j], d * u * s * (1 + g * (1 - s)), std::fabs(d * u), "d gate");
        expect_close(got[2][row * ld + j], d * g * s, 0.0, "d up");
        expect_close(got[3][row * ldo + j], g > 0 ? g * g : 0, 0.0, "relu squared");
        expect_close(got[4][row * ld + j], g > 0 ? d * 2 * g : 0, 0.0, "d relu squared");
      }
      for (std::int64_t j = width; j < padded(width); ++j) EXPECT_EQ(got[0][row * ldo + j] + got[3][row * ldo + j], 0.0f);
    }
  }
}

TEST(Activation, SwigluTakesExtremeGates) {
  Guarded gate(16), up(16, 1.0f), out(16);
  const float values[] = {1000.0f, -1000.0f, -88.0f, 0.0f, NAN};
  std::copy(values, values + 5, gate.begin());
  for (const KernelTable* table : available_tables()) {
    table->swiglu(gate.data(), up.data(), 16, 1, 5, out.data(), 16);
    EXPECT_EQ(out[0], 1000.0f);
    EXPECT_EQ(out[1], 0.0f);
    EXPECT_NEAR(out[2], -88.0 * std::exp(-88.0), 1e-40);
    EXPECT_EQ(out[3], 0.0f);
    EXPECT_TRUE(std::isnan(out[4]));
  }
}

}  // namespace
}  // namespace lydian::kernels
