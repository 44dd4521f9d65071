#pragma once

#include <string>
#include <vector>

#include "lydian/core/token.h"
#include "lydian/data/demonstration.h"
#include "lydian/text/tokenizer.h"

namespace lydian {

/// A demonstration as the policy reads it: ids, and what each completion token counts in the loss. Prompt tokens never count.
struct EncodedDemonstration {
  std::vector<TokenId> prompt, completion;
  std::vector<float> weight;  ///< One entry a completion token.
};

/// Thinking delimiter, thinking, closing delimiter, answer, end of sequence; delimiters only where the tokenizer has both and the demonstration thinks.
EncodedDemonstration encode_demonstration(const Tokenizer& tokenizer, std::vector<TokenId> prompt, const Demonstration& demonstration);

}  // namespace lydian
