// Tokens a second of sampling and of training, and their share of the fused multiply-adds that the threads can do. Usage: policy_bench [threads, default all]
// [repeats, default 7] [sampling|training] Times are wall clock; the ceiling is measured between the repeats on the same threads, and every row shows its
// median. One thread reports its own processor time, which other programs on the machine disturb little.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "fma_ceiling.h"
#include "lydian/core/thread_pool.h"
#include "lydian/model/transformer_policy.h"

namespace lydian {
namespace {

struct Shape {
  const char* name;
  TransformerConfig config;
};

TransformerConfig qwen3_like(std::int64_t vocabulary, std::int64_t hidden, std::int64_t layers, std::int64_t intermediate, std::int64_t heads,
                             std::int64_t kv_heads) {
  TransformerConfig config;
  config.vocab_size = vocabulary;
  config.hidden_size = hidden;
  config.num_layers = layers;
  config.intermediate_size = intermediate;
  config.num_heads = heads;
  config.num_kv_heads = kv_heads;
  config.head_dim = 32;
  config.feed_forward = FeedForward::kSwiglu;
  config.query_key_norm = true;
  config.tie_word_embeddings = true;
  config.max_positions = 256;
  return config.resolved();
}

class Bench {
 public:
  Bench(int threads, int repeats) : pool_(threads), repeats_(repeats) {}

  void sampling(const Shape& shape, std::int64_t rows, std::int64_t prompt, std::int64_t tokens) {
    TransformerPolicy policy(shape.config, 1);
    policy.use(kernels::active_table(), pool_);
    report("sampling", shape, rows, rows * tokens, sampling_flops(shape.config, rows, prompt, tokens), [&] { roll_out(policy, rows, prompt, tokens); });
  }

  /// Every row is a prompt of one token and a completion of `tokens`: forward, backward, fold and an AdamW step.
  void training(const Shape& shape, std::int64_t rows, std::int64_t tokens) {
    TransformerPolicy policy(shape.config, 1);
    policy.use(kernels::active_table(), pool_);
    PackedBatch batch;
    for (std::int64_t row = 0; row < rows; ++row) {
      batch.add_prompt(ids(row, 1, shape.config), static_cast<std::int32_t>(row));
      batch.add_row(ids(row + 1, tokens, shape.config), 1.0F);
    }
    const auto c = shape.config;
    const double body =
        6.0 * static_cast<double>(c.parameters()) + 12.0 * (static_cast<double>(tokens) + 1) / 2 * static_cast<double>(c.num_heads * c.head_dim * c.num_layers);
    report("training", shape, rows, rows * tokens, body * static_cast<double>(rows * tokens), [&] { train(policy, batch); });
  }

 private:
  double now() const {
    timespec time{};
    clock_gettime(pool_.size() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double ceiling() {
    std::vector<double> flops(static_cast<std::size_t>(pool_.size()) * 40);
    const double begin = now();
    pool_.run(static_cast<int>(flops.size()), [&](int part) { flops[static_cast<std::size_t>(part)] = bench::run_fma_loop(); });
    double sum = 0;
    for (const double part : flops) sum += part;
    return sum / (now() - begin);
  }

  void report(const char* what, const Shape& shape, std::int64_t rows, std::int64_t tokens, double flops, const std::function<void()>& run) {
    run();
    std::vector<double> seconds, shares;
    for (int i = 0; i < repeats_; ++i) {
      const double before = ceiling(), begin = now();
      run();
      seconds.push_back(now() - begin);
      shares.push_back(flops / seconds.back() / std::max(before, ceiling()));
    }
    std::sort(seconds.begin(), seconds.end());
    std::sort(shares.begin(), shares.end());
    const double median = seconds[seconds.size() / 2];
    std::printf("%-9s %-8s B=%-3ld %d threads %9.1f k tokens/s %8.2f ms %6.1f %% of the ceiling (best %.1f)\n", what, shape.name, static_cast<long>(rows),
                pool_.size(), static_cast<double>(tokens) / median * 1e-3, median * 1e3, 100 * shares[shares.size() / 2], 100 * shares.back());
    std::fflush(stdout);
  }

  static std::vector<TokenId> ids(std::int64_t seed, std::int64_t count, const TransformerConfig& config) {
    std::vector<TokenId> made;
    for (std::int64_t i = 0; i < count; ++i) made.push_back(static_cast<TokenId>((seed * 7 + i * 13 + i * i * seed) % config.vocab_size));
    return made;
  }

  /// Prefill included; the head counts where its logits are used.
  static double sampling_flops(const TransformerConfig& c, std::int64_t rows, std::int64_t prompt, std::int64_t tokens) {
    const double head = 2.0 * static_cast<double>(c.vocab_size * c.hidden_size), body = 2.0 * static_cast<double>(c.parameters()) - head;
    double sum = 0;
    for (std::int64_t t = 0; t < prompt + tokens - 1; ++t) {
      sum += body + 4.0 * static_cast<double>((t + 1) * c.num_heads * c.head_dim * c.num_layers) + (t >= prompt - 1 ? head : 0.0);
    }
    return sum * static_cast<double>(rows);
  }

  void roll_out(const TransformerPolicy& policy, std::int64_t rows, std::int64_t prompt, std::int64_t tokens) {
    const std::unique_ptr<DecodeSession> session = policy.decode_session();
    const SamplingOptions sampling;
    std::vector<DecodeSession::Row> step;
    for (std::int64_t row = 0; row < rows; ++row)
      step.push_back({session->open(ids(row, prompt, policy.config())), kDraw, &sampling, static_cast<std::uint64_t>(row), 0});
    std::vector<Drawn> drawn(step.size());
    for (std::int64_t t = 0; t < tokens; ++t) {
      for (DecodeSession::Row& row : step) row.token_index = static_cast<std::uint64_t>(t);
      session->step(step, drawn);
    }
  }

  void train(TransformerPolicy& policy, const PackedBatch& batch) {
    std::unique_ptr<ForwardRecord> record;
    const ForwardOutput output = policy.forward(batch, {}, &record);
    const std::vector<float> d_log_prob(output.log_prob.size(), -1.0F / static_cast<float>(output.log_prob.size()));
    policy.backward(*record, d_log_prob, {}, {});
    record.reset();
    policy.fold_gradient();
    WeightStore& store = policy.weights();
    const std::span<float> gradient = store.gradient(), first = store.first_moment(), second = store.second_moment();
    store.update([&](std::span<float> values) {
      const auto parts = static_cast<std::size_t>(pool_.size());
      pool_.run(pool_.size(), [&](int part) {
        const std::size_t begin = values.size() / 16 * static_cast<std::size_t>(part) / parts * 16,
                          end = values.size() / 16 * static_cast<std::size_t>(part + 1) / parts * 16;
        kernels::active_table().adamw(values.data() + begin, first.data() + begin, second.data() + begin, gradient.data() + begin,
                                      static_cast<std::int64_t>(end - begin), 1.0F, 0.0F, 0.9F, 0.999F, 1e-8F, 0.01F, 1.0F, 1.0F);
        std::fill(gradient.begin() + static_cast<std::ptrdiff_t>(begin), gradient.begin() + static_cast<std::ptrdiff_t>(end), 0.0F);
      });
    });
  }

  ThreadPool pool_;
  const int repeats_;
};

}  // namespace
}  // namespace lydian

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : lydian::ThreadPool::shared().size();
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 7;
  const std::string only = argc > 3 ? argv[3] : "";
  const lydian::Shape shapes[] = {{"tiny-2l", lydian::qwen3_like(64, 128, 2, 416, 4, 2)}, {"small", lydian::qwen3_like(512, 256, 4, 768, 8, 4)}};
  std::printf("instruction set: %s\n", lydian::kernels::to_string(lydian::kernels::active_table().isa));
  lydian::Bench bench(threads, repeats);
  for (const lydian::Shape& shape : shapes) {
    for (const std::int64_t rows : {16, 64}) {
      if (only != "training") bench.sampling(shape, rows, 16, 128);
    }
    if (only != "sampling") bench.training(shape, 64, 144);
  }
}
