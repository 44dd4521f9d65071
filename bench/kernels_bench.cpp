// Speed of the kernels as a share of what the processor's fused multiply-adds allow. Usage: kernels_bench [seconds per row, default 0.2] [kernel]
// Each figure is the best tenth of many short runs in the thread's own processor time, so that other programs on the machine disturb it little; the ceiling is
// measured again beside every row.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <numeric>
#include <string_view>
#include <thread>
#include <vector>

#include "fma_ceiling.h"
#include "lydian/core/random_stream.h"
#include "lydian/kernels/kernel_table.h"
#include "lydian/kernels/layout.h"

namespace {

using lydian::kernels::active_table;
using lydian::kernels::KernelTable;
using lydian::kernels::KeyValueBlocks;
using lydian::kernels::MatmulMode;
using lydian::kernels::padded;
using lydian::kernels::panels;
using lydian::kernels::weight_gradient_scratch;

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// GFLOP/s of one register-only loop.
double ceiling_once() {
  const double begin = seconds();
  const double flops = lydian::bench::run_fma_loop();
  return 1e-9 * flops / (seconds() - begin);
}

double ceiling(int runs) {
  std::vector<double> ceilings;
  for (int i = 0; i < runs; ++i) ceilings.push_back(ceiling_once());
  std::sort(ceilings.begin(), ceilings.end());
  return ceilings[ceilings.size() - 1 - ceilings.size() / 10];
}

double row_seconds = 0.2;
std::string_view only;

double seconds_of(int runs, const std::function<void()>& run) {
  const double begin = seconds();
  for (int i = 0; i < runs; ++i) run();
  return seconds() - begin;
}

/// flops 0: the share is left out.
void report(const char* kernel, const char* shape, double flops, const std::function<void()>& run) {
  if (std::string_view(kernel).substr(0, only.size()) != only) return;
  int runs = 1;  // so many that reading the clock does not count
  while (seconds_of(runs, run) < 2e-4) runs *= 2;
  std::vector<double> times, ceilings;
  for (const double begin = seconds(); seconds() - begin < row_seconds;) {
    times.push_back(seconds_of(runs, run) / runs);
    ceilings.push_back(ceiling_once());
  }
  std::sort(times.begin(), times.end());
  std::sort(ceilings.begin(), ceilings.end());
  // The best tenth: disturbed runs are left out, and so is a clock that jumped.
  const double best = times[times.size() / 10], top = ceilings[ceilings.size() - 1 - ceilings.size() / 10];
  std::printf("%-22s %-26s %9.2f us", kernel, shape, best * 1e6);
  if (flops > 0) std::printf(" %8.1f GFLOP/s %6.1f %%", flops / best * 1e-9, 100 * flops / best * 1e-9 / top);
  std::printf("\n");
}

/// Floats at a cache line, as the model has them: a vector that lies across two lines costs AVX-512 twice the loads.
template <typename T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <typename U>
  explicit LineAllocator(const LineAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* values, std::size_t) { ::operator delete (values, std::align_val_t{64}); }
  bool operator==(const LineAllocator&) const { return true; }
};
using Floats = std::vector<float, LineAllocator<float>>;

Floats numbers(std::int64_t size) {
  lydian::RandomStream stream({.seed = 1});
  Floats values(size);
  for (float& value : values) value = static_cast<float>(stream.uniform() - 0.5);
  return values;
}

void bench_matmul(std::int64_t m, std::int64_t k, std::int64_t n) {
  const Floats a = numbers(m * k), packed = numbers(panels(n) * k * 16);
  Floats c(m * n);
  char shape[64];
  std::snprintf(shape, sizeof shape, "M %ld, K %ld, N %ld", m, k, n);
  report("matmul", shape, 2.0 * static_cast<double>(m * k * n),
         [&] { active_table().matmul(a.data(), k, packed.data(), k, m, 0, panels(n), nullptr, c.data(), n, MatmulMode::kStore); });
}

void bench_weight_gradient(std::int64_t m, std::int64_t k, std::int64_t n) {
  const Floats x = numbers(m * k), dy = numbers(m * n);
  Floats gradient(panels(n) * k * 16), scratch(weight_gradient_scratch(m, k, panels(n)));
  char shape[64];
  std::snprintf(shape, sizeof shape, "M %ld, K %ld, N %ld", m, k, n);
  report("weight_gradient", shape, 2.0 * static_cast<double>(m * k * n),
         [&] { active_table().weight_gradient(x.data(), k, dy.data(), n, m, k, 0, panels(n), gradient.data(), scratch.data()); });
}

/// `rows` queries: the heads of one group at the last position (decode), or every position of one head (training).
void bench_attention(std::int64_t positions, std::int64_t head_dim, std::int64_t rows, bool training) {
  const std::int64_t width = padded(head_dim), blocks = (positions + 15) / 16;
  const Floats q = numbers(rows * width), keys = numbers(blocks * width * 16), values = numbers(blocks * width * 16), d_out = numbers(rows * width);
  std::vector<const float*> key_list, value_list;
  for (std::int64_t b = 0; b < blocks; ++b) key_list.push_back(keys.data() + b * width * 16), value_list.push_back(values.data() + b * width * 16);
  std::vector<std::int64_t> last(rows, positions - 1);
  if (training) std::iota(last.begin(), last.end(), positions - rows);
  double seen = 0;
  for (std::int64_t position : last) seen += static_cast<double>(position + 1);
  Floats out(rows * width), probabilities(rows * 16 * blocks), scratch(rows * 16 * blocks + 2 * 16 * blocks * width), dq(rows * width), dk(positions * width),
      dv(positions * width);
  const KeyValueBlocks view{key_list.data(), value_list.data()};
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld rows of %ld, width %ld", rows, positions, head_dim);
  const double flops = 4.0 * seen * static_cast<double>(head_dim);
  report(training ? "attention training" : "attention decode", shape, flops, [&] {
    active_table().attention(q.data(), width, rows, last.data(), view, head_dim, out.data(), width, training ? probabilities.data() : nullptr, 16 * blocks,
                             scratch.data());
  });
  if (!training) return;
  report("attention backward", shape, 2 * flops, [&] {
    active_table().attention_backward(d_out.data(), width, out.data(), width, q.data(), width, rows, last.data(), view, head_dim, probabilities.data(),
                                      16 * blocks, dq.data(), width, dk.data(), dv.data(), width, scratch.data());
  });
}

/// Decode as a batch does it: every call another sequence, so that keys and values come from beyond the second-level cache. Time of one call.
void bench_cold_decode(std::int64_t positions, std::int64_t head_dim, std::int64_t rows) {
  const std::int64_t sequences = 256, width = padded(head_dim), blocks = (positions + 15) / 16, block_size = width * 16;
  const Floats q = numbers(rows * width), keys = numbers(sequences * blocks * block_size), values = numbers(sequences * blocks * block_size);
  std::vector<const float*> key_list, value_list;
  for (std::int64_t b = 0; b < sequences * blocks; ++b) key_list.push_back(keys.data() + b * block_size), value_list.push_back(values.data() + b * block_size);
  const std::vector<std::int64_t> last(rows, positions - 1);
  Floats out(rows * width), scratch(rows * 16 * blocks);
  std::int64_t sequence = 0;
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld rows of %ld, width %ld", rows, positions, head_dim);
  report("attention cold decode", shape, 4.0 * static_cast<double>(rows * positions * head_dim), [&] {
    const KeyValueBlocks view{key_list.data() + sequence * blocks, value_list.data() + sequence * blocks};
    active_table().attention(q.data(), width, rows, last.data(), view, head_dim, out.data(), width, nullptr, 0, scratch.data());
    sequence = (sequence + 1) % sequences;
  });
}

void bench_tokens(std::int64_t vocabulary) {
  const Floats logits = numbers(padded(vocabulary));
  char shape[64];
  std::snprintf(shape, sizeof shape, "vocabulary %ld", vocabulary);
  lydian::kernels::DrawOptions options{.inverse_temperature = 1, .greedy = false, .top_p = 1, .top_k = 0, .key = 1, .token_index = 0};
  lydian::kernels::TokenScore score{};
  report("draw_token", shape, 0, [&] { ++options.token_index, active_table().draw_token(logits.data(), vocabulary, options, &score); });
  report("score_token", shape, 0, [&] { score = active_table().score_token(logits.data(), vocabulary, 1, 3, false); });
}

void bench_rows(std::int64_t rows, std::int64_t width) {
  const Floats x = numbers(rows * width), y = numbers(rows * width), weight = numbers(width), cos = numbers(16), sin = numbers(16);
  Floats out(rows * width), inverse_rms(rows);
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld rows of %ld", rows, width);
  report("rms_norm", shape, 0, [&] { active_table().rms_norm(x.data(), width, weight.data(), rows, width, 1e-6f, out.data(), width, inverse_rms.data()); });
  report("swiglu", shape, 0, [&] { active_table().swiglu(x.data(), y.data(), width, rows, width, out.data(), width); });
  report("head_norm_rope (32)", shape, 0,
         [&] { active_table().head_norm_rope(x.data(), rows * width / 32, 32, weight.data(), 1e-6f, cos.data(), sin.data(), 0.2f, out.data()); });
}

void print_ceilings() {
  const double one = ceiling(2000);
  double each[2] = {0, 0};
  std::thread other([&] { each[1] = ceiling(2000); });
  each[0] = ceiling(2000);
  other.join();
  std::printf("instruction set %s; fused multiply-add ceiling: one thread %.1f GFLOP/s, two threads %.1f GFLOP/s\n", to_string(active_table().isa), one,
              each[0] + each[1]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) row_seconds = std::atof(argv[1]);
  if (argc > 2) only = argv[2];
  print_ceilings();
  for (const auto& [k, n] : {std::pair<std::int64_t, std::int64_t>{128, 256}, {256, 1536}, {768, 256}}) {
    for (std::int64_t m : {1, 2, 6, 8, 16, 32, 64, 144}) bench_matmul(m, k, n);
  }
  for (const auto& [k, n] : {std::pair<std::int64_t, std::int64_t>{128, 256}, {256, 1536}, {768, 256}}) {
    for (std::int64_t m : {64, 144, 512}) bench_weight_gradient(m, k, n);
  }
  for (std::int64_t head_dim : {32, 64}) {
    for (std::int64_t positions : {96, 512}) {
      for (std::int64_t rows : {1, 2, 4}) bench_attention(positions, head_dim, rows, false);
    }
    for (std::int64_t rows : {2, 4}) bench_cold_decode(96, head_dim, rows);
    for (std::int64_t positions : {64, 144, 512}) bench_attention(positions, head_dim, positions, true);
  }
  for (std::int64_t vocabulary : {34, 300, 4096}) bench_tokens(vocabulary);
  bench_rows(64, 256);
}
