#pragma once

#include <cstdint>
#include <vector>

#include "lydian/core/token.h"

namespace lydian {

class ConfigVisitor;

/// How tokens are drawn, and when a completion ends. Training refuses top_p and top_k: the recorded log-prob would not be the sampled distribution's.
struct SamplingOptions {
  double temperature = 1.0;                  ///< 0: greedy, ties to the lowest id.
  double top_p = 1.0;                        ///< 1: off.
  std::int64_t top_k = 0;                    ///< 0: off.
  std::int64_t max_completion_length = 512;  ///< Tokens, thinking and delimiters included.
  std::vector<TokenId> stop_ids{};           ///< Empty: the tokenizer's end of sequence.
};

void describe(ConfigVisitor& visitor, SamplingOptions& options);

/// Throws ConfigError naming the field.
void validate(const SamplingOptions& options);

}  // namespace lydian
