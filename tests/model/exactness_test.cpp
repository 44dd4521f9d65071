// What sampling recorded of a token is bit by bit what training computes of it: any shape, prompt, fork, mix of rows, micro-batches, threads, instruction set.
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

/// What a decode session sampled: the batch that it was given with the completions that it drew, and the log-probs that it recorded.
struct Sampled {
  PackedBatch batch;
  std::vector<float> log_prob;
};

/// Samples completions of a batch's lengths: prompts opened once, rows forked from them or from an earlier row that begins alike, steps over changing sets of
/// rows. A few tokens are forced (they stand in the batch); tokens that a fork left behind are scored once more, and must get the bits that they were drawn
/// with.
class Sampler {
 public:
  Sampler(const TransformerPolicy& policy, const PackedBatch& batch, std::uint64_t key, RandomStream& random)
      : policy_(policy), key_(key), random_(random), sampled_{batch, std::vector<float>(static_cast<std::size_t>(batch.tokens()))} {}

  Sampled run() {
    session_ = policy_.decode_session();
    open_rows();
    while (!open_.empty()) step();
    return std::move(sampled_);
  }

 private:
  /// A sequence of a session, and what it must go on with.
  struct OpenRow {
    SequenceId sequence = 0;
    std::size_t row = 0;
    std::int64_t next = 0;   ///< Completion tokens that are behind it.
    std::int64_t known = 0;  ///< Completion tokens that have a log-prob.
  };

  std::int64_t tokens(std::size_t row) const { return sampled_.batch.completion_offsets[row + 1] - sampled_.batch.completion_offsets[row]; }
  std::size_t entry(const OpenRow& open) const { return static_cast<std::size_t>(sampled_.batch.completion_offsets[open.row] + open.next); }
  /// Which tokens are forced depends on the key alone, as the drawn ones do.
  bool is_forced(std::size_t entry) const { return RandomStream({.seed = key_, .sample = entry}).below(8) == 0; }

  void open_rows() {
    const PackedBatch& batch = sampled_.batch;
    options_.resize(static_cast<std::size_t>(batch.rows()));
    SequenceId prompt = 0;
    for (std::size_t row = 0; row < options_.size(); ++row) {
      options_[row].temperature = batch.temperature[row];
      const auto index = static_cast<std::size_t>(batch.prompt_of_row[row]);
      if (row == 0 || batch.prompt_of_row[row] != batch.prompt_of_row[row - 1]) {
        const auto begin = batch.prompt_ids.begin() + batch.prompt_offsets[index], end = batch.prompt_ids.begin() + batch.prompt_offsets[index + 1];
        prompt = session_->open(std::vector<TokenId>(begin, end));
      }
      if (tokens(row) > 0) open_.push_back({session_->fork(prompt, session_->length(prompt)), row});
    }
  }

  void step() {
    std::vector<DecodeSession::Row> rows;
    std::vector<OpenRow*> who;
    for (OpenRow& open : open_) {
      if (random_.below(4) == 0) continue;
      const bool draws = open.next == open.known && !is_forced(entry(open));
      rows.push_back({open.sequence, draws ? kDraw : sampled_.batch.completion_ids[entry(open)], &options_[open.row], key_ + open.row,
                      static_cast<std::uint64_t>(open.next)});
      who.push_back(&open);
    }
    std::vector<Drawn> drawn(rows.size());
    session_->step(rows, drawn);
    for (std::size_t i = 0; i < who.size(); ++i) take(*who[i], drawn[i]);
    std::erase_if(open_, [this](const OpenRow& open) {
      const bool done = open.next == tokens(open.row);
      if (done) session_->close(open.sequence);
      return done;
    });
  }

  void take(OpenRow& open, const Drawn& drawn) {
    float& recorded = sampled_.log_prob[entry(open)];
    if (open.next == open.known) {
      sampled_.batch.completion_ids[entry(open)] = drawn.id;
      recorded = drawn.log_prob;
      ++open.known;
    } else {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(drawn.log_prob), std::bit_cast<std::uint32_t>(recorded)) << "scored again";
    }
    ++open.next;
    if (random_.below(16) == 0) fork_somewhere(open);
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
  const std::uint64_t key_;
  RandomStream& random_;
  Sampled sampled_;
  std::unique_ptr<DecodeSession> session_;
  std::vector<SamplingOptions> options_;
  std::vector<OpenRow> open_;
};

/// Log-probs by a forward without a record over micro-batches that are cut between any two rows.
std::vector<float> forward_in_parts(const TransformerPolicy& policy, const PackedBatch& batch, RandomStream& random) {
  std::vector<float> log_prob;
  for (std::int64_t first = 0, end = 0; first < batch.rows(); first = end) {
    end = random.between(first + 1, batch.rows());
    const ForwardOutput output = policy.forward(drawn::rows_of(batch, first, end), {});
    log_prob.insert(log_prob.end(), output.log_prob.begin(), output.log_prob.end());
  }
  return log_prob;
}

class Exactness : public testing::TestWithParam<int> {};

TEST_P(Exactness, SampledLogProbsAreTheTrainingForwards) {
  RandomStream random = drawn::stream(static_cast<std::uint64_t>(GetParam()));
  const TransformerConfig config = drawn::config(random);
  TransformerPolicy policy(config, random.bits());
  drawn::disturb_vectors(random, policy);
  const PackedBatch lengths = drawn::batch(random, config);
  ASSERT_GT(lengths.tokens(), 0);
  const std::uint64_t key = random.bits();
  const int first_threads = static_cast<int>(random.between(1, 2));
  const std::vector<kernels::Isa> isas = kernels::available_isas();
  Sampled first;
  for (int run = 0; run < 2; ++run) {
    // The first run compares sampling and forward on one instruction set and one number of threads; the second also compares sets, one thread with two, and
    // the forward of parts of the batch.
    const kernels::Isa isa = run == 0 ? isas.back() : isas[lengths.tokens() < 200 ? random.below(isas.size()) : isas.size() - 1];  // Plain is slow.
    const std::string where = std::string(kernels::to_string(isa)) + drawn::describe(config);
    ThreadPool pool(run == 0 ? first_threads : 3 - first_threads);
    policy.use(kernels::table(isa), pool);
    const Sampled sampled = Sampler(policy, lengths, key, random).run();
    if (run == 0) first = sampled;
    EXPECT_EQ(sampled.batch.completion_ids, first.batch.completion_ids) << "sampled on " << where;
    EXPECT_TRUE(equal_bits(sampled.log_prob, first.log_prob)) << "sampled on " << where;
    std::unique_ptr<ForwardRecord> record;
    const std::vector<float> recomputed =
        run == 0 ? policy.forward(first.batch, {.log_prob = true, .entropy = true}, &record).log_prob : forward_in_parts(policy, first.batch, random);
    EXPECT_TRUE(equal_bits(recomputed, first.log_prob)) << "forward on " << where;
  }
  for (const float value : first.log_prob) EXPECT_TRUE(std::isfinite(value) && value <= 0.0F);
}

INSTANTIATE_TEST_SUITE_P(Drawn, Exactness, testing::Range(0, 200));

}  // namespace
}  // namespace lydian
