#include "lydian/testing/scripted_policy.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "lydian/core/error.h"

namespace lydian::testing {
namespace {

constexpr std::array<float, 3> kLogits{1.0F, 0.0F, -1.0F};

/// Token 0, 1 or 2 with odds e : 1 : 1/e, turned by one place for each token that stands already.
void turning(std::span<const TokenId> ids, std::span<float> logits) {
  for (std::size_t v = 0; v < 3; ++v) logits[(v + ids.size()) % 3] = kLogits[v];
}

double log_prob(std::size_t rank, double temperature) {
  double sum = 0.0;
  for (const float logit : kLogits) sum += std::exp(logit / temperature);
  return kLogits[rank] / temperature - std::log(sum);
}

std::size_t rank_of(TokenId id, std::size_t length) {
  return (static_cast<std::size_t>(id) + 2 * length) % 3;
}

TEST(ScriptedPolicy, ScoresAndDrawsAsItsScriptSays) {
  const ScriptedPolicy policy(3, 64, turning);
  const auto session = policy.decode_session();
  const std::array<TokenId, 2> prompt{0, 2};
  for (const double temperature : {1.0, 0.5, 2.0}) {
    const SamplingOptions sampling{.temperature = temperature, .stop_ids = {}};
    const SequenceId sequence = session->open(prompt);
    for (std::uint64_t t = 0; t < 20; ++t) {
      const std::size_t length = prompt.size() + t;
      Drawn drawn;
      const DecodeSession::Row row{.sequence = sequence, .forced = t % 2 == 0 ? kDraw : 1, .sampling = &sampling, .key = 77, .token_index = t};
      session->step({&row, 1}, {&drawn, 1});
      if (row.forced != kDraw) {
        EXPECT_EQ(drawn.id, row.forced);
      }
      EXPECT_NEAR(drawn.log_prob, log_prob(rank_of(drawn.id, length), temperature), 1e-6);
      EXPECT_EQ(session->length(sequence), static_cast<std::int64_t>(length + 1));
    }
  }
}

TEST(ScriptedPolicy, DrawsWithTheFrequenciesOfItsLogits) {
  const ScriptedPolicy policy(3, 64, turning);
  const auto session = policy.decode_session();
  const SamplingOptions sampling{.stop_ids = {}};
  const std::array<TokenId, 3> prompt{0, 0, 0};
  const SequenceId root = session->open(prompt);
  std::array<int, 3> count{};
  constexpr int kDraws = 6000;
  for (std::uint64_t key = 0; key < kDraws; ++key) {
    const SequenceId sequence = session->fork(root, 3);
    const DecodeSession::Row row{.sequence = sequence, .sampling = &sampling, .key = mix64(key), .token_index = 0};
    Drawn drawn;
    session->step({&row, 1}, {&drawn, 1});
    ++count[static_cast<std::size_t>(drawn.id)];
    session->close(sequence);
  }
  for (std::size_t v = 0; v < 3; ++v) EXPECT_NEAR(count[v] / double{kDraws}, std::exp(log_prob(v, 1.0)), 0.02);
}

TEST(ScriptedPolicy, SaysItsCompletionWhateverThePrompt) {
  const ScriptedPolicy policy = ScriptedPolicy::says(10, 2, {7, 8, 9}, 0);
  const auto copy = policy.clone();
  const auto session = copy->decode_session();
  const SamplingOptions sampling{.stop_ids = {}};
  for (const std::array<TokenId, 2> prompt : {std::array<TokenId, 2>{1, 2}, std::array<TokenId, 2>{5, 5}}) {
    const SequenceId sequence = session->open(prompt);
    std::vector<TokenId> said;
    for (std::uint64_t t = 0; t < 5; ++t) {
      const DecodeSession::Row row{.sequence = sequence, .sampling = &sampling, .key = t, .token_index = t};
      Drawn drawn;
      session->step({&row, 1}, {&drawn, 1});
      EXPECT_NEAR(drawn.log_prob, 0.0, 1e-7);
      said.push_back(drawn.id);
    }
    EXPECT_EQ(said, (std::vector<TokenId>{7, 8, 9, 0, 0}));
  }
}

TEST(ScriptedPolicy, RefusesWhatASessionRefuses) {
  ScriptedPolicy policy(3, 4, turning);
  const auto session = policy.decode_session();
  const SamplingOptions sampling{.stop_ids = {}};
  const SequenceId sequence = session->open(std::array<TokenId, 3>{0, 1, 2});
  EXPECT_THROW(session->open({}), Error);
  EXPECT_THROW(session->open(std::array<TokenId, 1>{3}), Error);
  EXPECT_THROW(session->open(std::array<TokenId, 5>{}), Error);
  EXPECT_THROW(session->fork(sequence, 4), Error);
  EXPECT_THROW(session->fork(sequence, 0), Error);
  EXPECT_THROW(session->length(99), Error);
  const DecodeSession::Row row{.sequence = sequence, .sampling = &sampling};
  std::array<Drawn, 2> drawn;
  EXPECT_THROW(session->step(std::array{row, row}, drawn), Error);
  EXPECT_THROW(session->step(std::array{row}, drawn), ShapeError);
  session->step(std::array{row}, std::span(drawn).first(1));
  EXPECT_THROW(session->step(std::array{row}, std::span(drawn).first(1)), Error);  // Full.
  const SequenceId shorter = session->fork(sequence, 2);
  session->close(sequence);
  EXPECT_THROW(session->close(sequence), Error);
  policy.weights().update([](std::span<float> values) { values[0] = 1.0F; });
  const DecodeSession::Row stale{.sequence = shorter, .sampling = &sampling};
  EXPECT_THROW(session->step(std::array{stale}, std::span(drawn).first(1)), Error);
  EXPECT_THROW(ScriptedPolicy(3, 4, nullptr), ConfigError);
  EXPECT_THROW(ScriptedPolicy::says(3, 1, {3}, 0), ConfigError);
}

}  // namespace
}  // namespace lydian::testing
