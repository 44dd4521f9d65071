#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace lydian {

/// Why a JSON text cannot be read, for the caller to throw with the name of its file.
struct JsonMistake {
  std::string place;  ///< "line 3, column 8"; empty where it is not known.
  std::string sentence;
};

/// The one way in which the library reads JSON: keys in their order, a key twice in one object is a mistake. Throws JsonMistake.
nlohmann::ordered_json parse_json(std::string_view text, bool ignore_comments = false);

/// The same, with text in the place of each number whose digits a JSON value would lose: integers beyond 64 bits, decimals of more than 15 digits.
nlohmann::ordered_json parse_json_keeping_digits(std::string_view text);

/// What an exception of the JSON library says, without its prefix "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string json_sentence(const nlohmann::ordered_json::exception& error);

/// `value` as it stands in a message: JSON on one line, shortened.
std::string shown(const nlohmann::ordered_json& value);

}  // namespace lydian
