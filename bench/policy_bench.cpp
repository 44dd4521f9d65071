// Tokens a second of sampling and of training, and their share of the fused multiply-adds that the threads can do. Usage: policy_bench [threads, default all]
// [repeats, default 7] [beginning of the rows' names, as in "sampling small"] [--json] Times are wall clock; the ceiling is measured between the repeats on the
// same threads, and every row shows its median. One thread reports its own processor time, which other programs on the machine disturb little.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "fma_ceiling.h"
#include "json_line.h"
#include "lydian/core/thread_pool.h"
#include "lydian/model/transformer_policy.h"
#include "shapes.h"

namespace lydian {
namespace {

class Bench {
 public:
  Bench(int threads, int repeats, std::string only, bool json) : pool_(threads), repeats_(repeats), only_(std::move(only)), json_(json) {}

  void sampling(const char* shape, std::int64_t rows, std::int64_t prompt, std::int64_t tokens) {
    const std::string name = name_of("sampling", shape, rows);
    if (!wanted(name)) return;
    TransformerPolicy policy(bench::shape_of(shape), 1);
    policy.use(kernels::active_table(), pool_);
    report(name, shape, "generated tokens/s", rows * tokens, bench::sampling_flops(policy.config(), rows, 1, prompt, tokens),
           [&] { roll_out(policy, rows, prompt, tokens); });
  }

  /// Every row is a prompt of one token and a completion of `tokens`: forward, backward, fold and an AdamW step.
  void training(const char* shape, std::int64_t rows, std::int64_t tokens) {
    const std::string name = name_of("training", shape, rows);
    if (!wanted(name)) return;
    TransformerPolicy policy(bench::shape_of(shape), 1);
    policy.use(kernels::active_table(), pool_);
    PackedBatch batch;
    for (std::int64_t row = 0; row < rows; ++row) {
      batch.add_prompt(ids(row, 1, policy.config()), static_cast<std::int32_t>(row));
      batch.add_row(ids(row + 1, tokens, policy.config()), 1.0F);
    }
    report(name, shape, "trained tokens/s", rows * tokens, bench::training_flops(policy.config(), rows, 1, 1, tokens), [&] { train(policy, batch); });
  }

 private:
  static std::string name_of(const char* what, const char* shape, std::int64_t rows) { return std::string(what) + " " + shape + " B=" + std::to_string(rows); }
  bool wanted(const std::string& name) const { return name.compare(0, only_.size(), only_) == 0; }

  double now() const {
    timespec time{};
    clock_gettime(pool_.size() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double ceiling() {
    return bench::pool_ceiling(pool_, [this] { return now(); });
  }

  void report(const std::string& name, const char* shape, const char* unit, std::int64_t tokens, double flops, const std::function<void()>& run) {
    run();
    std::vector<double> rates, shares;
    for (int i = 0; i < repeats_; ++i) {
      const double before = ceiling(), begin = now();
      run();
      const double seconds = now() - begin;
      rates.push_back(static_cast<double>(tokens) / seconds);
      shares.push_back(flops / seconds / std::max(before, ceiling()));
    }
    if (json_) return bench::print_json({name, shape, unit, rates, shares, pool_.size()});
    const double rate = bench::median(rates);
    std::printf("%-22s %d threads %9.1f k tokens/s %8.2f ms %6.1f %% of the ceiling (best %.1f)\n", name.c_str(), pool_.size(), rate * 1e-3,
                static_cast<double>(tokens) / rate * 1e3, 100 * bench::median(shares), 100 * *std::max_element(shares.begin(), shares.end()));
    std::fflush(stdout);
  }

  static std::vector<TokenId> ids(std::int64_t seed, std::int64_t count, const TransformerConfig& config) {
    std::vector<TokenId> made;
    for (std::int64_t i = 0; i < count; ++i) made.push_back(static_cast<TokenId>((seed * 7 + i * 13 + i * i * seed) % config.vocab_size));
    return made;
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
  const std::string only_;  ///< Beginning of the names of the rows to measure.
  const bool json_;
};

}  // namespace
}  // namespace lydian

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : lydian::ThreadPool::shared().size();
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 7;
  const std::string only = argc > 3 ? argv[3] : "";
  const bool json = argc > 4 && std::string(argv[4]) == "--json";
  if (!json) std::printf("instruction set: %s\n", lydian::kernels::to_string(lydian::kernels::active_table().isa));
  lydian::Bench bench(threads, repeats, only, json);
  for (const char* shape : {"tiny-2l", "small"}) {
    for (const std::int64_t rows : {16, 64}) bench.sampling(shape, rows, 16, 128);
    bench.training(shape, 64, 144);
  }
}
