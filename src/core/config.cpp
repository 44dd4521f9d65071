#include "lydian/core/config.h"

#include <algorithm>
#include <utility>

#include "core/config_node.h"
#include "core/json_text.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

// Lays `over` on `under`, which stands at `path`; origin_at(path below) names where a value of `over` was written.
template <typename OriginAt>
void lay_over(Json& under, const Json& over, const std::string& path, const OriginAt& origin_at, std::map<std::string, std::string>& origins) {
  if (under.is_object() && over.is_object()) {
    for (const auto& [key, value] : over.items()) lay_over(under[key], value, config_detail::join(path, key), origin_at, origins);
    return;
  }
  under = over;
  std::erase_if(origins, [&](const auto& entry) {
    return entry.first.size() > path.size() && entry.first.starts_with(path) && (entry.first[path.size()] == '.' || entry.first[path.size()] == '[');
  });
  origins[path] = origin_at(path);
}

// Empty where a part of the key is.
std::vector<std::string> split_key(std::string_view key) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('.', begin), key.size());
    if (end == begin) return {};
    names.emplace_back(key.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

Json value_of_override(std::string_view text) {
  try {
    return parse_json(text);
  } catch (const JsonMistake&) {
    return Json(text);
  }
}

}  // namespace

namespace config_detail {

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}

std::string origin_of(const Config::Node& node, std::string_view path) {
  while (!path.empty()) {
    const auto found = node.origins.find(std::string(path));
    if (found != node.origins.end()) return found->second;
    const std::size_t end = path.find_last_of(".[");
    path = path.substr(0, end == std::string_view::npos ? 0 : end);
  }
  const auto root = node.origins.find("");
  return root == node.origins.end() ? "config" : root->second;
}

void refuse(const Config::Node& node, const std::string& path, const std::string& expected, const Json& got) {
  throw ConfigError("config", origin_of(node, path) + ": " + (path.empty() ? "" : path + ": ") + "expected " + expected + ", got " + shown(got));
}

Config below(const Config::Node& parent, Json value, std::string path) {
  auto node = std::make_shared<Config::Node>();
  node->value = std::move(value);
  node->path = std::move(path);
  node->origins = parent.origins;
  return Config(std::move(node));
}

}  // namespace config_detail

Config::Config() : node_(std::make_shared<Node>()) {}

Config Config::read_file(const std::string& path) {
  return parse(read_whole_file(path), path);
}

Config Config::parse(std::string_view text, std::string_view origin) {
  auto node = std::make_shared<Node>();
  node->origins[""] = origin;
  try {
    node->value = parse_json(text, /*ignore_comments=*/true);
  } catch (const JsonMistake& mistake) {
    throw ConfigError("config", std::string(origin) + (mistake.place.empty() ? "" : ", ") + mistake.place + ": " + mistake.sentence);
  }
  if (!node->value.is_object()) config_detail::refuse(*node, "", "an object {…}", node->value);
  return Config(std::move(node));
}

Config Config::with_override(std::string_view assignment) const {
  const std::size_t equals = assignment.find('=');
  const std::string usage = "key=value with a dotted key, as in grpo.learning_rate=3e-4";
  if (equals == std::string_view::npos) throw ConfigError("config", usage, shown(std::string(assignment)));
  const std::vector<std::string> names = split_key(assignment.substr(0, equals));
  if (names.empty()) throw ConfigError("config", usage, shown(std::string(assignment)));
  auto node = std::make_shared<Node>(*node_);
  const std::string origin = "override " + std::string(assignment);
  Json* place = &node->value;
  std::string path = node->path;
  for (const std::string& name : names) {
    if (place->is_null()) *place = Json::object();
    if (!place->is_object()) throw ConfigError("config", origin + ": " + path + " is no object but " + shown(*place));
    path = config_detail::join(path, name);
    place = &(*place)[name];
  }
  lay_over(
      *place, value_of_override(assignment.substr(equals + 1)), path, [&](const std::string&) { return origin; }, node->origins);
  return Config(std::move(node));
}

Config Config::merged_with(const Config& other) const {
  auto node = std::make_shared<Node>(*node_);
  const auto origin_at = [&](const std::string& path) {
    return config_detail::origin_of(other.node(), config_detail::join(other.path(), path.substr(node_->path.empty() ? 0 : node_->path.size() + 1)));
  };
  for (const auto& [key, value] : other.node().value.items()) {
    lay_over(node->value[key], value, config_detail::join(node_->path, key), origin_at, node->origins);
  }
  return Config(std::move(node));
}

bool Config::has(std::string_view key) const {
  return node_->value.contains(key);
}

std::vector<std::string> Config::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : node_->value.items()) names.push_back(key);
  return names;
}

Config Config::section(std::string_view key) const {
  std::string path = config_detail::join(node_->path, key);
  if (!has(key)) return config_detail::below(*node_, Json::object(), std::move(path));
  const Json& value = node_->value.at(std::string(key));
  if (!value.is_object()) config_detail::refuse(*node_, path, "an object {…}", value);
  return config_detail::below(*node_, value, std::move(path));
}

Config Config::without(const std::vector<std::string>& keys) const {
  auto node = std::make_shared<Node>(*node_);
  for (const std::string& key : keys) node->value.erase(key);
  return Config(std::move(node));
}

std::string Config::text(std::string_view key, std::string_view fallback) const {
  if (!has(key)) return std::string(fallback);
  const Json& value = node_->value.at(std::string(key));
  if (!value.is_string()) config_detail::refuse(*node_, config_detail::join(node_->path, key), "text in quotes", value);
  return value.get<std::string>();
}

std::string Config::dump(int indent) const {
  try {
    return node_->value.dump(indent);
  } catch (const Json::type_error&) {  // only from text that came by an override or a struct, since the parser refuses it
    throw ConfigError("config", config_detail::origin_of(*node_, node_->path) + ": expected text in UTF-8 in every value, got bytes that are none");
  }
}

const std::string& Config::path() const {
  return node_->path;
}

}  // namespace lydian
