#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "train/percent.h"
#include "train/trainer_implementation.h"

namespace lydian {
namespace {

struct Moments {
  double sum = 0.0, low = 0.0, high = 0.0;
  std::int64_t count = 0;

  void add(double value) {
    low = count == 0 ? value : std::min(low, value);
    high = count == 0 ? value : std::max(high, value);
    sum += value;
    ++count;
  }
  double mean() const { return count == 0 ? 0.0 : sum / static_cast<double>(count); }
};

/// A difference as it stands in a message; the largest number stands for NaN.
std::string nats(double difference) {
  if (difference == std::numeric_limits<double>::max()) return "NaN";
  char text[32];
  std::snprintf(text, sizeof text, "%.3g nats", difference);
  return text;
}

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_reward_metrics(Metrics& metrics, const RolloutBatch& batch) {
  Moments reward;
  std::map<std::int32_t, std::vector<double>> by_group;
  for (std::size_t r = 0; r < batch.reward.size(); ++r) {
    if (batch.valid[r] == 0) continue;
    reward.add(batch.reward[r]);
    by_group[batch.group_of_rollout[r]].push_back(batch.reward[r]);
  }
  Moments spread;
  for (const auto& [group, rewards] : by_group) {
    if (rewards.size() < 2) continue;
    const double mean = std::accumulate(rewards.begin(), rewards.end(), 0.0) / static_cast<double>(rewards.size());
    double squares = 0.0;
    for (const double value : rewards) squares += (value - mean) * (value - mean);
    spread.add(std::sqrt(squares / static_cast<double>(rewards.size() - 1)));
  }
  metrics.set("reward", reward.mean());
  metrics.set("reward_std", spread.mean());
  const std::size_t parts = batch.reward_part_names.size();
  for (std::size_t part = 0; part < parts; ++part) {
    Moments of_part;
    for (std::size_t r = 0; r < batch.reward.size(); ++r) {
      const double value = batch.reward_part[r * parts + part];
      if (batch.valid[r] != 0 && !std::isnan(value)) of_part.add(value);
    }
    metrics.set("rewards/" + batch.reward_part_names[part] + "/mean", of_part.mean());
  }
}

void add_completion_metrics(Metrics& metrics, const std::vector<Rollout>& rollouts, bool several_environments) {
  Moments length, terminated, thinking;
  std::int64_t truncated = 0, forced = 0, unparsable = 0, tokens = 0;
  std::map<std::string, Moments> by_environment;
  for (const Rollout& rollout : rollouts) {
    const Completion& completion = rollout.completion;
    const auto size = static_cast<double>(completion.token_ids.size());
    length.add(size);
    if (!completion.truncated()) terminated.add(size);
    thinking.add(static_cast<double>(completion.thinking_tokens));
    tokens += static_cast<std::int64_t>(completion.token_ids.size() + rollout.prompt_ids.size());
    truncated += completion.truncated() ? 1 : 0;
    forced += completion.thinking_forced ? 1 : 0;
    unparsable += rollout.verdict.status == VerdictStatus::kUnparsable ? 1 : 0;
    if (rollout.verdict.valid()) by_environment[rollout.environment].add(rollout.verdict.reward);
  }
  const auto count = static_cast<std::int64_t>(rollouts.size());
  metrics.set("completions/mean_length", length.mean());
  metrics.set("completions/min_length", length.low);
  metrics.set("completions/max_length", length.high);
  metrics.set("completions/mean_terminated_length", terminated.mean());
  metrics.set("completions/clipped_ratio", share(truncated, count));
  metrics.set("thinking/mean_length", thinking.mean());
  metrics.set("thinking/forced_ratio", share(forced, count));
  metrics.set("verifier/unparsable_ratio", share(unparsable, count));
  metrics.set("num_tokens", static_cast<double>(tokens));
  if (!several_environments) return;
  for (const auto& [name, reward] : by_environment) metrics.set("env/" + name + "/reward", reward.mean());
}

}  // namespace

void Trainer::Implementation::add_metrics(Metrics& metrics, const StepRollouts& drawn, const RolloutBatch& batch, const UpdateReport& update) const {
  metrics.set("loss", update.loss);
  add_reward_metrics(metrics, batch);
  add_completion_metrics(metrics, drawn.rollouts, environments.size() > 1);
  metrics.set("verifier/fault_ratio", share(drawn.faults, drawn.sampled));
  const GroupSignal signal = group_signal(batch);
  const auto groups = static_cast<std::int64_t>(signal.groups.size());
  metrics.set("frac_reward_zero_std", share(signal.flat, groups));
  metrics.set("groups/too_few_valid", static_cast<double>(signal.too_few_valid));
  if (options.refills > 0) {
    metrics.set("groups/sampled", static_cast<double>(drawn.draws));
    metrics.set("groups/replaced", static_cast<double>(drawn.replaced));
  }
  metrics.merge(parts.objective->statistics(update.sums));
  metrics.set("halt/flat_steps", static_cast<double>(flat_steps));
  metrics.set("halt/truncated_ratio", truncated_average());
  metrics.set("grad_norm", update.grad_norm);
  metrics.set("learning_rate", update.learning_rate);
  metrics.set("sampling/sampling_logp_difference/max", update.max_difference);
  metrics.set("sampling/tokens_compared", static_cast<double>(update.tokens_compared));
}

double Trainer::Implementation::truncated_average() const {
  return std::accumulate(truncated_of_steps.begin(), truncated_of_steps.end(), 0.0) / static_cast<double>(truncated_of_steps.size());
}

void Trainer::Implementation::watch(const StepRollouts& drawn, const std::vector<GroupRows>& groups) {
  const bool flat = std::none_of(groups.begin(), groups.end(), [](const GroupRows& group) { return group.useful; });
  flat_steps = flat ? flat_steps + 1 : 0;
  truncated_of_steps.push_back(share(drawn.truncated, drawn.sampled));
  while (static_cast<std::int64_t>(truncated_of_steps.size()) > options.halt.window) truncated_of_steps.pop_front();
}

std::string Trainer::Implementation::halt_reason(const StepRollouts& drawn, double mean_reward, const UpdateReport& update) const {
  if (!update.halt_reason.empty()) return update.halt_reason;
  const double faults = share(drawn.faults, drawn.sampled), average = truncated_average();
  if (policy->policy().exact() && update.max_difference != 0.0) {
    return "a recomputed log-prob differs from the recorded one by " + nats(update.max_difference) +
           ", which an exact policy must never show: the sampler and the trainer do not read the same weights, or a kernel is broken";
  }
  if (faults > options.halt.fault_ratio) {
    return "the verifier failed on " + percent(faults) + " of the step's rollouts (halt.fault_ratio allows " + percent(options.halt.fault_ratio) +
           "), first with: " + drawn.first_fault;
  }
  if (static_cast<std::int64_t>(truncated_of_steps.size()) == options.halt.window && average > options.halt.truncated_ratio) {
    return percent(average) + " of the completions of the last " + std::to_string(options.halt.window) + " steps were truncated (halt.truncated_ratio allows " +
           percent(options.halt.truncated_ratio) + "); raise max_completion_length, or lower the thinking budget";
  }
  if (flat_steps >= options.halt.flat_steps) {
    return "no group had any spread of rewards for " + std::to_string(flat_steps) +
           " steps, so nothing can be learnt: either the skill is missing (every answer wrong) or the task is " +
           "solved (every answer right); the mean reward is " + std::to_string(mean_reward);
  }
  return {};
}

}  // namespace lydian
