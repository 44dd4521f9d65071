#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lydian {

/// One tensor of a safetensors file: float32 only.
struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Writes a safetensors file durably (temporary name, fsync, rename, fsync of the folder); header padded to 8 bytes; tensors in the order given. Throws IoError
/// naming path and cause.
void write_safetensors(const std::string& path, std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata = {});

/// Reads all float32 (and bfloat16 and float16, widened) tensors. Throws IoError naming path, tensor and what does not fit: sizes, offsets, dtype, bytes beyond
/// the end.
std::vector<NamedTensor> read_safetensors(const std::string& path, std::map<std::string, std::string>* metadata = nullptr);

}  // namespace lydian
