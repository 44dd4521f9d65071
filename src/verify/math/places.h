#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace lydian::math {

/// A box or formula of a text.
struct Span {
  std::size_t begin, end;  ///< Of the content.
  std::size_t from, to;    ///< With what stands around it.
};

/// Boxes of a text in their order, without those inside of others.
std::vector<Span> boxes(std::string_view text);
/// Formulas of a text in their order; inline ones stay on one line.
std::vector<Span> formulas(std::string_view text);
/// The beginning of the sentence or line in which `at` is.
std::size_t sentence_begin(std::string_view text, std::size_t at);
/// The end of the sentence or line that begins at `at`.
std::size_t sentence_end(std::string_view text, std::size_t at);

}  // namespace lydian::math
