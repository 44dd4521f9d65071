#include "lydian/core/sha256.h"

#include <gtest/gtest.h>

namespace lydian {
namespace {

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  Sha256 digest;
  digest.add("a", 1);
  digest.add("bc", 2);
  EXPECT_EQ(digest.hex(), sha256("abc"));
}

}  // namespace
}  // namespace lydian
