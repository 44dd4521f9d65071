#include "lydian/model/packed_batch.h"

#include <string>

#include "lydian/core/error.h"

namespace lydian {

void PackedBatch::add_prompt(std::span<const TokenId> ids, std::int32_t group_in_step) {
  if (ids.empty()) throw ShapeError("packed_batch", "a prompt of at least one token", "an empty one");
  if (group_in_step < 0) throw ShapeError("packed_batch", "a group index of at least 0", std::to_string(group_in_step));
  prompt_ids.insert(prompt_ids.end(), ids.begin(), ids.end());
  prompt_offsets.push_back(static_cast<std::int64_t>(prompt_ids.size()));
  gradient_buffer.push_back(group_in_step);
}

void PackedBatch::add_row(std::span<const TokenId> ids, float row_temperature, bool wants_bootstrap) {
  if (prompts() == 0) throw ShapeError("packed_batch", "add_prompt() before add_row()", "no prompt");
  if (wants_bootstrap) bootstrap.resize(static_cast<std::size_t>(rows()), 0);
  if (wants_bootstrap || !bootstrap.empty()) bootstrap.push_back(wants_bootstrap ? 1 : 0);
  completion_ids.insert(completion_ids.end(), ids.begin(), ids.end());
  completion_offsets.push_back(static_cast<std::int64_t>(completion_ids.size()));
  prompt_of_row.push_back(static_cast<std::int32_t>(prompts() - 1));
  temperature.push_back(row_temperature);
}

}  // namespace lydian
