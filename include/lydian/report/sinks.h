#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "lydian/core/metric_sink.h"

namespace lydian {

/// One line a step, with a progress bar and the remaining time where `stream` is a terminal. The stream must stay open.
std::unique_ptr<MetricSink> console_sink(std::FILE* stream);

/// Appends one JSON object a record to `path`: {"stage", "step", metrics…}; numbers round-trip exactly; one that is not finite is left out with a warning.
/// Of what stands in the file, the first `keep_lines` lines stay (a resumed run writes the others anew), and the rest is cut off first, durably; -1 keeps all
/// but the half line of a killed run. Throws IoError; also where the file has fewer lines.
std::unique_ptr<MetricSink> jsonl_sink(const std::string& path, std::int64_t keep_lines = -1);

/// TensorBoard event file in `folder`: scalars by metric name. Own encoding; no protobuf.
std::unique_ptr<MetricSink> tensorboard_sink(const std::string& folder);

}  // namespace lydian
