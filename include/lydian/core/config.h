#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lydian {

/// A piece of a configuration: a JSON object, and where it came from (for messages). Cheap to copy; never changes.
///
/// Files are JSON with // and /* */ comments. Maps merge, lists and values replace.
class Config {
 public:
  Config();
  /// Throws IoError (cannot be read) or ConfigError (file, line and column of the mistake).
  static Config read_file(const std::string& path);
  /// `origin` names the text in messages.
  static Config parse(std::string_view text, std::string_view origin = "config");

  /// This, with `key=value` laid over it: `grpo.learning_rate=3e-4`. A value that is no JSON is taken as a string.
  Config with_override(std::string_view assignment) const;
  /// This, with every value of `other` laid over it.
  Config merged_with(const Config& other) const;

  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;  ///< In file order.
  /// The object under `key`; an empty one where it is absent. Throws ConfigError if it is no object.
  Config section(std::string_view key) const;
  /// This without some of its keys: what is left for another reader.
  Config without(const std::vector<std::string>& keys) const;
  /// The string under `key`, or `fallback`. Throws ConfigError if it is no string.
  std::string text(std::string_view key, std::string_view fallback = {}) const;

  std::string dump(int indent = 2) const;
  /// Dotted path of this object within its file ("" at the top).
  const std::string& path() const;

  struct Node;
  const Node& node() const { return *node_; }
  explicit Config(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<const Node> node_;
};

/// Names a field once: reading, --help, the reference page and every message come from it.
struct Field {
  std::string_view name;                                  ///< TRL's name where TRL has the option.
  std::string_view doc;                                   ///< One line, with the unit.
  double low = -std::numeric_limits<double>::infinity();  ///< Smallest allowed value, numbers only.
  double high = std::numeric_limits<double>::infinity();
};

/// Visits the fields of an options struct. Each options struct has `void describe(ConfigVisitor&, T&)` beside it, found by its argument.
class ConfigVisitor {
 public:
  virtual ~ConfigVisitor() = default;
  virtual void field(const Field& field, bool& value) = 0;
  virtual void field(const Field& field, std::int64_t& value) = 0;
  virtual void field(const Field& field, std::uint64_t& value) = 0;
  virtual void field(const Field& field, double& value) = 0;
  virtual void field(const Field& field, std::string& value) = 0;
  virtual void field(const Field& field, std::vector<std::int64_t>& value) = 0;
  virtual void field(const Field& field, std::vector<double>& value) = 0;
  virtual void field(const Field& field, std::vector<std::string>& value) = 0;
  /// One of `names`, by index: for enumerations.
  virtual void choice(const Field& field, std::size_t& index, const std::vector<std::string_view>& names) = 0;
  /// An object that is read by somebody else (an environment's own options): taken as it is.
  virtual void raw(const Field& field, Config& value) = 0;

  /// A struct inside the struct.
  template <typename T>
  void group(const Field& field, T& value) {
    begin_group(field);
    describe(*this, value);
    end_group();
  }
  /// An enumeration whose values are 0, 1, … in the order of `names`.
  template <typename E>
  void enumeration(const Field& field, E& value, const std::vector<std::string_view>& names) {
    auto index = static_cast<std::size_t>(value);
    choice(field, index, names);
    value = static_cast<E>(index);
  }

 protected:
  virtual void begin_group(const Field& field) = 0;
  virtual void end_group() = 0;
};

/// One option as help and the reference page show it.
struct OptionDoc {
  std::string name;  ///< Dotted below the struct.
  std::string type;
  std::string default_value;
  std::string range;  ///< Empty where everything is allowed.
  std::string doc;
};

namespace config_detail {
std::unique_ptr<ConfigVisitor> reader(const Config& config);
void finish_reading(ConfigVisitor& reader);
std::unique_ptr<ConfigVisitor> writer();
Config written(ConfigVisitor& writer);
std::unique_ptr<ConfigVisitor> documenter();
std::vector<OptionDoc> documented(ConfigVisitor& documenter);
}  // namespace config_detail

/// Reads `config` over the values that `options` has. Throws ConfigError naming the key, its file or override, what was expected and what
/// was found; an unknown key also names the nearest known one.
template <typename T>
void read_config(const Config& config, T& options) {
  auto visitor = config_detail::reader(config);
  describe(*visitor, options);
  config_detail::finish_reading(*visitor);
}

/// The whole struct as a Config that read_config turns back into an equal struct.
template <typename T>
Config write_config(const T& options) {
  T copy = options;
  auto visitor = config_detail::writer();
  describe(*visitor, copy);
  return config_detail::written(*visitor);
}

/// Throws ConfigError where a value of `options` is outside its described range: for options that a program filled by itself. `name` stands in the message.
template <typename T>
void check_ranges(const T& options, std::string_view name) {
  T copy = options;
  read_config(Config::parse(write_config(options).dump(), name), copy);
}

/// Name, type, default, range and line of every field of T.
template <typename T>
std::vector<OptionDoc> document_config() {
  T defaults;
  auto visitor = config_detail::documenter();
  describe(*visitor, defaults);
  return config_detail::documented(*visitor);
}

/// The name in `known` nearest to `wrong` by edits, if any is near enough to be meant.
std::optional<std::string> nearest_name(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace lydian
