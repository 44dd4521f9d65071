#include "lydian/text/byte_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using testing::ElementsAre;

TEST(ByteTokenizer, GivesEveryByteAnId) {
  const ByteTokenizer tokenizer;
  EXPECT_EQ(tokenizer.vocab_size(), 259);
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  const std::vector<TokenId> ids = tokenizer.encode(all);
  ASSERT_EQ(ids.size(), 256U);
  for (int byte = 0; byte < 256; ++byte) EXPECT_EQ(ids[static_cast<std::size_t>(byte)], byte + 3);
  EXPECT_EQ(tokenizer.decode(ids), all);
}

TEST(ByteTokenizer, KnowsSpecialTokensByName) {
  const ByteTokenizer tokenizer("ab<");
  EXPECT_EQ(tokenizer.vocab_size(), 6);
  const std::vector<TokenId> ids = tokenizer.encode("a<think>b</think><<eos>");
  EXPECT_THAT(ids, ElementsAre(3, 1, 4, 2, 5, 0));
  EXPECT_EQ(tokenizer.decode(ids), "a<think>b</think><<eos>");
  EXPECT_EQ(tokenizer.eos_id(), 0);
  EXPECT_EQ(tokenizer.think_open_id(), 1);
  EXPECT_EQ(tokenizer.think_close_id(), 2);
}

TEST(ByteTokenizer, NamesOfSpecialTokensAreBytesInPlainWords) {
  const ByteTokenizer tokenizer;
  const std::string words = "</think>1<eos><think>";
  const std::vector<TokenId> ids = tokenizer.encode_plain(words);
  ASSERT_EQ(ids.size(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) EXPECT_EQ(ids[i], words[i] + 3);
  EXPECT_THROW(ByteTokenizer("ab").encode_plain("a<eos>"), Error);
}

template <typename Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ByteTokenizer, NamesTheByteWithoutAnIdAndItsPosition) {
  const ByteTokenizer tokenizer("0123456789");
  EXPECT_EQ(error_of([&] { tokenizer.encode("12A"); }), "[byte_tokenizer] expected bytes of the alphabet, got byte 0x41 'A' at position 2");
  EXPECT_EQ(error_of([&] { tokenizer.encode("<think>\n"); }), "[byte_tokenizer] expected bytes of the alphabet, got byte 0x0a at position 7");
  EXPECT_EQ(error_of([&] { tokenizer.decode(std::vector<TokenId>{13}); }), "[byte_tokenizer] expected ids from 0 to 12, got 13");
  EXPECT_EQ(error_of([&] { tokenizer.decode(std::vector<TokenId>{-1}); }), "[byte_tokenizer] expected ids from 0 to 12, got -1");
}

TEST(ByteTokenizer, RefusesAnAlphabetThatIsNone) {
  EXPECT_EQ(error_of([] { ByteTokenizer("aba"); }), "[byte_tokenizer] expected every byte once in the alphabet, got byte 0x61 'a' twice");
  EXPECT_EQ(error_of([] { ByteTokenizer(""); }), "[byte_tokenizer] expected an alphabet of at least one byte, got none");
}

TEST(ByteTokenizer, HasTheFingerprintOfItsAlphabet) {
  EXPECT_EQ(ByteTokenizer("ab").fingerprint(), "byte:6162");
  EXPECT_NE(ByteTokenizer("ab").fingerprint(), ByteTokenizer("ba").fingerprint());
  EXPECT_EQ(ByteTokenizer().fingerprint(), "byte:all");
}

}  // namespace
}  // namespace lydian
