#include "report/tensorboard_event.h"

#include <array>
#include <bit>

namespace lydian {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
    table[byte] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = crc_table();

template <typename Word>
std::string little_endian(Word word) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(Word); ++i) bytes.push_back(static_cast<char>(word >> (8 * i) & 0xFF));
  return bytes;
}

/// A checksum of bytes that contain checksums is weak; the format rotates and shifts it.
std::string masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return little_endian(std::rotr(crc, 15) + 0xA282EAD8U);
}

enum class WireType : std::uint64_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>((value & 0x7F) | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string key(std::uint64_t field, WireType type) {
  return varint(field << 3 | static_cast<std::uint64_t>(type));
}

std::string varint_field(std::uint64_t field, std::uint64_t value) {
  return key(field, WireType::kVarint) + varint(value);
}
std::string double_field(std::uint64_t field, double value) {
  return key(field, WireType::kFixed64) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string float_field(std::uint64_t field, float value) {
  return key(field, WireType::kFixed32) + little_endian(std::bit_cast<std::uint32_t>(value));
}
std::string bytes_field(std::uint64_t field, std::string_view value) {
  return key(field, WireType::kLengthDelimited) + varint(value.size()) + std::string(value);
}

namespace event {
constexpr std::uint64_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
namespace summary {
constexpr std::uint64_t kValue = 1, kTag = 1, kSimpleValue = 2;
}
namespace session_log {
constexpr std::uint64_t kStatus = 1, kStart = 1;
}

std::string event_at(double wall_time, std::int64_t step) {
  return double_field(event::kWallTime, wall_time) + varint_field(event::kStep, static_cast<std::uint64_t>(step));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

std::string tensorboard_record(std::string_view payload) {
  const std::string length = little_endian(static_cast<std::uint64_t>(payload.size()));
  return length + masked_crc(length) + std::string(payload) + masked_crc(payload);
}

std::string file_version_event(double wall_time) {
  return double_field(event::kWallTime, wall_time) + bytes_field(event::kFileVersion, "brain.Event:2");
}

std::string session_start_event(double wall_time, std::int64_t step) {
  return event_at(wall_time, step) + bytes_field(event::kSessionLog, varint_field(session_log::kStatus, session_log::kStart));
}

std::string scalars_event(double wall_time, std::int64_t step, const Metrics& metrics) {
  std::string values;
  for (const auto& [name, value] : metrics.entries()) {
    values += bytes_field(summary::kValue, bytes_field(summary::kTag, name) + float_field(summary::kSimpleValue, static_cast<float>(value)));
  }
  return event_at(wall_time, step) + bytes_field(event::kSummary, values);
}

}  // namespace lydian
