#pragma once

#include <cstdint>

namespace lydian {

/// An entry of a tokenizer's vocabulary, 0 <= id < vocab_size.
using TokenId = std::int32_t;

/// "No token here": an absent delimiter, or a row of a decode step whose token is to be drawn.
inline constexpr TokenId kNoToken = -1;

}  // namespace lydian
