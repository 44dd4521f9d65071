#include "lydian/train/sft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "lydian/core/error.h"
#include "lydian/core/logging.h"
#include "lydian/envs/chain_environment.h"
#include "lydian/model/transformer_policy.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/text/byte_tokenizer.h"
#include "train/skill.h"
#include "train/tiny_run.h"
#include "verify/meeting_verifier.h"

namespace lydian {
namespace {

using testing::HasSubstr;

struct AnswerVerifier final : Verifier {
  explicit AnswerVerifier(double reward) : reward(reward) {}
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(reward); }
  double reward;
};

/// One prompt, one demonstration; its judge finds the shares of right steps that `tries` names one after another, its verifier always gives `reward`.
class ScriptedSkill final : public Environment, public Demonstrator, public StepJudge {
 public:
  explicit ScriptedSkill(std::vector<double> tries, double reward = 1.0) : ScriptedSkill(std::move(tries), 1, std::make_shared<AnswerVerifier>(reward)) {}
  ScriptedSkill(std::vector<double> tries, std::int64_t size, std::shared_ptr<const Verifier> verifier)
      : tries_(std::move(tries)), size_(size), verifier_(std::move(verifier)) {}
  std::string name() const override { return "scripted"; }
  std::int64_t size(Split) const override { return size_; }
  Task task(Split, std::int64_t) const override { return {.id = "t", .prompt = "abca"}; }
  const Verifier& verifier() const override { return *verifier_; }
  std::optional<Demonstration> demonstrate(const Task&, RandomStream&) const override {
    return Demonstration{.thinking = {{"ab", 1.0}, {"cc", 0.0}}, .answer = {{"b", 0.5}}};
  }
  Steps judge_steps(const Task&, std::string_view) const override {
    const double share = tries_[std::min(asked_++, tries_.size() - 1)];
    return {.judged = 10, .correct = std::lround(10.0 * share)};
  }
  std::string solving_thinking(const Task&) const override { return "ab"; }

 private:
  std::vector<double> tries_;
  std::int64_t size_;
  std::shared_ptr<const Verifier> verifier_;
  mutable std::size_t asked_ = 0;
};

const ByteTokenizer kTokenizer("abc");

TransformerPolicy tiny_policy() {
  return TransformerPolicy({.vocab_size = kTokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 32}, 5);
}

SftOptions tiny_options(SkillGate gate = {}) {
  return {.max_steps = 2, .batch_size = 2, .schedule = {.warmup_steps = 4}, .gate = gate};
}

/// A policy, and a supervised stage over it.
struct OneStage {
  OneStage(const Environment& environment, const SftOptions& options) : stage(trainable, kTokenizer, {{&environment, 1.0}}, options) {}
  TransformerPolicy policy = tiny_policy();
  TrainableTransformer trainable{policy};
  SupervisedStage stage;

  StageStep step() {
    StageStep result = stage.step();
    stage.measure(result);
    return result;
  }
};

TEST(SkillGate, PassesAtTheFirstTryAndNoStepIsAdded) {
  const ScriptedSkill skill({0.9});
  OneStage run(skill, tiny_options({.step_accuracy = 0.8, .items = 1}));
  EXPECT_FALSE(run.step().metrics.get("gate_passed")) << "it is tried at the end only";
  EXPECT_FALSE(run.stage.finished());
  const StageStep last = run.step();
  EXPECT_EQ(last.metrics.at("step_accuracy"), 0.9);
  EXPECT_EQ(last.metrics.at("gate_passed"), 1.0);
  EXPECT_EQ(last.halt_reason, "");
  EXPECT_TRUE(run.stage.finished());
}

TEST(SkillGate, GoesOnAtTheLastRateAndSaysSoUntilItIsReached) {
  const ScriptedSkill skill({0.1, 0.7, 0.8});
  SftOptions options = tiny_options({.step_accuracy = 0.8, .items = 1, .every_steps = 3});
  options.schedule = {.lr_scheduler_type = LearningRateSchedule::Kind::kLinear, .decay_share = 0.5, .min_lr_ratio = 0.1};
  OneStage run(skill, options);
  std::vector<std::string> said;
  set_log_sink([&said](LogLevel, std::string_view message) { said.emplace_back(message); });
  std::vector<int> tried;
  StageStep last;
  for (int step = 1; !run.stage.finished() && step < 20; ++step) {
    last = run.step();
    if (last.metrics.get("gate_passed")) tried.push_back(step);
    EXPECT_EQ(last.halt_reason, "");
  }
  set_log_sink({});
  EXPECT_EQ(tried, (std::vector<int>{2, 5, 8}));
  EXPECT_EQ(last.metrics.at("gate_passed"), 1.0);
  EXPECT_DOUBLE_EQ(last.metrics.at("learning_rate"), 0.1 * options.learning_rate);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_THAT(said[1], HasSubstr("70.0 % of 80.0 %"));
}

TEST(SkillGate, WantsARateWithWhichItCanGoOn) {
  const ScriptedSkill skill({0.1});
  SftOptions options = tiny_options({.step_accuracy = 0.8, .items = 1});
  options.schedule = {.lr_scheduler_type = LearningRateSchedule::Kind::kLinear, .decay_share = 0.5, .min_lr_ratio = 0.0};
  EXPECT_THROW(OneStage(skill, options), ConfigError);
  options.gate = {};
  EXPECT_NO_THROW(OneStage(skill, options));
}

TEST(SkillGate, StopsAtItsLimitWithTheReason) {
  const ScriptedSkill skill({0.3});
  const SftOptions options = tiny_options({.step_accuracy = 0.8, .items = 1, .every_steps = 100, .limit_steps = 4});
  OneStage run(skill, options);
  for (int step = 1; step < 4; ++step) EXPECT_EQ(run.step().halt_reason, "");
  const std::string reason = run.step().halt_reason;
  ASSERT_THAT(reason, HasSubstr("30.0 %")) << "or it would go on for ever";
  EXPECT_THAT(reason, HasSubstr("sft.gate.limit_steps"));
  EXPECT_FALSE(run.stage.finished());
  TransformerPolicy policy = tiny_policy();
  EXPECT_THROW(sft(policy, kTokenizer, skill, options), TrainingHalted);
}

TEST(SkillGate, MeasuresAnswersThatAreReadOffASolvingThinking) {
  const ScriptedSkill right({0.0}, 1.0 - 1e-12), wrong({0.0}, 0.0), half({0.0}, 0.5);
  const SftOptions options = tiny_options({.answer_copy = 0.5, .items = 1});
  OneStage passing(right, options), failing(wrong, options);
  EXPECT_EQ(passing.stage.measure_skill().at("answer_copy"), 1.0);
  EXPECT_EQ(failing.stage.measure_skill().at("answer_copy"), 0.0);
  EXPECT_EQ(OneStage(half, options).stage.measure_skill().at("answer_copy"), 0.0) << "half right is not right";
  for (int step = 0; step < 2; ++step) {
    passing.step();
    failing.step();
  }
  EXPECT_TRUE(passing.stage.finished());
  EXPECT_FALSE(failing.stage.finished());
}

/// Wrong four times, then right: whoever asks again hears something else.
class TurningVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override { return Verdict::scored(++calls_ > 4 ? 1.0 : 0.0); }
  bool deterministic() const override { return false; }

 private:
  mutable int calls_ = 0;
};

TEST(SkillGate, TakesKeptVerdictsOfAVerifierThatVaries) {
  const TemporaryFolder folder;
  const ScriptedSkill skill({1.0}, 4, std::make_shared<TurningVerifier>());
  const SftOptions options = tiny_options({.answer_copy = 0.5, .items = 4});
  OneStage first(skill, options), resumed(skill, options), without(skill, options);
  first.stage.keep_verdicts(folder / "verdicts.jsonl");
  resumed.stage.keep_verdicts(folder / "verdicts.jsonl");
  EXPECT_EQ(first.stage.measure_skill().at("answer_copy"), 0.0);
  EXPECT_EQ(resumed.stage.measure_skill().at("answer_copy"), 0.0);
  EXPECT_EQ(without.stage.measure_skill().at("answer_copy"), 1.0);
}

TEST(SkillGate, JudgesOnSeveralThreads) {
  const ScriptedSkill skill({1.0}, 4, std::make_shared<MeetingVerifier>());
  OneStage run(skill, tiny_options({.answer_copy = 0.5, .items = 4, .verifier_threads = 2}));
  EXPECT_EQ(run.stage.measure_skill().at("answer_copy"), 1.0);
}

TEST(SkillGate, CountsEveryEnvironmentOfAMixture) {
  const ScriptedSkill skilled({1.0}, 1.0), unskilled({0.0}, 0.0);
  TransformerPolicy policy = tiny_policy();
  TrainableTransformer trainable(policy);
  const SupervisedStage stage(trainable, kTokenizer, {{&skilled, 1.0, "skilled"}, {&unskilled, 1.0, "unskilled"}},
                              tiny_options({.answer_copy = 0.5, .items = 1}));
  EXPECT_EQ(stage.measure_skill().at("step_accuracy"), 0.5);
  EXPECT_EQ(stage.measure_skill().at("answer_copy"), 0.5);
}

/// Takes notes of what it is asked to judge.
class NotingSkill final : public Environment, public Demonstrator, public StepJudge, Verifier {
 public:
  mutable std::vector<std::string> thinkings, answers;

  std::string name() const override { return "noting"; }
  std::int64_t size(Split) const override { return 40; }
  Task task(Split, std::int64_t) const override { return {.id = "t", .prompt = "abca"}; }
  const Verifier& verifier() const override { return *this; }
  std::optional<Demonstration> demonstrate(const Task&, RandomStream&) const override { return Demonstration{.thinking = {{"ab"}}, .answer = {{"b"}}}; }
  Steps judge_steps(const Task&, std::string_view thinking) const override {
    thinkings.emplace_back(thinking);
    return {.judged = 1, .correct = 1};
  }
  std::string solving_thinking(const Task&) const override { return "ab"; }
  Verdict verify(const Task&, const Completion& completion) const override {
    answers.push_back(completion.answer);
    return Verdict::scored(1.0);
  }
};

TEST(SkillGate, SamplesThinkingAnewAtEachTryAndTakesAnswersGreedily) {
  const TransformerPolicy policy = tiny_policy();
  const auto noted = [&](std::int64_t items, std::uint64_t seed, std::uint64_t step) {
    NotingSkill skill;
    measure_skill(policy, kTokenizer, {{&skill, 1.0}}, ChatTemplate::kPlain, items, seed, step);
    return std::pair{skill.thinkings, skill.answers};
  };
  const auto [thinkings, answers] = noted(30, 1, 7);
  EXPECT_EQ(thinkings.size(), 30U) << "of 40";
  EXPECT_GT(std::set<std::string>(thinkings.begin(), thinkings.end()).size(), 3U) << "sampled, each with its own numbers";
  EXPECT_EQ(answers.size(), 30U);
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 1U) << "greedy";
  EXPECT_EQ(noted(30, 1, 7).first, thinkings);
  EXPECT_NE(noted(30, 1, 8).first, thinkings) << "another try";
  EXPECT_NE(noted(30, 2, 7).first, thinkings) << "another seed";
}

TEST(SupervisedStage, OnlyWeightedCompletionTokensCarryLoss) {
  const ScriptedSkill skill({0.0});
  OneStage run(skill, tiny_options());
  // <think> a b c c </think> b <eos>, of which the thinking's second segment is read and not learnt, and the answer counts half.
  const std::vector<double> weight{1, 1, 1, 0, 0, 1, 0.5, 1};
  std::vector<TokenId> completion{kTokenizer.think_open_id()};
  for (const TokenId id : kTokenizer.encode("abcc")) completion.push_back(id);
  for (const TokenId id : {kTokenizer.think_close_id(), kTokenizer.encode("b")[0], kTokenizer.eos_id()}) completion.push_back(id);
  PackedBatch packed;
  packed.add_prompt(kTokenizer.encode("abca"), 0);
  packed.add_row(completion, 1.0F);
  const std::vector<float> log_prob = run.policy.forward(packed, {.log_prob = true}).log_prob;
  double sum = 0.0;
  for (std::size_t t = 0; t < weight.size(); ++t) sum -= weight[t] * static_cast<double>(log_prob[t]);
  const StageStep first = run.step();
  EXPECT_NEAR(first.metrics.at("loss"), sum / 5.5, 1e-6);
  EXPECT_EQ(first.metrics.at("num_tokens"), 16.0);
}

/// Notes the first random number that each demonstration could use.
class NotingDemonstrator final : public Environment, public Demonstrator {
 public:
  mutable std::vector<double> drawn;

  std::string name() const override { return "drawing"; }
  std::int64_t size(Split) const override { return 40; }
  Task task(Split, std::int64_t) const override { return {.id = "t", .prompt = "abca"}; }
  const Verifier& verifier() const override { return verifier_; }
  std::optional<Demonstration> demonstrate(const Task&, RandomStream& stream) const override {
    drawn.push_back(stream.uniform());
    return Demonstration{.thinking = {{"ab"}}, .answer = {{"b"}}};
  }

 private:
  AnswerVerifier verifier_{1.0};
};

TEST(SupervisedStage, DrawsEveryDemonstrationAnew) {
  const auto drawn = [](std::uint64_t seed) {
    const NotingDemonstrator environment;
    SftOptions options = tiny_options();
    options.seed = seed;
    OneStage run(environment, options);
    run.step();
    run.step();
    return environment.drawn;
  };
  const std::vector<double> numbers = drawn(3);
  EXPECT_EQ(std::set<double>(numbers.begin(), numbers.end()).size(), 4U) << "two steps of two demonstrations";
  EXPECT_EQ(drawn(3), numbers);
  EXPECT_NE(drawn(4), numbers);
}

TEST(SupervisedStage, StepsAsFarAsTheScheduleSays) {
  const ScriptedSkill skill({0.0});
  SftOptions options = tiny_options();
  options.optimizer.weight_decay = 0.0;
  options.optimizer.max_grad_norm = 0.0;
  OneStage run(skill, options);
  const std::vector<float> before(run.policy.weights().values().begin(), run.policy.weights().values().end());
  EXPECT_DOUBLE_EQ(run.step().metrics.at("learning_rate"), 0.25 * options.learning_rate) << "the first of four steps of warm-up";
  // Adam's first step is the rate in each direction.
  double largest = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(run.policy.weights().values()[i]) - static_cast<double>(before[i])));
  EXPECT_NEAR(largest, 0.25 * options.learning_rate, 1e-3 * options.learning_rate);
}

TEST(SupervisedStage, MicroBatchesDoNotChangeABit) {
  const ChainEnvironment chain({.max_operands = 3});
  const ByteTokenizer tokenizer(chain.alphabet());
  const auto weights_after = [&](std::int64_t micro_batch_tokens) {
    TransformerPolicy policy({.vocab_size = tokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 64}, 5);
    sft(policy, tokenizer, chain, {.max_steps = 3, .batch_size = 9, .micro_batch_tokens = micro_batch_tokens});
    return policy.weights().sha256();
  };
  const std::string alone = weights_after(1);
  EXPECT_EQ(weights_after(70), alone);
  EXPECT_EQ(weights_after(1'000'000), alone);
}

TEST(Sft, LearnsWhatItIsShown) {
  const ScriptedSkill skill({0.0});
  TransformerPolicy policy = tiny_policy();
  SftOptions options = tiny_options();
  options.max_steps = 1;
  const double untrained = sft(policy, kTokenizer, skill, options).at("loss");
  options.max_steps = 60;
  options.learning_rate = 1e-2;
  const double trained = sft(policy, kTokenizer, skill, options).at("loss");
  EXPECT_GT(untrained, 1.0);
  EXPECT_LT(trained, 0.1);
}

TEST(Sft, RefusesWhatCannotBeShownOrMeasured) {
  struct Mute final : Environment {
    ScriptedSkill skill{{0.0}};
    std::string name() const override { return "mute"; }
    std::int64_t size(Split) const override { return 1; }
    Task task(Split split, std::int64_t index) const override { return skill.task(split, index); }
    const Verifier& verifier() const override { return skill.verifier(); }
  };
  struct Shown : Environment, Demonstrator {
    ScriptedSkill skill{{0.0}};
    std::string name() const override { return "shown"; }
    std::int64_t size(Split) const override { return 1; }
    Task task(Split split, std::int64_t index) const override { return skill.task(split, index); }
    const Verifier& verifier() const override { return skill.verifier(); }
    std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override { return skill.demonstrate(task, stream); }
  };
  struct Worthless final : Shown {
    std::optional<Demonstration> demonstrate(const Task&, RandomStream&) const override {
      return Demonstration{.thinking = {{"ab", -9.0}}, .answer = {{"b", -9.0}}};
    }
  };
  TransformerPolicy policy = tiny_policy();
  EXPECT_THROW(sft(policy, kTokenizer, Mute(), tiny_options()), ConfigError);
  EXPECT_THROW(sft(policy, kTokenizer, Worthless(), tiny_options()), ConfigError) << "more is to be unlearnt than learnt";
  EXPECT_THROW(sft(policy, kTokenizer, Shown(), tiny_options({.step_accuracy = 0.5})), ConfigError) << "nobody can judge its steps";
  TransformerPolicy short_policy({.vocab_size = kTokenizer.vocab_size(), .hidden_size = 16, .num_layers = 1, .num_heads = 2, .max_positions = 8}, 5);
  EXPECT_THROW(sft(short_policy, kTokenizer, Shown(), tiny_options()), ConfigError) << "the demonstration is longer";
}

}  // namespace
}  // namespace lydian
