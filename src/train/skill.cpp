#include "train/skill.h"

#include <algorithm>
#include <future>
#include <memory>

#include "lydian/core/error.h"
#include "lydian/rollout/rollout_engine.h"
#include "verify/wait_for.h"

namespace lydian {
namespace {

struct Measured {
  std::int64_t judged = 0, correct = 0, answers = 0, right = 0;
};

RolloutRequest request_of(const Policy& policy, std::vector<TokenId> prompt, std::uint64_t seed, std::uint64_t step, std::int64_t item) {
  RolloutRequest request;
  request.prompt_ids = std::move(prompt);
  request.sampling.max_completion_length = policy.max_positions();  // As the summary measures: what was learnt may be as long as the policy can write.
  // Shared with the trainer's audit. A purpose of its own would draw other traces, and the gate decides by them after how many steps a run's warm-up ends: the
  // weights of every seed that is on record would change.
  request.key = {.seed = seed, .purpose = StreamPurpose::kAudit, .step = step, .prompt = static_cast<std::uint64_t>(item)};
  request.tag = item;
  return request;
}

void measure(const Policy& policy, const Tokenizer& tokenizer, const WeightedEnvironment& choice, const StepJudge& judge, ChatTemplate chat_template,
             std::int64_t items, std::uint64_t seed, std::uint64_t step, VerifierPool& verifiers, const StopRequest& interrupted, Measured& measured) {
  const Environment& environment = *choice.environment;
  std::vector<std::shared_ptr<const Task>> tasks;
  for (std::int64_t item = 0; item < std::min(items, environment.size(Split::kDev)); ++item) {
    tasks.push_back(std::make_shared<const Task>(environment.task(Split::kDev, item)));
  }
  RolloutEngine free_engine(policy, tokenizer), copy_engine(policy, tokenizer);
  for (std::size_t item = 0; item < tasks.size(); ++item) {
    RolloutRequest request = request_of(policy, encode_prompt(tokenizer, *tasks[item], chat_template), seed, step, static_cast<std::int64_t>(item));
    free_engine.submit(request, 1);
    if (tokenizer.think_close_id() == kNoToken) continue;
    request.prompt_ids.push_back(tokenizer.think_open_id());
    const std::vector<TokenId> thinking = tokenizer.encode(judge.solving_thinking(*tasks[item]));
    request.prompt_ids.insert(request.prompt_ids.end(), thinking.begin(), thinking.end());
    request.prompt_ids.push_back(tokenizer.think_close_id());
    request.sampling.temperature = 0.0;
    copy_engine.submit(request, 1);
  }
  for (const FinishedRollout& finished : free_engine.run(interrupted)) {
    const StepJudge::Steps steps = judge.judge_steps(*tasks[static_cast<std::size_t>(finished.tag)], finished.completion.thinking);
    measured.judged += steps.judged;
    measured.correct += steps.correct;
  }
  std::vector<std::future<Verdict>> verdicts;
  for (FinishedRollout& finished : copy_engine.run(interrupted)) {
    auto rollout = std::make_shared<Rollout>();
    rollout->task = tasks[static_cast<std::size_t>(finished.tag)];
    rollout->environment = choice.label();
    rollout->completion = std::move(finished.completion);
    rollout->prompt_number = finished.tag;
    verdicts.push_back(verifiers.submit(environment.verifier(), std::move(rollout)));
  }
  for (std::future<Verdict>& judged : verdicts) {
    wait_for(judged, interrupted, "skill");
    const bool right = is_right(judged.get());
    ++measured.answers;
    measured.right += right ? 1 : 0;
  }
}

}  // namespace

Metrics measure_skill(const Policy& policy, const Tokenizer& tokenizer, const std::vector<WeightedEnvironment>& environments, ChatTemplate chat_template,
                      std::int64_t items, std::uint64_t seed, std::uint64_t step, const VerifierPool::Options& verification, const StopRequest& interrupted) {
  VerifierPool verifiers(verification);
  Measured measured;
  try {
    for (const WeightedEnvironment& choice : environments) {
      if (const auto* judge = dynamic_cast<const StepJudge*>(choice.environment)) {
        measure(policy, tokenizer, choice, *judge, chat_template, items, seed, step, verifiers, interrupted, measured);
      }
    }
  } catch (const Interrupted&) {
    verifiers.drop_waiting();
    throw;
  }
  Metrics metrics;
  if (measured.judged > 0) metrics.set("step_accuracy", static_cast<double>(measured.correct) / static_cast<double>(measured.judged));
  if (measured.answers > 0) metrics.set("answer_copy", static_cast<double>(measured.right) / static_cast<double>(measured.answers));
  return metrics;
}

}  // namespace lydian
