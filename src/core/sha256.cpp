#include "lydian/core/sha256.h"

#include <openssl/evp.h>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {

struct Sha256::Implementation {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Implementation() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : implementation_(new Implementation) {
  if (implementation_->context == nullptr || EVP_DigestInit_ex(implementation_->context, EVP_sha256(), nullptr) != 1) {
    throw Error("sha256", "OpenSSL cannot start a digest");
  }
}

Sha256::~Sha256() = default;

void Sha256::add(const void* bytes, std::size_t size) {
  if (EVP_DigestUpdate(implementation_->context, bytes, size) != 1) throw Error("sha256", "OpenSSL cannot go on with a digest");
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(implementation_->context, digest, &size) != 1) throw Error("sha256", "OpenSSL cannot end a digest");
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

std::string sha256_of_file(const std::string& path) {
  return sha256(read_whole_file(path));
}

}  // namespace lydian
