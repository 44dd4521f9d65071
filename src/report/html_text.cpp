#include "report/html_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace lydian {
namespace {

std::string to_text(double value, std::chars_format format, int precision) {
  std::array<char, 400> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, format, precision).ptr};
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += byte;
    }
  }
  return escaped;
}

std::string escape_script_json(std::string_view json) {
  std::string escaped;
  for (const char byte : json) {
    if (byte == '<') {
      escaped += "\\u003c";
    } else {
      escaped += byte;
    }
  }
  return escaped;
}

std::string short_number(double value, int digits) {
  return to_text(value == 0.0 ? 0.0 : value, std::chars_format::general, digits);
}

std::string percent(double share) {
  return to_text(100.0 * share, std::chars_format::fixed, 1) + "\u202F%";
}

std::string grouped(double value) {
  std::string digits = to_text(std::round(value), std::chars_format::fixed, 0);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, "\u202F");
  return digits;
}

std::string seconds(double value) {
  if (value < 120) return short_number(std::round(value * 10) / 10) + " s";
  const auto whole = static_cast<std::int64_t>(std::llround(value));
  return std::to_string(whole / 60) + " min " + (whole % 60 < 10 ? "0" : "") + std::to_string(whole % 60) + " s";
}

std::string coordinate(double value) {
  std::string text = to_text(value, std::chars_format::fixed, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace lydian
