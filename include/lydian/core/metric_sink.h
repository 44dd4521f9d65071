#pragma once

#include <cstdint>
#include <string>

#include "lydian/core/metrics.h"

namespace lydian {

/// One line of a run's log: which stage ("sft", "warmup", "grpo", "sweep", "final"), which step of the run's one counter, the numbers.
struct StepRecord {
  std::string stage;
  std::int64_t step = 0;
  std::int64_t total_steps = 0;  ///< The step at which this stage will end, by the same counter; 0 where unknown.
  Metrics metrics;
};

/// Where step records go. Called from one thread, in step order. Throws IoError where the record cannot be kept.
class MetricSink {
 public:
  virtual ~MetricSink() = default;
  virtual void write(const StepRecord& record) = 0;
  /// Everything written so far is on the disk (or on the terminal) when this returns.
  virtual void flush() {}
};

}  // namespace lydian
