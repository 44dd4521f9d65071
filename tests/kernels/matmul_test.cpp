#include "kernels/kernel_cases.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {
namespace {

struct MatmulCase {
  std::int64_t m, n, k, lda, ldc;
  Guarded a, w, packed, bias, c;
};

MatmulCase draw_matmul(Draw& draw) {
  const std::int64_t m = draw.between(1, 40), n = draw.between(1, 150), k = draw.between(1, 70);
  const std::int64_t lda = padded(k) + 16 * draw.between(0, 2), ldc = padded(n) + 16 * draw.between(0, 2);
  MatmulCase c{m, n, k, lda, ldc, draw.rows(m, k, lda), draw.normals(n * k), Guarded(panels(n) * k * 16), draw.rows(1, n, padded(n)), draw.rows(m, n, ldc)};
  pack_panels(c.w.data(), n, k, c.packed.data());
  return c;
}

TEST(Layout, PacksAndUnpacks) {
  Draw draw(1);
  for (int i = 0; i < 20; ++i) {
    const std::int64_t n = draw.between(1, 50), k = draw.between(1, 50);
    const Guarded w = draw.normals(n * k);
    Guarded packed(panels(n) * k * 16), back(n * k), transposed(panels(k) * n * 16);
    pack_panels(w.data(), n, k, packed.data());
    unpack_panels(packed.data(), n, k, back.data());
    EXPECT_TRUE(back == w);
    pack_transposed_panels(w.data(), n, k, transposed.data());
    for (std::int64_t row = 0; row < n; ++row) {
      for (std::int64_t column = 0; column < k; ++column) EXPECT_EQ(transposed[(column / 16 * n + row) * 16 + column % 16], w[row * k + column]);
    }
  }
}

TEST(Matmul, AgreesWithFloat64) {
  Draw draw(2);
  for (int i = 0; i < 30; ++i) {
    const MatmulCase x = draw_matmul(draw);
    for (bool add : {false, true}) {
      for (bool bias : {false, true}) {
        Guarded c = x.c;
        active_table().matmul(x.a.data(), x.lda, x.packed.data(), x.k, x.m, 0, panels(x.n), bias ? x.bias.data() : nullptr, c.data(), x.ldc,
                              add ? MatmulMode::kAdd : MatmulMode::kStore);
        for (std::int64_t row = 0; row < x.m; ++row) {
          for (std::int64_t j = 0; j < x.n; ++j) {
            double exact = (add ? x.c[row * x.ldc + j] : 0.0) + (bias ? x.bias[j] : 0.0), scale = std::fabs(exact);
            for (std::int64_t s = 0; s < x.k; ++s) {
              const double term = static_cast<double>(x.a[row * x.lda + s]) * x.w[j * x.k + s];
              exact += term, scale += std::fabs(term);
            }
            expect_close(c[row * x.ldc + j], exact, scale, "c");
          }
          for (std::int64_t j = x.n; j < padded(x.n); ++j) EXPECT_EQ(c[row * x.ldc + j], 0.0f);
        }
      }
    }
  }
}

/// Whether a table's product has the same bits for the whole, for any cut by rows and panels, and under `reference`.
bool equal_under_cuts(const KernelTable& tested, const KernelTable& reference, Draw& draw) {
  const MatmulCase x = draw_matmul(draw);
  const MatmulMode mode = draw.between(0, 1) ? MatmulMode::kAdd : MatmulMode::kStore;
  const float* bias = draw.between(0, 1) ? x.bias.data() : nullptr;
  Guarded whole = x.c, cut = x.c;
  reference.matmul(x.a.data(), x.lda, x.packed.data(), x.k, x.m, 0, panels(x.n), bias, whole.data(), x.ldc, mode);
  for (std::int64_t row = 0; row < x.m;) {
    const std::int64_t rows = std::min(draw.between(1, 20), x.m - row);
    for (std::int64_t panel = 0; panel < panels(x.n);) {
      const std::int64_t end = std::min(panel + draw.between(1, 5), panels(x.n));
      tested.matmul(x.a.data() + row * x.lda, x.lda, x.packed.data(), x.k, rows, panel, end, bias, cut.data() + row * x.ldc, x.ldc, mode);
      panel = end;
    }
    row += rows;
  }
  return whole == cut;
}

TEST(Matmul, KeepsItsBitsForAnyCutAndInstructionSet) {
  Draw draw(3);
  for (const KernelTable* table : available_tables()) {
    for (int i = 0; i < 60; ++i) EXPECT_TRUE(equal_under_cuts(*table, active_table(), draw)) << to_string(table->isa);
  }
}

/// The planted fault: the last row of an odd count sums from the end.
void matmul_with_another_order(const float* a, std::int64_t lda, const float* packed, std::int64_t k, std::int64_t m, std::int64_t panel_begin,
                               std::int64_t panel_end, const float* bias, float* c, std::int64_t ldc, MatmulMode mode) {
  Guarded before(16 * (panel_end - panel_begin));
  float* last = c + (m - 1) * ldc + 16 * panel_begin;
  std::copy(last, last + before.size(), before.begin());
  active_table().matmul(a, lda, packed, k, m, panel_begin, panel_end, bias, c, ldc, mode);
  if (m % 2 == 0) return;
  for (std::int64_t j = 0; j < before.size(); ++j) {
    float sum = 0;
    for (std::int64_t s = k - 1; s >= 0; --s) sum = std::fma(a[(m - 1) * lda + s], packed[(panel_begin + j / 16) * k * 16 + s * 16 + j % 16], sum);
    if (bias != nullptr) sum += bias[16 * panel_begin + j];
    last[j] = mode == MatmulMode::kAdd ? before[j] + sum : sum;
  }
}

TEST(Matmul, TheCutCheckCatchesATailThatSumsInAnotherOrder) {
  KernelTable faulty = active_table();
  faulty.matmul = matmul_with_another_order;
  Draw draw(4);
  int caught = 0;
  for (int i = 0; i < 20; ++i) caught += !equal_under_cuts(faulty, active_table(), draw);
  EXPECT_GE(caught, 15);
}

TEST(WeightGradient, AgreesWithFloat64AndKeepsItsBitsForAnyCut) {
  Draw draw(5);
  for (int i = 0; i < 30; ++i) {
    const std::int64_t m = draw.between(1, 50), n = draw.between(1, 90), k = draw.between(1, 60), all = panels(n);
    const std::int64_t ldx = padded(k) + 16 * draw.between(0, 2), ldy = padded(n) + 16 * draw.between(0, 2);
    const Guarded x = draw.rows(m, k, ldx), dy = draw.rows(m, n, ldy), before = draw.normals(all * k * 16);
    Guarded whole = before;
    Guarded scratch(weight_gradient_scratch(m, k, all));
    active_table().weight_gradient(x.data(), ldx, dy.data(), ldy, m, k, 0, all, whole.data(), scratch.data());
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t s = 0; s < k; ++s) {
        const std::int64_t at = (j / 16 * k + s) * 16 + j % 16;
        double exact = before[at], scale = std::fabs(exact);
        for (std::int64_t row = 0; row < m; ++row) {
          const double term = static_cast<double>(x[row * ldx + s]) * dy[row * ldy + j];
          exact += term, scale += std::fabs(term);
        }
        expect_close(whole[at], exact, scale, "weight gradient");
      }
    }
    for (const KernelTable* table : available_tables()) {
      Guarded cut = before;
      for (std::int64_t row = 0; row < m;) {
        const std::int64_t rows = std::min(draw.between(1, 30), m - row);
        for (std::int64_t panel = 0; panel < all;) {
          const std::int64_t end = std::min(panel + draw.between(1, 4), all);
          Guarded small(weight_gradient_scratch(rows, k, end - panel));
          table->weight_gradient(x.data() + row * ldx, ldx, dy.data() + row * ldy, ldy, rows, k, panel, end, cut.data(), small.data());
          panel = end;
        }
        row += rows;
      }
      EXPECT_TRUE(cut == whole) << to_string(table->isa);
    }
  }
}

TEST(BiasGradient, AddsRowsInOrder) {
  Draw draw(6);
  for (int i = 0; i < 20; ++i) {
    const std::int64_t m = draw.between(1, 20), n = draw.between(1, 50), ldy = padded(n);
    const Guarded dy = draw.rows(m, n, ldy), before = draw.normals(n);
    Guarded expected = before;
    for (std::int64_t row = 0; row < m; ++row) {
      for (std::int64_t j = 0; j < n; ++j) expected[j] += dy[row * ldy + j];
    }
    for (const KernelTable* table : available_tables()) {
      Guarded got = before;
      table->bias_gradient(dy.data(), ldy, m, n, got.data());
      EXPECT_TRUE(got == expected) << to_string(table->isa);
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
