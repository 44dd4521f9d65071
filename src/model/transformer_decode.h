#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "lydian/kernels/kernel_table.h"
#include "lydian/model/decode_session.h"
#include "model/key_value_memory.h"
#include "model/transformer_body.h"
#include "model/transformer_head.h"

namespace lydian {

class ThreadPool;

/// Decode sessions of a transformer. A sequence's tokens that the body has not read yet wait: a prompt until it is stepped or forked, a drawn token until its
/// next step; so waiting tokens of many sequences run together, spread over the threads.
class TransformerDecodeSession final : public DecodeSession {
 public:
  /// All three must outlive the session.
  TransformerDecodeSession(const TransformerNetwork& network, const kernels::KernelTable& table, ThreadPool& pool);

  SequenceId open(std::span<const TokenId> prompt) override;
  SequenceId fork(SequenceId sequence, std::int64_t length) override;
  void close(SequenceId sequence) override;
  std::int64_t length(SequenceId sequence) const override;
  void step(std::span<const Row> rows, std::span<Drawn> drawn) override;

 private:
  struct Sequence {
    SequenceId id = 0;
    std::vector<TokenId> ids;
    std::vector<KeyValueMemory::PageNumber> page_numbers;
    std::vector<float*> pages;
    std::int64_t read = 0;    ///< Tokens whose keys and values are in the pages; the last token alone may wait once a prompt was read.
    bool has_hidden = false;  ///< `hidden` is the state after the last token.
    bool in_step = false;
    AlignedFloats hidden;

    std::int64_t waiting() const { return static_cast<std::int64_t>(ids.size()) - read; }
  };
  /// One thread's scratch.
  struct Part {
    BodyWorkspace body;
    std::vector<BodySpan> spans;
    AlignedFloats hidden, logits, inverse_rms;
  };

  Sequence& at(SequenceId sequence);
  const Sequence& at(SequenceId sequence) const;
  void check_step(std::span<const Row> rows, std::span<const Drawn> drawn);
  void check_weights() const;
  void make_room(Sequence& sequence);
  void read_waiting_prompts();
  void read_prompt(Sequence& sequence, Part& part);
  void step_rows(std::span<const Row> rows, std::span<Sequence* const> sequences, std::span<Drawn> drawn, Part& part);
  void read_last_tokens(std::span<Sequence* const> sequences, Part& part);
  Sequence& new_sequence();

  const TransformerNetwork& network_;
  const TransformerShape& shape_;
  const kernels::KernelTable& table_;
  ThreadPool& pool_;
  const TransformerBody body_;
  const TransformerHead head_;
  const std::uint64_t revision_;
  KeyValueMemory memory_;
  std::unordered_map<SequenceId, std::unique_ptr<Sequence>> sequences_;
  std::vector<std::unique_ptr<Sequence>> closed_;  ///< Kept for their storage.
  std::vector<Sequence*> unread_;                  ///< Opened, not read yet.
  std::vector<Sequence*> stepping_;                ///< The step's sequences, by row.
  std::vector<Part> parts_;
  SequenceId next_id_ = 1;
};

}  // namespace lydian
