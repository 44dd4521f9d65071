#include "lydian/text/byte_tokenizer.h"

#include <string_view>

#include "lydian/core/error.h"

namespace lydian {
namespace {

constexpr std::array<std::string_view, 3> kSpecial{"<eos>", "<think>", "</think>"};
constexpr char kHex[] = "0123456789abcdef";

std::string hex(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return {kHex[value >> 4], kHex[value & 15]};
}

std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

std::string shown(char byte) {
  return "byte 0x" + hex(byte) + (byte > ' ' && byte <= '~' ? std::string(" '") + byte + "'" : std::string());
}

}  // namespace

ByteTokenizer::ByteTokenizer() : ByteTokenizer(all_bytes()) {}

ByteTokenizer::ByteTokenizer(std::string_view alphabet) : alphabet_(alphabet) {
  if (alphabet.empty()) throw ConfigError("byte_tokenizer", "an alphabet of at least one byte", "none");
  id_of_byte_.fill(kNoToken);
  auto next = static_cast<TokenId>(kSpecial.size());
  for (const char byte : alphabet) {
    TokenId& id = id_of_byte_[static_cast<unsigned char>(byte)];
    if (id != kNoToken) throw ConfigError("byte_tokenizer", "every byte once in the alphabet", shown(byte) + " twice");
    id = next++;
  }
}

std::int64_t ByteTokenizer::vocab_size() const {
  return static_cast<std::int64_t>(kSpecial.size() + alphabet_.size());
}

std::vector<TokenId> ByteTokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  ids.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t special = 0;
    while (special < kSpecial.size() && !text.substr(i).starts_with(kSpecial[special])) ++special;
    if (special < kSpecial.size()) {
      ids.push_back(static_cast<TokenId>(special));
      i += kSpecial[special].size();
      continue;
    }
    ids.push_back(id_at(text, i++));
  }
  return ids;
}

std::vector<TokenId> ByteTokenizer::encode_plain(std::string_view text) const {
  std::vector<TokenId> ids(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) ids[i] = id_at(text, i);
  return ids;
}

TokenId ByteTokenizer::id_at(std::string_view text, std::size_t place) const {
  const TokenId id = id_of_byte_[static_cast<unsigned char>(text[place])];
  if (id == kNoToken) throw Error("byte_tokenizer", "bytes of the alphabet", shown(text[place]) + " at position " + std::to_string(place));
  return id;
}

std::string ByteTokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  text.reserve(ids.size());
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocab_size()) throw Error("byte_tokenizer", "ids from 0 to " + std::to_string(vocab_size() - 1), std::to_string(id));
    const auto index = static_cast<std::size_t>(id);
    if (index < kSpecial.size()) {
      text += kSpecial[index];
    } else {
      text += alphabet_[index - kSpecial.size()];
    }
  }
  return text;
}

// In hexadecimal, because it is saved as JSON and the alphabet need not be UTF-8.
std::string ByteTokenizer::fingerprint() const {
  if (alphabet_ == all_bytes()) return "byte:all";
  std::string text = "byte:";
  for (const char byte : alphabet_) text += hex(byte);
  return text;
}

}  // namespace lydian
