#pragma once

#include <cstdint>
#include <vector>

#include "lydian/model/packed_batch.h"
#include "model/batch_plan.h"
#include "model/transformer_body.h"
#include "model/transformer_shape.h"

namespace lydian {

/// A prompt group as forward and backward both walk it: where its tokens, entries and pages stand.
class TrainingGroup {
 public:
  TrainingGroup(const PackedBatch& batch, const BatchPlan& plan, std::size_t number, const TransformerShape& shape, float* pages)
      : batch_(batch), plan_(plan), group_(plan.groups[number]), shape_(shape), pages_(pages) {}

  const PlanGroup& plan() const { return group_; }
  /// The body's spans of a chunk; `pointers` holds their page tables.
  void body_spans(const PlanChunk& chunk, std::vector<float*>& pointers, std::vector<BodySpan>& spans) const;
  /// 1 / temperature of each of the chunk's entries.
  void inverse_temperatures(const PlanChunk& chunk, std::vector<float>& out) const;
  std::int64_t first_entry(std::int64_t row) const { return batch_.completion_offsets[static_cast<std::size_t>(row)]; }
  std::int64_t end_entry(std::int64_t row) const { return batch_.completion_offsets[static_cast<std::size_t>(row) + 1]; }

  /// Calls entry(e, token) for every entry e of the chunk and state(slot, token) for every bootstrap slot: `token` is the chunk's token whose state belongs
  /// there, or -1 for the prompt's last.
  template <typename Entry, typename Slot>
  void for_each_state(const PlanChunk& chunk, const Entry& entry, const Slot& slot) const {
    std::int64_t token = 0;
    for (const PlanSpan& span : chunk.spans) {
      if (span.is_prompt()) {
        token += span.tokens;
        continue;
      }
      const std::int64_t begin = first_entry(span.row), end = end_entry(span.row);
      // State j is the one from which completion token j is predicted; state 0 is the prompt's.
      const std::int64_t first = span.first == 0 ? 0 : span.first + 1;
      for (std::int64_t state = first; state <= span.first + span.tokens; ++state) {
        const std::int64_t place = state == 0 ? -1 : token + state - 1 - span.first;
        if (begin + state < end) {
          entry(begin + state, place);
        } else if (plan_.bootstrap_slot[static_cast<std::size_t>(span.row)] >= 0) {
          slot(plan_.bootstrap_slot[static_cast<std::size_t>(span.row)], place);
        }
      }
      token += span.tokens;
    }
  }
  /// The chunk's token that is the prompt's last, or -1.
  static std::int64_t prompt_end(const PlanChunk& chunk) {
    const PlanSpan& first = chunk.spans.front();
    return first.is_prompt() && first.ends_stream ? first.tokens - 1 : -1;
  }

 private:
  float* page(const PlanSpan& span, std::int64_t block) const;

  const PackedBatch& batch_;
  const BatchPlan& plan_;
  const PlanGroup& group_;
  const TransformerShape& shape_;
  float* const pages_;
};

}  // namespace lydian
