#pragma once

#include <algorithm>
#include <string>

#include "lydian/core/random_stream.h"
#include "verify_math/rows.h"

namespace lydian::math_rows {

/// A row's answer with a few random faults: bytes changed, pieces doubled, deep nesting, long numbers, towers of powers, NUL bytes, broken UTF-8; rarely a
/// number of a million digits.
inline std::string mutated(RandomStream& stream) {
  const auto& all = rows();
  auto below = [&](std::uint64_t n) { return static_cast<std::size_t>(stream.below(n)); };
  const auto one_in = [&](std::uint64_t n) { return below(n) == 0; };
  std::string text = all[below(all.size())].prediction;
  for (std::size_t faults = 1 + below(4); faults > 0; --faults) {
    const std::size_t at = text.empty() ? 0 : below(text.size());
    switch (below(12)) {
      case 0:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 1:
        if (!text.empty()) text.erase(at, 1 + below(4));
        break;
      case 2:
        text += text.substr(at, 40);
        break;
      case 3:
        for (std::size_t deep = one_in(20) ? below(1500) : 1; deep > 0; --deep) text.insert(at, "\\frac{");
        break;
      case 4:
        text = std::string(1 + below(300), "({[|"[below(4)]) + text;
        break;
      case 5:
        text.insert(at, std::string(1 + below(6000), static_cast<char>('0' + below(10))));
        break;
      case 6:
        text += "^9^9^9";
        break;
      case 7:
        text.insert(at, 1, '\0');
        break;
      case 8:
        text.insert(at, "\xE2\x88");
        break;
      case 9:
        text += "!";
        break;
      case 10: {
        const std::string other = all[below(all.size())].gold;
        text.insert(at, other);
        break;
      }
      default: {
        static constexpr const char* kPieces[] = {
            "\\sqrt",   "^{", "}",  "\\sum_{k=1}^{10^6}", "\\sin", "\\begin{pmatrix}", "&", "\\\\", "\\left(", "\\ln", "\\pm", ",", "_", "|", "\\cup",
            "\\boxed{", "{",  "}}", "\xED\xA0\x80"};
        text.insert(at, kPieces[below(std::size(kPieces))]);
      }
    }
    if (text.size() > 20000) text.resize(20000);
  }
  if (one_in(2000)) text.insert(text.empty() ? 0 : below(text.size()), std::string(1000000, static_cast<char>('0' + below(10))));
  return text;
}

}  // namespace lydian::math_rows
