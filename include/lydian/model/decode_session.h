#pragma once

#include <cstdint>
#include <span>

#include "lydian/core/random_stream.h"
#include "lydian/core/token.h"
#include "lydian/model/sampling_options.h"

namespace lydian {

/// Names a sequence within its session.
using SequenceId = std::int64_t;

/// One token and its behaviour log-prob (nats, log-softmax(logits / temperature) over the whole vocabulary).
struct Drawn {
  TokenId id = kNoToken;
  float log_prob = 0.0F;
};

/// Asks a step to draw the row's token.
inline constexpr TokenId kDraw = kNoToken;

/// Many sequences over one key/value memory: the only code that samples.
///
/// A sequence's tokens and log-probs depend on its ids, the sampling options and the row's key only: not on which other rows stepped
/// along, on forks, nor on how the prompt was read.
/// Threads: one caller at a time; inside, rows are spread over the policy's thread pool.
/// Errors: Error where a sequence is unknown or closed, a sequence would outgrow the policy's max_positions, or the weights changed since the session was
/// made.
class DecodeSession {
 public:
  virtual ~DecodeSession() = default;
  /// Reads a prompt (not empty), once, whatever number of rows fork from it.
  virtual SequenceId open(std::span<const TokenId> prompt) = 0;
  /// A sequence with the first `length` tokens (1 <= length <= its length), sharing their memory.
  virtual SequenceId fork(SequenceId sequence, std::int64_t length) = 0;
  virtual void close(SequenceId sequence) = 0;
  virtual std::int64_t length(SequenceId sequence) const = 0;

  /// One row of a step. `key` names the completion; `token_index` the token within it. No sequence may stand twice in one step.
  struct Row {
    SequenceId sequence = 0;
    TokenId forced = kDraw;
    const SamplingOptions* sampling = nullptr;
    std::uint64_t key = 0;  ///< StreamKey::folded().
    std::uint64_t token_index = 0;
  };
  /// A token a row: drawn, or the forced one scored; appended to its sequence. `drawn` has the size of `rows`.
  virtual void step(std::span<const Row> rows, std::span<Drawn> drawn) = 0;
};

}  // namespace lydian
