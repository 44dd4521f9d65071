#pragma once

#include <string_view>

#include "lydian/core/config.h"

namespace lydian {

/// Throws ConfigError where a value of `options` is outside its described range: for options that a program filled by itself. `name` stands in the message.
template <typename T>
void check_ranges(const T& options, std::string_view name) {
  T copy = options;
  read_config(Config::parse(write_config(options).dump(), name), copy);
}

}  // namespace lydian
