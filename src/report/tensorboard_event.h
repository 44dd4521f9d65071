#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lydian/core/metrics.h"

namespace lydian {

/// CRC-32C (Castagnoli, reflected 0x82F63B78). Source: RFC 3720, appendix B.4.
std::uint32_t crc32c(std::string_view bytes);

/// One record of an event file: u64 length, masked crc32c of the length, `payload`, masked crc32c of it; little-endian. Source: TFRecord format.
std::string tensorboard_record(std::string_view payload);

/// Event messages, in protobuf's wire format. Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto.
std::string file_version_event(double wall_time);
/// Tells the reader to forget what earlier files of the folder say about `step` and later ones.
std::string session_start_event(double wall_time, std::int64_t step);
std::string scalars_event(double wall_time, std::int64_t step, const Metrics& metrics);

}  // namespace lydian
