#pragma once

#include <bit>
#include <cstdint>

#include "lydian/model/weight_store.h"

namespace lydian {

/// Whether no weight is infinite or NaN.
inline bool finite_weights(const WeightStore& store) {
  // An exponent of ones means infinity or NaN; without a branch, so that the compiler makes vectors of it.
  constexpr std::uint32_t kExponent = 0x7F800000;
  std::uint32_t found = 0;
  for (const float value : store.values()) found |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  return found == 0;
}

}  // namespace lydian
