#include "core/json_text.h"

#include <algorithm>
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

// The library's message without its prefix "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string sentence_of(const Json::exception& error) {
  std::string sentence = error.what();
  sentence.erase(0, sentence.find("] ") + 2);
  if (sentence.starts_with("parse error")) sentence.erase(0, sentence.find(": ") + 2);
  return sentence;
}

}  // namespace

Json parse_json(std::string_view text, bool ignore_comments) {
  try {
    return Json::parse(text, DuplicateKeys(), /*allow_exceptions=*/true, ignore_comments);
  } catch (const Json::parse_error& error) {
    throw JsonMistake{place_of(text, error.byte), sentence_of(error)};
  } catch (const Json::exception& error) {  // a number beyond double, without a position
    throw JsonMistake{"", sentence_of(error)};
  }
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
