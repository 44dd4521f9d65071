#pragma once

#include <string_view>

namespace lydian::sandbox {

/// Bytes that the broker carries: the module that warm interpreters load, and their program.
std::string_view embedded_module();
std::string_view embedded_zygote();

}  // namespace lydian::sandbox
