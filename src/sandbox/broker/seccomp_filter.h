#pragma once

#include <string>
#include <vector>

#include "sandbox/broker/small_file.h"

namespace lydian::sandbox {

/// The system calls that a program may make, as the kernel's filter program in a memory file. Throws a sentence (std::string).
///
/// A list of what is allowed; everything else fails with ENOSYS or EPERM, and a call by another architecture's numbers ends the process.
Descriptor seccomp_filter();

}  // namespace lydian::sandbox
