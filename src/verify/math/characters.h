#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lydian::math {

// Of ASCII, whatever the locale.
inline bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
inline bool digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline bool starts(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}
inline bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), digit);
}
inline std::string in_small_letters(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = lower(c);
  return low;
}
/// The letters behind the backslash at `at`; none where another sign follows.
inline std::string_view command_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && letter(text[end])) ++end;
  return text.substr(at + 1, end - at - 1);
}

}  // namespace lydian::math
