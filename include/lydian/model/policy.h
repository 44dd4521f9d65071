#pragma once

#include <cstdint>
#include <memory>

#include "lydian/model/decode_session.h"
#include "lydian/model/weight_store.h"

namespace lydian {

/// Something that samples: weights and decode sessions over them. Never optimises itself.
class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::int64_t vocab_size() const = 0;
  /// Longest sequence, prompt and completion together.
  virtual std::int64_t max_positions() const = 0;
  /// A session over the present weights; it refuses to step once they have changed.
  virtual std::unique_ptr<DecodeSession> decode_session() const = 0;
  virtual WeightStore& weights() = 0;
  virtual const WeightStore& weights() const = 0;
  /// A policy of its own with equal weights.
  virtual std::unique_ptr<Policy> clone() const = 0;
  /// Whether the trainer's forward gives the recorded log-probs bit by bit. Where false the trainer recomputes, corrects and reports.
  virtual bool exact() const = 0;
};

}  // namespace lydian
