#include <gtest/gtest.h>

#include <cstring>

#include "lydian/core/durable_file.h"
#include "lydian/report/sinks.h"
#include "report/tensorboard_event.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

/// The payloads of an event file; every frame's checksums are tested.
std::vector<std::string> payloads_of(const std::string& path) {
  const std::string bytes = read_whole_file(path);
  std::vector<std::string> payloads;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data() + at, sizeof length);
    payloads.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(bytes.substr(at, length + 16), tensorboard_record(payloads.back()));
    at += length + 16;
  }
  return payloads;
}

// Source: RFC 3720, appendix B.4, and the check value of every list of CRCs.
TEST(TensorboardTest, ChecksumsOfPublishedVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(TensorboardTest, BytesAreTheOnesThatTheRealReaderTook) {
  Metrics metrics;
  metrics.set("loss", 0.5);
  metrics.set("rewards/exact/mean", -2.0);
  EXPECT_EQ(hexadecimal(file_version_event(1.5)), "09000000000000f83f1a0d627261696e2e4576656e743a32");
  EXPECT_EQ(hexadecimal(session_start_event(1.5, 300)), "09000000000000f83f10ac023a020801");
  EXPECT_EQ(hexadecimal(scalars_event(1.5, 300, metrics)),
            "09000000000000f83f10ac022a280a0b0a046c6f7373150000003f0a190a12726577617264732f65786163742f6d65616e15000000c0");
  EXPECT_EQ(hexadecimal(tensorboard_record("abc")), "0300000000000000b099490e6162636e57f121");
}

TEST(TensorboardTest, FileBeginsWithItsVersionThenTheSessionThenSteps) {
  const TemporaryFolder folder;
  StepRecord record{"grpo", 5, 0, {}};
  record.metrics.set("loss", 0.5);
  {
    const auto sink = tensorboard_sink(folder / "tensorboard");
    sink->write(record);
    record.step = 6;
    sink->write(record);
  }
  const auto payloads = payloads_of(folder / "tensorboard/events.out.tfevents.000001");
  ASSERT_EQ(payloads.size(), 4U);
  constexpr std::size_t kWallTime = 9;
  EXPECT_EQ(payloads[0].substr(kWallTime), file_version_event(0).substr(kWallTime));
  EXPECT_EQ(payloads[1].substr(kWallTime), session_start_event(0, 5).substr(kWallTime));
  EXPECT_EQ(payloads[3].substr(kWallTime), scalars_event(0, 6, record.metrics).substr(kWallTime));
}

TEST(TensorboardTest, ResumedRunGetsAFileThatSortsAfterTheFirst) {
  const TemporaryFolder folder;
  for (int run = 0; run < 2; ++run) tensorboard_sink(folder.path());
  EXPECT_EQ(payloads_of(folder / "events.out.tfevents.000002").size(), 1U);
}

}  // namespace
}  // namespace lydian
