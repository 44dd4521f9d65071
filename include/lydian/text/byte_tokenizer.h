#pragma once

#include <array>
#include <string>

#include "lydian/text/tokenizer.h"

namespace lydian {

/// One id a byte, for models made from scratch, and three special tokens before them: `<eos>` 0, `<think>` 1, `</think>` 2.
///
/// Over an alphabet only its bytes have ids, in its order, so that a small task has a small vocabulary.
class ByteTokenizer final : public Tokenizer {
 public:
  /// All 256 bytes; vocab_size() is 259.
  ByteTokenizer();
  /// Throws ConfigError where a byte stands twice in `alphabet`.
  explicit ByteTokenizer(std::string_view alphabet);

  std::int64_t vocab_size() const override;
  std::vector<TokenId> encode(std::string_view text) const override;
  std::vector<TokenId> encode_plain(std::string_view text) const override;
  std::string decode(std::span<const TokenId> ids) const override;
  TokenId eos_id() const override { return 0; }
  TokenId think_open_id() const override { return 1; }
  TokenId think_close_id() const override { return 2; }
  std::string fingerprint() const override;

 private:
  TokenId id_at(std::string_view text, std::size_t place) const;

  std::string alphabet_;
  std::array<TokenId, 256> id_of_byte_;
};

}  // namespace lydian
