#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lydian/data/task.h"
#include "lydian/envs/math_environment.h"

namespace lydian {

/// A row of a data set, read.
struct MathRow {
  Task task;
  std::string worked;  ///< The worked solution; may be empty.
  std::string gold;    ///< The first gold.
};

/// Why a row cannot be used.
struct BrokenRow {
  std::string sentence;
};

/// Reads one line in any of the known shapes. `fallback_id` names a row that has no id. Throws BrokenRow.
MathRow read_math_row(std::string_view line, const MathEnvironmentOptions& options, const std::string& fallback_id);

/// The content of the last \boxed{…} or \fbox{…} whose braces close; none where there is none.
std::optional<std::string> last_box(std::string_view text);

/// The rows that come with lydian, in GSM8K's and MATH's shape: examples/math.jsonl (CC0).
extern const char* const kSmallMathRows;

}  // namespace lydian
