#include "sandbox/header_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sandbox/memory_file.h"
#include "sandbox_fixture.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using sandbox::HeaderCache;
using sandbox::memory_file;

std::string only_file(const std::string& folder) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) found = entry.path().string();
  return found;
}

TEST(HeaderCacheTest, WhatIsKeptIsFoundByItsKeyAlone) {
  const TemporaryFolder place;
  const HeaderCache cache(place / "deep/headers");
  EXPECT_FALSE(cache.find("bits/x.h", "a"));
  cache.keep("bits/x.h", "a", memory_file("compiled"));
  const auto found = cache.find("bits/x.h", "a");
  ASSERT_TRUE(found);
  char text[16] = {};
  EXPECT_EQ(read(found.get(), text, sizeof text), 8);
  EXPECT_STREQ(text, "compiled");
  EXPECT_FALSE(cache.find("bits/x.h", "b"));
  EXPECT_FALSE(cache.find("bits/y.h", "a"));
  struct stat folder {
  }, file{};
  ASSERT_EQ(stat((place / "deep/headers").c_str(), &folder), 0);
  ASSERT_EQ(stat(only_file(place / "deep/headers").c_str(), &file), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700u);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST(HeaderCacheTest, NothingThatOthersCouldHaveWrittenIsTaken) {
  const TemporaryFolder place;
  const std::string folder = place / "headers";
  const HeaderCache cache(folder);
  cache.keep("x.h", "a", memory_file("compiled"));
  const std::string file = only_file(folder);
  chmod(file.c_str(), 0666);
  EXPECT_FALSE(cache.find("x.h", "a"));
  chmod(file.c_str(), 0600);
  EXPECT_TRUE(cache.find("x.h", "a"));
  chmod(folder.c_str(), 0777);
  EXPECT_FALSE(cache.find("x.h", "a"));
  cache.keep("y.h", "a", memory_file("more"));
  EXPECT_EQ(only_file(folder), file) << "nor is anything put there";
  chmod(folder.c_str(), 0700);
  std::filesystem::create_symlink(folder, place / "link");
  EXPECT_FALSE(HeaderCache(place / "link").find("x.h", "a"));
  std::ofstream(file, std::ios::trunc) << "changed";
  EXPECT_FALSE(cache.find("x.h", "a")) << "another digest";
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_FALSE(HeaderCache("-").find("x.h", "a"));
}

TEST(HeaderCacheTest, OldOnesGo) {
  const TemporaryFolder place;
  const HeaderCache cache(place / "headers");
  for (const char* key : {"a", "b", "c", "d", "e"}) cache.keep("x.h", key, memory_file(key));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(place / "headers")) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 3);
}

TEST_F(SandboxTest, ASecondSandboxTakesTheHeadersOfTheFirst) {
  const TemporaryFolder place;
  std::int64_t runs[2] = {};
  for (std::int64_t& count : runs) {
    make({.header_cache = place / "headers"});
    if (IsSkipped() || HasFatalFailure()) return;
    const std::int64_t before = box_->counters().runs;
    EXPECT_EQ(cpp("#include <iostream>\nint main() { std::cout << 3; }\n").stdout_text, "3");
    count = box_->counters().runs - before;
  }
  EXPECT_EQ(runs[0], 3) << "header, program, run";
  EXPECT_EQ(runs[1], 2) << "program, run";
}

}  // namespace
}  // namespace lydian
