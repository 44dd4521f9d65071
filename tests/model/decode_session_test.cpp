#include "lydian/model/decode_session.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lydian/core/error.h"
#include "lydian/core/thread_pool.h"
#include "lydian/kernels/kernel_table.h"
#include "model/drawn_transformer.h"
#include "model/key_value_memory.h"

namespace lydian {
namespace {

class DecodeSessionTest : public testing::Test {
 protected:
  DecodeSessionTest()
      : policy_({.vocab_size = 12, .hidden_size = 20, .num_layers = 2, .num_heads = 2, .max_positions = 40}, 3), session_(policy_.decode_session()) {}

  Drawn step(SequenceId sequence, TokenId forced = kDraw, std::uint64_t key = 1, std::uint64_t index = 0) {
    const DecodeSession::Row row{sequence, forced, &sampling_, key, index};
    Drawn drawn;
    session_->step({&row, 1}, {&drawn, 1});
    return drawn;
  }

  TransformerPolicy policy_;
  std::unique_ptr<DecodeSession> session_;
  SamplingOptions sampling_;
};

TEST_F(DecodeSessionTest, DrawsByKeyAndIndexAndScoresTheSameToken) {
  const std::vector<TokenId> prompt{1, 2, 3};
  const SequenceId a = session_->open(prompt), b = session_->open(prompt), c = session_->open(prompt);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Drawn first = step(a, kDraw, 9, i), second = step(b, kDraw, 9, i), forced = step(c, first.id);
    EXPECT_EQ(first.id, second.id);
    EXPECT_EQ(first.log_prob, second.log_prob);
    EXPECT_EQ(first.log_prob, forced.log_prob) << "a forced token is scored as the drawn one";
  }
  EXPECT_EQ(session_->length(a), 23);
}

TEST_F(DecodeSessionTest, GreedyTakesTheMostLikely) {
  sampling_.temperature = 0;
  const SequenceId a = session_->open(std::vector<TokenId>{4});
  const SequenceId b = session_->fork(a, 1);
  const Drawn greedy = step(a);
  double sum = 0;
  for (TokenId id = 0; id < 12; ++id) {
    const Drawn scored = step(session_->fork(b, 1), id);
    EXPECT_LE(scored.log_prob, greedy.log_prob);
    sum += std::exp(static_cast<double>(scored.log_prob));
  }
  EXPECT_NEAR(sum, 1.0, 1e-5);
}

TEST_F(DecodeSessionTest, AForkOfAnyLengthIsThePromptOfThatLength) {
  std::vector<TokenId> prompt;
  for (TokenId i = 0; i < 36; ++i) prompt.push_back(i * 5 % 12);
  const SequenceId whole = session_->open(prompt);
  const SequenceId read = session_->fork(whole, 36);
  for (std::int64_t length = 1; length <= 36; ++length) {
    const SequenceId fresh = session_->open(std::vector<TokenId>(prompt.begin(), prompt.begin() + length));
    EXPECT_EQ(step(session_->fork(read, length), 3).log_prob, step(fresh, 3).log_prob) << "length " << length;
  }
}

TEST_F(DecodeSessionTest, RefusesByNameAndGoesOn) {
  EXPECT_THROW(session_->open({}), ShapeError);
  EXPECT_THROW(session_->open(std::vector<TokenId>{12}), ShapeError);
  EXPECT_THROW(session_->open(std::vector<TokenId>(41, 1)), ShapeError);
  const SequenceId a = session_->open(std::vector<TokenId>(39, 1));
  EXPECT_THROW(session_->fork(a, 0), ShapeError);
  EXPECT_THROW(session_->fork(a, 40), ShapeError);
  EXPECT_THROW(step(a, 12), ShapeError);
  step(a);
  EXPECT_THROW(step(a), Error) << "beyond max_positions";
  const SequenceId b = session_->open(std::vector<TokenId>{1});
  const DecodeSession::Row rows[] = {{b, kDraw, &sampling_, 1, 0}, {b, kDraw, &sampling_, 1, 0}};
  Drawn drawn[2];
  EXPECT_THROW(session_->step(rows, drawn), Error) << "a sequence twice";
  EXPECT_THROW(session_->step({rows, 1}, drawn), ShapeError);
  step(b);
  session_->close(b);
  EXPECT_THROW(step(b), Error);
  EXPECT_THROW(session_->length(b), Error);
  EXPECT_THROW(session_->close(b), Error);
}

TEST_F(DecodeSessionTest, RefusesToStepOnceTheWeightsChanged) {
  const SequenceId a = session_->open(std::vector<TokenId>{1});
  step(a);
  const std::uint64_t version = policy_.weights().version();
  policy_.weights().update([](std::span<float> values) { values[0] += 1.0F; });
  policy_.weights().restore_version(version);
  EXPECT_THROW(step(a), Error) << "also where the version was set back";
  EXPECT_THROW(session_->open(std::vector<TokenId>{1}), Error);
}

TEST(Exactness, OneUnitInTheLastPlaceOfOneWeightShows) {
  RandomStream random = drawn::stream(77);
  const TransformerConfig config = drawn::config(random);
  TransformerPolicy policy(config, 7);
  const PackedBatch batch = drawn::batch(random, config);
  ASSERT_GT(batch.tokens(), 0);
  const std::vector<float> before = policy.forward(batch, {}).log_prob;
  const WeightSegment& segment = policy.weights().segment("model.norm.weight");
  policy.weights().update([&](std::span<float> values) {
    float& weight = values[static_cast<std::size_t>(segment.offset)];
    weight = std::nextafter(weight, 2.0F);
  });
  EXPECT_NE(policy.forward(batch, {}).log_prob, before);
}

TEST(KeyValueMemoryTest, PagesAreSharedUntilTheLastHolderLetsGo) {
  KeyValueMemory memory(48);
  const KeyValueMemory::PageNumber a = memory.take(), b = memory.take();
  EXPECT_NE(memory.data(a), memory.data(b));
  memory.share(a);
  memory.release(a);
  EXPECT_EQ(memory.pages_in_use(), 2);
  memory.release(a);
  memory.release(b);
  EXPECT_EQ(memory.pages_in_use(), 0);
  float* const kept = memory.data(b);
  for (int i = 0; i < 100; ++i) memory.take();
  EXPECT_EQ(memory.data(b), kept) << "pages must not move while sequences point to them";
}

TEST(KeyValueMemoryTest, ClosedSequencesGiveTheirPagesBack) {
  TransformerPolicy policy({.vocab_size = 5, .hidden_size = 16, .num_layers = 1, .num_heads = 1, .max_positions = 64}, 1);
  const auto session = policy.decode_session();
  // Far more tokens than would fit if closing leaked: the memory's chunks would show in the leak checker's peak; here the ids show that slots are used again.
  const SamplingOptions sampling;
  float first = 0.0F;
  for (int round = 0; round < 50; ++round) {
    const SequenceId prompt = session->open(std::vector<TokenId>(20, 1));
    const SequenceId row = session->fork(prompt, 20);
    session->close(prompt);
    const DecodeSession::Row step{row, 2, &sampling, 0, 0};
    Drawn drawn;
    session->step({&step, 1}, {&drawn, 1});
    if (round == 0) first = drawn.log_prob;
    EXPECT_EQ(drawn.log_prob, first) << "what a closed sequence left behind shows";
    session->close(row);
  }
}

}  // namespace
}  // namespace lydian
