#include <cmath>
#include <utility>

#include "core/config_node.h"
#include "core/config_range.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

class Writer final : public ConfigVisitor {
 public:
  void field(const Field& field, bool& value) override { put(field, value); }
  void field(const Field& field, std::int64_t& value) override { put(field, value); }
  void field(const Field& field, std::uint64_t& value) override { put(field, value); }
  void field(const Field& field, double& value) override { put(field, finite(field, value)); }
  void field(const Field& field, std::string& value) override { put(field, value); }
  void field(const Field& field, std::vector<std::int64_t>& value) override { put(field, value); }
  void field(const Field& field, std::vector<double>& value) override {
    for (const double element : value) finite(field, element);
    put(field, value);
  }
  void field(const Field& field, std::vector<std::string>& value) override { put(field, value); }
  void choice(const Field& field, std::size_t& index, const std::vector<std::string_view>& names) override { put(field, names.at(index)); }
  void raw(const Field& field, Config& value) override { put(field, value.node().value); }

  Json take() { return std::move(open_.front()); }

 protected:
  void begin_group(const Field& field) override {
    names_.emplace_back(field.name);
    open_.push_back(Json::object());
  }
  void end_group() override {
    Json group = std::move(open_.back());
    open_.pop_back();
    open_.back()[names_.back()] = std::move(group);
    names_.pop_back();
  }

 private:
  template <typename T>
  void put(const Field& field, const T& value) {
    open_.back()[std::string(field.name)] = value;
  }
  // JSON has no infinity: it would be written as null, and not be read back.
  static double finite(const Field& field, double value) {
    if (!std::isfinite(value)) throw ConfigError("config", std::string(field.name) + ": expected a finite number, got " + std::to_string(value));
    return value;
  }

  std::vector<Json> open_{Json::object()};
  std::vector<std::string> names_;
};

class Documenter final : public ConfigVisitor {
 public:
  void field(const Field& field, bool& value) override { add(field, "bool", value, ""); }
  void field(const Field& field, std::int64_t& value) override { add(field, "integer", value, range(field)); }
  void field(const Field& field, std::uint64_t& value) override { add(field, "integer", value, range(field, true)); }
  void field(const Field& field, double& value) override { add(field, "number", value, range(field)); }
  void field(const Field& field, std::string& value) override { add(field, "text", value, ""); }
  void field(const Field& field, std::vector<std::int64_t>& value) override { add(field, "integers", value, range(field)); }
  void field(const Field& field, std::vector<double>& value) override { add(field, "numbers", value, range(field)); }
  void field(const Field& field, std::vector<std::string>& value) override { add(field, "texts", value, ""); }
  void choice(const Field& field, std::size_t& index, const std::vector<std::string_view>& names) override {
    add(field, "choice", names.at(index), config_detail::one_of(names));
  }
  void raw(const Field& field, Config& value) override { add(field, "object", value.node().value, ""); }

  std::vector<OptionDoc> take() { return std::move(options_); }

 protected:
  void begin_group(const Field& field) override { groups_.push_back(config_detail::join(prefix(), field.name)); }
  void end_group() override { groups_.pop_back(); }

 private:
  std::string prefix() const { return groups_.empty() ? std::string() : groups_.back(); }
  static std::string range(const Field& field, bool is_unsigned = false) {
    const std::string text = config_detail::range_of(field, is_unsigned);
    return text.empty() ? text : text.substr(1);
  }
  void add(const Field& field, std::string type, const Json& value, std::string range) {
    options_.push_back({config_detail::join(prefix(), field.name), std::move(type), value.dump(), std::move(range), std::string(field.doc)});
  }

  std::vector<OptionDoc> options_;
  std::vector<std::string> groups_;
};

}  // namespace

namespace config_detail {

std::unique_ptr<ConfigVisitor> writer() {
  return std::make_unique<Writer>();
}

Config written(ConfigVisitor& writer) {
  auto node = std::make_shared<Config::Node>();
  node->value = static_cast<Writer&>(writer).take();
  return Config(std::move(node));
}

std::unique_ptr<ConfigVisitor> documenter() {
  return std::make_unique<Documenter>();
}

std::vector<OptionDoc> documented(ConfigVisitor& documenter) {
  return static_cast<Documenter&>(documenter).take();
}

}  // namespace config_detail
}  // namespace lydian
