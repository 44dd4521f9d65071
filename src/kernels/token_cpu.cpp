#include "kernels/entries.h"
#include "kernels/vector_math.h"

namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE {
namespace {

constexpr std::uint32_t kLaneIds[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// Below it e^x is exactly 0; a log-prob of -inf is cut here, so that 0 * log 0 is 0.
constexpr float kDeepest = -200.0f;

struct Row {
  const float* logits;
  std::int64_t vocabulary;
  float inverse_temperature;
};

/// 16 scaled logits from `id` on; -inf beyond the vocabulary.
LYDIAN_LANES Lanes scaled(const Row& row, std::int64_t id) {
  const std::int64_t left = row.vocabulary - id;
  if (left >= 16) return load(row.logits + id) * broadcast(row.inverse_temperature);
  return first_or(load_first(row.logits + id, left) * broadcast(row.inverse_temperature), left, negative_infinity());
}

float maximum(const Row& row) {
  Lanes highest = negative_infinity();
  for (std::int64_t id = 0; id < row.vocabulary; id += 16) highest = max(highest, scaled(row, id));
  return max(highest);
}

/// The softmax of one row: maximum, sum of e^(l - maximum) and its logarithm.
struct Softmax {
  float maximum, total, log_total;
};

Softmax softmax_from(float maximum, Lanes sums) {
  const float total = sum(sums);
  return {maximum, total, first(log(broadcast(total)))};
}

Softmax softmax_of(const Row& row) {
  const float highest = maximum(row);
  Lanes sums = zero();
  for (std::int64_t id = 0; id < row.vocabulary; id += 16) sums = sums + exp(scaled(row, id) - broadcast(highest));
  return softmax_from(highest, sums);
}

float log_prob_of(const Row& row, const Softmax& softmax, TokenId token) {
  return row.logits[token] * row.inverse_temperature - softmax.maximum - softmax.log_total;
}

/// log total - sum(e^d * d) / total with d = l - maximum.
float entropy_of(const Row& row, const Softmax& softmax) {
  Lanes sums = zero();
  for (std::int64_t id = 0; id < row.vocabulary; id += 16) {
    const Lanes d = max(broadcast(kDeepest), scaled(row, id) - broadcast(softmax.maximum));
    sums = fma(exp(d), d, sums);
  }
  return softmax.log_total - sum(sums) / softmax.total;
}

/// The splitmix64 finaliser, as core/random_stream.h has it.
std::uint64_t mix(std::uint64_t word) {
  word += 0x9e3779b97f4a7c15ull;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ull;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebull;
  return word ^ (word >> 31);
}

/// 32 well-mixed bits for each id under one 64-bit key: three multiplications, both halves of the key entering before a different one.
LYDIAN_LANES IntLanes hash(IntLanes ids, std::uint64_t key) {
  IntLanes h = ids * broadcast_int(0x9e3779b9u) + broadcast_int(static_cast<std::uint32_t>(key));
  h = (h ^ shift_right<16>(h)) * broadcast_int(0x7feb352du);
  h = (h ^ shift_right<15>(h)) + broadcast_int(static_cast<std::uint32_t>(key >> 32));
  h = h * broadcast_int(0x846ca68bu);
  h = (h ^ shift_right<15>(h)) * broadcast_int(0x31848babu);
  return h ^ shift_right<16>(h);
}

/// Standard exponential noise E = -log(1 - u) with u = (hash + 1/2) / 2^32. A small E, which makes an unlikely token win, has its full precision.
LYDIAN_LANES Lanes exponential(IntLanes ids, std::uint64_t key) {
  const IntLanes h = hash(ids, key);
  const Lanes low = fma(to_float(h & broadcast_int(0xffffu)), broadcast(0x1p-32f), broadcast(0x1p-33f));
  const Lanes u = min(broadcast(0x1.fffffep-1f), fma(to_float(shift_right<16>(h)), broadcast(0x1p-16f), low));
  return zero() - log_of_one_minus(u);
}

/// The tokens that top_k and top_p leave: those above `threshold`, and at it those up to `last_id`.
struct Kept {
  float threshold;
  std::int64_t last_id;
};

bool keeps(const Kept& kept, float value, std::int64_t id) {
  return value > kept.threshold || (value == kept.threshold && id <= kept.last_id);
}

/// Floats in their order as unsigned integers.
std::uint32_t rank_of(float value) {
  std::uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float value_of(std::uint32_t rank) {
  const std::uint32_t bits = rank & 0x80000000u ? rank & 0x7fffffffu : ~rank;
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}

/// Weight of the tokens of `row` that `kept` keeps and that lie above `threshold`: their number, or their sum of e^(l - maximum). Adding a token never makes
/// the rounded sum smaller, so that a search by halving is sound.
float weight_above(const Row& row, const Kept& kept, float threshold, float maximum, bool count) {
  Lanes sums = zero();
  for (std::int64_t id = 0; id < row.vocabulary; id += 16) {
    float values[16], weights[16];
    const Lanes l = scaled(row, id);
    store(values, l);
    store(weights, count ? broadcast(1.0f) : exp(l - broadcast(maximum)));
    for (int lane = 0; lane < 16; ++lane) {
      if (!(values[lane] > threshold) || !keeps(kept, values[lane], id + lane)) weights[lane] = 0.0f;
    }
    sums = sums + load(weights);
  }
  return sum(sums);
}

/// Cuts `kept` to its most likely tokens whose weight reaches `target`; ties go to the lowest ids.
Kept cut(const Row& row, const Kept& kept, float target, float maximum, bool count) {
  // The lowest threshold whose tokens above it do not reach the target: the last token needed lies exactly at it.
  std::uint32_t low = rank_of(-__builtin_inff()), high = rank_of(maximum);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (weight_above(row, kept, value_of(middle), maximum, count) >= target) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  Kept result{value_of(low), -1};
  float weight = weight_above(row, kept, result.threshold, maximum, count);
  const float each = count ? 1.0f : first(exp(broadcast(result.threshold - maximum)));
  for (std::int64_t id = 0; id < row.vocabulary && weight < target; ++id) {
    const float value = row.logits[id] * row.inverse_temperature;
    if (value == result.threshold && keeps(kept, value, id)) {
      result.last_id = id;
      weight += each;
    }
  }
  return result;
}

Kept kept_tokens(const Row& row, const DrawOptions& options) {
  const float highest = maximum(row);
  Kept kept{-__builtin_inff(), row.vocabulary};
  if (options.top_k > 0 && options.top_k < row.vocabulary) kept = cut(row, kept, static_cast<float>(options.top_k), highest, true);
  if (options.top_p < 1.0f) {
    const float total = weight_above(row, kept, -__builtin_inff(), highest, false);
    kept = cut(row, kept, (options.top_p > 1e-30f ? options.top_p : 1e-30f) * total, highest, false);  // the most likely token stays, however small top_p is
  }
  return kept;
}

/// `merit` where the token is kept, below every merit elsewhere.
LYDIAN_LANES Lanes drop_others(Lanes merit, Lanes l, const Kept& kept, std::int64_t id) {
  float values[16], result[16];
  store(values, l);
  store(result, merit);
  for (int lane = 0; lane < 16; ++lane) {
    if (!keeps(kept, values[lane], id + lane)) result[lane] = -__builtin_inff();
  }
  return load(result);
}

/// The highest merit so far, in each lane; ties to the lowest id.
struct Best {
  Lanes merit;
  IntLanes ids;
};

LYDIAN_LANES void consider(Best* best, Lanes merit, IntLanes ids) {
  best->ids = as_bits(select_greater(merit, best->merit, as_floats(ids), as_floats(best->ids)));
  best->merit = max(merit, best->merit);
}

TokenId winner_of(const Best& best) {
  float merits[16];
  std::uint32_t ids[16];
  store(merits, best.merit);
  store_ints(ids, best.ids);
  int winner = 0;
  for (int lane = 1; lane < 16; ++lane) {
    if (merits[lane] > merits[winner] || (merits[lane] == merits[winner] && ids[lane] < ids[winner])) winner = lane;
  }
  return static_cast<TokenId>(ids[winner]);
}

TokenId greedy_token(const Row& row) {
  IntLanes ids = load_ints(kLaneIds);
  Best best{negative_infinity(), ids};
  for (std::int64_t id = 0; id < row.vocabulary; id += 16, ids = ids + broadcast_int(16)) consider(&best, scaled(row, id), ids);
  return winner_of(best);
}

/// Gumbel-max in its exponential form: the highest l - log E is the highest e^l / E, and e^(l - maximum) is needed for the log-prob in any case. Adds up the
/// softmax in the order of softmax_of.
TokenId race(const Row& row, const DrawOptions& options, const Kept* kept, Softmax* softmax) {
  const std::uint64_t key = mix(options.key ^ mix(options.token_index));
  const float highest = maximum(row);
  IntLanes ids = load_ints(kLaneIds);
  Best best{negative_infinity(), ids};
  Lanes sums = zero();
  for (std::int64_t id = 0; id < row.vocabulary; id += 16, ids = ids + broadcast_int(16)) {
    const Lanes l = scaled(row, id), e = exp(l - broadcast(highest));
    sums = sums + e;
    const Lanes merit = e / exponential(ids, key);
    consider(&best, kept == nullptr ? merit : drop_others(merit, l, *kept, id), ids);
  }
  *softmax = softmax_from(highest, sums);
  return winner_of(best);
}

}  // namespace

TokenScore score_token(const float* logits, std::int64_t vocabulary, float inverse_temperature, TokenId target, bool entropy) {
  const Row row{logits, vocabulary, inverse_temperature};
  const Softmax softmax = softmax_of(row);
  return {log_prob_of(row, softmax, target), entropy ? entropy_of(row, softmax) : 0.0f};
}

TokenId draw_token(const float* logits, std::int64_t vocabulary, const DrawOptions& options, TokenScore* score) {
  const Row row{logits, vocabulary, options.inverse_temperature};
  Softmax softmax{};
  TokenId token;
  if (options.greedy) {
    token = greedy_token(row);
    softmax = softmax_of(row);
  } else if (options.top_k <= 0 && options.top_p >= 1.0f) {
    token = race(row, options, nullptr, &softmax);
  } else {
    const Kept kept = kept_tokens(row, options);
    token = race(row, options, &kept, &softmax);
  }
  *score = {log_prob_of(row, softmax, token), 0.0f};
  return token;
}

void score_token_backward(float* logits, std::int64_t vocabulary, float inverse_temperature, TokenId target, float d_log_prob, float d_entropy) {
  const Row row{logits, vocabulary, inverse_temperature};
  const Softmax softmax = softmax_of(row);
  const Lanes inverse_total = broadcast(1.0f / softmax.total);
  const Lanes offset = broadcast(d_entropy != 0.0f ? entropy_of(row, softmax) - softmax.log_total : 0.0f);
  const Lanes direct = broadcast(d_log_prob), by_entropy = broadcast(d_entropy), temperature = broadcast(inverse_temperature);
  for (std::int64_t id = 0; id < vocabulary; id += 16) {
    const Lanes d = scaled(row, id) - broadcast(softmax.maximum);
    const Lanes p = exp(d) * inverse_total;
    Lanes factor = direct;
    if (d_entropy != 0.0f) factor = fma(by_entropy, max(broadcast(kDeepest), d) + offset, direct);  // log p + entropy = d + offset
    Lanes slope = zero() - p * factor;
    if (target >= id && target < id + 16) {
      float values[16];
      store(values, slope);
      values[target - id] += d_log_prob;
      slope = load(values);
    }
    store(logits + id, slope * temperature);
  }
}

}  // namespace lydian::kernels::LYDIAN_KERNEL_NAMESPACE
