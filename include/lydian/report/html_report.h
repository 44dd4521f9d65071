#pragma once

#include <string>

namespace lydian {

/// Writes one self-contained HTML file with inline SVG about a run folder (config.json, metrics.jsonl, rollouts/, summary.json): headline figures; reward, pass
/// rate, thinking length, entropy, loss and gradient norm over the steps; accuracy against thinking budget with its intervals, both policies and the law on one
/// picture; a table of sample completions with thinking, forced tokens and log-probs marked. A piece that is missing is said to be missing.
/// Throws IoError where the folder has none of them, or naming the file, line and field that cannot be understood.
void write_html_report(const std::string& run_folder, const std::string& html_path);

}  // namespace lydian
