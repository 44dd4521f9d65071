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

/// Calls the program in this process: `lydian WORD…`. What it prints goes where it prints it.
inline int exit_code(std::vector<std::string> words, const Catalog& catalog = Catalog::shipped()) {
  words.insert(words.begin(), "lydian");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return run(static_cast<int>(argv.size()), argv.data(), catalog);
}

/// The same, keeping what it prints.
inline Outcome call(const std::vector<std::string>& words, const Catalog& catalog = Catalog::shipped()) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = exit_code(words, catalog);
  outcome.out = ::testing::internal::GetCapturedStdout();
  outcome.err = ::testing::internal::GetCapturedStderr();
  return outcome;
}

}  // namespace lydian::cli
