#pragma once

#include <string>
#include <string_view>

#include "verify/math/lexer.h"
#include "verify/math/tree.h"

namespace lydian::math {

struct ReadOptions {
  bool commas_separate = false;
  bool decimal_comma = false;
  std::int64_t max_tokens = 4096, max_depth = 128, max_digits = 4000, max_bits = 20000;
};

struct Reading {
  NodeId root = kNoNode;        ///< kNoNode: not read as mathematics.
  bool grouped_commas = false;  ///< It could also be read with the commas as separators.
  std::string reason;
};

/// Reads one expression, list or relation into `tree`. What is no mathematics gives kNoNode with the reason; over a limit it throws LimitExceeded.
Reading parse(std::string_view text, const ReadOptions& options, Tree& tree);

/// A text with every Unicode sign that has an ASCII or LaTeX spelling replaced by it. Empty where nothing had to be replaced.
std::string spell_unicode(std::string_view text);

}  // namespace lydian::math
