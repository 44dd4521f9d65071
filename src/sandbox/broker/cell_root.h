#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace lydian::sandbox {

/// Everything that a cell's first process needs on its way in. Descriptors are the broker's.
struct CellPlan {
  std::uint32_t layers = 0;
  uid_t host_uid = 0;
  bool as_root = false;  ///< The broker may take other identities.
  std::string scratch;   ///< Folder in the broker's own mounts, with the folders `root` and `headers`.
  std::string python;    ///< Absolute path; empty: no warm interpreter.
  int go = -1;           ///< Readable once the broker has mapped identities and joined the control group.
  int native_control = -1, python_control = -1, filter = -1, module = -1, executable = -1, log = -1;
};

/// Identity of programs as they see it themselves.
inline constexpr unsigned kInsideUid = 1000;

/// Runs in the new namespaces: builds the cell's file tree, gives up what the host is, and becomes the cell's first process. On failure, writes a sentence to
/// the log and exits.
[[noreturn]] void enter_cell(const CellPlan& plan);

/// main() of a cell's first process: starts the warm interpreter, then serves programs itself.
int cell_main(int argc, char** argv);

}  // namespace lydian::sandbox
