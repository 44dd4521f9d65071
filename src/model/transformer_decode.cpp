#include "model/transformer_decode.h"

#include <algorithm>
#include <string>

#include "core/planted_fault.h"
#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"
#include "model/next_token.h"

namespace lydian {
namespace {

// Tokens of one run of the body: enough to use each weight many times from the cache, few enough for the activations to stay there.
constexpr std::int64_t kPromptTile = 128;
constexpr std::int64_t kRowTile = 64;

}  // namespace

TransformerDecodeSession::TransformerDecodeSession(const TransformerNetwork& network, const kernels::KernelTable& table, ThreadPool& pool)
    : network_(network),
      shape_(network.shape),
      table_(table),
      pool_(pool),
      body_(network, table),
      head_(network, table),
      revision_(network.store.revision()),
      memory_(shape_.page_floats()),
      parts_(static_cast<std::size_t>(pool.size())) {
  const bool stale = planted(PlantedFault::kStaleWeights) && network_.store.version() > 1;
  if (!stale) network_.packed.refresh_forward(network_.store, pool_);
}

TransformerDecodeSession::Sequence& TransformerDecodeSession::at(SequenceId sequence) {
  const auto found = sequences_.find(sequence);
  if (found == sequences_.end()) throw Error("decode_session", "an open sequence", std::to_string(sequence));
  return *found->second;
}

const TransformerDecodeSession::Sequence& TransformerDecodeSession::at(SequenceId sequence) const {
  return const_cast<TransformerDecodeSession*>(this)->at(sequence);
}

TransformerDecodeSession::Sequence& TransformerDecodeSession::new_sequence() {
  std::unique_ptr<Sequence> sequence;
  if (closed_.empty()) {
    sequence = std::make_unique<Sequence>();
    sequence->hidden.fit(shape_.hidden_stride);
  } else {
    sequence = std::move(closed_.back());
    closed_.pop_back();
  }
  sequence->id = next_id_++;
  Sequence& placed = *sequence;
  sequences_.emplace(placed.id, std::move(sequence));
  return placed;
}

void TransformerDecodeSession::check_weights() const {
  if (network_.store.revision() != revision_) throw Error("decode_session", "the weights that the session was made for", "weights that changed since");
}

SequenceId TransformerDecodeSession::open(std::span<const TokenId> prompt) {
  check_weights();
  if (prompt.empty()) throw ShapeError("decode_session", "a prompt of at least one token", "an empty one");
  if (static_cast<std::int64_t>(prompt.size()) > network_.config.max_positions) {
    throw ShapeError("decode_session", "a prompt of at most " + std::to_string(network_.config.max_positions) + " tokens", std::to_string(prompt.size()));
  }
  for (const TokenId id : prompt) {
    if (id < 0 || id >= shape_.vocabulary) throw ShapeError("decode_session", "token ids below " + std::to_string(shape_.vocabulary), std::to_string(id));
  }
  Sequence& sequence = new_sequence();
  sequence.ids.assign(prompt.begin(), prompt.end());
  unread_.push_back(&sequence);
  return sequence.id;
}

SequenceId TransformerDecodeSession::fork(SequenceId from, std::int64_t length) {
  check_weights();
  Sequence& source = at(from);
  const auto full = static_cast<std::int64_t>(source.ids.size());
  if (length < 1 || length > full) {
    throw ShapeError("decode_session", "a fork of 1 to " + std::to_string(full) + " tokens", std::to_string(length));
  }
  if (source.waiting() > 1) read_waiting_prompts();
  Sequence& forked = new_sequence();
  forked.ids.assign(source.ids.begin(), source.ids.begin() + length);
  forked.has_hidden = length == full && source.has_hidden;
  // Without the state after it, the last token is read again in the fork's next step; its bits are the same.
  forked.read = forked.has_hidden ? length : length - 1;
  if (forked.has_hidden) std::copy(source.hidden.data(), source.hidden.data() + shape_.hidden_stride, forked.hidden.data());
  const std::int64_t shared = forked.read / kBlockPositions;
  for (std::int64_t block = 0; block < shared; ++block) {
    const KeyValueMemory::PageNumber page = source.page_numbers[static_cast<std::size_t>(block)];
    memory_.share(page);
    forked.page_numbers.push_back(page);
    forked.pages.push_back(memory_.data(page));
  }
  if (forked.read % kBlockPositions != 0) {
    const KeyValueMemory::PageNumber page = memory_.take();
    const float* original = source.pages[static_cast<std::size_t>(shared)];
    std::copy(original, original + shape_.page_floats(), memory_.data(page));
    forked.page_numbers.push_back(page);
    forked.pages.push_back(memory_.data(page));
  }
  return forked.id;
}

void TransformerDecodeSession::close(SequenceId id) {
  Sequence& sequence = at(id);
  for (const KeyValueMemory::PageNumber page : sequence.page_numbers) memory_.release(page);
  if (sequence.waiting() > 0) std::erase(unread_, &sequence);
  sequence.ids.clear();
  sequence.page_numbers.clear();
  sequence.pages.clear();
  sequence.read = 0;
  sequence.has_hidden = false;
  const auto node = sequences_.extract(id);
  closed_.push_back(std::move(node.mapped()));
}

std::int64_t TransformerDecodeSession::length(SequenceId sequence) const {
  return static_cast<std::int64_t>(at(sequence).ids.size());
}

void TransformerDecodeSession::make_room(Sequence& sequence) {
  const auto blocks = static_cast<std::size_t>(blocks_for(static_cast<std::int64_t>(sequence.ids.size())));
  while (sequence.pages.size() < blocks) {
    const KeyValueMemory::PageNumber page = memory_.take();
    sequence.page_numbers.push_back(page);
    sequence.pages.push_back(memory_.data(page));
  }
}

void TransformerDecodeSession::read_waiting_prompts() {
  for (Sequence* sequence : unread_) make_room(*sequence);
  const int parts = static_cast<int>(std::min(unread_.size(), parts_.size()));
  pool_.run(parts, [&](int part) {
    for (std::size_t i = static_cast<std::size_t>(part); i < unread_.size(); i += static_cast<std::size_t>(parts)) {
      read_prompt(*unread_[i], parts_[static_cast<std::size_t>(part)]);
    }
  });
  unread_.clear();
}

void TransformerDecodeSession::read_prompt(Sequence& sequence, Part& part) {
  const auto length = static_cast<std::int64_t>(sequence.ids.size());
  std::int64_t tokens = 0;
  while (sequence.read < length) {
    tokens = std::min(kPromptTile, length - sequence.read);
    const BodySpan span{sequence.ids.data() + sequence.read, tokens, sequence.read, sequence.pages.data(), nullptr};
    part.body.fit(shape_, tokens, span.end_position());
    body_.run({&span, 1}, tokens, part.body);
    sequence.read += tokens;
  }
  float inverse_rms[kernels::kLanes];
  body_.final_norm(part.body.stream.data() + (tokens - 1) * shape_.hidden_stride, 1, sequence.hidden.data(), inverse_rms);
  sequence.has_hidden = true;
}

void TransformerDecodeSession::check_step(std::span<const Row> rows, std::span<const Drawn> drawn) {
  check_weights();
  if (rows.size() != drawn.size()) throw ShapeError("decode_session", std::to_string(rows.size()) + " places for drawn tokens", std::to_string(drawn.size()));
  stepping_.clear();
  for (const Row& row : rows) stepping_.push_back(&at(row.sequence));
  std::string problem;
  for (std::size_t i = 0; i < rows.size() && problem.empty(); ++i) {
    Sequence& sequence = *stepping_[i];
    const auto named = [&] { return " (sequence " + std::to_string(rows[i].sequence) + ")"; };
    if (sequence.in_step) problem = "expected each sequence once in a step, got it twice" + named();
    if (static_cast<std::int64_t>(sequence.ids.size()) >= network_.config.max_positions) {
      problem = "expected at most " + std::to_string(network_.config.max_positions) + " positions, got one more" + named();
    }
    if (rows[i].forced != kDraw && (rows[i].forced < 0 || rows[i].forced >= shape_.vocabulary)) {
      problem = "expected a forced token below " + std::to_string(shape_.vocabulary) + ", got " + std::to_string(rows[i].forced) + named();
    }
    if (rows[i].sampling == nullptr) problem = "expected sampling options, got none" + named();
    sequence.in_step = true;
  }
  for (Sequence* sequence : stepping_) sequence->in_step = false;
  if (!problem.empty()) throw ShapeError("decode_session", problem);
}

void TransformerDecodeSession::step(std::span<const Row> rows, std::span<Drawn> drawn) {
  check_step(rows, drawn);
  if (rows.empty()) return;
  if (!unread_.empty()) read_waiting_prompts();
  for (Sequence* sequence : stepping_) make_room(*sequence);
  const std::size_t parts = std::min(parts_.size(), rows.size());
  pool_.run(static_cast<int>(parts), [&](int index) {
    const auto part = static_cast<std::size_t>(index);
    const std::size_t end = rows.size() * (part + 1) / parts;
    for (std::size_t begin = rows.size() * part / parts; begin < end; begin += kRowTile) {
      const std::size_t count = std::min<std::size_t>(kRowTile, end - begin);
      step_rows(rows.subspan(begin, count), std::span(stepping_).subspan(begin, count), drawn.subspan(begin, count), parts_[part]);
    }
  });
}

void TransformerDecodeSession::read_last_tokens(std::span<Sequence* const> sequences, Part& part) {
  part.spans.clear();
  std::int64_t positions = 0;
  for (const Sequence* sequence : sequences) {
    if (sequence->has_hidden) continue;
    part.spans.push_back({&sequence->ids.back(), 1, sequence->read, sequence->pages.data(), nullptr});
    positions = std::max(positions, sequence->read + 1);
  }
  if (part.spans.empty()) return;
  const auto tokens = static_cast<std::int64_t>(part.spans.size());
  part.body.fit(shape_, tokens, positions);
  body_.run(part.spans, tokens, part.body);
}

void TransformerDecodeSession::step_rows(std::span<const Row> rows, std::span<Sequence* const> sequences, std::span<Drawn> drawn, Part& part) {
  const auto count = static_cast<std::int64_t>(rows.size());
  read_last_tokens(sequences, part);
  float* hidden = part.hidden.fit(count * shape_.hidden_stride);
  part.inverse_rms.fit(kernels::padded(count));
  // Rows that keep a state (forks of a whole prompt) bring it; the others' were just made, in row order.
  const std::int64_t made = static_cast<std::int64_t>(part.spans.size());
  if (made == count) {
    body_.final_norm(part.body.stream.data(), count, hidden, part.inverse_rms.data());
  } else {
    const float* stream = part.body.stream.data();
    for (std::int64_t i = 0; i < count; ++i) {
      const Sequence& sequence = *sequences[static_cast<std::size_t>(i)];
      float* row = hidden + i * shape_.hidden_stride;
      if (sequence.has_hidden) {
        std::copy(sequence.hidden.data(), sequence.hidden.data() + shape_.hidden_stride, row);
      } else {
        body_.final_norm(stream, 1, row, part.inverse_rms.data());
        stream += shape_.hidden_stride;
      }
    }
  }
  float* logits = part.logits.fit(count * shape_.vocabulary_stride);
  head_.logits(hidden, count, logits);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(i);
    drawn[row] = next_token(table_, logits + i * shape_.vocabulary_stride, shape_.vocabulary, rows[row]);
    Sequence& sequence = *sequences[row];
    sequence.read = static_cast<std::int64_t>(sequence.ids.size());
    sequence.has_hidden = false;
    sequence.ids.push_back(drawn[row].id);
  }
}

}  // namespace lydian
