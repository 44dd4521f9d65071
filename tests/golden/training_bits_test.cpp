#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "folders.h"
#include "lydian/kernels/kernel_table.h"

namespace lydian {
namespace {

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  char line[256] = "";
  const bool read = std::fgets(line, sizeof line, pipe) != nullptr;
  const int status = pclose(pipe);
  return read && status == 0 ? std::string(line) : "exit status " + std::to_string(status);
}

class TrainingBits : public ::testing::TestWithParam<const char*> {};

// A changed digest is a changed promise: scripts/update_golden.sh writes the new one, and CHANGELOG.md says why.
TEST_P(TrainingBits, AreTheCommittedOnes) {
  const std::string isa = GetParam();
  bool available = false;
  for (const kernels::Isa one : kernels::available_isas()) available = available || isa == kernels::to_string(one);
  if (!available) GTEST_SKIP() << "this processor has no " << isa;
  std::ifstream file(source_file("tests/golden/training_sha256.txt"));
  std::string committed;
  std::getline(file, committed);
  for (const char* threads : {"1", "2"}) {
    EXPECT_EQ(output_of("LYDIAN_ISA=" + isa + " LYDIAN_THREADS=" + threads + " " + program_file("golden_training")), committed + "\n")
        << isa << ", " << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, TrainingBits, ::testing::Values("plain", "avx2", "avx512"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace lydian
