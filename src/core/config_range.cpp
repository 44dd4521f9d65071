#include "core/config_range.h"

#include <algorithm>
#include <cmath>

#include "core/config_node.h"

namespace lydian::config_detail {
namespace {

std::string bound(double value) {
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (value == std::trunc(value) && std::abs(value) <= kExactIntegers) return std::to_string(static_cast<std::int64_t>(value));
  return nlohmann::json(value).dump();
}

}  // namespace

std::string range_of(const Field& field, bool is_unsigned) {
  const double low = is_unsigned ? std::max(field.low, 0.0) : field.low;
  const bool has_low = std::isfinite(low);
  const bool has_high = std::isfinite(field.high);
  if (has_low && has_high) return " from " + bound(low) + " to " + bound(field.high);
  if (has_low) return " of at least " + bound(low);
  if (has_high) return " of at most " + bound(field.high);
  return {};
}

std::string one_of(const std::vector<std::string_view>& names) {
  std::string sentence = "one of ";
  for (const std::string_view name : names) sentence += (sentence.back() == ' ' ? "\"" : ", \"") + std::string(name) + "\"";
  return sentence;
}

}  // namespace lydian::config_detail
