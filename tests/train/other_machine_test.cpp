// A run that begins on one machine and ends on another: other instructions, another number of threads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>

#include "folders.h"
#include "lydian/kernels/kernel_table.h"
#include "lydian/train/run_folder.h"
#include "train/tiny_run.h"

namespace lydian {
namespace {

struct Machine {
  kernels::Isa isa;
  const char* threads;
};

int run_on(const Machine& machine, const std::string& words) {
  return std::system(("LYDIAN_ISA=" + std::string(kernels::to_string(machine.isa)) + " LYDIAN_THREADS=" + machine.threads + " " +
                      program_file("tiny_run_program") + " " + words)
                         .c_str());
}

TEST(OtherMachine, ARunThatMovesEndsWithTheSameBits) {
  const Machine small{kernels::available_isas().front(), "1"}, large{kernels::available_isas().back(), "2"};
  if (small.isa == large.isa) GTEST_SKIP() << "this processor has one instruction set only";
  const TemporaryFolder folder;
  ASSERT_EQ(run_on(small, "start " + (folder / "stayed") + " 0"), 0);
  const std::string stayed = fingerprint_of_run(folder / "stayed", 11);
  // Once from the supervised stage, once from the second; there and back.
  for (const auto& [from, to, stop] : {std::tuple{small, large, 3}, std::tuple{large, small, 10}}) {
    const std::string run = folder / ("moved_" + std::to_string(stop));
    ASSERT_EQ(run_on(from, "start " + run + " " + std::to_string(stop)), 0);
    ASSERT_LT(RunFolder::checkpoints(run).back(), 11);
    ASSERT_EQ(run_on(to, "resume " + run), 0);
    EXPECT_TRUE(fingerprint_of_run(run, 11) == stayed) << "from " << kernels::to_string(from.isa) << " to " << kernels::to_string(to.isa);
  }
}

}  // namespace
}  // namespace lydian
