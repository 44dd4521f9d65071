#include "model/next_token.h"

namespace lydian {

float inverse_temperature(float temperature) {
  return temperature == 0.0F ? 1.0F : 1.0F / temperature;
}

Drawn next_token(const kernels::KernelTable& table, const float* logits, std::int64_t vocabulary, const DecodeSession::Row& row) {
  const SamplingOptions& sampling = *row.sampling;
  const auto temperature = static_cast<float>(sampling.temperature);
  const float inverse = inverse_temperature(temperature);
  if (row.forced != kDraw) return {row.forced, table.score_token(logits, vocabulary, inverse, row.forced, /*entropy=*/false).log_prob};
  const kernels::DrawOptions options{.inverse_temperature = inverse,
                                     .greedy = temperature == 0.0F,
                                     .top_p = static_cast<float>(sampling.top_p),
                                     .top_k = static_cast<std::int32_t>(sampling.top_k),
                                     .key = row.key,
                                     .token_index = row.token_index};
  kernels::TokenScore score{};
  const TokenId id = table.draw_token(logits, vocabulary, options, &score);
  return {id, score.log_prob};
}

}  // namespace lydian
