#include "lydian/model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Safetensors : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  /// A file with this header and so many bytes of data.
  void write_file(const std::string& header, std::size_t data_bytes) {
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    write_file_durably(path_, bytes + header + std::string(data_bytes, '\1'));
  }
  std::string message() const {
    try {
      read_safetensors(path_);
    } catch (const IoError& error) {
      return error.what();
    }
    return "no error";
  }

  const std::string path_ = testing::TempDir() + "safetensors_" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Safetensors, RoundTripKeepsOrderBitsAndMetadata) {
  const std::vector<NamedTensor> tensors = {{"z", {2, 3}, {1.0F, -0.0F, 1e-42F, INFINITY, -3.5F, 0x1.fffffep127F}}, {"a", {}, {7.0F}}, {"none", {0, 4}, {}}};
  write_safetensors(path_, tensors, {{"format", "pt"}});
  std::map<std::string, std::string> metadata;
  const std::vector<NamedTensor> read = read_safetensors(path_, &metadata);
  EXPECT_EQ(metadata.at("format"), "pt");
  ASSERT_EQ(read.size(), tensors.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].name, tensors[i].name);
    EXPECT_EQ(read[i].shape, tensors[i].shape);
    ASSERT_EQ(read[i].values.size(), tensors[i].values.size());
    if (read[i].values.empty()) continue;
    EXPECT_EQ(std::memcmp(read[i].values.data(), tensors[i].values.data(), 4 * read[i].values.size()), 0) << read[i].name;
  }
  const std::string bytes = read_whole_file(path_);
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]) % 8, 0) << "the header is not padded to 8 bytes";
}

TEST_F(Safetensors, WidensHalves) {
  // BF16 and F16 of 1.5, then F16 of the smallest subnormal, -2 and infinity.
  const std::string header = R"({"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"h":{"dtype":"F16","shape":[4],"data_offsets":[2,10]}})";
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  bytes += header;
  for (const std::uint16_t half : {0x3fc0, 0x3e00, 0x0001, 0xc000, 0x7c00}) bytes += std::string({static_cast<char>(half & 255), static_cast<char>(half >> 8)});
  write_file_durably(path_, bytes);
  const std::vector<NamedTensor> read = read_safetensors(path_);
  EXPECT_THAT(read[0].values, ElementsAre(1.5F));
  EXPECT_THAT(read[1].values, ElementsAre(1.5F, 0x1p-24F, -2.0F, INFINITY));
}

TEST_F(Safetensors, BrokenFilesAreRefusedByName) {
  struct Case {
    const char* header;
    std::size_t bytes;
    const char* says;
  };
  const Case cases[] = {
      {R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7, "tensor w: expected data_offsets within 7 bytes"},
      {R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 9, "expected 8 bytes of tensors, got 9"},
      {R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, "tensor w: expected 12 bytes for its shape, got 8"},
      {R"({"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8, "tensor w: expected dtype F32, BF16 or F16, got F64"},
      {R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "tensor w: expected to begin at byte 0, got 4"},
      {R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "tensor w: expected extents of at least 0"},
      {R"({"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0, "tensor w: its shape overflows"},
      {R"({"w":{"dtype":"F32","shape":[1]}})", 4, "data_offsets"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4,
       "tensor b: expected to begin at byte 4, got 0"},
      {R"([1])", 0, "expected a JSON object"},
      {R"({"w":)", 0, "expected a JSON object"},
  };
  for (const Case& broken : cases) {
    write_file(broken.header, broken.bytes);
    EXPECT_THAT(message(), testing::AllOf(HasSubstr(path_), HasSubstr(broken.says))) << broken.header;
  }
  write_file_durably(path_, "short");
  EXPECT_THAT(message(), HasSubstr("expected a header length of 8 bytes"));
  write_file_durably(path_, std::string(8, '\x7f') + "{}");
  EXPECT_THAT(message(), HasSubstr("header length"));
}

TEST_F(Safetensors, WritingRefusesWhatItCouldNotRead) {
  EXPECT_THROW(write_safetensors(path_, std::vector<NamedTensor>{{"w", {2}, {1.0F}}}), IoError);
  EXPECT_THROW(write_safetensors(path_, std::vector<NamedTensor>{{"w", {1}, {1.0F}}, {"w", {1}, {1.0F}}}), IoError);
}

}  // namespace
}  // namespace lydian
