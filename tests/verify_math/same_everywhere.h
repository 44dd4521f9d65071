#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace lydian {

/// The text of all verdicts is the same a hundred times over, and on each of 2 and 8 threads at once.
inline void expect_same_everywhere(const std::function<std::string()>& all) {
  const std::string alone = all();
  for (int repeat = 1; repeat < 100; ++repeat) ASSERT_EQ(all(), alone);
  for (const std::size_t number : {2, 8}) {
    std::vector<std::string> found(number);
    std::vector<std::thread> threads;
    for (auto& verdicts : found) threads.emplace_back([&] { verdicts = all(); });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& verdicts : found) EXPECT_EQ(verdicts, alone);
  }
}

}  // namespace lydian
