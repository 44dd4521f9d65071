#include "lydian/eval/evaluator.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "eval/evaluation_sample.h"
#include "eval/split_items.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

void check(const EvaluationOptions& options) {
  check_ranges(options, "evaluator");
  for (const std::int64_t k : options.pass_at) {
    if (k < 1 || k > options.samples_per_item) {
      throw ConfigError("evaluator", "pass_at from 1 to samples_per_item (" + std::to_string(options.samples_per_item) + ")", std::to_string(k));
    }
  }
}

/// Reward of the answer that most of these samples gave; 0 where none could be read.
double majority_reward(std::span<const Rollout* const> samples) {
  std::map<std::string_view, std::int64_t> votes;
  for (const Rollout* sample : samples) {
    if (sample->verdict.status == VerdictStatus::kScored) ++votes[sample->completion.answer];
  }
  const Rollout* winner = nullptr;
  std::int64_t most = 0;
  for (const Rollout* sample : samples) {
    const auto found = votes.find(sample->completion.answer);
    if (sample->verdict.status != VerdictStatus::kScored || found->second <= most) continue;
    winner = sample;
    most = found->second;
  }
  return winner == nullptr ? 0.0 : winner->verdict.reward;
}

/// Adds pass@k and maj@k: `judged` holds the judged samples of each item.
void score_groups(const std::vector<std::vector<const Rollout*>>& judged, std::int64_t k, Evaluation& result) {
  double passed = 0.0, voted = 0.0;
  std::int64_t items = 0;
  for (const std::vector<const Rollout*>& samples : judged) {
    const auto n = static_cast<std::int64_t>(samples.size());
    if (n < k) continue;
    const auto right = std::count_if(samples.begin(), samples.end(), [](const Rollout* sample) { return is_right(sample->verdict); });
    passed += pass_at_k(n, right, k);
    const std::int64_t runs = n / k;
    double votes = 0.0;
    for (std::int64_t run = 0; run < runs; ++run)
      votes += majority_reward(std::span(samples).subspan(static_cast<std::size_t>(run * k), static_cast<std::size_t>(k)));
    voted += votes / static_cast<double>(runs);
    ++items;
  }
  if (items == 0) return;
  result.pass_at[k] = passed / static_cast<double>(items);
  result.majority_at[k] = voted / static_cast<double>(items);
}

/// Scores and their items, as clustered_mean takes them.
struct Scores {
  std::vector<double> reward, right;
  std::vector<std::int64_t> item;
  void add(const Rollout& rollout) {
    reward.push_back(rollout.verdict.reward);
    right.push_back(is_right(rollout.verdict) ? 1.0 : 0.0);
    item.push_back(rollout.group);
  }
};

Evaluation summarize(std::vector<Rollout> rollouts, const EvaluationOptions& options, std::int64_t items) {
  Evaluation result;
  result.items = items;
  result.rollouts = std::move(rollouts);
  Scores all;
  std::map<std::string, Scores> by_category;
  std::vector<std::vector<const Rollout*>> judged(static_cast<std::size_t>(items));
  double thinking = 0.0, truncated = 0.0;
  for (const Rollout& rollout : result.rollouts) {
    check_log_probs(rollout.completion, "evaluator");
    if (!rollout.verdict.valid()) {
      ++result.faults;
      continue;
    }
    all.add(rollout);
    if (!rollout.task->category.empty()) by_category[rollout.task->category].add(rollout);
    judged[static_cast<std::size_t>(rollout.group)].push_back(&rollout);
    thinking += static_cast<double>(rollout.completion.thinking_tokens);
    truncated += rollout.completion.truncated() ? 1.0 : 0.0;
  }
  if (all.reward.empty()) {
    throw Error("evaluator", "at least one judged completion",
                std::to_string(result.faults) + " verifier faults, the first: " + result.rollouts.front().verdict.reason);
  }
  result.accuracy = clustered_mean(all.reward, all.item);
  result.pass_rate = clustered_mean(all.right, all.item);
  result.thinking_mean = thinking / static_cast<double>(all.reward.size());
  result.truncated_share = truncated / static_cast<double>(all.reward.size());
  for (const auto& [category, scores] : by_category) result.by_category[category] = clustered_mean(scores.right, scores.item);
  for (const std::int64_t k : options.pass_at) score_groups(judged, k, result);
  return result;
}

}  // namespace

void describe(ConfigVisitor& visitor, EvaluationOptions& options) {
  visitor.enumeration({.name = "split", .doc = "Tasks that are evaluated"}, options.split, {"train", "dev", "test"});
  visitor.field({.name = "items", .doc = "Tasks, from the split's first; cut to its size", .low = 1}, options.items);
  visitor.field({.name = "samples_per_item", .doc = "Completions of each task", .low = 1}, options.samples_per_item);
  describe(visitor, options.sampling);
  visitor.group({.name = "thinking", .doc = "Thinking budget of every completion"}, options.thinking);
  visitor.field({.name = "seed", .doc = "Of the sampling"}, options.seed);
  visitor.field({.name = "pass_at", .doc = "Each k of pass@k and maj@k, at most samples_per_item"}, options.pass_at);
  visitor.field({.name = "max_rows", .doc = "Completions that are sampled together", .low = 1}, options.max_rows);
  visitor.field({.name = "verifier_threads", .doc = "Threads of the verifier pool", .low = 1, .high = 1024}, options.verifier_threads);
}

Evaluation evaluate(const Policy& policy, const Tokenizer& tokenizer, const Environment& environment, const EvaluationOptions& options,
                    ChatTemplate chat_template) {
  check(options);
  const std::int64_t items = items_of_split(environment, options.split, options.items);
  std::vector<EpisodeRequest> requests;
  requests.reserve(static_cast<std::size_t>(items));
  for (std::int64_t item = 0; item < items; ++item) {
    requests.push_back({.task = std::make_shared<const Task>(environment.task(options.split, item)),
                        .environment = &environment,
                        .sampling = options.sampling,
                        .budget = options.thinking,
                        .key = evaluation_key(options.seed, item),
                        .samples = static_cast<std::int32_t>(options.samples_per_item),
                        .group = static_cast<std::int32_t>(item)});
  }
  VerifierPool verifiers({.threads = static_cast<int>(options.verifier_threads), .journal = options.journal});
  const EpisodeDriver driver(policy, tokenizer, verifiers, {.chat_template = chat_template, .max_rows = options.max_rows, .interrupted = options.interrupted});
  return summarize(driver.run(requests), options, items);
}

}  // namespace lydian
