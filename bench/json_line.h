#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "lydian/kernels/kernel_table.h"

namespace lydian::bench {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One measured row of a benchmark.
struct Measurement {
  std::string script, shape, unit;
  std::vector<double> values;  ///< In `unit`, one a run.
  std::vector<double> shares;  ///< Of the fused multiply-adds that the threads could do meanwhile, one a run.
  int threads = 0;
};

/// The line that the Python peers print too (bench/peers/shapes.py), and the share of the ceiling.
inline void print_json(const Measurement& m) {
  std::printf(R"({"script": "%s", "shape": "%s", "unit": "%s", "min": %.6g, "median": %.6g, "max": %.6g, "values": [)", m.script.c_str(), m.shape.c_str(),
              m.unit.c_str(), *std::min_element(m.values.begin(), m.values.end()), median(m.values), *std::max_element(m.values.begin(), m.values.end()));
  for (std::size_t i = 0; i < m.values.size(); ++i) std::printf("%s%.6g", i == 0 ? "" : ", ", m.values[i]);
  std::printf("], \"ceiling_share\": %.4f, \"shares\": [", median(m.shares));
  for (std::size_t i = 0; i < m.shares.size(); ++i) std::printf("%s%.4f", i == 0 ? "" : ", ", m.shares[i]);
  std::printf("], \"threads\": %d, \"runs\": %zu, \"instruction_set\": \"%s\"}\n", m.threads, m.values.size(), to_string(kernels::active_table().isa));
  std::fflush(stdout);
}

}  // namespace lydian::bench
