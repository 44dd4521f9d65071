#pragma once

#include <cstdint>

namespace lydian {

/// What a random number decides. Part of every key, so that two purposes never share a number. Values are saved: never renumber.
enum class StreamPurpose : std::uint32_t {
  kInitialWeights = 1,
  kRollout = 2,
  kEvaluation = 3,
  kTaskOrder = 4,
  kThinkingCap = 5,
  kSupervised = 6,
  kEnvironment = 7,
  kRandomReward = 8,
  kAudit = 9,  ///< The one purpose of several uses: which rows the trainer compares, what the skill gate samples, which demonstrations
               ///< check_environment() looks at. One of its own for the gate would change the weights of every seed on record.
  kGenerate = 10,
};

/// Names one stream of random numbers: everything that may decide them, and nothing else (no thread, no batch, no clock).
///
/// `prompt` is the running number of the draw within the step (an item's index in evaluation), `sample` the number in its group.
struct StreamKey {
  std::uint64_t seed = 0;
  StreamPurpose purpose = StreamPurpose::kRollout;
  std::uint64_t step = 0;
  std::uint64_t prompt = 0;
  std::uint64_t sample = 0;

  /// 64 well-mixed bits of all five fields; equal keys fold equally on every machine.
  std::uint64_t folded() const;
};

/// A counter-based stream: number i depends on (key, i) only.
///
/// Cost: a few integer multiplications a number. Copies continue independently from the same place.
class RandomStream {
 public:
  explicit RandomStream(const StreamKey& key) : key_(key.folded()) {}

  /// The next 64 bits.
  std::uint64_t bits();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform integer in [0, bound), without bias. Throws Error if bound is 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform integer in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// Standard normal (Box-Muller on portable_math, one draw a call).
  double normal();

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// The mixing function under all streams (splitmix64 finaliser): a bijection of 64-bit words.
std::uint64_t mix64(std::uint64_t word);

}  // namespace lydian
