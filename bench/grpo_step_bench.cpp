// Time of a GRPO step as bench/peers/trl_grpo.py takes it: 8 prompts of 16 tokens, 8 completions of exactly 64 tokens each, log-probs recorded, one optimizer
// step. Usage: grpo_step_bench [shape, default tiny-2l] [steps, default 7] [--json]; threads by LYDIAN_THREADS
#include <ATen/Parallel.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "fma_ceiling.h"
#include "json_line.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/train/trainer.h"
#include "shapes.h"

namespace lydian {
namespace {

constexpr std::int64_t kPrompts = 8, kGroup = 8, kPromptTokens = 16, kNewTokens = 64, kWarmup = 2;

/// One id a character, as the peer's tokenizer; further ids, which give the table the model's size, read as the same characters again. Its end of
/// sequence lies outside the vocabulary, so that every completion has its full length.
class CharacterTokenizer final : public Tokenizer {
 public:
  explicit CharacterTokenizer(std::int64_t vocab_size) : vocab_size_(vocab_size) {}
  std::int64_t vocab_size() const override { return vocab_size_; }
  std::vector<TokenId> encode(std::string_view text) const override {
    std::vector<TokenId> ids;
    for (const char character : text) ids.push_back(static_cast<TokenId>(kCharacters.find(character)));
    return ids;
  }
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids) text += kCharacters[static_cast<std::size_t>(id) % kCharacters.size()];
    return text;
  }
  TokenId eos_id() const override { return static_cast<TokenId>(vocab_size_); }
  std::string fingerprint() const override { return "characters " + std::to_string(vocab_size_); }

 private:
  static constexpr std::string_view kCharacters = "0123456789+-*/=?().,: abcdefghijklmnopqrstuvwxyz";
  const std::int64_t vocab_size_;
};

/// Share of the characters that are digits of the answer: trivial to compute, and varied inside a group.
struct DigitsVerifier final : Verifier {
  Verdict verify(const Task& task, const Completion& completion) const override {
    double found = 0;
    for (const char character : completion.answer) found += task.ground_truth.find(character) != std::string::npos ? 1.0 : 0.0;
    return Verdict::scored(found / static_cast<double>(kNewTokens));
  }
};

/// Sums worded in exactly 16 characters.
struct Sums final : Environment {
  DigitsVerifier digits;
  std::string name() const override { return "sums"; }
  std::int64_t size(Split) const override { return 256; }
  Task task(Split split, std::int64_t index) const override {
    const int a = static_cast<int>(7 * index % 1000), b = static_cast<int>(11 * index % 1000);
    char prompt[32];
    std::snprintf(prompt, sizeof prompt, "add %03d + %03d = ", a, b);
    return {.id = std::string(to_string(split)) + std::to_string(index), .prompt = prompt, .ground_truth = std::to_string(a + b)};
  }
  const Verifier& verifier() const override { return digits; }
};

/// Seconds: wall clock, but with one thread the process's own processor time, which other programs disturb little.
double now() {
  timespec time{};
  clock_gettime(ThreadPool::shared().size() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

TrainerOptions step_options() {
  TrainerOptions options{.prompts_per_step = kPrompts, .num_generations = kGroup, .learning_rate = 1e-5};
  options.max_completion_length = kNewTokens;
  options.eval_steps = 0;
  options.halt.truncated_ratio = 1.0;
  return options;
}

bool full_length(const StageStep& step) {
  bool full = step.rollouts.size() == kPrompts * kGroup;
  for (const Rollout& rollout : step.rollouts)
    full = full && rollout.completion.token_ids.size() == kNewTokens && rollout.completion.log_probs.size() == kNewTokens;
  return full;
}

int run(const std::string& shape, int steps, bool json) {
  const CharacterTokenizer tokenizer(bench::shape_of(shape).vocab_size);
  const Sums environment;
  TransformerPolicy policy(bench::shape_of(shape), 1);
  Trainer trainer = Trainer::grpo(policy, tokenizer, environment, step_options());
  ThreadPool& pool = ThreadPool::shared();
  const double flops = bench::sampling_flops(policy.config(), kPrompts * kGroup, kGroup, kPromptTokens, kNewTokens) +
                       bench::training_flops(policy.config(), kPrompts * kGroup, kGroup, kPromptTokens, kNewTokens);
  bench::Measurement measured{"grpo " + shape, shape, "s/step", {}, {}, pool.size()};
  Metrics last;
  for (std::int64_t i = 0; i < kWarmup + steps; ++i) {
    const double before = bench::pool_ceiling(pool, now), begin = now();
    const StageStep step = trainer.step();
    const double seconds = now() - begin;
    if (!full_length(step) || step.metrics.at("frac_reward_zero_std") != 0.0) {
      std::fprintf(stderr, "expected %lld completions of %lld tokens with log-probs, every group with spread\n", static_cast<long long>(kPrompts * kGroup),
                   static_cast<long long>(kNewTokens));
      return 1;
    }
    last = step.metrics;
    if (i < kWarmup) continue;
    measured.values.push_back(seconds);
    measured.shares.push_back(flops / seconds / std::max(before, bench::pool_ceiling(pool, now)));
  }
  if (json) {
    bench::print_json(measured);
    return 0;
  }
  std::printf("%s, %d threads: %.1f ms a step, %.1f %% of the ceiling\nthe last step in parts:\n", measured.script.c_str(), pool.size(),
              1e3 * bench::median(measured.values), 100 * bench::median(measured.shares));
  for (const auto& [name, value] : last.entries()) {
    if (name.rfind("time/", 0) == 0) std::printf("  %-24s %9.2f ms\n", name.c_str(), 1e3 * value);
  }
  return 0;
}

}  // namespace
}  // namespace lydian

int main(int argc, char** argv) {
  at::set_num_threads(1);  // lydian has its own threads
  const std::string shape = argc > 1 ? argv[1] : "tiny-2l";
  const int steps = argc > 2 ? std::atoi(argv[2]) : 7;
  return lydian::run(shape, steps, argc > 3 && std::string(argv[3]) == "--json");
}
