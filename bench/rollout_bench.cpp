// What the rollout engine costs over the bare loop of decode steps that it drives: same rows, same prompts, same numbers of tokens.
//   rollout_bench [repetitions] [shape, default all]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "json_line.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/rollout/rollout_engine.h"
#include "lydian/text/tokenizer.h"
#include "shapes.h"

namespace {

using namespace lydian;

constexpr std::int64_t kPromptTokens = 16, kNewTokens = 128;

struct Workload {
  std::string shape;
  std::int64_t rows, group;
};

std::vector<TokenId> prompt_of(std::int64_t number, std::int64_t vocab_size) {
  RandomStream stream({.seed = 1, .prompt = static_cast<std::uint64_t>(number)});
  std::vector<TokenId> ids;
  for (std::int64_t t = 0; t < kPromptTokens; ++t) ids.push_back(static_cast<TokenId>(stream.below(static_cast<std::uint64_t>(vocab_size))));
  return ids;
}

std::uint64_t key_of(std::int64_t prompt, std::int64_t sample) {
  return StreamKey{.seed = 2, .prompt = static_cast<std::uint64_t>(prompt), .sample = static_cast<std::uint64_t>(sample)}.folded();
}

/// Sum of all drawn ids, so that both ways can be seen to draw the same.
std::int64_t run_session(const Policy& policy, const Workload& work, const SamplingOptions& sampling) {
  const std::unique_ptr<DecodeSession> session = policy.decode_session();
  std::vector<SequenceId> prompts;
  for (std::int64_t p = 0; p < work.rows / work.group; ++p) prompts.push_back(session->open(prompt_of(p, policy.vocab_size())));
  std::vector<DecodeSession::Row> rows;
  for (std::int64_t i = 0; i < work.rows; ++i) {
    const SequenceId prompt = prompts[static_cast<std::size_t>(i / work.group)];
    const bool last = i % work.group == work.group - 1;
    rows.push_back({last ? prompt : session->fork(prompt, kPromptTokens), kDraw, &sampling, key_of(i / work.group, i % work.group), 0});
  }
  std::vector<Drawn> drawn(rows.size());
  std::int64_t sum = 0;
  for (std::int64_t t = 0; t < kNewTokens; ++t) {
    for (DecodeSession::Row& row : rows) row.token_index = static_cast<std::uint64_t>(t);
    session->step(rows, drawn);
    for (const Drawn& token : drawn) sum += token.id;
  }
  return sum;
}

/// Without an end of sequence, so that every row writes all its tokens. Nothing reads its text.
class EndlessTokenizer final : public Tokenizer {
 public:
  explicit EndlessTokenizer(std::int64_t vocab_size) : vocab_size_(vocab_size) {}
  std::int64_t vocab_size() const override { return vocab_size_; }
  std::vector<TokenId> encode(std::string_view) const override { return {}; }
  std::string decode(std::span<const TokenId> ids) const override { return std::string(ids.size(), '.'); }
  TokenId eos_id() const override { return kNoToken; }
  std::string fingerprint() const override { return "endless " + std::to_string(vocab_size_); }

 private:
  const std::int64_t vocab_size_;
};

std::int64_t run_engine(const Policy& policy, const Workload& work, const SamplingOptions& sampling) {
  const EndlessTokenizer tokenizer(policy.vocab_size());
  RolloutEngine engine(policy, tokenizer);
  for (std::int64_t p = 0; p < work.rows / work.group; ++p) {
    engine.submit({.prompt_ids = prompt_of(p, policy.vocab_size()), .sampling = sampling, .key = {.seed = 2, .prompt = static_cast<std::uint64_t>(p)}},
                  static_cast<std::int32_t>(work.group));
  }
  std::int64_t sum = 0;
  for (const FinishedRollout& finished : engine.run()) {
    for (const TokenId id : finished.completion.token_ids) sum += id;
  }
  return sum;
}

/// A policy that costs nothing: what is left is the engine.
class NullPolicy final : public Policy {
 public:
  std::int64_t vocab_size() const override { return 64; }
  std::int64_t max_positions() const override { return 4096; }
  std::unique_ptr<DecodeSession> decode_session() const override { return std::make_unique<Session>(); }
  WeightStore& weights() override { return weights_; }
  const WeightStore& weights() const override { return weights_; }
  std::unique_ptr<Policy> clone() const override { return std::make_unique<NullPolicy>(); }
  bool exact() const override { return true; }

 private:
  struct Session final : DecodeSession {
    SequenceId open(std::span<const TokenId>) override { return ++opened; }
    SequenceId fork(SequenceId, std::int64_t) override { return ++opened; }
    void close(SequenceId) override {}
    std::int64_t length(SequenceId) const override { return kPromptTokens; }
    void step(std::span<const Row> rows, std::span<Drawn> drawn) override {
      for (std::size_t i = 0; i < rows.size(); ++i) drawn[i] = {static_cast<TokenId>(3 + (rows[i].token_index + rows[i].key) % 61), -1.0F};
    }
    SequenceId opened = 0;
  };
  WeightStore weights_{{{.name = "unused", .shape = {1}}}};
};

template <typename Run>
double seconds_of(Run&& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void measure(const Workload& work, int repetitions) {
  const TransformerPolicy policy(bench::shape_of(work.shape), 1);
  const SamplingOptions sampling{.max_completion_length = kNewTokens};
  std::vector<double> session, engine;
  std::int64_t session_sum = run_session(policy, work, sampling), engine_sum = 0;
  for (int i = 0; i < repetitions; ++i) {
    session.push_back(seconds_of([&] { session_sum = run_session(policy, work, sampling); }));
    engine.push_back(seconds_of([&] { engine_sum = run_engine(policy, work, sampling); }));
  }
  const auto tokens = static_cast<double>(work.rows * kNewTokens);
  const double bare = bench::median(session), driven = bench::median(engine);
  std::printf("%-8s %5lld %6lld %12.0f %12.0f %9.2f %% %10.0f   %s\n", work.shape.c_str(), static_cast<long long>(work.rows),
              static_cast<long long>(work.group), tokens / bare, tokens / driven, 100.0 * (driven / bare - 1.0), 1e9 * (driven - bare) / tokens,
              session_sum == engine_sum ? "same ids" : "DIFFERENT IDS");
}

/// The engine's own time for a token: submitting, scheduling, recording, reading the completion at its end.
void measure_alone(std::int64_t rows, int repetitions) {
  const NullPolicy policy;
  const Workload work{"", rows, 8};
  const SamplingOptions sampling{.max_completion_length = kNewTokens};
  std::vector<double> seconds;
  for (int i = 0; i < 10 * repetitions; ++i) seconds.push_back(seconds_of([&] { run_engine(policy, work, sampling); }));
  std::printf("engine alone, %lld rows: %.1f ns/token\n", static_cast<long long>(rows), 1e9 * bench::median(seconds) / static_cast<double>(rows * kNewTokens));
}

}  // namespace

int main(int argc, char** argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 9;
  const std::string only = argc > 2 ? argv[2] : "";
  std::printf("prompt %lld, %lld new tokens, median of %d, alternating\n", static_cast<long long>(kPromptTokens), static_cast<long long>(kNewTokens),
              repetitions);
  for (const std::int64_t rows : {16, 64, 512}) measure_alone(rows, repetitions);
  std::printf("%-8s %5s %6s %12s %12s %11s %10s\n", "shape", "rows", "group", "session tok/s", "engine tok/s", "overhead", "ns/token");
  for (const char* shape : {"tiny-2l", "small"}) {
    if (!only.empty() && only != shape) continue;
    for (const std::int64_t rows : {16, 64}) {
      for (const std::int64_t group : {1, 8}) measure({shape, rows, group}, repetitions);
    }
  }
}
