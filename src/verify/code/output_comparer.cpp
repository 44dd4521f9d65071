#include "verify/code/output_comparer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace lydian::code {
namespace {

using Words = std::vector<std::string_view>;
using Problem = std::optional<std::string>;

// The white space of ASCII and nothing else: what another alphabet takes for a blank is part of a word.
constexpr std::string_view kBlank = " \t\n\r\v\f";

Words words_of(std::string_view text) {
  Words words;
  std::size_t begin = text.find_first_not_of(kBlank);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBlank, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlank, end);
  }
  return words;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return lines;
    begin = end + 1;
  }
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out + (text.size() > kLongest ? "…\"" : "\"");
}

// A decimal number as programs print it: no hexadecimal, no underscores, no infinity.
std::optional<double> decimal(std::string_view word) {
  if (word.starts_with('+') && !word.starts_with("+-")) word.remove_prefix(1);
  const std::size_t first = word.starts_with('-') ? 1 : 0;
  if (word.size() <= first || std::string_view("0123456789.").find(word[first]) == std::string_view::npos) return std::nullopt;
  double value = 0.0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (end != word.data() + word.size()) return std::nullopt;
  if (error == std::errc()) return value;
  // Beyond the doubles: too small is zero, too large matches nothing.
  const bool tiny = word.find("e-") != std::string_view::npos || word.find("E-") != std::string_view::npos;
  return tiny ? std::optional<double>(0.0) : std::nullopt;
}

bool is_nan_word(std::string_view word) {
  if (!word.empty() && (word[0] == '-' || word[0] == '+')) word.remove_prefix(1);
  return word.size() == 3 && (word[0] | 0x20) == 'n' && (word[1] | 0x20) == 'a' && (word[2] | 0x20) == 'n';
}

bool close(std::string_view word, std::string_view expected, const Tolerance& tolerance) {
  const std::optional<double> b = decimal(expected);
  if (!b) return word == expected && !is_nan_word(word);
  const std::optional<double> a = decimal(word);
  return a && std::abs(*a - *b) <= std::max(tolerance.atol, tolerance.rtol * std::abs(*b));
}

template <typename Same>
Problem first_difference(const Words& words, const Words& expected, const char* what, const Same& same) {
  for (std::size_t i = 0; i < std::min(words.size(), expected.size()); ++i) {
    if (!same(words[i], expected[i])) return std::string(what) + " " + std::to_string(i + 1) + " is " + quoted(words[i]) + ", not the expected one";
  }
  if (words.size() == expected.size()) return std::nullopt;
  return std::to_string(words.size()) + " " + what + "s of output where " + std::to_string(expected.size()) + " are expected";
}

Problem unordered_difference(std::string_view output, std::string_view expected) {
  const auto lines = [](std::string_view text) {
    std::vector<Words> list;
    for (const std::string_view line : lines_of(text)) {
      Words words = words_of(line);
      if (!words.empty()) list.push_back(std::move(words));
    }
    std::sort(list.begin(), list.end());
    return list;
  };
  const std::vector<Words> wanted = lines(expected);
  if (wanted.size() > 1) return lines(output) == wanted ? Problem() : "the lines are not the expected ones in any order";
  Words a = words_of(output), b = words_of(expected);
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b ? Problem() : "the words are not the expected ones in any order";
}

}  // namespace

std::optional<OutputRule> output_rule(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, OutputRule>, 6> kNames{{{"tokens", OutputRule::kTokens},
                                                                           {"exact", OutputRule::kExact},
                                                                           {"float", OutputRule::kFloat},
                                                                           {"set", OutputRule::kSet},
                                                                           {"checker", OutputRule::kChecker},
                                                                           {"none", OutputRule::kNone}}};
  for (const auto& [known, rule] : kNames) {
    if (known == name) return rule;
  }
  return std::nullopt;
}

Problem difference(OutputRule rule, std::string_view output, std::string_view expected, const Tolerance& tolerance) {
  const auto equal = [](std::string_view a, std::string_view b) { return a == b; };
  switch (rule) {
    case OutputRule::kTokens:
      return first_difference(words_of(output), words_of(expected), "word", equal);
    case OutputRule::kExact:
      return first_difference(lines_of(output), lines_of(expected), "line", equal);
    case OutputRule::kFloat:
      return first_difference(words_of(output), words_of(expected), "word", [&](std::string_view a, std::string_view b) { return close(a, b, tolerance); });
    case OutputRule::kSet:
      return unordered_difference(output, expected);
    case OutputRule::kChecker:
    case OutputRule::kNone:
      break;
  }
  return std::nullopt;
}

}  // namespace lydian::code
