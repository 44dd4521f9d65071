#include "lydian/core/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {
namespace {

TEST(ThreadPool, RunsEveryPartOnce) {
  ThreadPool pool(3);
  for (int parts : {0, 1, 2, 7, 100}) {
    std::vector<std::atomic<int>> seen(parts);
    pool.run(parts, [&](int part) { ++seen[part]; });
    for (const auto& count : seen) EXPECT_EQ(count.load(), 1);
  }
}

// A process that gets no more memory for stacks.
int threads_beyond_what_there_is() {
  const rlimit few{std::size_t{1} << 30, std::size_t{1} << 30};
  if (setrlimit(RLIMIT_AS, &few) != 0) return 2;
  try {
    const ThreadPool pool(1000);
  } catch (const Error&) {
    return 0;
  }
  return 1;
}

TEST(ThreadPoolDeathTest, SaysSoWhereTheSystemHasNoMoreThreads) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more address space than the limit leaves";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(std::exit(threads_beyond_what_there_is()), testing::ExitedWithCode(0), "");
}

TEST(ThreadPool, SurvivesManyJobsAndPauses) {
  ThreadPool pool(2);
  std::atomic<long> sum{0};
  for (int i = 0; i < 20000; ++i) pool.run(2, [&](int part) { sum += part; });
  EXPECT_EQ(sum.load(), 20000);
}

TEST(ThreadPool, ThrowsWhatAPartThrewAndGoesOn) {
  ThreadPool pool(2);
  std::atomic<int> ended{0};
  EXPECT_THROW(pool.run(4,
                        [&](int part) {
                          ++ended;
                          if (part == 1) throw std::runtime_error("part 1");
                        }),
               std::runtime_error);
  EXPECT_EQ(ended.load(), 4);
  pool.run(1, [&](int) { ++ended; });
  EXPECT_EQ(ended.load(), 5);
}

TEST(ThreadPool, RefusesToHaveNoThread) {
  EXPECT_THROW(ThreadPool(0), ConfigError);
}

}  // namespace
}  // namespace lydian
