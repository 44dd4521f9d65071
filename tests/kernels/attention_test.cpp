#include "kernels/kernel_cases.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {
namespace {

constexpr std::int64_t kHeadDims[] = {16, 24, 32, 64, 128};

/// One sequence of one key/value head, its blocks scattered and full of NaN where nothing was stored.
struct Sequence {
  std::int64_t head_dim, width, positions, blocks;
  Guarded keys, values;  ///< [positions][width]
  std::vector<Guarded> key_blocks, value_blocks;
  std::vector<const float*> key_list, value_list;
  KeyValueBlocks view() const { return {key_list.data(), value_list.data()}; }
};

Sequence draw_sequence(Draw& draw, const KernelTable& table, std::int64_t head_dim, std::int64_t positions) {
  const std::int64_t width = padded(head_dim), blocks = (positions + 15) / 16;
  Sequence s{head_dim, width, positions, blocks, draw.rows(positions, head_dim, width), draw.rows(positions, head_dim, width), {}, {}, {}, {}};
  for (std::int64_t b = 0; b < blocks; ++b) {
    s.key_blocks.emplace_back(width * 16, std::nanf(""));
    s.value_blocks.emplace_back(width * 16, std::nanf(""));
  }
  for (std::int64_t b = 0; b < blocks; ++b) {
    s.key_list.push_back(s.key_blocks[b].data());
    s.value_list.push_back(s.value_blocks[b].data());
  }
  for (std::int64_t p = 0; p < positions; ++p) {
    table.store_key(s.keys.data() + p * width, head_dim, p, s.key_blocks[p / 16].data());
    table.store_value(s.values.data() + p * width, head_dim, p, s.value_blocks[p / 16].data());
  }
  return s;
}

struct Queries {
  std::int64_t rows, stride, probability_stride;
  Guarded q;
  std::vector<std::int64_t> last;
};

Queries draw_queries(Draw& draw, const Sequence& s, std::int64_t rows, bool consecutive) {
  Queries x{rows, s.width + 16 * draw.between(0, 2), 16 * s.blocks, Guarded(0), {}};
  x.q = draw.rows(rows, s.head_dim, x.stride, 1.5 / std::sqrt(static_cast<double>(s.head_dim)));
  for (std::int64_t row = 0; row < rows; ++row) x.last.push_back(consecutive ? s.positions - rows + row : draw.between(0, s.positions - 1));
  std::sort(x.last.begin(), x.last.end());
  return x;
}

struct Attended {
  Guarded out, probabilities;
};

Attended run(const KernelTable& table, const Sequence& s, const Queries& x, std::int64_t first, std::int64_t rows) {
  Attended result{Guarded(rows * s.width), Guarded(rows * x.probability_stride)};
  Guarded scratch(rows * 16 * (x.last[first + rows - 1] / 16 + 1));
  table.attention(x.q.data() + first * x.stride, x.stride, rows, x.last.data() + first, s.view(), s.head_dim, result.out.data(), s.width,
                  result.probabilities.data(), x.probability_stride, scratch.data());
  return result;
}

std::vector<double> exact_probabilities(const Sequence& s, const float* q, std::int64_t last) {
  std::vector<double> p(last + 1);
  double highest = -1e300, total = 0;
  for (std::int64_t j = 0; j <= last; ++j) {
    for (std::int64_t i = 0; i < s.head_dim; ++i) p[j] += static_cast<double>(q[i]) * s.keys[j * s.width + i];
    highest = std::max(highest, p[j]);
  }
  for (double& value : p) total += value = std::exp(value - highest);
  for (double& value : p) value /= total;
  return p;
}

TEST(Attention, AgreesWithFloat64) {
  Draw draw(11);
  for (std::int64_t head_dim : kHeadDims) {
    for (std::int64_t positions : {1, 5, 16, 17, 70}) {
      const Sequence s = draw_sequence(draw, active_table(), head_dim, positions);
      const Queries x = draw_queries(draw, s, positions, true);
      const Attended got = run(active_table(), s, x, 0, x.rows);
      for (std::int64_t row = 0; row < x.rows; ++row) {
        const std::vector<double> p = exact_probabilities(s, x.q.data() + row * x.stride, x.last[row]);
        for (std::int64_t i = 0; i < s.width; ++i) {
          double exact = 0;
          for (std::int64_t j = 0; j <= x.last[row]; ++j) exact += p[j] * s.values[j * s.width + i];
          expect_close(got.out[row * s.width + i], exact, 1.0, "out");
        }
        for (std::int64_t j = 0; j < (x.last[row] / 16 + 1) * 16; ++j) {
          const float probability = got.probabilities[row * x.probability_stride + j];
          if (j <= x.last[row]) {
            expect_close(probability, p[j], 0.1, "probability");
          } else {
            EXPECT_EQ(probability, 0.0f);
          }
        }
      }
    }
  }
}

TEST(Attention, KeepsARowsBitsWhateverItSharesARunWith) {
  Draw draw(12);
  for (int i = 0; i < 80; ++i) {
    const std::int64_t head_dim = kHeadDims[draw.between(0, 4)], positions = draw.between(1, 120);
    const Sequence s = draw_sequence(draw, active_table(), head_dim, positions);
    const bool consecutive = draw.between(0, 1);
    const Queries x = draw_queries(draw, s, consecutive ? draw.between(1, positions) : draw.between(1, 50), consecutive);
    const Attended whole = run(active_table(), s, x, 0, x.rows);
    for (const KernelTable* table : available_tables()) {
      for (std::int64_t first = 0; first < x.rows;) {
        const std::int64_t rows = std::min(draw.between(1, 9), x.rows - first);
        const Attended part = run(*table, s, x, first, rows);
        EXPECT_EQ(std::memcmp(part.out.data(), whole.out.data() + first * s.width, rows * s.width * sizeof(float)), 0) << to_string(table->isa);
        EXPECT_EQ(
            std::memcmp(part.probabilities.data(), whole.probabilities.data() + first * x.probability_stride, rows * x.probability_stride * sizeof(float)), 0);
        first += rows;
      }
    }
  }
}

/// The heads of a group in one call, each seeing the same positions, against one call a head.
TEST(Attention, ADecodeStepOfAGroupIsItsHeadsOneByOne) {
  Draw draw(13);
  for (std::int64_t heads : {1, 2, 3, 4, 7, 8}) {
    const Sequence s = draw_sequence(draw, active_table(), 32, draw.between(1, 100));
    Queries x = draw_queries(draw, s, heads, false);
    std::fill(x.last.begin(), x.last.end(), s.positions - 1);
    const Attended whole = run(active_table(), s, x, 0, heads);
    for (const KernelTable* table : available_tables()) {
      for (std::int64_t head = 0; head < heads; ++head) {
        const Attended one = run(*table, s, x, head, 1);
        EXPECT_EQ(std::memcmp(one.out.data(), whole.out.data() + head * s.width, s.width * sizeof(float)), 0);
      }
    }
  }
}

/// A sum that underflowed to -0 must not become +0 by the zero terms of positions that only a neighbour sees.
TEST(Attention, ASignedZeroDoesNotTellWhoSharedTheRun) {
  Draw draw(16);
  for (const KernelTable* table : available_tables()) {
    Sequence s = draw_sequence(draw, *table, 16, 3);
    Queries x{2, 16, 16, Guarded(32), {1, 2}};
    x.q[0] = x.q[16] = 1.0f;
    const float keys[] = {-75.0f, 0.0f, 0.0f}, values[] = {-1e-20f, -0.0f, 1.0f};
    for (std::int64_t p = 0; p < 3; ++p) {
      s.key_blocks[0][p] = keys[p];
      std::fill(s.value_blocks[0].data() + p * 16, s.value_blocks[0].data() + (p + 1) * 16, values[p]);
    }
    const Attended alone = run(*table, s, x, 0, 1), together = run(*table, s, x, 0, 2);
    EXPECT_EQ(std::memcmp(alone.out.data(), together.out.data(), 16 * sizeof(float)), 0) << to_string(table->isa);
  }
}

struct Gradients {
  Guarded dq, dk, dv;
  bool operator==(const Gradients&) const = default;
};

void run_backward(const KernelTable& table, const Sequence& s, const Queries& x, const Attended& forward, const Guarded& d_out, std::int64_t first,
                  std::int64_t rows, Gradients* g) {
  const std::int64_t blocks = x.last[first + rows - 1] / 16 + 1;
  Guarded scratch(rows * 16 * blocks + 2 * 16 * blocks * s.width, std::nanf(""));
  table.attention_backward(d_out.data() + first * s.width, s.width, forward.out.data() + first * s.width, s.width, x.q.data() + first * x.stride, x.stride,
                           rows, x.last.data() + first, s.view(), s.head_dim, forward.probabilities.data() + first * x.probability_stride, x.probability_stride,
                           g->dq.data() + first * s.width, s.width, g->dk.data(), g->dv.data(), s.width, scratch.data());
}

TEST(AttentionBackward, AgreesWithFloat64) {
  Draw draw(14);
  for (std::int64_t head_dim : kHeadDims) {
    const std::int64_t positions = draw.between(2, 60);
    const Sequence s = draw_sequence(draw, active_table(), head_dim, positions);
    const Queries x = draw_queries(draw, s, positions, true);
    const Attended forward = run(active_table(), s, x, 0, x.rows);
    const Guarded d_out = draw.rows(x.rows, head_dim, s.width);
    Gradients got{Guarded(x.rows * s.width), draw.rows(positions, head_dim, s.width), draw.rows(positions, head_dim, s.width)};
    const Gradients before = got;
    run_backward(active_table(), s, x, forward, d_out, 0, x.rows, &got);
    std::vector<double> dq(x.rows * s.width), dk(before.dk.data(), before.dk.data() + before.dk.size()),
        dv(before.dv.data(), before.dv.data() + before.dv.size());
    for (std::int64_t row = 0; row < x.rows; ++row) {
      const std::vector<double> p = exact_probabilities(s, x.q.data() + row * x.stride, x.last[row]);
      std::vector<double> dp(p.size());
      double along = 0;
      for (std::size_t j = 0; j < p.size(); ++j) {
        for (std::int64_t i = 0; i < head_dim; ++i) {
          dp[j] += static_cast<double>(d_out[row * s.width + i]) * s.values[j * s.width + i];
          dv[j * s.width + i] += p[j] * d_out[row * s.width + i];
        }
        along += p[j] * dp[j];
      }
      for (std::size_t j = 0; j < p.size(); ++j) {
        for (std::int64_t i = 0; i < head_dim; ++i) {
          dq[row * s.width + i] += p[j] * (dp[j] - along) * s.keys[j * s.width + i];
          dk[j * s.width + i] += p[j] * (dp[j] - along) * x.q[row * x.stride + i];
        }
      }
    }
    const double scale = std::sqrt(static_cast<double>(head_dim)) * 4;
    for (std::int64_t i = 0; i < got.dq.size(); ++i) expect_close(got.dq[i], dq[i], scale, "dq");
    for (std::int64_t i = 0; i < got.dk.size(); ++i) expect_close(got.dk[i], dk[i], scale, "dk");
    for (std::int64_t i = 0; i < got.dv.size(); ++i) expect_close(got.dv[i], dv[i], scale, "dv");
  }
}

TEST(AttentionBackward, KeepsItsBitsForAnyCutByRows) {
  Draw draw(15);
  for (int i = 0; i < 40; ++i) {
    const std::int64_t head_dim = kHeadDims[draw.between(0, 4)], positions = draw.between(1, 90);
    const Sequence s = draw_sequence(draw, active_table(), head_dim, positions);
    const bool consecutive = draw.between(0, 1);
    const Queries x = draw_queries(draw, s, consecutive ? draw.between(1, positions) : draw.between(1, 50), consecutive);
    const Attended forward = run(active_table(), s, x, 0, x.rows);
    const Guarded d_out = draw.rows(x.rows, head_dim, s.width);
    const std::int64_t seen = x.last.back() + 1;
    const Gradients before{Guarded(x.rows * s.width), draw.rows(seen, head_dim, s.width), draw.rows(seen, head_dim, s.width)};
    Gradients whole = before;
    run_backward(active_table(), s, x, forward, d_out, 0, x.rows, &whole);
    for (const KernelTable* table : available_tables()) {
      Gradients cut = before;
      for (std::int64_t first = 0; first < x.rows;) {
        const std::int64_t rows = std::min(draw.between(1, 40), x.rows - first);
        run_backward(*table, s, x, forward, d_out, first, rows, &cut);
        first += rows;
      }
      EXPECT_TRUE(cut == whole) << to_string(table->isa) << " head_dim " << head_dim << " rows " << x.rows;
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
