#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {

/// The instruction sets for which the one source of the kernels is compiled. All give the same bits.
enum class Isa : std::uint8_t { kPlain, kAvx2, kAvx512 };

const char* to_string(Isa isa);

/// Keys and values of one sequence and one key/value head, in blocks of 16 positions by absolute position: block b holds positions 16b … 16b+15.
/// A key block is [head_width][16 positions]; a value block is [16 positions][head_width]; head_width = padded(head_dim). Blocks may be shared between
/// sequences and need not be contiguous. Entries of positions that no query sees may be anything.
struct KeyValueBlocks {
  const float* const* keys;    ///< [blocks]
  const float* const* values;  ///< [blocks]
};

/// What scoring or drawing one token gives. Log-probs are log-softmax(logits * inverse_temperature) over the whole vocabulary, nats.
struct TokenScore {
  float log_prob;
  float entropy;  ///< Of that distribution, nats; only where asked for.
};

/// How a token is drawn. temperature == 0 is greedy (highest logit, ties to the lowest id), its log-prob is that of temperature 1.
struct DrawOptions {
  float inverse_temperature;  ///< 1 / temperature; 1 where greedy.
  bool greedy;
  float top_p;                ///< 1: off. The smallest set of most likely tokens whose probability reaches top_p (evaluation only).
  std::int32_t top_k;         ///< 0: off.
  std::uint64_t key;          ///< Folded StreamKey.
  std::uint64_t token_index;  ///< Position of the token in its completion.
};

enum class MatmulMode : std::uint8_t { kStore, kAdd };

/// The kernels of one instruction set. Pointers and sizes only; activations are row-major with the given row strides (multiples of 16, at least
/// padded(width)); no argument is checked. Sources: kernels/*.cpp; float64 oracles: tests/kernels/.
///
/// Arithmetic rules that make the bits equal everywhere (docs/design.md §5): element-wise work is + - * / sqrt and fma in a stated order; a sum over a row is
/// 16 lanes by absolute index, then the tree 8, 4, 2, 1; a product is one fma chain in k order starting from 0 (or from C, for weight gradients).
struct KernelTable {
  Isa isa;

  /// C [m][panels] = A [m][k] · packed (+ bias) (+ C where kAdd: C + (product + bias)). Panels panel_begin … panel_end - 1 are computed; panel p is stored from
  /// column 16 p on.
  void (*matmul)(const float* a, std::int64_t lda, const float* packed, std::int64_t k, std::int64_t m, std::int64_t panel_begin, std::int64_t panel_end,
                 const float* bias /* padded, or null */, float* c, std::int64_t ldc, MatmulMode mode);
  /// gradient [panel][k][16] += sum over rows i of x[i][k] * dy[i][16 * panel + lane]: the chain starts at the stored gradient, in row order, so rows may be
  /// cut anywhere. `scratch` holds weight_gradient_scratch(m, k, panel_end - panel_begin) floats.
  void (*weight_gradient)(const float* x, std::int64_t ldx, const float* dy, std::int64_t ldy, std::int64_t m, std::int64_t k, std::int64_t panel_begin,
                          std::int64_t panel_end, float* gradient, float* scratch);
  /// gradient [n] += sum over rows of dy, in row order, one addition a row.
  void (*bias_gradient)(const float* dy, std::int64_t ldy, std::int64_t m, std::int64_t n, float* gradient);

  /// y = x * r * weight with r = 1 / sqrt(mean(x^2) + epsilon); r is kept for the backward. Source: arXiv:1910.07467.
  void (*rms_norm)(const float* x, std::int64_t ldx, const float* weight, std::int64_t rows, std::int64_t width, float epsilon, float* y, std::int64_t ldy,
                   float* inverse_rms /* [rows] */);
  /// dx += d(rms_norm)/dx · dy; weight_gradient [width] += in row order.
  void (*rms_norm_backward)(const float* dy, std::int64_t lddy, const float* x, std::int64_t ldx, const float* weight, const float* inverse_rms,
                            std::int64_t rows, std::int64_t width, float* dx, std::int64_t lddx, float* weight_gradient);

  /// One row of heads: optional RMS norm over each head (weight null: none), rotary positions (cos, sin [head_dim / 2], null: none; halves paired as in Hugging
  /// Face's Llama: i with i + head_dim / 2), times `scale`. x and y [heads][head_width] within a row; may be the same.
  void (*head_norm_rope)(const float* x, std::int64_t heads, std::int64_t head_dim, const float* weight, float epsilon, const float* cos, const float* sin,
                         float scale, float* y);
  /// dx (overwritten) from dy; x as it was before head_norm_rope; weight_gradient [head_dim] += (null where weight is null). dx and dy may be the same.
  void (*head_norm_rope_backward)(const float* dy, const float* x, std::int64_t heads, std::int64_t head_dim, const float* weight, float epsilon,
                                  const float* cos, const float* sin, float scale, float* dx, float* weight_gradient);
  /// Stores one key (value) [head_dim] at `position` of its block.
  void (*store_key)(const float* key, std::int64_t head_dim, std::int64_t position, float* block);
  void (*store_value)(const float* value, std::int64_t head_dim, std::int64_t position, float* block);

  /// Causal attention of `rows` queries of one key/value head in one sequence. Query row i is at q + i * q_stride, sees positions 0 … last_position[i]
  /// (non-decreasing), and is already scaled. Exact maximum first, then exponentials summed in 16 lanes by absolute position, then probabilities times values
  /// in one chain over positions, then one multiplication by the inverse sum; so a row's bits depend on its own query and the keys and values that it sees
  /// only. A decode step passes the query heads of the group as rows. probabilities (may be null): normalised, row i at probabilities + i * probability_stride,
  /// zero beyond last_position[i] up to the end of its block. `scratch` holds rows * 16 * blocks floats, blocks = last_position[rows - 1] / 16 + 1.
  void (*attention)(const float* q, std::int64_t q_stride, std::int64_t rows, const std::int64_t* last_position, KeyValueBlocks blocks, std::int64_t head_dim,
                    float* out, std::int64_t out_stride, float* probabilities, std::int64_t probability_stride, float* scratch);
  /// Gradients of `attention` for rows of one query head: dq (overwritten) at dq + i * dq_stride; dk, dv += [position][head_width], rows in order, each
  /// position one chain over rows. `out` and `probabilities` are the forward's. `scratch` holds rows * 16 * blocks + 2 * 16 * blocks * head_width floats.
  void (*attention_backward)(const float* d_out, std::int64_t d_out_stride, const float* out, std::int64_t out_stride, const float* q, std::int64_t q_stride,
                             std::int64_t rows, const std::int64_t* last_position, KeyValueBlocks blocks, std::int64_t head_dim, const float* probabilities,
                             std::int64_t probability_stride, float* dq, std::int64_t dq_stride, float* dk, float* dv, std::int64_t dkv_stride, float* scratch);

  /// out = silu(gate) * up, silu(x) = x / (1 + exp(-x)). Source: arXiv:2002.05202.
  void (*swiglu)(const float* gate, const float* up, std::int64_t ld, std::int64_t rows, std::int64_t width, float* out, std::int64_t ldo);
  void (*swiglu_backward)(const float* d_out, std::int64_t ldo, const float* gate, const float* up, std::int64_t ld, std::int64_t rows, std::int64_t width,
                          float* d_gate, float* d_up, std::int64_t ldd);
  /// out = max(x, 0)^2. Source: arXiv:2109.08668.
  void (*relu_squared)(const float* x, std::int64_t ld, std::int64_t rows, std::int64_t width, float* out, std::int64_t ldo);
  void (*relu_squared_backward)(const float* d_out, std::int64_t ldo, const float* x, std::int64_t ld, std::int64_t rows, std::int64_t width, float* dx,
                                std::int64_t ldd);

  /// Log-prob of `target` (and the entropy, if asked) from one row of logits [vocabulary].
  TokenScore (*score_token)(const float* logits, std::int64_t vocabulary, float inverse_temperature, TokenId target, bool entropy);
  /// Draws by Gumbel-max, noise from (key, token_index, vocabulary id), ties to the lowest id; `score.log_prob` equals score_token's for the same token bit by
  /// bit.
  TokenId (*draw_token)(const float* logits, std::int64_t vocabulary, const DrawOptions& options, TokenScore* score);
  /// logits <- the gradient of d_log_prob * log_prob + d_entropy * entropy by the logits, in place.
  void (*score_token_backward)(float* logits, std::int64_t vocabulary, float inverse_temperature, TokenId target, float d_log_prob, float d_entropy);

  /// out[i] = f(x[i]); any n, any alignment, each element's bits by itself. exp and log within 2 ulp.
  void (*exp)(const float* x, std::int64_t n, float* out);
  void (*log)(const float* x, std::int64_t n, float* out);
  void (*sigmoid)(const float* x, std::int64_t n, float* out);
  void (*sqrt)(const float* x, std::int64_t n, float* out);
  /// Sum of n floats: 16 lanes by index, then the tree.
  float (*sum)(const float* x, std::int64_t n);
  /// Sum of squares in float64: 16 lanes by index, then the tree.
  double (*sum_of_squares)(const float* x, std::int64_t n);

  /// out[i] += x[i].
  void (*add_to)(const float* x, std::int64_t n, float* out);
  /// One AdamW step on n weights (decoupled decay): g = gradient * gradient_scale; m += (1 - beta1)(g - m); v += (1 - beta2)(g² - v);
  /// w -= learning_rate * (weight_decay * w + (m * correction1) / (sqrt(v * correction2) + epsilon)). Source: arXiv:1711.05101; corrections are 1 / (1 -
  /// beta^t).
  void (*adamw)(float* w, float* m, float* v, const float* gradient, std::int64_t n, float gradient_scale, float learning_rate, float beta1, float beta2,
                float epsilon, float weight_decay, float correction1, float correction2);
};

/// Instruction sets that this processor has, kPlain first.
std::vector<Isa> available_isas();
/// Throws ConfigError naming the instruction set where the processor lacks it.
const KernelTable& table(Isa isa);
/// The widest available, or what LYDIAN_ISA=plain|avx2|avx512 names; chosen once.
const KernelTable& active_table();

}  // namespace lydian::kernels
