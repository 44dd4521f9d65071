#include "lydian/episode/episode_driver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "episode/letter_environment.h"
#include "lydian/core/error.h"
#include "rollout/table_policy.h"

namespace lydian {
namespace {

using rollout_test::letter_table;
using rollout_test::LetterEnvironment;
using rollout_test::LetterTokenizer;
using rollout_test::random_table;
using rollout_test::TablePolicy;

Verdict length_reward(const Task&, const Completion& completion) {
  return Verdict::scored(static_cast<double>(completion.token_ids.size()));
}

std::vector<EpisodeRequest> requests_of(const Environment& environment, std::int32_t samples) {
  std::vector<EpisodeRequest> requests;
  for (std::int64_t i = 0; i < environment.size(Split::kTest); ++i) {
    requests.push_back({.task = std::make_shared<const Task>(environment.task(Split::kTest, i)),
                        .environment = &environment,
                        .sampling = {.max_completion_length = 30},
                        .key = {.seed = 3, .prompt = static_cast<std::uint64_t>(i), .sample = 2},
                        .samples = samples,
                        .group = static_cast<std::int32_t>(10 + i)});
  }
  return requests;
}

TEST(EpisodeDriver, ReturnsJudgedRolloutsByRequestAndSample) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(11));
  const LetterEnvironment environment({"h", "ah", "cc[", "b"}, length_reward);
  VerifierPool verifiers({.threads = 2, .queue_capacity = 3});
  const std::vector<EpisodeRequest> requests = requests_of(environment, 5);
  const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers, {.max_rows = 6}).run(requests);
  ASSERT_EQ(rollouts.size(), 20U);
  for (std::size_t i = 0; i < rollouts.size(); ++i) {
    const Rollout& rollout = rollouts[i];
    EXPECT_EQ(rollout.task, requests[i / 5].task);
    EXPECT_EQ(rollout.environment, "letters");
    EXPECT_EQ(rollout.group, static_cast<std::int32_t>(10 + i / 5));
    EXPECT_EQ(rollout.prompt_number, static_cast<std::int64_t>(i / 5));
    EXPECT_EQ(rollout.sample, static_cast<std::int32_t>(2 + i % 5));
    EXPECT_EQ(rollout.prompt_ids, tokenizer.encode(rollout.task->prompt));
    EXPECT_EQ(rollout.verdict.reward, static_cast<double>(rollout.completion.token_ids.size()));
    EXPECT_FALSE(rollout.completion.token_ids.empty());
  }
  EXPECT_EQ(policy.calls().opens, 4);
  EXPECT_EQ(policy.calls().living, 0);
  EXPECT_EQ(verifiers.counts().judged, 20);

  VerifierPool other;
  const std::vector<Rollout> again = EpisodeDriver(policy, tokenizer, other).run(requests);
  for (std::size_t i = 0; i < rollouts.size(); ++i) EXPECT_EQ(again[i].completion.token_ids, rollouts[i].completion.token_ids);
}

TEST(EpisodeDriver, VerifiesWhileSamplingGoesOn) {
  const LetterTokenizer tokenizer;
  TablePolicy policy(letter_table({"h>a", "a>$", "g>b", "b>c", "c>b"}));
  std::atomic<int> judged{0};
  const LetterEnvironment environment({"g", "h"}, [&](const Task&, const Completion&) {
    ++judged;
    return Verdict::scored(1.0);
  });
  bool seen = false;
  policy.on_step = [&] {
    if (policy.calls().steps != 10) return;  // The short one has ended, the long one has 20 tokens to go.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (judged.load() == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    seen = judged.load() == 1;
  };
  VerifierPool verifiers;
  EpisodeDriver(policy, tokenizer, verifiers).run(requests_of(environment, 1));
  EXPECT_TRUE(seen);
  EXPECT_EQ(policy.calls().steps, 30);
}

TEST(EpisodeDriver, TakesTurnsWithTheEnvironment) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "d>b", "b>$", "e>c", "c>$"}));
  const auto reply = [](const Task&, const Completion& completion) -> std::optional<std::string> {
    if (completion.answer == "a") return "d";
    if (completion.answer == "b") return "[e";
    return std::nullopt;
  };
  const LetterEnvironment environment(
      {"h"}, [](const Task& task, const Completion& completion) { return Verdict::scored(completion.answer == task.ground_truth ? 1.0 : 0.0); }, reply);
  const char* texts[] = {"a$", "a$db$", "a$db$[ec$", "a$db$[ec$"};
  for (std::int64_t max_turns = 1; max_turns <= 4; ++max_turns) {
    VerifierPool verifiers;
    const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers, {.max_turns = max_turns}).run(requests_of(environment, 3));
    ASSERT_EQ(rollouts.size(), 3U);
    for (const Rollout& rollout : rollouts) {
      EXPECT_EQ(rollout.completion.text, texts[max_turns - 1]);
      for (std::size_t t = 0; t < rollout.completion.sources.size(); ++t) {
        const bool environments = std::string("d[e").find(rollout.completion.text[t]) != std::string::npos;
        EXPECT_EQ(rollout.completion.sources[t], environments ? TokenSource::kEnvironment : TokenSource::kSampled);
      }
    }
    EXPECT_EQ(policy.calls().living, 0);
  }
}

TEST(EpisodeDriver, TakesAsManyTurnsAsTheEnvironmentSays) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "d>b", "b>$", "e>c", "c>$"}));
  LetterEnvironment environment({"h"}, length_reward,
                                [](const Task&, const Completion& completion) -> std::optional<std::string> { return completion.answer == "a" ? "d" : "e"; });
  const char* texts[] = {"a$", "a$db$", "a$db$ec$"};
  for (std::int64_t turns = 1; turns <= 3; ++turns) {
    environment.turns = turns;
    VerifierPool verifiers;
    EXPECT_EQ(EpisodeDriver(policy, tokenizer, verifiers).run(requests_of(environment, 1)).at(0).completion.text, texts[turns - 1]);
  }
}

TEST(EpisodeDriver, TellsTurnsApart) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "d>b", "b>$", "g>c", "c>$"}));
  const auto reply = [](const Task&, const Completion& completion) -> std::optional<std::string> {
    if (completion.answer == "a") return "ed";
    return completion.turns.size() == 3 ? std::optional<std::string>("eg") : std::nullopt;
  };
  const LetterEnvironment environment({"h"}, length_reward, reply);
  VerifierPool verifiers;
  const Rollout rollout = EpisodeDriver(policy, tokenizer, verifiers, {.max_turns = 9}).run(requests_of(environment, 1)).at(0);
  const std::vector<std::pair<std::string, std::string>> expected{{"assistant", "a"}, {"tool", "ed"}, {"assistant", "b"}, {"tool", "eg"}, {"assistant", "c"}};
  ASSERT_EQ(rollout.completion.turns.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(rollout.completion.turns[i].role, expected[i].first);
    EXPECT_EQ(rollout.completion.turns[i].content, expected[i].second);
  }
}

/// The delimiters of thinking have names, and only what encode() reads is taken for one.
class NamingTokenizer final : public LetterTokenizer {
 public:
  std::vector<TokenId> encode_plain(std::string_view text) const override {
    std::string words(text);
    for (char& letter : words) letter = letter == '$' || letter == '[' || letter == ']' ? 'h' : letter;
    return encode(words);
  }
};

TEST(EpisodeDriver, WordsOfTasksAndToolsOpenNoThinkingAndEndNothing) {
  const NamingTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>$", "d>b", "b>$"}));
  const LetterEnvironment environment(
      {"g[h"}, length_reward, [](const Task&, const Completion& completion) -> std::optional<std::string> { return completion.answer == "a" ? "$]d" : ""; });
  VerifierPool verifiers;
  const Rollout rollout = EpisodeDriver(policy, tokenizer, verifiers, {.max_turns = 2}).run(requests_of(environment, 1)).at(0);
  EXPECT_EQ(tokenizer.decode(rollout.prompt_ids), "ghh");
  EXPECT_EQ(rollout.completion.text, "a$hhdb$");
}

TEST(EpisodeDriver, StepsWhileSamplingGoesOn) {
  const LetterTokenizer tokenizer;
  TablePolicy policy(letter_table({"h>a", "a>$", "d>a", "g>b", "b>c", "c>b"}));
  std::atomic<bool> long_one_ended{false};
  LetterEnvironment environment(
      {"g", "h"}, [](const Task&, const Completion&) { return Verdict::scored(1.0); },
      [&](const Task&, const Completion&) -> std::optional<std::string> {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!long_one_ended.load() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        return "d";
      });
  environment.turns = 2;
  policy.on_step = [&] { long_one_ended = policy.calls().steps >= 30; };
  VerifierPool verifiers;
  const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers).run(requests_of(environment, 1));
  EXPECT_TRUE(long_one_ended.load()) << "the long row went on while the short one's environment was thinking";
  EXPECT_EQ(rollouts.at(1).completion.text, "a$da$");
  EXPECT_EQ(policy.calls().living, 0);
}

TEST(EpisodeDriver, AStepThatFailsIsAFaultOfItsEpisodeAlone) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "g>a", "b>a", "a>$", "d>a"}));
  LetterEnvironment environment({"h", "b", "g"}, length_reward, [](const Task& task, const Completion&) -> std::optional<std::string> {
    if (task.prompt == "b") throw std::runtime_error("the tool is broken");
    return task.prompt == "g" ? "\x01" : "d";
  });
  environment.turns = 2;
  VerifierPool verifiers;
  const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers).run(requests_of(environment, 2));
  for (std::size_t i = 0; i < rollouts.size(); ++i) EXPECT_EQ(rollouts[i].verdict.valid(), i < 2) << i;
  EXPECT_NE(rollouts[2].verdict.reason.find("the tool is broken"), std::string::npos);
  EXPECT_EQ(rollouts[2].completion.text, "a$") << "what was written is kept";
  EXPECT_EQ(policy.calls().living, 0);
}

TEST(EpisodeDriver, DoesNotAnswerWhatWasCutOff) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"h>a", "a>b", "b>a"}));
  const LetterEnvironment environment({"h"}, length_reward, [](const Task&, const Completion&) -> std::optional<std::string> { return "d"; });
  VerifierPool verifiers;
  const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers, {.max_turns = 9}).run(requests_of(environment, 1));
  EXPECT_EQ(rollouts.at(0).completion.token_ids.size(), 30U);
  EXPECT_EQ(rollouts.at(0).completion.finish_reason, FinishReason::kLength);
}

TEST(EpisodeDriver, AVerifierThatThrowsIsAFaultOfItsRowAlone) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(12));
  const LetterEnvironment environment({"h", "b"}, [](const Task& task, const Completion&) -> Verdict {
    if (task.prompt == "b") throw std::runtime_error("broken");
    return Verdict::scored(1.0);
  });
  VerifierPool verifiers;
  const std::vector<Rollout> rollouts = EpisodeDriver(policy, tokenizer, verifiers).run(requests_of(environment, 2));
  EXPECT_TRUE(rollouts[0].verdict.valid() && rollouts[1].verdict.valid());
  EXPECT_FALSE(rollouts[2].verdict.valid() || rollouts[3].verdict.valid());
}

TEST(EpisodeDriver, AStopGivesUpWhatNoVerifierHasBegun) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(11));
  std::atomic<int> judged{0};
  const LetterEnvironment environment({"h", "ah", "cc[", "b"}, [&](const Task&, const Completion&) {
    ++judged;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Verdict::scored(1.0);
  });
  VerifierPool verifiers;
  const EpisodeDriver driver(policy, tokenizer, verifiers, {.interrupted = [&] { return judged > 0; }});
  EXPECT_THROW(driver.run(requests_of(environment, 50)), Interrupted);
  EXPECT_LT(judged, 60) << "200 were to be judged";
}

TEST(EpisodeDriver, AStopIsHeardWhileAnEnvironmentThinksOfItsWords) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(letter_table({"f>a", "a>$"}));
  std::atomic<bool> asked{false}, released{false};
  LetterEnvironment environment({"f"}, length_reward, [&](const Task&, const Completion&) -> std::optional<std::string> {
    asked = true;
    while (!released) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::nullopt;
  });
  environment.turns = 2;
  VerifierPool verifiers;
  const EpisodeDriver driver(policy, tokenizer, verifiers, {.interrupted = [&] { return asked && (released = true); }});
  EXPECT_THROW(driver.run(requests_of(environment, 1)), Interrupted);
}

TEST(EpisodeDriver, RefusesIncompleteRequests) {
  const LetterTokenizer tokenizer;
  const TablePolicy policy(random_table(13));
  const LetterEnvironment environment({"h"}, length_reward);
  VerifierPool verifiers;
  EXPECT_THROW(EpisodeDriver(policy, tokenizer, verifiers, {.max_turns = -1}), ConfigError);
  std::vector<EpisodeRequest> requests = requests_of(environment, 1);
  requests[0].environment = nullptr;
  EXPECT_THROW(EpisodeDriver(policy, tokenizer, verifiers).run(requests), ConfigError);
  EXPECT_TRUE(EpisodeDriver(policy, tokenizer, verifiers).run({}).empty());
}

}  // namespace
}  // namespace lydian
