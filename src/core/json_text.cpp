#include "core/json_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

// nlohmann keeps the last of two equal keys without a word.
class DuplicateKeys {
 public:
  bool operator()(int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) seen_.emplace_back();
    if (event == Json::parse_event_t::object_end) seen_.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!seen_.back().insert(key).second) throw JsonMistake{"", "the key \"" + key + "\" stands twice in one object"};
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> seen_;
};

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return "line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ", column " + std::to_string(column + 1);
}

// Of a number as JSON writes it. 15 digits are what a double keeps of every decimal.
bool loses_digits(std::string_view number) {
  constexpr std::size_t kDigitsOfDouble = 15, kDigitsOfInteger = 18;
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  const bool whole = mantissa.size() == number.size() && mantissa.find('.') == std::string_view::npos;
  std::size_t digits = 0;
  for (const char c : mantissa) digits += (c >= '1' && c <= '9') || (c == '0' && digits > 0) ? 1 : 0;
  // What is too small for a double at full precision is read as 0 without a word.
  if (!whole && digits > 0 && std::abs(Json::parse(number).get<double>()) < std::numeric_limits<double>::min()) return true;
  if (!whole || digits <= kDigitsOfInteger) return !whole && digits > kDigitsOfDouble;
  return Json::parse(number).is_number_float();
}

}  // namespace

Json parse_json(std::string_view text, bool ignore_comments) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) throw JsonMistake{"line 1, column 1", "expected JSON, got nothing"};
  try {
    return Json::parse(text, DuplicateKeys(), /*allow_exceptions=*/true, ignore_comments);
  } catch (const Json::parse_error& error) {
    throw JsonMistake{place_of(text, error.byte), json_sentence(error)};
  } catch (const Json::exception& error) {  // a number beyond double, without a position
    throw JsonMistake{"", json_sentence(error)};
  }
}

Json parse_json_keeping_digits(std::string_view text) {
  // Before anything is replaced, so that mistakes are those of the text itself.
  Json plain = parse_json(text);
  std::string kept;
  std::size_t done = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      in_text = !in_text;
    } else if (in_text) {
      if (text[at] == '\\') ++at;
    } else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
      const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE", at), text.size());
      const std::string_view number = text.substr(at, end - at);
      if (loses_digits(number)) {
        kept.append(text.substr(done, at - done)).append("\"").append(number).append("\"");
        done = end;
      }
      at = end - 1;
    }
  }
  if (done == 0) return plain;
  return parse_json(kept.append(text.substr(done)));
}

std::string json_sentence(const Json::exception& error) {
  std::string sentence = error.what();
  sentence.erase(0, sentence.find("] ") + 2);
  if (sentence.starts_with("parse error")) sentence.erase(0, sentence.find(": ") + 2);
  return sentence;
}

std::string shown(const Json& value) {
  constexpr std::size_t kLongest = 80;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // never half a character
  return text.substr(0, end) + "…";
}

}  // namespace lydian
