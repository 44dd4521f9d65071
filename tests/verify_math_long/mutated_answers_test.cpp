#include "verify_math/mutated_answers.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "lydian/verify/math_verifier.h"

namespace lydian {
namespace {

// 1,000,000 answers with random faults against golds of every kind: no crash, bounded work. The slowest is printed; time decides nothing.
TEST(MathVerifierLong, AMillionMutatedAnswers) {
  const MathVerifier verifier;
  RandomStream stream(StreamKey{.seed = 7});
  double slowest = 0.0;
  std::string slowest_answer, slowest_gold;
  for (int i = 0; i < 1000000; ++i) {
    const std::string answer = math_rows::mutated(stream);
    const std::string gold = math_rows::rows()[static_cast<std::size_t>(stream.below(math_rows::rows().size()))].gold;
    const auto start = std::chrono::steady_clock::now();
    const MathGrade grade = verifier.grade(gold, answer, i % 2 == 0 ? MathKind::kAnswer : MathKind::kResponse);
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (ms > slowest) {
      slowest = ms;
      slowest_answer = answer.substr(0, 400);
      slowest_gold = gold;
    }
    ASSERT_LE(grade.cost, verifier.options().max_cost + 2000) << answer;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  RecordProperty("slowest_ms", std::to_string(slowest));
  RecordProperty("max_rss_kib", std::to_string(usage.ru_maxrss));
  std::printf("slowest %.2f ms, memory %ld KiB, gold %s, answer %s\n", slowest, usage.ru_maxrss, slowest_gold.c_str(), slowest_answer.c_str());
}

}  // namespace
}  // namespace lydian
