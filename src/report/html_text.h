#pragma once

#include <string>
#include <string_view>

namespace lydian {

/// `text` as text or attribute value of an HTML or SVG element.
std::string escape_html(std::string_view text);

/// `json` inside a <script> element: no '<' remains, which JSON has in strings only.
std::string escape_script_json(std::string_view json);

/// About `digits` significant digits, no trailing zeros: 0.125, 3.2e-05, 1500.
std::string short_number(double value, int digits = 4);
/// A share in percent with one decimal: 98.3 %.
std::string percent(double share);
/// An integer with thousands apart: 1 234 567.
std::string grouped(double value);
/// Seconds as 48 s or 2 min 05 s.
std::string seconds(double value);
/// A coordinate with at most two decimals.
std::string coordinate(double value);

}  // namespace lydian
