#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/math/plain_math.h"

namespace lydian::math {

/// What a piece of a line is for the mathematics in it.
enum class Kind : std::uint8_t { kBreak, kNumber, kLetter, kName, kUnit, kSign, kEquals, kOpen, kClose, kComma, kJoint };

struct Piece {
  Kind kind = Kind::kBreak;
  std::size_t begin = 0, end = 0;
  bool gap = false;       ///< A blank before it.
  std::string_view text;  ///< What stands for it.
};

/// A line of text as pieces of mathematics and breaks between them.
struct Line {
  std::vector<Piece> pieces;
  std::vector<std::pair<std::size_t, std::size_t>> asides;  ///< Brackets with words inside, as indices of their pieces.
};

/// The line around a place, as far as 1,000 bytes to either side. Linear.
Line line_around(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas);

inline bool is_value(Kind kind) {
  return kind == Kind::kNumber || kind == Kind::kLetter || kind == Kind::kName || kind == Kind::kUnit || kind == Kind::kClose;
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace lydian::math
