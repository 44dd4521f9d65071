#pragma once

#include <cstdint>
#include <vector>

#include "lydian/model/packed_batch.h"
#include "model/transformer_shape.h"

namespace lydian {

/// Tokens of one run of the body in training: enough for the products, few enough for the activations to stay in the cache. The order of the gradient's sums
/// depends on it, so changing it changes trained bits (not those of a forward).
inline constexpr std::int64_t kChunkTokens = 160;

/// Consecutive tokens of a group's prompt or of one of its rows.
struct PlanSpan {
  static constexpr std::int64_t kPrompt = -1;

  std::int64_t row = kPrompt;  ///< Row of the batch.
  std::int64_t first = 0;      ///< Within the prompt or completion.
  std::int64_t tokens = 0;     ///< 0 for a row that only reads the prompt's last state.
  bool ends_stream = false;    ///< Nothing of the prompt or row follows.

  bool is_prompt() const { return row == kPrompt; }
};

/// Spans that run through the body together, and the entries (completion tokens) that their states predict, contiguous in the batch.
struct PlanChunk {
  std::vector<PlanSpan> spans;
  std::int64_t tokens = 0;
  std::int64_t first_entry = 0, end_entry = 0;

  std::int64_t entries() const { return end_entry - first_entry; }
};

/// A prompt and its rows.
struct PlanGroup {
  std::int64_t prompt = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t first_row = 0, end_row = 0;
  std::int64_t positions = 0;          ///< Longest sequence of the group that the body reads.
  std::vector<PlanChunk> chunks;       ///< The prompt's tokens first, then the rows' in order.
  std::vector<std::int64_t> row_page;  ///< [rows of the group] first page of its own, counted from the group's first; the prompt's pages come first.
  std::int64_t pages = 0;
};

/// How a batch is read: groups, and each group's chunks. Depends on each group by itself, so that a cut of the batch between groups changes nothing.
struct BatchPlan {
  /// Throws ShapeError naming what does not fit. `keep_pages`: every row has pages of its own; else those of rows in earlier chunks are used again.
  BatchPlan(const PackedBatch& batch, std::int64_t vocabulary, std::int64_t max_positions, bool keep_pages);

  std::vector<PlanGroup> groups;             ///< Those with rows.
  std::vector<std::int64_t> bootstrap_slot;  ///< [B] index among bootstrap rows, or -1.
  std::int64_t bootstrap_rows = 0;
};

/// Completion tokens of a row that the body reads: the last one only where its state is wanted.
std::int64_t body_tokens(const PackedBatch& batch, std::int64_t row);

}  // namespace lydian
