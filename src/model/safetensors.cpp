#include "lydian/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "safetensors files are little endian");

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // The format's own limit.

[[noreturn]] void refuse(const std::string& path, const std::string& sentence) {
  throw IoError("safetensors", path + ": " + sentence);
}

std::size_t element_count(const std::string& path, const std::string& name, const std::vector<std::int64_t>& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) refuse(path, "tensor " + name + ": expected extents of at least 0, got " + std::to_string(extent));
    if (extent != 0 && count > std::numeric_limits<std::int64_t>::max() / 8 / static_cast<std::uint64_t>(extent)) {
      refuse(path, "tensor " + name + ": its shape overflows");
    }
    count *= static_cast<std::uint64_t>(extent);
  }
  return static_cast<std::size_t>(count);
}

/// IEEE half precision widened: subnormals become normal numbers, infinities and NaN stay.
float widen_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 31U;
  const std::uint32_t mantissa = half & 1023U;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t widened = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | widened << 23 | mantissa << 13);
}

float widen_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

struct ElementType {
  std::string_view name;
  std::size_t bytes;
  float (*widen)(std::uint16_t);  ///< Null for float32.
};
constexpr ElementType kElementTypes[] = {{"F32", 4, nullptr}, {"BF16", 2, &widen_bfloat}, {"F16", 2, &widen_half}};

const ElementType& element_type(const std::string& path, const std::string& name, const Json& entry) {
  const std::string found = entry.at("dtype").get<std::string>();
  for (const ElementType& type : kElementTypes) {
    if (type.name == found) return type;
  }
  refuse(path, "tensor " + name + ": expected dtype F32, BF16 or F16, got " + found);
}

std::vector<float> widened(const ElementType& type, std::string_view bytes) {
  std::vector<float> values(bytes.size() / type.bytes);
  if (type.widen == nullptr) {
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    values[i] = type.widen(half);
  }
  return values;
}

/// A tensor of the header, before its values are taken.
struct Entry {
  NamedTensor tensor;
  const ElementType* type = nullptr;
  std::uint64_t begin = 0, end = 0;
};

Entry read_entry(const std::string& path, const std::string& name, const Json& json, std::uint64_t data_bytes) {
  Entry entry;
  entry.tensor.name = name;
  entry.type = &element_type(path, name, json);
  entry.tensor.shape = json.at("shape").get<std::vector<std::int64_t>>();
  const Json& offsets = json.at("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    refuse(path, "tensor " + name + ": expected data_offsets of two numbers, got " + offsets.dump());
  }
  entry.begin = offsets[0].get<std::uint64_t>();
  entry.end = offsets[1].get<std::uint64_t>();
  if (entry.begin > entry.end || entry.end > data_bytes) {
    refuse(path, "tensor " + name + ": expected data_offsets within " + std::to_string(data_bytes) + " bytes, got " + offsets.dump());
  }
  const std::uint64_t expected = element_count(path, name, entry.tensor.shape) * entry.type->bytes;
  if (entry.end - entry.begin != expected) {
    refuse(path, "tensor " + name + ": expected " + std::to_string(expected) + " bytes for its shape, got " + std::to_string(entry.end - entry.begin));
  }
  return entry;
}

/// The format allows neither gaps nor overlaps.
void check_coverage(const std::string& path, std::vector<Entry*> entries, std::uint64_t data_bytes) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->begin != b->begin ? a->begin < b->begin : a->end < b->end; });
  std::uint64_t reached = 0;
  for (const Entry* entry : entries) {
    if (entry->begin != reached) {
      refuse(path, "tensor " + entry->tensor.name + ": expected to begin at byte " + std::to_string(reached) + ", got " + std::to_string(entry->begin));
    }
    reached = entry->end;
  }
  if (reached != data_bytes) refuse(path, "expected " + std::to_string(reached) + " bytes of tensors, got " + std::to_string(data_bytes));
}

Json parse_header(const std::string& path, std::string_view bytes, std::size_t* header_end) {
  if (bytes.size() < kLengthBytes) refuse(path, "expected a header length of 8 bytes, got a file of " + std::to_string(bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kLongestHeader || length > bytes.size() - kLengthBytes) {
    refuse(path, "expected a header within " + std::to_string(bytes.size()) + " bytes, got a header length of " + std::to_string(length));
  }
  *header_end = kLengthBytes + static_cast<std::size_t>(length);
  Json header = Json::parse(bytes.substr(kLengthBytes, static_cast<std::size_t>(length)), nullptr, false);
  if (!header.is_object()) refuse(path, "expected a JSON object as header, got something else");
  return header;
}

std::string written_header(std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata, const std::string& path) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    if (header.contains(tensor.name) || tensor.name == "__metadata__") refuse(path, "expected different tensor names, got two of " + tensor.name);
    if (element_count(path, tensor.name, tensor.shape) != tensor.values.size()) {
      refuse(path, "tensor " + tensor.name + ": its shape does not fit " + std::to_string(tensor.values.size()) + " values");
    }
    const std::uint64_t end = offset + tensor.values.size() * sizeof(float);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::string& path, std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata) {
  const std::string header = written_header(tensors, metadata, path);
  const std::uint64_t length = header.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes += header;
  for (const NamedTensor& tensor : tensors) bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  write_file_durably(path, bytes);
}

std::vector<NamedTensor> read_safetensors(const std::string& path, std::map<std::string, std::string>* metadata) {
  const std::string bytes = read_whole_file(path);
  std::size_t header_end = 0;
  const Json header = parse_header(path, bytes, &header_end);
  const std::string_view data = std::string_view(bytes).substr(header_end);
  std::vector<Entry> entries;
  try {
    for (const auto& [name, json] : header.items()) {
      if (name != "__metadata__") {
        entries.push_back(read_entry(path, name, json, data.size()));
      } else if (metadata != nullptr) {
        *metadata = json.get<std::map<std::string, std::string>>();
      }
    }
  } catch (const Json::exception& error) {
    refuse(path, "expected dtype, shape and data_offsets of each tensor in the header: " + std::string(error.what()));
  }
  std::vector<Entry*> by_place;
  for (Entry& entry : entries) by_place.push_back(&entry);
  check_coverage(path, by_place, data.size());
  std::vector<NamedTensor> tensors;
  for (Entry& entry : entries) {
    entry.tensor.values = widened(*entry.type, data.substr(entry.begin, entry.end - entry.begin));
    tensors.push_back(std::move(entry.tensor));
  }
  return tensors;
}

}  // namespace lydian
