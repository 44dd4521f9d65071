#include "lydian/report/rollout_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "temporary_folder.h"

namespace lydian {
namespace {

using ::testing::HasSubstr;

Rollout full_rollout() {
  Task task{
      .id = "t-7", .prompt = "a3+b4=", .messages = {{"user", "How much?"}, {"assistant", "7"}}, .ground_truth = "7", .category = "2", .metadata = {{"k", "v"}}};
  Rollout rollout;
  rollout.task = std::make_shared<Task>(task);
  rollout.environment = "chain";
  rollout.prompt_ids = {4, 5, 6};
  Completion& completion = rollout.completion;
  completion.token_ids = {1, 9, 2, 8, 0};
  completion.log_probs = {-0.1F, -1.0F / 3.0F, -0.0F, -1e-42F, -17.25F};
  completion.sources = {TokenSource::kSampled, TokenSource::kSampled, TokenSource::kForced, TokenSource::kEnvironment, TokenSource::kSampled};
  completion.text = "<think>x</think>\"7\"\n<eos>";
  completion.thinking = "x";
  completion.answer = "\"7\"\n";
  completion.budget = {.max_tokens = 1, .at_cap = ThinkingBudget::AtCap::kTruncate, .open = 1, .close = 2, .closer = {8, 2}};
  completion.thinking_tokens = 1;
  completion.thinking_spans = {{1, 2}, {2, 2}};
  completion.answer_span = {3, 4};
  completion.thinking_forced = true;
  completion.finish_reason = FinishReason::kThinkingCut;
  completion.temperature = 0.7F;
  completion.weight_version = std::numeric_limits<std::uint64_t>::max();
  completion.stopped = false;
  rollout.verdict = Verdict::scored(0.1 + 0.2, "right");
  rollout.verdict.parts = {{"zeta", 1.0}, {"alpha", -0.0}};
  rollout.prompt_number = std::int64_t{1} << 40;
  rollout.group = 3;
  rollout.sample = 5;
  return rollout;
}

class RolloutLogTest : public ::testing::Test {
 protected:
  LoggedRollouts written_and_read(const std::vector<Rollout>& rollouts, const std::vector<double>& advantage) {
    write_rollouts(path_, 12, rollouts, advantage);
    return read_rollouts(path_);
  }
  /// The message about a file whose only line has `change` made to it.
  std::string refusal(const std::function<void(nlohmann::json&)>& change) {
    write_rollouts(path_, 12, std::vector{full_rollout()}, std::vector{0.5});
    nlohmann::json line = nlohmann::json::parse(read_whole_file(path_));
    change(line);
    write_file_durably(path_, line.dump() + "\n");
    try {
      read_rollouts(path_);
    } catch (const IoError& error) {
      return error.what();
    }
    return "none";
  }
  TemporaryFolder folder_;
  std::string path_ = folder_ / "rollouts/12.jsonl";
};

TEST_F(RolloutLogTest, EveryFieldComesBack) {
  const Rollout sent = full_rollout();
  const LoggedRollouts logged = written_and_read({sent, sent}, {-1.25, 1.0 / 3.0});
  ASSERT_EQ(logged.rollouts.size(), 2U);
  EXPECT_EQ(logged.advantage, (std::vector<double>{-1.25, 1.0 / 3.0}));
  const Rollout& got = logged.rollouts[1];
  EXPECT_EQ(got.task->id, sent.task->id);
  EXPECT_EQ(got.task->prompt, sent.task->prompt);
  ASSERT_EQ(got.task->messages.size(), 2U);
  EXPECT_EQ(got.task->messages[1].role, "assistant");
  EXPECT_EQ(got.task->messages[0].content, "How much?");
  EXPECT_EQ(got.task->ground_truth, sent.task->ground_truth);
  EXPECT_EQ(got.task->category, sent.task->category);
  EXPECT_EQ(got.task->metadata, sent.task->metadata);
  EXPECT_EQ(got.environment, sent.environment);
  EXPECT_EQ(got.prompt_ids, sent.prompt_ids);
  EXPECT_EQ(got.prompt_number, sent.prompt_number);
  EXPECT_EQ(got.group, sent.group);
  EXPECT_EQ(got.sample, sent.sample);
  EXPECT_EQ(got.verdict.status, sent.verdict.status);
  EXPECT_EQ(got.verdict.reward, sent.verdict.reward);
  EXPECT_EQ(got.verdict.reason, sent.verdict.reason);
  EXPECT_EQ(got.verdict.parts, sent.verdict.parts);
}

TEST_F(RolloutLogTest, CompletionComesBack) {
  const Completion sent = full_rollout().completion;
  const Completion got = written_and_read({full_rollout()}, {0.0}).rollouts.at(0).completion;
  EXPECT_EQ(got.token_ids, sent.token_ids);
  EXPECT_EQ(got.sources, sent.sources);
  EXPECT_EQ(got.text, sent.text);
  EXPECT_EQ(got.thinking, sent.thinking);
  EXPECT_EQ(got.answer, sent.answer);
  EXPECT_EQ(got.budget.max_tokens, sent.budget.max_tokens);
  EXPECT_EQ(got.budget.at_cap, sent.budget.at_cap);
  EXPECT_EQ(got.budget.open, sent.budget.open);
  EXPECT_EQ(got.budget.close, sent.budget.close);
  EXPECT_EQ(got.budget.closer, sent.budget.closer);
  EXPECT_EQ(got.thinking_tokens, sent.thinking_tokens);
  EXPECT_EQ(got.thinking_spans, sent.thinking_spans);
  EXPECT_EQ(got.answer_span, sent.answer_span);
  EXPECT_EQ(got.thinking_forced, sent.thinking_forced);
  EXPECT_EQ(got.finish_reason, sent.finish_reason);
  EXPECT_EQ(got.temperature, sent.temperature);
  EXPECT_EQ(got.weight_version, sent.weight_version);
  EXPECT_EQ(got.stopped, sent.stopped);
}

TEST_F(RolloutLogTest, FloatsComeBackWithTheSameBits) {
  RandomStream stream({.seed = 3, .purpose = StreamPurpose::kAudit});
  Rollout rollout = full_rollout();
  Completion& completion = rollout.completion;
  completion.log_probs = {
      -0.0F,       0.0F,      std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max(), -std::numeric_limits<float>::infinity(),
      16777216.0F, 8388609.5F};
  while (completion.log_probs.size() < 20000) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(stream.bits()));
    if (std::isfinite(value)) completion.log_probs.push_back(value);
  }
  completion.token_ids.resize(completion.log_probs.size());
  completion.sources.resize(completion.log_probs.size());
  const auto got = written_and_read({rollout}, {0.0}).rollouts.at(0).completion.log_probs;
  ASSERT_EQ(got.size(), completion.log_probs.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(got[i]), std::bit_cast<std::uint32_t>(completion.log_probs[i])) << completion.log_probs[i];
  }
}

TEST_F(RolloutLogTest, LogProbsHaveTheirShortestDigits) {
  write_rollouts(path_, 12, std::vector{full_rollout()}, std::vector{0.5});
  EXPECT_THAT(read_whole_file(path_), HasSubstr("\"log_probs\":[-0.1,-0.33333334,-0.0,-1e-42,-17.25]"));
}

TEST_F(RolloutLogTest, LineBeginsWithTheKeysThatOtherViewersKnow) {
  write_rollouts(path_, 12, std::vector{full_rollout()}, std::vector{0.5});
  EXPECT_THAT(
      read_whole_file(path_),
      ::testing::StartsWith("{\"input\":\"a3+b4=\",\"output\":\"<think>x</think>\\\"7\\\"\\n<eos>\",\"gts\":\"7\",\"score\":0.30000000000000004,\"step\":12,"));
}

TEST_F(RolloutLogTest, TextThatIsNoUtf8IsMarked) {
  Rollout rollout = full_rollout();
  rollout.completion.text =
      "a\xFF"
      "b";
  EXPECT_EQ(written_and_read({rollout}, {0.0}).rollouts.at(0).completion.text, "a\uFFFDb");
}

TEST_F(RolloutLogTest, NoRollouts) {
  EXPECT_TRUE(written_and_read({}, {}).rollouts.empty());
}

TEST_F(RolloutLogTest, RefusesToWriteWhatCannotBeTrue) {
  const std::vector one = {full_rollout()};
  EXPECT_THROW(write_rollouts(path_, 12, one, std::vector<double>{}), ShapeError);
  EXPECT_THROW(write_rollouts(path_, 12, one, std::vector{std::nan("")}), Error);
  EXPECT_THROW(write_rollouts(path_, 12, std::vector<Rollout>(1), std::vector{0.0}), ShapeError);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(RolloutLogTest, MessagesNameFileLineAndField) {
  const std::string where = path_ + ", line 1, field ";
  EXPECT_THAT(refusal([](auto& line) { line.erase("score"); }), HasSubstr(where + "\"score\": expected a value, got nothing"));
  EXPECT_THAT(refusal([](auto& line) { line["score"] = "high"; }), HasSubstr(where + "\"score\": expected a number, got \"high\""));
  EXPECT_THAT(refusal([](auto& line) { line["token_ids"][2] = 1LL << 33; }),
              HasSubstr(where + "\"token_ids\": expected an integer of 32 bits, got 8589934592"));
  EXPECT_THAT(refusal([](auto& line) { line["log_probs"].erase(0); }), HasSubstr(where + "\"log_probs\": expected 5 values, one for each of token_ids, got 4"));
  EXPECT_THAT(refusal([](auto& line) { line["sources"][0] = 3; }), HasSubstr(where + "\"sources\": expected 0, 1 or 2, got 3"));
  EXPECT_THAT(refusal([](auto& line) { line["status"] = "great"; }), HasSubstr(where + "\"status\": expected one of "));
  EXPECT_THAT(refusal([](auto& line) { line["budget"].erase("closer"); }), HasSubstr(where + "\"budget\": expected an object with the member \"closer\""));
  EXPECT_THAT(refusal([](auto& line) {
                line["thinking_spans"][0] = {4, 3};
              }),
              HasSubstr(where + "\"thinking_spans\": expected [begin, end] within 5 tokens, got [4,3]"));
  EXPECT_THAT(refusal([](auto& line) { line["answer_span"][1] = 6; }), HasSubstr(where + "\"answer_span\": expected [begin, end] within 5 tokens, got [3,6]"));
  EXPECT_EQ(refusal([](auto& line) { line.erase("thinking_spans"); }), "none") << "a line of an earlier version";
  EXPECT_THAT(refusal([](auto& line) { line = 3; }), HasSubstr(path_ + ", line 1: expected a JSON object, got 3"));
  EXPECT_THROW(read_rollouts(folder_ / "absent.jsonl"), IoError);
}

}  // namespace
}  // namespace lydian
