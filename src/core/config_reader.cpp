#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/config_node.h"
#include "core/config_range.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;
using config_detail::join;
using config_detail::refuse;

template <typename T>
std::string kind_of() {
  if constexpr (std::is_same_v<T, double>) return "a number";
  return "an integer";
}

// The value as a T where nothing is lost: 3e2 is an integer, 0.5 and 1e300 are none, and a literal that a double had to round is none either.
template <typename T>
std::optional<T> exact_number(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  if constexpr (std::is_same_v<T, double>) {
    return value.get<double>();
  } else {
    if (value.is_number_float()) {
      constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
      const double number = value.get<double>();
      const bool fits = std::abs(number) < kExactIntegers && number == std::trunc(number) && (std::is_signed_v<T> || number >= 0);
      return fits ? std::optional<T>(static_cast<T>(number)) : std::nullopt;
    }
    if (value.is_number_unsigned()) {
      const auto number = value.get<std::uint64_t>();
      return std::in_range<T>(number) ? std::optional<T>(static_cast<T>(number)) : std::nullopt;
    }
    const auto number = value.get<std::int64_t>();
    return std::in_range<T>(number) ? std::optional<T>(static_cast<T>(number)) : std::nullopt;
  }
}

class Reader final : public ConfigVisitor {
 public:
  explicit Reader(const Config& config) { open_.push_back({config, {}}); }

  void field(const Field& field, bool& value) override {
    if (const Json* found = find(field)) {
      if (!found->is_boolean()) refuse(node(), path_of(field), "true or false", *found);
      value = found->get<bool>();
    }
  }
  void field(const Field& field, std::int64_t& value) override { number(field, value); }
  void field(const Field& field, std::uint64_t& value) override { number(field, value); }
  void field(const Field& field, double& value) override { number(field, value); }
  void field(const Field& field, std::string& value) override {
    if (find(field) != nullptr) value = open_.back().config.text(field.name);
  }
  void field(const Field& field, std::vector<std::int64_t>& value) override { numbers(field, value); }
  void field(const Field& field, std::vector<double>& value) override { numbers(field, value); }
  void field(const Field& field, std::vector<std::string>& value) override {
    if (const Json* found = find(field)) {
      value.clear();
      for (const Json& element : list(field, *found, "a list of texts")) {
        if (!element.is_string()) refuse(node(), element_path(field, value.size()), "text in quotes", element);
        value.push_back(element.get<std::string>());
      }
    }
  }
  void choice(const Field& field, std::size_t& index, const std::vector<std::string_view>& names) override {
    const Json* found = find(field);
    if (found == nullptr) return;
    const auto chosen = found->is_string() ? std::find(names.begin(), names.end(), found->get<std::string>()) : names.end();
    if (chosen == names.end()) refuse(node(), path_of(field), config_detail::one_of(names), *found);
    index = static_cast<std::size_t>(chosen - names.begin());
  }
  void raw(const Field& field, Config& value) override {
    if (find(field) != nullptr) value = open_.back().config.section(field.name);
  }

  /// Every key of the object that is open belongs to a field.
  void refuse_unknown() const {
    const auto& [config, known] = open_.back();
    for (const std::string& key : config.keys()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) config_detail::refuse_key(config, key, known);
    }
  }

 protected:
  void begin_group(const Field& field) override {
    open_.back().known.emplace_back(field.name);
    open_.push_back({open_.back().config.section(field.name), {}});
  }
  void end_group() override {
    refuse_unknown();
    open_.pop_back();
  }

 private:
  struct Open {
    Config config;
    std::vector<std::string> known;
  };

  const Config::Node& node() const { return open_.back().config.node(); }
  std::string path_of(const Field& field) const { return join(node().path, field.name); }
  std::string element_path(const Field& field, std::size_t index) const { return path_of(field) + "[" + std::to_string(index) + "]"; }

  const Json* find(const Field& field) {
    open_.back().known.emplace_back(field.name);
    const auto found = node().value.find(std::string(field.name));
    return found == node().value.end() ? nullptr : &*found;
  }
  const Json& list(const Field& field, const Json& found, const std::string& expected) const {
    if (!found.is_array()) refuse(node(), path_of(field), expected, found);
    return found;
  }
  template <typename T>
  T read_number(const Field& field, const std::string& path, const Json& found) const {
    const std::optional<T> value = exact_number<T>(found);
    const bool inside = value && static_cast<double>(*value) >= field.low && static_cast<double>(*value) <= field.high;
    if (!inside) refuse(node(), path, kind_of<T>() + config_detail::range_of(field, std::is_unsigned_v<T>), found);
    return *value;
  }
  template <typename T>
  void number(const Field& field, T& value) {
    if (const Json* found = find(field)) value = read_number<T>(field, path_of(field), *found);
  }
  template <typename T>
  void numbers(const Field& field, std::vector<T>& value) {
    const Json* found = find(field);
    if (found == nullptr) return;
    value.clear();
    for (const Json& element : list(field, *found, std::is_same_v<T, double> ? "a list of numbers" : "a list of integers")) {
      value.push_back(read_number<T>(field, element_path(field, value.size()), element));
    }
  }

  std::vector<Open> open_;
};

}  // namespace

namespace config_detail {

std::unique_ptr<ConfigVisitor> reader(const Config& config) {
  return std::make_unique<Reader>(config);
}

void finish_reading(ConfigVisitor& reader) {
  static_cast<const Reader&>(reader).refuse_unknown();
}

}  // namespace config_detail
}  // namespace lydian
