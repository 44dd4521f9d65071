#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/token.h"

namespace lydian {

/// Text to ids and back.
///
/// Threads: const members may be called from any number of threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Ids are 0 … vocab_size() - 1.
  virtual std::int64_t vocab_size() const = 0;
  /// Special tokens are recognised by their names (`<think>`). Throws Error naming the byte and its position where text has no id.
  virtual std::vector<TokenId> encode(std::string_view text) const = 0;
  /// Of words that others write (tasks, tools): nothing in them is a special token, whatever its name. A tokenizer whose encode() recognises names says here
  /// how they are written out.
  virtual std::vector<TokenId> encode_plain(std::string_view text) const { return encode(text); }
  /// Special tokens come out as their names. Throws Error naming an id outside the vocabulary.
  virtual std::string decode(std::span<const TokenId> ids) const = 0;
  /// Ends a completion.
  virtual TokenId eos_id() const = 0;
  /// Delimiters of thinking, kNoToken where the tokenizer has none.
  virtual TokenId think_open_id() const { return kNoToken; }
  virtual TokenId think_close_id() const { return kNoToken; }
  /// Text that is equal for equal tokenizers only; saved with checkpoints and compared on loading.
  virtual std::string fingerprint() const = 0;
};

}  // namespace lydian
