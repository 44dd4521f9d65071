#pragma once

#include <string>

#include "lydian/core/error.h"

namespace lydian {

/// The sentence with which an act is refused.
template <typename Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace lydian
