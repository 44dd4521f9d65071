#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lydian/core/token.h"

namespace lydian {

/// Which outputs of a forward are wanted.
struct Want {
  bool log_prob = true;
  bool entropy = false;
  bool hidden = false;
};

/// What a policy reads in one forward: prompts once, completions after them. Letters as in RolloutBatch.
struct PackedBatch {
  std::vector<TokenId> prompt_ids;
  std::vector<std::int64_t> prompt_offsets{0};  ///< [P + 1]; no prompt is empty.
  std::vector<TokenId> completion_ids;
  std::vector<std::int64_t> completion_offsets{0};  ///< [B + 1]
  std::vector<std::int32_t> prompt_of_row;          ///< [B], non-decreasing.
  std::vector<float> temperature;                   ///< [B]; 0 is scored as 1.
  std::vector<std::uint8_t> bootstrap;              ///< [B] or empty: rows that also give the hidden state after their last token.
  /// [P]: index of the prompt group within its optimizer step; decides the order of gradient sums (modulo kGradientBuffers).
  std::vector<std::int32_t> gradient_buffer;

  std::int64_t prompts() const { return static_cast<std::int64_t>(prompt_offsets.size()) - 1; }
  std::int64_t rows() const { return static_cast<std::int64_t>(completion_offsets.size()) - 1; }
  std::int64_t tokens() const { return completion_offsets.back(); }
  /// Appends a prompt; rows appended next belong to it.
  void add_prompt(std::span<const TokenId> ids, std::int32_t group_in_step);
  void add_row(std::span<const TokenId> ids, float row_temperature, bool wants_bootstrap = false);
};

}  // namespace lydian
