// Pairs a second of the math verifier on one thread, and the pairs themselves for a peer.
//   math_speed pairs [N]       prints N plain and N symbolic pairs as JSON lines {"set", "gold", "prediction"}
//   math_speed time FILE       reads such lines and prints one JSON line a set: pairs/s, milliseconds at the median, 99 % and the slowest
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lydian/core/random_stream.h"
#include "lydian/verify/math_verifier.h"

namespace {

using lydian::RandomStream;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

std::string number(std::int64_t n) {
  return std::to_string(n);
}

struct Pair {
  std::string gold, prediction;
};

Pair plain(RandomStream& stream) {
  const std::int64_t n = stream.between(2, 99999), wrong = stream.below(2) == 0 ? 0 : stream.between(1, 9);
  switch (stream.below(4)) {
    case 0:
      return {number(n), number(n + wrong)};
    case 1:
      return {number(n), "$" + number(n + wrong) + "$"};
    case 2:
      return {"\\frac{" + number(n) + "}{7}", "\\dfrac{" + number(n + wrong) + "}{7}"};
    default:
      return {number(n) + ".5", number(n + wrong) + ".50"};
  }
}

Pair symbolic(RandomStream& stream) {
  const std::string a = number(stream.between(2, 9)), b = number(stream.between(2, 9));
  const std::int64_t c = stream.between(2, 9), d = stream.between(2, 9);
  const std::string wrong = stream.below(2) == 0 ? "" : "+1";
  switch (stream.below(8)) {
    case 0:
      return {"(x+" + number(c) + ")(x-" + number(d) + ")", "x^2+" + number(c - d) + "x-" + number(c * d) + wrong};
    case 1:
      return {"\\frac{1}{x+" + a + "}+\\frac{1}{x+1}", "\\frac{2x+" + number(std::stoll(a) + 1) + "}{(x+" + a + ")(x+1)}" + wrong};
    case 2:
      return {"\\sqrt{" + number(c * c * 3) + "}", number(c) + "\\sqrt{3}" + wrong};
    case 3:
      return {"\\sin(2x)+" + a, "2\\sin x\\cos x+" + a + wrong};
    case 4:
      return {"\\ln(x^" + a + "y)", a + "\\ln x+\\ln y" + wrong};
    case 5:
      return {"\\frac{" + a + "}{\\sqrt{2}}", "\\frac{" + a + "\\sqrt{2}}{2}" + wrong};
    case 6:
      return {"(a+b)^3", "a^3+3a^2b+3ab^2+b^3" + wrong};
    default:
      return {"y=" + a + "x+" + b, b + "+" + a + "x-y=0" + wrong};
  }
}

int print_pairs(int count) {
  RandomStream stream(lydian::StreamKey{.seed = 1});
  for (const char* set : {"plain", "symbolic"}) {
    for (int i = 0; i < count; ++i) {
      const Pair pair = std::strcmp(set, "plain") == 0 ? plain(stream) : symbolic(stream);
      std::printf("%s\n", json{{"set", set}, {"gold", pair.gold}, {"prediction", pair.prediction}}.dump().c_str());
    }
  }
  return 0;
}

int time_pairs(const char* path) {
  std::map<std::string, std::vector<Pair>> sets;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const json row = json::parse(line);
    sets[row["set"]].push_back({row["gold"], row["prediction"]});
  }
  const lydian::MathVerifier verifier;
  for (const auto& [set, pairs] : sets) {
    std::vector<double> milliseconds;
    int equal = 0;
    double total = 0.0;
    // Until a second has passed, so that fast sets are measured too.
    for (int round = 0; round < 1000 && (round < 2 || total < 1000.0); ++round) {
      for (const Pair& pair : pairs) {
        const auto start = Clock::now();
        equal += verifier.grade(pair.gold, pair.prediction, lydian::MathKind::kAnswer).equal ? 1 : 0;
        milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
        total += milliseconds.back();
      }
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    const std::size_t n = milliseconds.size();
    std::printf("%s\n", json{{"grader", "lydian"},
                             {"set", set},
                             {"pairs_per_second", 1000.0 * static_cast<double>(n) / total},
                             {"median_ms", milliseconds[n / 2]},
                             {"p99_ms", milliseconds[n * 99 / 100]},
                             {"slowest_ms", milliseconds.back()},
                             {"equal_share", static_cast<double>(equal) / static_cast<double>(n)}}
                            .dump()
                            .c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 2 && std::strcmp(argv[1], "pairs") == 0) return print_pairs(argc > 2 ? std::atoi(argv[2]) : 1000);
  if (argc >= 3 && std::strcmp(argv[1], "time") == 0) return time_pairs(argv[2]);
  std::fprintf(stderr, "usage: math_speed pairs [N] | time FILE\n");
  return 2;
}
