#pragma once

#include <string>
#include <string_view>

namespace lydian::math {

/// Whether a command, without its backslash, changes only how what follows looks: \text, \mathbf, \left, \boxed.
bool is_font(std::string_view name);
/// Outer blanks, $…$, \(…\), \[…\], **…**, a full stop at the end: off.
std::string_view strip_wrapping(std::string_view text);
/// The text without the signs that begin and end formulas.
std::string without_delimiters(std::string_view text);
/// What stands in the braces of a font command that is all of the text: 12 cm of \text{12 cm}; else the text.
std::string_view without_font(std::string_view text);
/// What the words of a text are: fonts, braces and formula signs off, small letters, single blanks; a point or comma between digits stays.
std::string words_of(std::string_view text);
/// Whether a text is words and no mathematics that failed to be read: letters, no commands but fonts, no signs of operations.
bool is_words(std::string_view text);

}  // namespace lydian::math
