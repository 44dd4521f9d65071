#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lydian {

/// SHA-256 of bytes that arrive in pieces. Source: FIPS 180-4, by OpenSSL.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(const void* bytes, std::size_t size);
  /// Lower-case hexadecimal, 64 characters. The object is used up.
  std::string hex();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

std::string sha256(std::string_view bytes);
/// Of a file's bytes. Throws IoError naming the path and the system's cause.
std::string sha256_of_file(const std::string& path);

}  // namespace lydian
