#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "lydian/core/metric_sink.h"

namespace lydian {

/// One line a step, with a progress bar and the remaining time where `stream` is a terminal. The stream must stay open.
std::unique_ptr<MetricSink> console_sink(std::FILE* stream);

/// Appends one JSON object a record to `path`: {"stage", "step", metrics…}; numbers round-trip exactly; one that is not finite is left out with a warning.
/// Lines with a step above `keep_until_step` that stand in the file are cut off first (a resumed run writes them anew), durably; -1 keeps all. The half line of
/// a killed run is cut off too. Throws IoError.
std::unique_ptr<MetricSink> jsonl_sink(const std::string& path, std::int64_t keep_until_step = -1);

/// TensorBoard event file in `folder`: scalars by metric name. Own encoding; no protobuf.
std::unique_ptr<MetricSink> tensorboard_sink(const std::string& folder);

}  // namespace lydian
