#pragma once

#include "cli/command.h"
#include "lydian/train/run_options.h"

namespace lydian::cli {

/// Starts the run that `options` describe, or with --print-config only checks and prints them. Exit code 0, or 75 where a signal stopped it.
int start(const Arguments& arguments, const RunOptions& options, const Catalog& catalog);
/// Goes on with a run folder.
int resume(const Arguments& arguments, const std::string& run_folder, const Catalog& catalog);

inline constexpr Flag kPrintConfigFlag{"print-config", "", "Print the resolved configuration, itself a valid input, and stop."};
inline constexpr Flag kQuietFlag{"quiet", "", "No line a step on the terminal."};

}  // namespace lydian::cli
