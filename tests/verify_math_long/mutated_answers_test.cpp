#include "verify_math/mutated_answers.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "lydian/verify/math_verifier.h"

namespace lydian {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Processor time of this thread, so that other programs on the machine do not count.
double thread_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double milliseconds_of(const MathVerifier& verifier, const std::string& gold, const std::string& answer, MathKind kind, MathGrade& grade) {
  const double start = thread_milliseconds();
  grade = verifier.grade(gold, answer, kind);
  return thread_milliseconds() - start;
}

// Answers with random faults against golds of every kind: no crash, bounded work, 20 ms each (the best of three where one took longer), 64 MiB in all.
// A million of them, under a sanitizer 100,000 (.ci/run mutated_answers: a million); LYDIAN_MUTATED_ANSWERS asks for another number.
TEST(MathVerifierLong, AMillionMutatedAnswers) {
  const char* asked = std::getenv("LYDIAN_MUTATED_ANSWERS");
  const std::int64_t count = asked != nullptr ? std::atoll(asked) : kSanitized ? 100000 : 1000000;
  const MathVerifier verifier;
  RandomStream stream(StreamKey{.seed = 7});
  double slowest = 0.0;
  std::string slowest_answer, slowest_gold;
  MathGrade grade;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string answer = math_rows::mutated(stream);
    const std::string gold = math_rows::rows()[static_cast<std::size_t>(stream.below(math_rows::rows().size()))].gold;
    const MathKind kind = i % 2 == 0 ? MathKind::kAnswer : MathKind::kResponse;
    double ms = milliseconds_of(verifier, gold, answer, kind, grade);
    ASSERT_LE(grade.cost, verifier.options().max_cost + 2000) << answer.substr(0, 2000);
    ASSERT_LE(grade.end, static_cast<std::int64_t>(answer.size()));
    for (int again = 1; again < 3 && ms > 20.0; ++again) ms = std::min(ms, milliseconds_of(verifier, gold, answer, kind, grade));
    if (ms > slowest) {
      slowest = ms;
      slowest_answer = answer.substr(0, 400);
      slowest_gold = gold;
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%lld answers, slowest %.2f ms, memory %ld KiB, gold %s, answer %s\n", static_cast<long long>(count), slowest, usage.ru_maxrss,
              slowest_gold.c_str(), slowest_answer.c_str());
  if (kSanitized) return;  // A sanitizer's time and memory say nothing about the bounds.
  EXPECT_LE(slowest, 20.0) << slowest_gold << " and " << slowest_answer;
  EXPECT_LE(usage.ru_maxrss, 64 * 1024);
}

// Each box is looked at with the text around it, however long the chains of words in that are.
TEST(MathVerifierLong, ChainsOfWordsAroundBoxes) {
  std::string chain = "5 ", boxes;
  for (int i = 0; i < 225; ++i) chain += "of ";
  chain += "5";
  for (int i = 0; i < 64; ++i) boxes += "$\\boxed{1}$,";
  const MathVerifier verifier;
  MathGrade grade;
  for (const std::string& shown : {boxes, boxes.substr(0, 8 * 13)}) {
    const std::string answer = chain + " is " + shown + " \" " + chain;
    double ms = 1e9;
    for (int again = 0; again < 3; ++again) ms = std::min(ms, milliseconds_of(verifier, "1", answer, MathKind::kResponse, grade));
    EXPECT_LE(ms, kSanitized ? 1e6 : 10.0) << answer;
  }
}

}  // namespace
}  // namespace lydian
