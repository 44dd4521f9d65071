#include "kernels/entries.h"
#include "kernels/product.h"
#include "kernels/vector_math.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

std::int64_t whole_lanes(std::int64_t width) {
  return (width + 15) / 16 * 16;
}

/// Rows that share one run over keys and values: enough to use what was loaded twice, few enough that causal rows waste little. No bit depends on it.
constexpr std::int64_t kRowTile = LYDIAN_KERNEL_ISA == 512 ? 16 : 12;

/// scores [rows][16 * blocks] = query · key.
void multiply_by_keys(const float* q, std::int64_t q_stride, std::int64_t rows, const float* const* keys, std::int64_t blocks, std::int64_t head_dim,
                      float* scores) {
  Product product{};
  product.a = q;
  product.a_row = q_stride;
  product.a_step = 1;
  product.panel_list = keys;
  product.b_step = 16;
  product.steps = head_dim;
  product.rows = rows;
  product.panels = blocks;
  product.c = scores;
  product.c_row = 16 * blocks;
  product.c_panel = 16;
  multiply(product);
}

/// The highest score of the positions 0 … last; those beyond, up to the end of the block, become -inf.
float highest_score(float* scores, std::int64_t last) {
  const std::int64_t tail = last / 16;
  store(scores + tail * 16, first_or(load(scores + tail * 16), last % 16 + 1, negative_infinity()));
  Lanes highest = negative_infinity();
  for (std::int64_t block = 0; block <= tail; ++block) highest = max(highest, load(scores + block * 16));
  return max(highest);
}

/// scores <- e^(score - highest), exactly 0 beyond `last`, in all `blocks`; gives the inverse of their sum.
float exponentials(float* scores, std::int64_t blocks, std::int64_t last, float highest) {
  Lanes sums = zero();
  for (std::int64_t block = 0; block <= last / 16; ++block) {
    const Lanes e = exp(load(scores + block * 16) - broadcast(highest));
    store(scores + block * 16, e);
    sums = sums + e;
  }
  for (std::int64_t block = last / 16 + 1; block < blocks; ++block) store(scores + block * 16, zero());
  return 1.0f / sum(sums);
}

/// x <- x * factor + 0. A row may share its run with rows that see more positions, whose terms are exact zeros for it: they can only turn -0 into +0, and so
/// does this.
void scale_row(const float* x, std::int64_t width, float factor, float* out) {
  for (std::int64_t i = 0; i < width; i += 16) store(out + i, fma(load(x + i), broadcast(factor), zero()));
}

}  // namespace

void store_key(const float* key, std::int64_t head_dim, std::int64_t position, float* block) {
  float* column = block + position % 16;
  for (std::int64_t i = 0; i < whole_lanes(head_dim); ++i) column[i * 16] = i < head_dim ? key[i] : 0.0f;
}

void store_value(const float* value, std::int64_t head_dim, std::int64_t position, float* block) {
  float* row = block + position % 16 * whole_lanes(head_dim);
  for (std::int64_t i = 0; i < head_dim; i += 16) store(row + i, load_first(value + i, head_dim - i));
}

/// A tile of rows through the whole of attention.
static void attend(const float* q, std::int64_t q_stride, std::int64_t rows, const std::int64_t* last_position, KeyValueBlocks blocks, std::int64_t head_dim,
                   float* out, std::int64_t out_stride, float* probabilities, std::int64_t probability_stride, float* scores) {
  const std::int64_t last = last_position[rows - 1], count = last / 16 + 1, width = 16 * count;
  multiply_by_keys(q, q_stride, rows, blocks.keys, count, head_dim, scores);
  // Two loops, so that one row's reduction runs beside the next row's work.
  float highest[kRowTile], inverse_sum[kRowTile];
  for (std::int64_t row = 0; row < rows; ++row) highest[row] = highest_score(scores + row * width, last_position[row]);
  for (std::int64_t row = 0; row < rows; ++row) inverse_sum[row] = exponentials(scores + row * width, count, last_position[row], highest[row]);
  Product product{};
  product.a = scores;
  product.a_row = width;
  product.a_step = 1;
  product.segment_list = blocks.values;
  product.b_step = whole_lanes(head_dim);
  product.steps = last + 1;
  product.rows = rows;
  product.panels = whole_lanes(head_dim) / 16;
  product.c = out;
  product.c_row = out_stride;
  product.c_panel = 16;
  multiply(product);
  for (std::int64_t row = 0; row < rows; ++row) {
    scale_row(out + row * out_stride, head_dim, inverse_sum[row], out + row * out_stride);
    if (probabilities != nullptr) {
      scale_row(scores + row * width, (last_position[row] / 16 + 1) * 16, inverse_sum[row], probabilities + row * probability_stride);
    }
  }
}

void attention(const float* q, std::int64_t q_stride, std::int64_t rows, const std::int64_t* last_position, KeyValueBlocks blocks, std::int64_t head_dim,
               float* out, std::int64_t out_stride, float* probabilities, std::int64_t probability_stride, float* scratch) {
  for (std::int64_t row = 0; row < rows; row += kRowTile) {
    const std::int64_t count = rows - row < kRowTile ? rows - row : kRowTile;
    attend(q + row * q_stride, q_stride, count, last_position + row, blocks, head_dim, out + row * out_stride, out_stride,
           probabilities == nullptr ? nullptr : probabilities + row * probability_stride, probability_stride, scratch);
  }
}

namespace {

/// What the backward's parts share.
struct Backward {
  const float *d_out, *out, *q, *probabilities;
  std::int64_t d_out_stride, out_stride, q_stride, probability_stride;
  std::int64_t rows, head_dim, width, positions, blocks;
  const std::int64_t* last_position;
  float* d_scores;             ///< [rows][16 * blocks]
  float* keys_by_position;     ///< [16 * blocks][width]
  float* values_by_dimension;  ///< [blocks][width][16]
};

/// Both blocks turned; positions that no row sees become zeros.
void transpose_blocks(const Backward& b, KeyValueBlocks blocks) {
  for (std::int64_t position = 0; position < 16 * b.blocks; ++position) {
    const float* key = blocks.keys[position / 16] + position % 16;
    const float* value = blocks.values[position / 16] + position % 16 * b.width;
    float* key_row = b.keys_by_position + position * b.width;
    float* value_column = b.values_by_dimension + position / 16 * b.width * 16 + position % 16;
    const bool seen = position < b.positions;
    for (std::int64_t i = 0; i < b.width; ++i) {
      key_row[i] = seen ? key[i * 16] : 0.0f;
      value_column[i * 16] = seen ? value[i] : 0.0f;
    }
  }
}

/// d_scores holds d_out · value; it becomes p * (d_out · value - d_out · out), zero in blocks that the row does not see.
void softmax_backward(const Backward& b, std::int64_t row) {
  const float* d = b.d_out + row * b.d_out_stride;
  const float* o = b.out + row * b.out_stride;
  Lanes sums = zero();
  for (std::int64_t i = 0; i < b.head_dim; i += 16) sums = fma(load_first(d + i, b.head_dim - i), load_first(o + i, b.head_dim - i), sums);
  const Lanes along = broadcast(sum(sums));
  const float* p = b.probabilities + row * b.probability_stride;
  float* slope = b.d_scores + row * 16 * b.blocks;
  const std::int64_t seen = b.last_position[row] / 16;
  for (std::int64_t block = 0; block < b.blocks; ++block) {
    store(slope + block * 16, block <= seen ? load(p + block * 16) * (load(slope + block * 16) - along) : zero());
  }
}

/// d [position][width] += sum over rows of factor [row][position] * x [row]. Each position starts at the first row that sees its block, whatever the tile.
void add_by_position(const Backward& b, const float* factor, std::int64_t factor_stride, const float* x, std::int64_t x_stride, float* d,
                     std::int64_t d_stride) {
  std::int64_t row = 0;
  for (std::int64_t position = 0; position < b.positions; position += 16) {
    while (b.last_position[row] < position) ++row;
    Product product{};
    product.a = factor + row * factor_stride + position;
    product.a_row = 1;
    product.a_step = factor_stride;
    product.b = x + row * x_stride;
    product.b_panel = 16;
    product.b_step = x_stride;
    product.steps = b.rows - row;
    product.rows = b.positions - position < 16 ? b.positions - position : 16;
    product.panels = b.width / 16;
    product.c = d + position * d_stride;
    product.c_row = d_stride;
    product.c_panel = 16;
    product.finish = Finish::kContinue;
    multiply(product);
  }
}

/// dq [row] = sum over positions of d_scores * key.
void query_gradient(const Backward& b, std::int64_t row, std::int64_t rows, float* dq, std::int64_t dq_stride) {
  Product product{};
  product.a = b.d_scores + row * 16 * b.blocks;
  product.a_row = 16 * b.blocks;
  product.a_step = 1;
  product.b = b.keys_by_position;
  product.b_panel = 16;
  product.b_step = b.width;
  product.steps = b.last_position[row + rows - 1] + 1;
  product.rows = rows;
  product.panels = b.width / 16;
  product.c = dq;
  product.c_row = dq_stride;
  product.c_panel = 16;
  multiply(product);
  for (std::int64_t i = 0; i < rows; ++i) scale_row(dq + i * dq_stride, b.width, 1.0f, dq + i * dq_stride);
}

}  // namespace

void attention_backward(const float* d_out, std::int64_t d_out_stride, const float* out, std::int64_t out_stride, const float* q, std::int64_t q_stride,
                        std::int64_t rows, const std::int64_t* last_position, KeyValueBlocks blocks, std::int64_t head_dim, const float* probabilities,
                        std::int64_t probability_stride, float* dq, std::int64_t dq_stride, float* dk, float* dv, std::int64_t dkv_stride, float* scratch) {
  if (rows <= 0) return;
  Backward b{};
  b.d_out = d_out, b.out = out, b.q = q, b.probabilities = probabilities;
  b.d_out_stride = d_out_stride, b.out_stride = out_stride, b.q_stride = q_stride, b.probability_stride = probability_stride;
  b.rows = rows, b.head_dim = head_dim, b.width = whole_lanes(head_dim), b.last_position = last_position;
  b.positions = last_position[rows - 1] + 1, b.blocks = (b.positions + 15) / 16;
  b.d_scores = scratch;
  b.keys_by_position = scratch + rows * 16 * b.blocks;
  b.values_by_dimension = b.keys_by_position + 16 * b.blocks * b.width;
  transpose_blocks(b, blocks);
  for (std::int64_t row = 0; row < rows; row += kRowTile) {
    const std::int64_t count = rows - row < kRowTile ? rows - row : kRowTile;
    Product product{};
    product.a = d_out + row * d_out_stride;
    product.a_row = d_out_stride;
    product.a_step = 1;
    product.b = b.values_by_dimension;
    product.b_panel = b.width * 16;
    product.b_step = 16;
    product.steps = head_dim;
    product.rows = count;
    product.panels = last_position[row + count - 1] / 16 + 1;
    product.c = b.d_scores + row * 16 * b.blocks;
    product.c_row = 16 * b.blocks;
    product.c_panel = 16;
    multiply(product);
    for (std::int64_t i = row; i < row + count; ++i) softmax_backward(b, i);
    query_gradient(b, row, count, dq + row * dq_stride, dq_stride);
  }
  add_by_position(b, probabilities, probability_stride, d_out, d_out_stride, dv, dkv_stride);
  add_by_position(b, b.d_scores, 16 * b.blocks, q, q_stride, dk, dkv_stride);
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
