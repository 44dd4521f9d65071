#include "verify/code/value_comparer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace lydian::code {
namespace {

using Kind = DataValue::Kind;

constexpr double kCloseRtol = 1e-7;

bool is_close(double a, double b, double rtol, double atol) {
  if (a == b) return true;
  if (!std::isfinite(a) || !std::isfinite(b)) return false;
  return std::abs(a - b) <= std::max(rtol * std::max(std::abs(a), std::abs(b)), atol);
}

bool absolutely_close(const DataValue& value, const DataValue& expected, double atol) {
  const auto number = [](const DataValue& v) { return v.is_real() || v.kind == Kind::kComplex; };
  if (!number(value) || !number(expected)) return false;
  const auto imag = [](const DataValue& v) { return v.kind == Kind::kComplex ? v.imag : 0.0; };
  const double real_gap = real_value(value) - real_value(expected), imag_gap = imag(value) - imag(expected);
  return std::sqrt(real_gap * real_gap + imag_gap * imag_gap) < atol || python_equal(value, expected);
}

bool all_close(const DataValue& value, const DataValue& expected, const ValueRule& rule, bool inside = false) {
  if (expected.is_sequence() && (!inside || rule.close_any)) {
    return value.kind == expected.kind && std::equal(value.items.begin(), value.items.end(), expected.items.begin(), expected.items.end(),
                                                     [&](const DataValue& a, const DataValue& b) { return all_close(a, b, rule, /*inside=*/true); });
  }
  if (expected.kind != Kind::kFloat && !(rule.close_any && expected.is_real())) return false;
  if (!value.is_real() || (!inside && value.kind != expected.kind)) return false;
  const double a = real_value(value), b = real_value(expected);
  return a == b || (std::isfinite(b) && std::abs(a - b) <= rule.close_atol + kCloseRtol * std::abs(b));
}

}  // namespace

std::optional<ValueRule::Kind> value_rule_kind(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, ValueRule::Kind>, 5> kNames{{{"eq", ValueRule::Kind::kEqual},
                                                                                {"truthy", ValueRule::Kind::kTruthy},
                                                                                {"isclose", ValueRule::Kind::kIsClose},
                                                                                {"abs", ValueRule::Kind::kAbsolute},
                                                                                {"set", ValueRule::Kind::kSet}}};
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

bool matches(const ValueRule& rule, const DataValue& value, const DataValue& expected) {
  switch (rule.kind) {
    case ValueRule::Kind::kTruthy:
      return python_truth(value) == python_truth(expected);
    case ValueRule::Kind::kIsClose:
      return value.is_real() && expected.is_real() && is_close(real_value(value), real_value(expected), rule.rtol, rule.atol);
    case ValueRule::Kind::kAbsolute:
      return absolutely_close(value, expected, rule.atol);
    case ValueRule::Kind::kEqual:
      return python_equal(value, expected) || (rule.close_atol >= 0.0 && all_close(value, expected, rule));
    case ValueRule::Kind::kSet:
      break;
  }
  const auto wanted = python_set(expected);
  return (wanted && wanted == python_set(value)) || (rule.close_atol >= 0.0 && all_close(value, expected, rule));
}

}  // namespace lydian::code
