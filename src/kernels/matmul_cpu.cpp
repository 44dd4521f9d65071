#include "kernels/entries.h"
#include "kernels/product.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

// Shapes of the register tile, rows x panels. AVX-512 has 32 registers: 8 x 3 accumulators. AVX2 has 16, two a panel: 6 x 1.
#if LYDIAN_KERNEL_ISA == 512
constexpr int kMaxRows = 8, kMaxPanels = 8, kMaxAccumulators = 24, kRegisters = 32;
#else
constexpr int kMaxRows = 6, kMaxPanels = 6, kMaxAccumulators = 6, kRegisters = 8;
#endif

LYDIAN_LANES const float* panel_start(const Product& product, std::int64_t panel) {
  return product.panel_list != nullptr ? product.panel_list[panel] : product.b + panel * product.b_panel;
}

/// The innermost loop. One cache line of `next` is fetched a step.
template <int kRows, int kPanels>
LYDIAN_LANES void accumulate(Lanes (&sums)[kRows][kPanels], const float* a, std::int64_t a_row, std::int64_t a_step, const float* const (&b)[kPanels],
                             std::int64_t b_step, std::int64_t steps, const float* next) {
  for (std::int64_t step = 0; step < steps; ++step) {
    prefetch(next + step * b_step);
    Lanes row[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      row[p] = load(b[p] + step * b_step);
      if constexpr (kRows > 1 && (kRows + 1) * kPanels < kRegisters) keep_in_register(&row[p]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Lanes factor = broadcast(a[r * a_row]);
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sums[r][p] = fma(factor, row[p], sums[r][p]);
    }
    a += a_step;
  }
}

/// All steps of one tile over separate panels, or over segments of 16 steps that hold all panels side by side.
template <int kRows, int kPanels>
LYDIAN_LANES void accumulate_all(Lanes (&sums)[kRows][kPanels], const Product& product, const float* a, std::int64_t panel, std::int64_t ahead) {
  const float* b[kPanels];
  if (product.segment_list == nullptr) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) b[p] = panel_start(product, panel + p);
    accumulate<kRows, kPanels>(sums, a, product.a_row, product.a_step, b, product.b_step, product.steps,
                               panel + ahead < product.panels ? panel_start(product, panel + ahead) : b[0]);
    return;
  }
  for (std::int64_t done = 0; done < product.steps; done += 16, a += 16 * product.a_step) {
    const float* const* segment = product.segment_list + done / 16;
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) b[p] = segment[0] + 16 * (panel + p);
    const std::int64_t left = product.steps - done;
    accumulate<kRows, kPanels>(sums, a, product.a_row, product.a_step, b, product.b_step, left < 16 ? left : 16, left > 16 ? segment[1] + 16 * panel : b[0]);
  }
}

/// The columns panel … end - 1 of one block of rows, kPanels at a time; meanwhile the panel `ahead` of each tile is fetched, if there is one. The arguments
/// fit into registers: in memory they would wait for all stores into C.
template <int kRows, int kPanels>
void run_tiles(const Product& shared, const float* a, float* c, std::int64_t panel, std::int64_t end, std::int64_t ahead) {
  const Product product = shared;  // a copy, which no store into C can change
  for (; panel < end; panel += kPanels, c += kPanels * product.c_panel) {
    Lanes sums[kRows][kPanels];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sums[r][p] = product.finish == Finish::kContinue ? load(c + r * product.c_row + p * product.c_panel) : zero();
    }
    if (product.finish == Finish::kContinue) {  // the next tile of C, which lies too far away for the processor to guess it
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; ++p) prefetch(c + r * product.c_row + (p + kPanels) * product.c_panel);
      }
    }
    accumulate_all<kRows, kPanels>(sums, product, a, panel, ahead);
    if (product.bias != nullptr) {
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) {
        const Lanes bias = load(product.bias + 16 * (panel + p));
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) sums[r][p] = sums[r][p] + bias;
      }
    }
    if (product.finish == Finish::kAdd) {
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; ++p) sums[r][p] = load(c + r * product.c_row + p * product.c_panel) + sums[r][p];
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) store(c + r * product.c_row + p * product.c_panel, sums[r][p]);
    }
  }
}

using TileFunction = void (*)(const Product&, const float*, float*, std::int64_t, std::int64_t, std::int64_t);

struct TileTable {
  TileFunction at[kMaxRows + 1][kMaxPanels + 1];
};

template <int kRows, int kPanels>
constexpr void fill(TileTable* table) {
  table->at[kRows][kPanels] = run_tiles<kRows, kPanels>;
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

/// A chunk of panels that all blocks of rows go over, whole tiles: about 64 KiB stay in the second-level cache, which is fast enough for all but one row.
std::int64_t panels_in_cache(std::int64_t steps, std::int64_t widest) {
  const std::int64_t fits = 1024 / (steps > 0 ? steps : 1);
  return fits > widest ? (fits + widest - 1) / widest * widest : widest;
}

/// `count` panels in tiles of nearly equal width, so that no narrow one is left over: `wider` panels in tiles of `width` + 1, then the rest.
struct Widths {
  std::int64_t width, wider;
};

Widths split(std::int64_t count, std::int64_t widest) {
  const std::int64_t tiles = (count + widest - 1) / widest, width = count / tiles;
  return {.width = width, .wider = count % tiles * (width + 1)};
}

/// One block of rows over the chunk of panels panel … end - 1.
void run_chunk(const Product& product, std::int64_t rows, Widths widths, const float* a, float* c, std::int64_t panel, std::int64_t end, std::int64_t ahead) {
  const std::int64_t narrower = panel + widths.wider;
  if (widths.wider > 0) kTiles.at[rows][widths.width + 1](product, a, c, panel, narrower, ahead);
  kTiles.at[rows][widths.width](product, a, c + widths.wider * product.c_panel, narrower, end, ahead);
}

}  // namespace

void multiply(const Product& product) {
  if (product.rows <= 0 || product.panels <= 0) return;
  const std::int64_t row_blocks = (product.rows + kMaxRows - 1) / kMaxRows;
  const std::int64_t height = product.rows / row_blocks, taller = product.rows % row_blocks;  // blocks of height + 1 rows come first
  const std::int64_t widest = panels_at_once(taller > 0 ? height + 1 : height);
  const std::int64_t chunk = row_blocks == 1 ? product.panels : panels_in_cache(product.steps, widest);
  for (std::int64_t panel = 0; panel < product.panels; panel += chunk) {
    const std::int64_t end = panel + chunk < product.panels ? panel + chunk : product.panels;
    const Widths widths = split(end - panel, widest);
    const float* a = product.a;
    float* c = product.c + panel * product.c_panel;
    for (std::int64_t block = 0; block < row_blocks; ++block) {
      const std::int64_t rows = block < taller ? height + 1 : height;
      // The first blocks of rows fetch the next chunk, each another panel of a tile.
      const std::int64_t ahead = row_blocks == 1 ? widest : block < widest ? chunk + block : product.panels;
      run_chunk(product, rows, widths, a, c, panel, end, ahead);
      a += rows * product.a_row;
      c += rows * product.c_row;
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
  constexpr std::int64_t kTogether = 4;  // neighbours in memory
  std::int64_t panel = 0;
  for (; panel + kTogether <= count; panel += kTogether, out += kTogether * 16 * m) {
    for (std::int64_t row = 0; row < m; ++row) {
#pragma GCC unroll 8
      for (std::int64_t p = 0; p < kTogether; ++p) store(out + (p * m + row) * 16, load(rows + row * ld + (panel + p) * 16));
    }
  }
  for (; panel < count; ++panel) {
    for (std::int64_t row = 0; row < m; ++row, out += 16) store(out, load(rows + row * ld + panel * 16));
  }
}

/// out [block][m][kMaxRows] <- rows [m] of `width` columns, in blocks as tall as a register tile. Whole vectors are stored, which the next ones overwrite: up
/// to 16 floats are written behind the last block.
static void pack_columns(const float* rows, std::int64_t ld, std::int64_t m, std::int64_t width, float* out) {
  for (std::int64_t column = 0; column < width; column += kMaxRows) {
    const std::int64_t left = width - column;
    for (std::int64_t row = 0; row < m; ++row, out += kMaxRows) store(out, load_first(rows + row * ld + column, left));
  }
}

void weight_gradient(const float* x, std::int64_t ldx, const float* dy, std::int64_t ldy, std::int64_t m, std::int64_t k, std::int64_t panel_begin,
                     std::int64_t panel_end, float* gradient, float* scratch) {
  float* packed_x = scratch + (panel_end - panel_begin) * 16 * m;
  pack_rows(dy + panel_begin * 16, ldy, m, panel_end - panel_begin, scratch);
  pack_columns(x, ldx, m, k, packed_x);
  Product product{.a = packed_x,
                  .a_row = 1,
                  .a_step = kMaxRows,
                  .b = scratch,
                  .b_panel = m * 16,
                  .b_step = 16,
                  .panel_list = nullptr,
                  .segment_list = nullptr,
                  .steps = m,
                  .rows = k,
                  .panels = panel_end - panel_begin,
                  .c = gradient + panel_begin * k * 16,
                  .c_row = 16,
                  .c_panel = k * 16,
                  .bias = nullptr,
                  .finish = Finish::kContinue};
  const std::int64_t widest = panels_at_once(kMaxRows), chunk = 4 * panels_in_cache(m, widest);
  for (std::int64_t panel = 0; panel < product.panels; panel += chunk) {
    const std::int64_t end = panel + chunk < product.panels ? panel + chunk : product.panels;
    const Widths widths = split(end - panel, widest);
    for (std::int64_t row = 0; row < k; row += kMaxRows) {
      run_chunk(product, k - row < kMaxRows ? k - row : kMaxRows, widths, packed_x + row * m, product.c + panel * product.c_panel + row * 16, panel, end,
                widest);
    }
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
