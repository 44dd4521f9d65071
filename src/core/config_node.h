#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lydian/core/config.h"

namespace lydian {

/// What a Config holds: the object, its dotted path, and for messages where each value was written.
struct Config::Node {
  nlohmann::ordered_json value = nlohmann::ordered_json::object();
  std::string path;
  /// Full dotted path to the text that it came from; a value has the origin of its nearest listed ancestor, the root being "".
  std::map<std::string, std::string> origins;
};

namespace config_detail {

/// `name` below the object at `path`.
std::string join(std::string_view path, std::string_view name);
/// Where the value at `path` was written.
std::string origin_of(const Config::Node& node, std::string_view path);
/// Throws ConfigError `origin: path: expected …, got …` for the value at `path`.
[[noreturn]] void refuse(const Config::Node& node, const std::string& path, const std::string& expected, const nlohmann::ordered_json& got);
/// Throws ConfigError for a key of `config` that is none of `known`, with the nearest of these or all of them.
[[noreturn]] void refuse_key(const Config& config, const std::string& key, const std::vector<std::string>& known);
/// The node of `value`, found in `parent` at the full path `path`.
Config below(const Config::Node& parent, nlohmann::ordered_json value, std::string path);

}  // namespace config_detail
}  // namespace lydian
