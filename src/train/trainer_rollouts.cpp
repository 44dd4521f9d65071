#include <algorithm>

#include "lydian/core/log_uniform.h"
#include "lydian/eval/evaluator.h"
#include "train/trainer_implementation.h"

namespace lydian {
namespace {

SamplingOptions sampling_of(const TrainerOptions& options) {
  return {.temperature = options.temperature, .max_completion_length = options.max_completion_length};
}

// One cap for a prompt's whole group, log-uniform, so that short caps are as frequent, octave by octave, as long ones.
ThinkingBudget budget_of_prompt(const TrainerOptions& options, std::uint64_t step, std::uint64_t prompt) {
  ThinkingBudget budget = options.thinking;
  if (options.thinking_cap_share <= 0.0) return budget;
  RandomStream stream({.seed = options.seed, .purpose = StreamPurpose::kThinkingCap, .step = step, .prompt = prompt});
  if (stream.uniform() >= options.thinking_cap_share) return budget;
  const std::int64_t cap = log_uniform(1, std::max<std::int64_t>(1, options.thinking_cap_max), stream) - 1;
  budget.max_tokens = budget.limited() ? std::min(budget.max_tokens, cap) : cap;
  return budget;
}

void throw_coins(std::vector<Rollout>& rollouts, std::uint64_t seed, std::uint64_t step) {
  for (Rollout& rollout : rollouts) {
    if (!rollout.verdict.valid()) continue;
    RandomStream stream({.seed = seed,
                         .purpose = StreamPurpose::kRandomReward,
                         .step = step,
                         .prompt = static_cast<std::uint64_t>(rollout.prompt_number),
                         .sample = static_cast<std::uint64_t>(rollout.sample)});
    rollout.verdict = Verdict::scored(static_cast<double>(stream.bits() >> 63), "random reward");
  }
}

}  // namespace

std::vector<Rollout> Trainer::Implementation::sample_groups(std::int64_t count, std::int64_t first_prompt) {
  std::vector<EpisodeRequest> requests;
  std::vector<std::string> names;
  const auto step_key = static_cast<std::uint64_t>(step);
  std::int64_t number = first_prompt;
  for (const DrawnTask& drawn : parts.task_sampler->draw(count)) {
    EpisodeRequest request;
    request.task = drawn.task;
    request.environment = drawn.environment;
    request.sampling = sampling_of(options);
    request.budget = budget_of_prompt(options, step_key, static_cast<std::uint64_t>(number));
    request.key = {.seed = options.seed, .purpose = StreamPurpose::kRollout, .step = step_key, .prompt = static_cast<std::uint64_t>(number)};
    request.samples = static_cast<std::int32_t>(options.num_generations);
    request.group = static_cast<std::int32_t>(number);
    requests.push_back(std::move(request));
    names.push_back(drawn.name);
    ++number;
  }
  const EpisodeDriver driver(policy->policy(), *tokenizer, *verifiers, {.chat_template = chat_template, .max_rows = options.max_rows});
  std::vector<Rollout> rollouts = driver.run(requests);
  for (Rollout& rollout : rollouts) rollout.environment = names[static_cast<std::size_t>(rollout.group - first_prompt)];
  if (options.random_reward) throw_coins(rollouts, options.seed, step_key);
  const auto size = static_cast<std::size_t>(options.num_generations);
  for (std::size_t begin = 0; begin < rollouts.size(); begin += size) {
    for (const auto& shaper : parts.shapers) shaper->shape({rollouts.data() + begin, size});
  }
  return rollouts;
}

void Trainer::Implementation::count(const std::vector<Rollout>& rollouts, StepRollouts& result) {
  for (const Rollout& rollout : rollouts) {
    ++result.sampled;
    result.truncated += rollout.completion.truncated() ? 1 : 0;
    if (rollout.verdict.valid()) continue;
    if (result.faults++ == 0) result.first_fault = rollout.verdict.reason;
  }
}

StepRollouts Trainer::Implementation::roll_out() {
  const std::int64_t wanted = options.prompts_per_step;
  const auto size = static_cast<std::size_t>(options.num_generations);
  verdicts->begin(environments, "rollout", step);
  StepRollouts result;
  result.rollouts = sample_groups(wanted, 0);
  result.draws = wanted;
  count(result.rollouts, result);
  if (options.refills == 0) return result;

  // Dynamic sampling: groups with spread take the places first; what is still free after the last refill goes to the earliest flat groups.
  std::vector<std::vector<Rollout>> useful, flat;
  const auto sort_in = [&](std::vector<Rollout>& rollouts) {
    const GroupSignal signal = group_signal(collate(rollouts));
    for (std::size_t begin = 0; begin < rollouts.size(); begin += size) {
      std::vector<Rollout> group(std::make_move_iterator(rollouts.begin() + static_cast<std::ptrdiff_t>(begin)),
                                 std::make_move_iterator(rollouts.begin() + static_cast<std::ptrdiff_t>(begin + size)));
      (signal.useful[begin / size] != 0 ? useful : flat).push_back(std::move(group));
    }
  };
  sort_in(result.rollouts);
  for (std::int64_t refill = 0; refill < options.refills && static_cast<std::int64_t>(useful.size()) < wanted; ++refill) {
    const std::int64_t missing = wanted - static_cast<std::int64_t>(useful.size());
    std::vector<Rollout> more = sample_groups(missing, result.draws);
    result.draws += missing;
    count(more, result);
    sort_in(more);
  }
  result.rollouts.clear();
  for (std::vector<std::vector<Rollout>>* kind : {&useful, &flat}) {
    for (std::vector<Rollout>& group : *kind) {
      const auto placed = static_cast<std::int64_t>(result.rollouts.size() / size);
      if (placed == wanted) break;
      for (Rollout& rollout : group) {
        rollout.group = static_cast<std::int32_t>(placed);
        result.rollouts.push_back(std::move(rollout));
      }
    }
  }
  result.replaced = result.draws - wanted;
  return result;
}

Metrics Trainer::Implementation::evaluate_dev() const {
  VerdictJournal* const journal = verdicts->begin(environments, "eval", step);
  Metrics metrics;
  double pass_rate = 0.0, reward = 0.0, thinking = 0.0;
  for (const WeightedEnvironment& choice : environments) {
    const Environment& environment = *choice.environment;
    EvaluationOptions evaluation{
        .split = Split::kDev, .items = options.eval_items, .sampling = sampling_of(options), .thinking = options.thinking, .seed = options.seed};
    evaluation.max_rows = options.max_rows;
    evaluation.verifier_threads = options.verifier_threads;
    evaluation.journal = journal;
    evaluation.interrupted = interrupted;
    const Evaluation found = evaluate(policy->policy(), *tokenizer, environment, evaluation, chat_template);
    pass_rate += found.pass_rate.mean / static_cast<double>(environments.size());
    reward += found.accuracy.mean / static_cast<double>(environments.size());
    thinking += found.thinking_mean / static_cast<double>(environments.size());
    if (environments.size() > 1) metrics.set("eval/" + choice.label() + "/pass_rate", found.pass_rate.mean);
  }
  metrics.set("eval/pass_rate", pass_rate);
  metrics.set("eval/reward", reward);
  metrics.set("eval/thinking_mean", thinking);
  return metrics;
}

}  // namespace lydian
