#pragma once

#include <string>

namespace lydian {

/// Reads a run folder (config.json, metrics.jsonl, rollouts/, summary.json where there is one) and writes one self-contained HTML file with inline SVG: reward, pass rate, thinking length,
/// entropy, accuracy against thinking budget with its intervals (both policies and the law on one picture), a table of sample completions with thinking, forced tokens and log-probs
/// marked. Throws IoError naming what is missing.
void write_html_report(const std::string& run_folder, const std::string& html_path);

}  // namespace lydian
