#include "kernels/entries.h"
#include "kernels/product.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

// Shapes of the register tile, rows x panels. AVX-512 has 32 registers: 8 x 3 accumulators. AVX2 has 16, two a panel: 6 x 1.
#if LYDIAN_KERNEL_ISA == 512
constexpr int kMaxRows = 8, kMaxPanels = 8, kMaxAccumulators = 24;
#else
constexpr int kMaxRows = 6, kMaxPanels = 6, kMaxAccumulators = 6;
#endif

/// One tile: `rows` and `panels` are the template's.
struct Tile {
  const float* a;
  const float* b[kMaxPanels];
  float* c;
  const float* bias;
  std::int64_t first_panel;
  const float* prefetch;  ///< One line of it is fetched a step.
};

template <int kRows, int kPanels>
LYDIAN_LANES void accumulate(Lanes (&sums)[kRows][kPanels], const float* a, std::int64_t a_row, std::int64_t a_step, const float* const* panel,
                             std::int64_t b_step, std::int64_t steps, const float* next) {
  const float* b[kPanels];
#pragma GCC unroll 8
  for (int p = 0; p < kPanels; ++p) b[p] = panel[p];
  for (std::int64_t step = 0; step < steps; ++step) {
    prefetch(next + step * 16);
    Lanes row[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) row[p] = load(b[p] + step * b_step);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Lanes factor = broadcast(a[r * a_row]);
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sums[r][p] = fma(factor, row[p], sums[r][p]);
    }
    a += a_step;
  }
}

template <int kRows, int kPanels>
void run_tile(const Product& product, const Tile& tile) {
  Lanes sums[kRows][kPanels];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) sums[r][p] = product.finish == Finish::kContinue ? load(tile.c + r * product.c_row + p * product.c_panel) : zero();
  }
  if (product.segment_list == nullptr) {
    accumulate<kRows, kPanels>(sums, tile.a, product.a_row, product.a_step, tile.b, product.b_step, product.steps, tile.prefetch);
  } else {
    const float* a = tile.a;
    for (std::int64_t done = 0; done < product.steps; done += 16, a += 16 * product.a_step) {
      const float* b[kPanels];
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) b[p] = product.segment_list[done / 16] + 16 * (tile.first_panel + p);
      const std::int64_t left = product.steps - done;
      accumulate<kRows, kPanels>(sums, a, product.a_row, product.a_step, b, product.b_step, left < 16 ? left : 16, b[0]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      float* c = tile.c + r * product.c_row + p * product.c_panel;
      Lanes value = sums[r][p];
      if (tile.bias != nullptr) value = value + load(tile.bias + 16 * p);
      if (product.finish == Finish::kAdd) value = load(c) + value;
      store(c, value);
    }
  }
}

using TileFunction = void (*)(const Product&, const Tile&);

struct TileTable {
  TileFunction at[kMaxRows][kMaxPanels];
};

template <int kRows, int kPanels>
constexpr void fill(TileTable* table) {
  table->at[kRows - 1][kPanels - 1] = run_tile<kRows, kPanels>;
  if constexpr (kPanels < kMaxPanels && kRows * (kPanels + 1) <= kMaxAccumulators) {
    fill<kRows, kPanels + 1>(table);
  } else if constexpr (kRows > 1) {
    fill<kRows - 1, 1>(table);
  }
}

constexpr TileTable make_tiles() {
  TileTable table{};
  fill<kMaxRows, 1>(&table);
  return table;
}

constexpr TileTable kTiles = make_tiles();

std::int64_t panels_at_once(std::int64_t rows) {
  const std::int64_t fits = kMaxAccumulators / rows;
  const std::int64_t limit = rows >= 4 ? 3 : kMaxPanels;  // many rows: three panels keep both inputs in the first-level cache
  return fits < limit ? fits : limit;
}

const float* panel_start(const Product& product, std::int64_t panel) {
  if (product.segment_list != nullptr) return product.segment_list[0];
  return product.panel_list != nullptr ? product.panel_list[panel] : product.b + panel * product.b_panel;
}

}  // namespace

void multiply(const Product& product) {
  if (product.rows <= 0 || product.panels <= 0) return;
  const std::int64_t row_blocks = (product.rows + kMaxRows - 1) / kMaxRows;
  const std::int64_t most_rows = (product.rows + row_blocks - 1) / row_blocks;
  const std::int64_t groups = (product.panels + panels_at_once(most_rows) - 1) / panels_at_once(most_rows);
  for (std::int64_t group = 0; group < groups; ++group) {
    // Panels and rows are spread evenly, so that no small tile is left over.
    const std::int64_t panel = product.panels * group / groups;
    const std::int64_t count = product.panels * (group + 1) / groups - panel;
    Tile tile{};
    tile.first_panel = panel;
    tile.bias = product.bias == nullptr ? nullptr : product.bias + 16 * panel;
    for (std::int64_t p = 0; p < count; ++p) tile.b[p] = panel_start(product, panel + p);
    for (std::int64_t block = 0; block < row_blocks; ++block) {
      const std::int64_t row = product.rows * block / row_blocks;
      const std::int64_t next = panel + count + block;  // each block of rows fetches one panel of the next group
      tile.prefetch = group + 1 < groups && next < product.panels && block < count ? panel_start(product, next) : tile.b[0];
      tile.a = product.a + row * product.a_row;
      tile.c = product.c + row * product.c_row + panel * product.c_panel;
      kTiles.at[product.rows * (block + 1) / row_blocks - row - 1][count - 1](product, tile);
    }
  }
}

void matmul(const float* a, std::int64_t lda, const float* packed, std::int64_t k, std::int64_t m, std::int64_t panel_begin, std::int64_t panel_end,
            const float* bias, float* c, std::int64_t ldc, MatmulMode mode) {
  multiply({.a = a,
            .a_row = lda,
            .a_step = 1,
            .b = packed + panel_begin * k * 16,
            .b_panel = k * 16,
            .b_step = 16,
            .panel_list = nullptr,
            .segment_list = nullptr,
            .steps = k,
            .rows = m,
            .panels = panel_end - panel_begin,
            .c = c + panel_begin * 16,
            .c_row = ldc,
            .c_panel = 16,
            .bias = bias == nullptr ? nullptr : bias + panel_begin * 16,
            .finish = mode == MatmulMode::kAdd ? Finish::kAdd : Finish::kStore});
}

/// out [panel][m][16] <- rows [m] of `count` panels.
static void pack_rows(const float* rows, std::int64_t ld, std::int64_t m, std::int64_t count, float* out) {
  for (std::int64_t panel = 0; panel < count; ++panel) {
    for (std::int64_t row = 0; row < m; ++row, out += 16) store(out, load(rows + row * ld + panel * 16));
  }
}

void weight_gradient(const float* x, std::int64_t ldx, const float* dy, std::int64_t ldy, std::int64_t m, std::int64_t k, std::int64_t panel_begin,
                     std::int64_t panel_end, float* gradient, float* scratch) {
  const std::int64_t x_panels = (k + 15) / 16, dy_panels = panel_end - panel_begin;
  float* packed_dy = scratch + x_panels * 16 * m;
  pack_rows(x, ldx, m, x_panels, scratch);
  pack_rows(dy + panel_begin * 16, ldy, m, dy_panels, packed_dy);
  for (std::int64_t panel = 0; panel < x_panels; ++panel) {
    multiply({.a = scratch + panel * m * 16,
              .a_row = 1,
              .a_step = 16,
              .b = packed_dy,
              .b_panel = m * 16,
              .b_step = 16,
              .panel_list = nullptr,
              .segment_list = nullptr,
              .steps = m,
              .rows = k - panel * 16 < 16 ? k - panel * 16 : 16,
              .panels = dy_panels,
              .c = gradient + panel_begin * k * 16 + panel * 256,
              .c_row = 16,
              .c_panel = k * 16,
              .bias = nullptr,
              .finish = Finish::kContinue});
  }
}

void bias_gradient(const float* dy, std::int64_t ldy, std::int64_t m, std::int64_t n, float* gradient) {
  for (std::int64_t i = 0; i < n; i += 16) {
    Lanes sums = load_first(gradient + i, n - i);
    for (std::int64_t row = 0; row < m; ++row) sums = sums + load(dy + row * ldy + i);
    store_first(gradient + i, sums, n - i);
  }
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
