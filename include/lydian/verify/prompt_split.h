#pragma once

#include <string>
#include <string_view>

#include "lydian/verify/environment.h"

namespace lydian {

/// The text that stands for a task's prompt: the plain prompt, or all turns of the conversation set apart by bytes that no text has.
std::string canonical_prompt(const Task& task);

/// The split of a prompt by a hash of its canonical text alone: equal prompts always fall into one split, on every machine and for every seed.
/// Shares are of all prompts; what dev and test leave is train.
Split split_of_prompt(std::string_view canonical_prompt, double dev_share, double test_share);

/// Throws ConfigError in the name of `component` where `value` is not from 0 to 1.
void check_share(std::string_view component, std::string_view name, double value);
/// The same for dev_share and test_share, each and both together.
void check_split_shares(std::string_view component, double dev_share, double test_share);

}  // namespace lydian
