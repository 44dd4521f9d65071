#include "model/batch_plan.h"

#include <algorithm>
#include <string>

#include "lydian/core/error.h"

namespace lydian {
namespace {

void expect(bool holds, const char* expected, const std::string& got) {
  if (!holds) throw ShapeError("packed_batch", expected, got);
}

void check_offsets(const std::vector<std::int64_t>& offsets, std::size_t ids, const char* name) {
  expect(!offsets.empty() && offsets.front() == 0 && offsets.back() == static_cast<std::int64_t>(ids), "offsets from 0 to the number of ids",
         std::string(name) + " that do not");
  expect(std::is_sorted(offsets.begin(), offsets.end()), "offsets that do not fall", std::string(name) + " that do");
}

void check_ids(const std::vector<TokenId>& ids, std::int64_t vocabulary, const char* name) {
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocabulary) throw ShapeError("packed_batch", std::string(name) + " below " + std::to_string(vocabulary), std::to_string(id));
  }
}

void check(const PackedBatch& batch, std::int64_t vocabulary, std::int64_t max_positions) {
  check_offsets(batch.prompt_offsets, batch.prompt_ids.size(), "prompt_offsets");
  check_offsets(batch.completion_offsets, batch.completion_ids.size(), "completion_offsets");
  const auto rows = static_cast<std::size_t>(batch.rows()), prompts = static_cast<std::size_t>(batch.prompts());
  expect(batch.prompt_of_row.size() == rows, "prompt_of_row of one entry a row", std::to_string(batch.prompt_of_row.size()));
  expect(batch.temperature.size() == rows, "temperature of one entry a row", std::to_string(batch.temperature.size()));
  expect(batch.bootstrap.empty() || batch.bootstrap.size() == rows, "bootstrap empty or of one entry a row", std::to_string(batch.bootstrap.size()));
  expect(batch.gradient_buffer.size() == prompts, "gradient_buffer of one entry a prompt", std::to_string(batch.gradient_buffer.size()));
  check_ids(batch.prompt_ids, vocabulary, "prompt_ids");
  check_ids(batch.completion_ids, vocabulary, "completion_ids");
  for (const std::int32_t buffer : batch.gradient_buffer) expect(buffer >= 0, "gradient_buffer of at least 0", std::to_string(buffer));
  for (std::size_t i = 0; i < prompts; ++i)
    expect(batch.prompt_offsets[i + 1] > batch.prompt_offsets[i], "prompts of at least one token", "prompt " + std::to_string(i));
  for (std::size_t i = 0; i < rows; ++i) {
    const std::int32_t prompt = batch.prompt_of_row[i];
    expect(prompt >= 0 && prompt < batch.prompts() && (i == 0 || prompt >= batch.prompt_of_row[i - 1]), "prompt_of_row that names a prompt and does not fall",
           std::to_string(prompt) + " in row " + std::to_string(i));
    const auto p = static_cast<std::size_t>(prompt);
    const std::int64_t length = batch.prompt_offsets[p + 1] - batch.prompt_offsets[p] + batch.completion_offsets[i + 1] - batch.completion_offsets[i];
    if (length > max_positions) {
      throw ShapeError("packed_batch", "at most " + std::to_string(max_positions) + " positions", std::to_string(length) + " in row " + std::to_string(i));
    }
    expect(batch.temperature[i] >= 0.0F, "temperatures of at least 0", std::to_string(batch.temperature[i]) + " in row " + std::to_string(i));
  }
}

/// Puts streams of tokens into chunks: a stream that fits one is not cut, a longer one is cut evenly.
class ChunkBuilder {
 public:
  explicit ChunkBuilder(PlanGroup& group) : group_(group) {}

  void add(std::int64_t row, std::int64_t tokens) {
    const std::int64_t pieces = std::max<std::int64_t>(1, (tokens + kChunkTokens - 1) / kChunkTokens);
    std::int64_t first = 0;
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
      const std::int64_t end = tokens * (piece + 1) / pieces;
      if (group_.chunks.empty() || group_.chunks.back().tokens + end - first > kChunkTokens) group_.chunks.emplace_back();
      group_.chunks.back().spans.push_back({row, first, end - first, piece + 1 == pieces});
      group_.chunks.back().tokens += end - first;
      first = end;
    }
  }

 private:
  PlanGroup& group_;
};

void place_entries(const PackedBatch& batch, PlanGroup& group) {
  std::int64_t reached = batch.completion_offsets[static_cast<std::size_t>(group.first_row)];
  for (PlanChunk& chunk : group.chunks) {
    chunk.first_entry = reached;
    for (const PlanSpan& span : chunk.spans) {
      if (span.is_prompt()) continue;
      const auto row = static_cast<std::size_t>(span.row);
      // The state after completion token j predicts entry j + 1; the prompt's last state predicts entry 0.
      reached = std::min(batch.completion_offsets[row] + span.first + span.tokens + 1, batch.completion_offsets[row + 1]);
    }
    chunk.end_entry = reached;
  }
}

/// A row's own pages begin with the block that holds the prompt's end.
void place_pages(const PackedBatch& batch, bool keep_pages, PlanGroup& group) {
  const std::int64_t prompt_pages = blocks_for(group.prompt_tokens);
  group.row_page.assign(static_cast<std::size_t>(group.end_row - group.first_row), prompt_pages);
  group.pages = prompt_pages;
  std::int64_t next = prompt_pages;
  for (const PlanChunk& chunk : group.chunks) {
    bool fresh = !keep_pages;
    for (const PlanSpan& span : chunk.spans) {
      if (span.is_prompt()) continue;
      if (span.first == 0 && fresh) next = prompt_pages;
      fresh = false;
      if (span.first != 0) continue;
      group.row_page[static_cast<std::size_t>(span.row - group.first_row)] = next;
      const std::int64_t tokens = body_tokens(batch, span.row);
      if (tokens > 0) next += blocks_for(group.prompt_tokens + tokens) - group.prompt_tokens / kBlockPositions;
      group.pages = std::max(group.pages, next);
    }
  }
}

}  // namespace

std::int64_t body_tokens(const PackedBatch& batch, std::int64_t row) {
  const auto i = static_cast<std::size_t>(row);
  const std::int64_t tokens = batch.completion_offsets[i + 1] - batch.completion_offsets[i];
  const bool bootstrap = !batch.bootstrap.empty() && batch.bootstrap[i] != 0;
  return bootstrap ? tokens : std::max<std::int64_t>(0, tokens - 1);
}

BatchPlan::BatchPlan(const PackedBatch& batch, std::int64_t vocabulary, std::int64_t max_positions, bool keep_pages) {
  check(batch, vocabulary, max_positions);
  bootstrap_slot.assign(static_cast<std::size_t>(batch.rows()), -1);
  for (std::size_t row = 0; row < batch.bootstrap.size(); ++row) {
    if (batch.bootstrap[row] != 0) bootstrap_slot[row] = bootstrap_rows++;
  }
  for (std::int64_t row = 0; row < batch.rows();) {
    PlanGroup group;
    group.prompt = batch.prompt_of_row[static_cast<std::size_t>(row)];
    const auto prompt = static_cast<std::size_t>(group.prompt);
    group.prompt_tokens = batch.prompt_offsets[prompt + 1] - batch.prompt_offsets[prompt];
    group.first_row = row;
    group.positions = group.prompt_tokens;
    ChunkBuilder chunks(group);
    chunks.add(PlanSpan::kPrompt, group.prompt_tokens);
    for (; row < batch.rows() && batch.prompt_of_row[static_cast<std::size_t>(row)] == group.prompt; ++row) {
      const std::int64_t tokens = body_tokens(batch, row);
      group.positions = std::max(group.positions, group.prompt_tokens + tokens);
      chunks.add(row, tokens);
    }
    group.end_row = row;
    place_entries(batch, group);
    place_pages(batch, keep_pages, group);
    groups.push_back(std::move(group));
  }
}

}  // namespace lydian
