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

/// Outer blanks, $…$, \(…\), \[…\], **…**, a full stop at the end: off.
std::string_view strip_wrapping(std::string_view text);
/// The text without the signs that begin and end formulas.
std::string without_delimiters(std::string_view text);
/// What the words of a text are: fonts, braces and formula signs off, small letters, single blanks.
std::string words_of(std::string_view text);
/// Whether a text is words and no mathematics that failed to be read: letters, no commands but fonts, no signs of operations.
bool is_words(std::string_view text);

}  // namespace lydian::math
