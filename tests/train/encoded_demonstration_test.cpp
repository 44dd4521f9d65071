#include "train/encoded_demonstration.h"

#include <gtest/gtest.h>

#include "lydian/text/byte_tokenizer.h"

namespace lydian {
namespace {

TEST(EncodedDemonstration, EarlierTurnsStandBeforeAndRepliesAreNotLearnt) {
  const ByteTokenizer tokenizer("ab!>;");
  Demonstration demonstration{.thinking = {{"a"}}, .answer = {{"b", 0.5}}};
  const EncodedDemonstration one = encode_demonstration(tokenizer, tokenizer.encode("a"), demonstration);
  EXPECT_EQ(tokenizer.decode(one.completion), "<think>a</think>b<eos>");
  EXPECT_EQ(one.weight, (std::vector<float>{1, 1, 1, 0.5F, 1}));
  demonstration.earlier = {{.thinking = {{"b"}}, .answer = {{"!a"}}, .reply = ">b;"}, {.answer = {{"!b"}}, .reply = ">;", .think = false}};
  const EncodedDemonstration three = encode_demonstration(tokenizer, tokenizer.encode("a"), demonstration);
  EXPECT_EQ(tokenizer.decode(three.completion), "<think>b</think>!a<eos>>b;!b<eos>>;<think>a</think>b<eos>");
  EXPECT_EQ(three.weight, (std::vector<float>{1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0.5F, 1}));
}

TEST(EncodedDemonstration, ARepliesNamesOfSpecialTokensAreWords) {
  const ByteTokenizer tokenizer("a<>eos");
  const Demonstration demonstration{.answer = {{"a"}}, .think = false, .earlier = {{.answer = {{"a"}}, .reply = "<eos>", .think = false}}};
  const EncodedDemonstration encoded = encode_demonstration(tokenizer, {}, demonstration);
  EXPECT_EQ(encoded.completion, (std::vector<TokenId>{3, 0, 4, 6, 7, 8, 5, 3, 0}));
}

}  // namespace
}  // namespace lydian
