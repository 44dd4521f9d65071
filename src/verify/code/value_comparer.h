#pragma once

#include <optional>
#include <string_view>

#include "verify/code/data_value.h"

namespace lydian::code {

/// How a function's value is held against the expected one.
struct ValueRule {
  enum class Kind {
    kEqual,     ///< value == expected
    kTruthy,    ///< bool(value) == bool(expected)
    kIsClose,   ///< math.isclose(value, expected, rel_tol=rtol, abs_tol=atol)
    kAbsolute,  ///< abs(value - expected) < atol
    kSet,       ///< set(value) == set(expected)
  };

  Kind kind = Kind::kEqual;
  double rtol = 1e-9;  ///< kIsClose alone; math.isclose's own default.
  double atol = 0.0;   ///< kIsClose, kAbsolute
  /// EvalPlus's second chance where kEqual and kSet fail: a float, or a list or tuple of floats, of the expected type and length whose numbers are all within
  /// `close_atol` + 1e-7 * |expected|. Negative: none. With `close_any` the expected numbers need not be floats.
  double close_atol = -1.0;
  bool close_any = false;
};

/// The rule named eq, truthy, isclose, abs or set.
std::optional<ValueRule::Kind> value_rule_kind(std::string_view name);

/// NaN equals nothing under any rule.
bool matches(const ValueRule& rule, const DataValue& value, const DataValue& expected);

}  // namespace lydian::code
