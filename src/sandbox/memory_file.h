#pragma once

#include <string_view>

#include "sandbox/descriptor.h"

namespace lydian::sandbox {

/// Bytes in a memory file that nobody can change any more. Throws Error where the system has no memory or descriptors.
Descriptor memory_file(std::string_view bytes);

}  // namespace lydian::sandbox
