#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "lydian/sandbox/sandbox.h"

namespace lydian::cli {

/// "seccomp,landlock" as layers. Throws ConfigError naming the word that is none.
inline std::vector<SandboxLayer> layers_named(const std::string& names) {
  std::vector<SandboxLayer> layers;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    layers.push_back(sandbox_layer(names.substr(begin, end - begin)));
    begin = end + 1;
  }
  return layers;
}

}  // namespace lydian::cli
