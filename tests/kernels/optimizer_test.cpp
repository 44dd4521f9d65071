#include "kernels/kernel_cases.h"

namespace lydian::kernels {
namespace {

TEST(AdamW, AgreesWithFloat64AndHasTheSameBitsForAnyCut) {
  Draw draw(61);
  for (std::int64_t n : {1, 15, 16, 37, 200}) {
    const Guarded start = draw.normals(n);
    std::vector<Guarded> gradients;
    for (int step = 0; step < 10; ++step) gradients.push_back(draw.normals(n, 0.1));
    std::vector<double> exact_w(start.data(), start.data() + n), exact_m(n), exact_v(n);
    std::vector<std::vector<Guarded>> results;
    for (const KernelTable* table : available_tables()) {
      Guarded w = start, m(n), v(n);
      double beta1_power = 1, beta2_power = 1;
      for (const Guarded& gradient : gradients) {
        beta1_power *= 0.9, beta2_power *= 0.999;
        const std::int64_t cut = draw.between(0, n);
        const auto step = [&](std::int64_t begin, std::int64_t end) {
          table->adamw(w.data() + begin, m.data() + begin, v.data() + begin, gradient.data() + begin, end - begin, 0.5f, 1e-2f, 0.9f, 0.999f, 1e-8f, 0.1f,
                       static_cast<float>(1 / (1 - beta1_power)), static_cast<float>(1 / (1 - beta2_power)));
        };
        step(0, cut);
        step(cut, n);
      }
      results.push_back({w, m, v});
      EXPECT_TRUE(results.back() == results.front()) << to_string(table->isa);
    }
    double beta1_power = 1, beta2_power = 1;
    for (const Guarded& gradient : gradients) {
      beta1_power *= 0.9, beta2_power *= 0.999;
      for (std::int64_t i = 0; i < n; ++i) {
        const double g = gradient[i] * 0.5;
        exact_m[i] += 0.1 * (g - exact_m[i]), exact_v[i] += 0.001 * (g * g - exact_v[i]);
        exact_w[i] -= 1e-2 * (0.1 * exact_w[i] + exact_m[i] / (1 - beta1_power) / (std::sqrt(exact_v[i] / (1 - beta2_power)) + 1e-8));
      }
    }
    for (std::int64_t i = 0; i < n; ++i) {
      expect_close(results.back()[0][i], exact_w[i], 1.0, "w");
      expect_close(results.back()[1][i], exact_m[i], 0.1, "m");
      expect_close(results.back()[2][i], exact_v[i], 0.0, "v", 1e-4);
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
