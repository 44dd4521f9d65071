// Trains a tiny policy (tied head, 20 supervised and 5 GRPO steps, two passes each, forced tokens and clipping active) and prints the SHA-256 of its weights
// and moments: one line, the same on every machine, for every instruction set (LYDIAN_ISA) and number of threads (LYDIAN_THREADS).
#include <cstdio>
#include <span>

#include "lydian/core/sha256.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/sft.h"
#include "lydian/train/trainer.h"

namespace {

using namespace lydian;

/// Right where the number of tokens is even: a reward that a policy of 20 steps earns now and then.
struct ParityVerifier final : Verifier {
  Verdict verify(const Task&, const Completion& completion) const override { return Verdict::scored(completion.token_ids.size() % 2 == 0 ? 1.0 : 0.0); }
};

struct ParityEnvironment final : Environment {
  ChainEnvironment chain{{.max_operands = 5}};
  ParityVerifier parity;
  std::string name() const override { return "parity"; }
  std::int64_t size(Split split) const override { return chain.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain.task(split, index); }
  const Verifier& verifier() const override { return parity; }
};

}  // namespace

int main() {
  const ParityEnvironment environment;
  const ByteTokenizer tokenizer(environment.chain.alphabet());
  TransformerConfig shape{.vocab_size = tokenizer.vocab_size(), .hidden_size = 40, .num_layers = 2, .num_heads = 4, .num_kv_heads = 2, .head_dim = 12};
  shape.intermediate_size = 56;
  shape.feed_forward = FeedForward::kSwiglu;
  shape.max_positions = 64;
  shape.query_key_norm = shape.attention_bias = shape.tie_word_embeddings = true;
  TransformerPolicy policy(shape, 11);
  sft(policy, tokenizer, environment.chain, {.max_steps = 20, .batch_size = 32});

  TrainerOptions options{.prompts_per_step = 8, .num_generations = 4, .learning_rate = 3e-3};
  options.objective.epsilon = 0.05;
  options.num_iterations = 2;
  options.mini_batches = 2;
  options.micro_batch_tokens = 200;
  options.max_completion_length = 30;
  options.thinking_cap_share = 0.5;
  options.thinking_cap_max = 12;
  options.eval_steps = 0;
  options.halt.truncated_ratio = 1.0;
  Trainer trainer = Trainer::grpo(policy, tokenizer, environment, options);
  double clipped = 0.0, forced = 0.0, useful = 0.0;
  for (int i = 0; i < 5; ++i) {
    const Metrics metrics = trainer.step().metrics;
    clipped += metrics.get("clip_ratio/region_mean").value_or(0.0);
    forced += metrics.at("thinking/forced_ratio");
    useful += 1.0 - metrics.at("frac_reward_zero_std");
  }
  if (!(clipped > 0.0 && forced > 0.0 && useful > 0.0) || trainer.max_log_prob_difference() != 0.0) {
    std::fprintf(stderr, "expected clipping, forced tokens, groups with spread and equal log-probs; got %g, %g, %g, difference %g\n", clipped, forced, useful,
                 trainer.max_log_prob_difference());
    return 1;
  }
  Sha256 digest;
  const auto add = [&digest](std::span<const float> values) { digest.add(values.data(), values.size_bytes()); };
  add(policy.weights().values());
  add(policy.weights().first_moment());
  add(policy.weights().second_moment());
  std::printf("%s\n", digest.hex().c_str());
}
