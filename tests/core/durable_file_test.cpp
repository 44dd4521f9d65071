#include "lydian/core/durable_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "lydian/core/error.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

class DurableFile : public testing::Test {
 protected:
  std::size_t entries() const { return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {})); }
  TemporaryFolder folder_;
};

TEST_F(DurableFile, WritesAndReplacesAllBytes) {
  const std::string path = folder_ / "a.bin";
  std::string bytes(100001, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  write_file_durably(path, bytes);
  EXPECT_EQ(read_whole_file(path), bytes);
  write_file_durably(path, "");
  EXPECT_EQ(read_whole_file(path), "");
  EXPECT_EQ(entries(), 1U) << "a temporary file was left";
}

TEST_F(DurableFile, FailureNamesThePathAndLeavesTheOldFile) {
  std::filesystem::create_directories(folder_ / "taken/inside");
  try {
    write_file_durably(folder_ / "taken", "x");  // The name is a folder's: rename refuses.
    FAIL() << "no exception";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(folder_ / "taken"));
  }
  EXPECT_EQ(entries(), 1U) << "a temporary file was left";
  EXPECT_THROW(write_file_durably(folder_ / "absent/a.bin", "x"), IoError);
  EXPECT_THROW(read_whole_file(folder_ / "absent.bin"), IoError);
  EXPECT_THROW(read_whole_file(folder_.path()), IoError);
}

TEST_F(DurableFile, APipeOrADeviceIsWrittenAndNotReplaced) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDWR | O_NONBLOCK);
  write_file_durably(path, "four");
  char read[8] = "";
  EXPECT_EQ(::read(reader, read, sizeof read), 4);
  EXPECT_STREQ(read, "four");
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(path));
  EXPECT_EQ(entries(), 1U);
}

}  // namespace
}  // namespace lydian
