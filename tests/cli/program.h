#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lydian/cli/cli.h"

namespace lydian::cli {

/// What a user sees of one call of the program.
struct Outcome {
  int code = 0;
  std::string out, err;
};

/// Calls the program in this process: `lydian WORD…`.
inline Outcome call(std::vector<std::string> words, const Catalog& catalog = Catalog::shipped()) {
  words.insert(words.begin(), "lydian");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = run(static_cast<int>(argv.size()), argv.data(), catalog);
  outcome.out = ::testing::internal::GetCapturedStdout();
  outcome.err = ::testing::internal::GetCapturedStderr();
  return outcome;
}

}  // namespace lydian::cli
