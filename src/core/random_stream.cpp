#include "lydian/core/random_stream.h"

#include <cmath>

#include "lydian/core/error.h"
#include "lydian/core/portable_math.h"

namespace lydian {

std::uint64_t mix64(std::uint64_t word) {
  word += 0x9e3779b97f4a7c15U;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
  return word ^ (word >> 31);
}

std::uint64_t StreamKey::folded() const {
  // Each field is absorbed after a full mix, so that fields cannot trade values.
  std::uint64_t state = mix64(seed);
  state = mix64(state ^ static_cast<std::uint64_t>(purpose));
  state = mix64(state ^ step);
  state = mix64(state ^ prompt);
  return mix64(state ^ sample);
}

std::uint64_t RandomStream::bits() {
  return mix64(key_ ^ mix64(counter_++));
}

double RandomStream::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  if (bound == 0) throw Error("random_stream", "a bound of at least 1", "0");
  // Rejects the incomplete last interval, so that every value is equally likely.
  const std::uint64_t threshold = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t word = bits();
    if (word >= threshold) return word % bound;
  }
}

std::int64_t RandomStream::between(std::int64_t low, std::int64_t high) {
  if (low > high) throw Error("random_stream", "low <= high", std::to_string(low) + " > " + std::to_string(high));
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

double RandomStream::normal() {
  const double u = (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53;
  const double angle = 6.283185307179586476925 * uniform();
  return std::sqrt(-2.0 * portable::log(u)) * portable::cos(angle);
}

}  // namespace lydian
