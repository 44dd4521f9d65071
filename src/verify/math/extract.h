#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lydian/verify/math_verifier.h"

namespace lydian::math {

/// What was found in a response. Several texts: boxes side by side, "\boxed{1} and \boxed{2}".
struct Extracted {
  std::vector<std::string> texts;  ///< Empty: no answer.
  std::size_t begin = 0, end = 0;  ///< Bytes of the response.
  const char* rule = "";
};

/// Tells whether a candidate can be read as an answer.
using Readable = std::function<bool(std::string_view)>;

/// Finds the final answer of a response by the rules that are switched on: linear in its length. Of a sentence the first part that is readable is taken.
Extracted extract(std::string_view response, const MathOptions& options, const Readable& readable);

/// The last box of a text and the boxes side by side with it.
Extracted extract_boxes(std::string_view text);

}  // namespace lydian::math
