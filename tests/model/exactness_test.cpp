// Decode and training give the same bits for the same token: any shape, prompt, fork, mix of rows, threads, instruction set.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>

#include "lydian/core/thread_pool.h"
#include "lydian/kernels/kernel_table.h"
#include "lydian/model/sampling_options.h"
#include "model/drawn_transformer.h"

namespace lydian {
namespace {

bool equal_bits(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) return false;
  }
  return true;
}

/// A sequence of a session, and what it must go on with.
struct OpenRow {
  SequenceId sequence = 0;
  std::size_t row = 0;
  std::int64_t next = 0;  ///< Completion tokens that are behind it.
};

/// Log-probs of a batch's completions by decode steps: prompts opened once, rows forked from them or from an earlier row that begins alike, steps over changing
/// sets of rows.
class DecodeReplay {
 public:
  DecodeReplay(const TransformerPolicy& policy, const PackedBatch& batch, RandomStream& random) : policy_(policy), batch_(batch), random_(random) {}

  std::vector<float> run() {
    session_ = policy_.decode_session();
    log_prob_.assign(static_cast<std::size_t>(batch_.tokens()), 0.0F);
    open_rows();
    while (!open_.empty()) step();
    return log_prob_;
  }

 private:
  std::int64_t tokens(std::size_t row) const { return batch_.completion_offsets[row + 1] - batch_.completion_offsets[row]; }
  TokenId token(std::size_t row, std::int64_t index) const { return batch_.completion_ids[static_cast<std::size_t>(batch_.completion_offsets[row] + index)]; }

  void open_rows() {
    options_.resize(static_cast<std::size_t>(batch_.rows()));
    SequenceId prompt = 0;
    for (std::size_t row = 0; row < options_.size(); ++row) {
      options_[row].temperature = batch_.temperature[row];
      const auto index = static_cast<std::size_t>(batch_.prompt_of_row[row]);
      if (row == 0 || batch_.prompt_of_row[row] != batch_.prompt_of_row[row - 1]) {
        const auto begin = batch_.prompt_ids.begin() + batch_.prompt_offsets[index], end = batch_.prompt_ids.begin() + batch_.prompt_offsets[index + 1];
        prompt = session_->open(std::vector<TokenId>(begin, end));
      }
      if (tokens(row) > 0) open_.push_back({session_->fork(prompt, session_->length(prompt)), row, 0});
    }
  }

  void step() {
    std::vector<DecodeSession::Row> rows;
    std::vector<std::size_t> who;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (random_.below(4) == 0) continue;
      const OpenRow& open = open_[i];
      rows.push_back({open.sequence, token(open.row, open.next), &options_[open.row], 0, 0});
      who.push_back(i);
    }
    std::vector<Drawn> drawn(rows.size());
    session_->step(rows, drawn);
    for (std::size_t i = 0; i < who.size(); ++i) {
      OpenRow& open = open_[who[i]];
      log_prob_[static_cast<std::size_t>(batch_.completion_offsets[open.row] + open.next)] = drawn[i].log_prob;
      ++open.next;
      if (random_.below(16) == 0) fork_somewhere(open);
    }
    std::erase_if(open_, [this](const OpenRow& open) {
      const bool done = open.next == tokens(open.row);
      if (done) session_->close(open.sequence);
      return done;
    });
  }

  /// Goes on in a fork: at the full length, or further back with the tokens scored once more.
  void fork_somewhere(OpenRow& open) {
    const std::int64_t length = session_->length(open.sequence), back = random_.between(0, std::min(open.next, std::int64_t{20}));
    const SequenceId forked = session_->fork(open.sequence, length - back);
    session_->close(open.sequence);
    open.sequence = forked;
    open.next -= back;
  }

  const TransformerPolicy& policy_;
  const PackedBatch& batch_;
  RandomStream& random_;
  std::unique_ptr<DecodeSession> session_;
  std::vector<SamplingOptions> options_;
  std::vector<OpenRow> open_;
  std::vector<float> log_prob_;
};

class Exactness : public testing::TestWithParam<int> {};

TEST_P(Exactness, DecodeGivesTheBitsOfTheTrainingForward) {
  RandomStream random = drawn::stream(static_cast<std::uint64_t>(GetParam()));
  const TransformerConfig config = drawn::config(random);
  TransformerPolicy policy(config, random.bits());
  drawn::disturb_vectors(random, policy);
  const PackedBatch batch = drawn::batch(random, config);
  ASSERT_GT(batch.tokens(), 0);
  const int first_threads = static_cast<int>(random.between(1, 2));
  const std::vector<kernels::Isa> isas = kernels::available_isas();
  std::vector<float> reference;
  for (int run = 0; run < 2; ++run) {
    // The first run compares forward and decode on one instruction set and one number of threads; the second also compares sets, and one thread with two.
    const kernels::Isa isa = run == 0 ? isas.back() : isas[batch.tokens() < 200 ? random.below(isas.size()) : isas.size() - 1];  // Plain is slow.
    ThreadPool pool(run == 0 ? first_threads : 3 - first_threads);
    policy.use(kernels::table(isa), pool);
    std::unique_ptr<ForwardRecord> record;
    const ForwardOutput output = policy.forward(batch, {.log_prob = true, .entropy = true}, run == 1 ? nullptr : &record);
    if (run == 0) reference = output.log_prob;
    EXPECT_TRUE(equal_bits(output.log_prob, reference)) << "forward on " << kernels::to_string(isa) << drawn::describe(config);
    EXPECT_TRUE(equal_bits(DecodeReplay(policy, batch, random).run(), reference)) << "decode on " << kernels::to_string(isa) << drawn::describe(config);
  }
  for (const float value : reference) EXPECT_TRUE(std::isfinite(value) && value <= 0.0F);
}

INSTANTIATE_TEST_SUITE_P(Drawn, Exactness, testing::Range(0, 200));

}  // namespace
}  // namespace lydian
