#include "model/training_group.h"

#include <algorithm>

#include "model/next_token.h"
#include "model/transformer_head.h"

namespace lydian {

float* TrainingGroup::page(const PlanSpan& span, std::int64_t block) const {
  const std::int64_t shared = span.is_prompt() ? block + 1 : group_.prompt_tokens / kBlockPositions;
  const std::int64_t number = block < shared ? block : group_.row_page[static_cast<std::size_t>(span.row - group_.first_row)] + block - shared;
  return pages_ + number * shape_.page_floats();
}

void TrainingGroup::body_spans(const PlanChunk& chunk, std::vector<float*>& pointers, std::vector<BodySpan>& spans) const {
  const auto end_position = [this](const PlanSpan& span) { return span.first + span.tokens + (span.is_prompt() ? 0 : group_.prompt_tokens); };
  std::size_t blocks = 0;
  for (const PlanSpan& span : chunk.spans) blocks += static_cast<std::size_t>(blocks_for(end_position(span)));
  pointers.resize(blocks);
  spans.clear();
  std::size_t next = 0;
  for (const PlanSpan& span : chunk.spans) {
    BodySpan body;
    body.tokens = span.tokens;
    body.first_position = end_position(span) - span.tokens;
    body.pages = pointers.data() + next;
    if (span.is_prompt()) {
      body.ids = batch_.prompt_ids.data() + batch_.prompt_offsets[static_cast<std::size_t>(group_.prompt)] + span.first;
    } else {
      body.ids = batch_.completion_ids.data() + first_entry(span.row) + span.first;
    }
    if (!span.is_prompt() && span.first == 0 && group_.prompt_tokens % kBlockPositions != 0) {
      body.inherited_page = pages_ + group_.prompt_tokens / kBlockPositions * shape_.page_floats();
    }
    if (span.tokens > 0) {
      for (std::int64_t block = 0; block < blocks_for(end_position(span)); ++block) pointers[next++] = page(span, block);
    }
    spans.push_back(body);
  }
}

void TrainingGroup::inverse_temperatures(const PlanChunk& chunk, std::vector<float>& out) const {
  out.resize(static_cast<std::size_t>(chunk.entries()));
  std::int64_t entry = chunk.first_entry;
  for (const PlanSpan& span : chunk.spans) {
    if (span.is_prompt()) continue;
    const float value = inverse_temperature(batch_.temperature[static_cast<std::size_t>(span.row)]);
    const std::int64_t end = std::min(first_entry(span.row) + span.first + span.tokens + 1, end_entry(span.row));
    for (; entry < end; ++entry) out[static_cast<std::size_t>(entry - chunk.first_entry)] = value;
  }
}

}  // namespace lydian
