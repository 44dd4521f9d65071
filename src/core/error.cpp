#include "lydian/core/error.h"

namespace lydian {

Error::Error(std::string_view component, std::string_view sentence)
    : std::runtime_error("[" + std::string(component) + "] " + std::string(sentence)), component_(component) {}

Error::Error(std::string_view component, std::string_view expected, std::string_view got)
    : Error(component, "expected " + std::string(expected) + ", got " + std::string(got)) {}

}  // namespace lydian
