// A user's own test program: the contract suite over an environment.
#include <gtest/gtest.h>
#include <lydian/envs/chain_environment.h>
#include <lydian/testing/environment_contract.h>

TEST(Chain, KeepsTheContract) {
  const lydian::ChainEnvironment environment;
  lydian::testing::expect_environment_contract(environment);
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
