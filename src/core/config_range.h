#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lydian/core/config.h"

namespace lydian::config_detail {

/// What the range of a field adds to "a number": " from 0 to 1", " of at least 1", " of at most 5", or nothing.
std::string range_of(const Field& field, bool is_unsigned = false);
/// `one of "close", "truncate"`.
std::string one_of(const std::vector<std::string_view>& names);

}  // namespace lydian::config_detail
