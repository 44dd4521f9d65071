#pragma once

#include <memory>

#include "lydian/cli/cli.h"

namespace lydian::cli {

/// Adds an environment that comes with lydian, whose options are read and documented by their description.
template <typename MadeEnvironment, typename Options>
void add_shipped(Catalog& catalog, const char* name) {
  catalog.add(
      name,
      [](const Config& config) {
        Options options;
        read_config(config, options);
        return std::make_shared<MadeEnvironment>(options);
      },
      document_config<Options>());
}

}  // namespace lydian::cli
