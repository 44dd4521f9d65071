#include "lydian/eval/thinking_sweep.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <map>
#include <string>
#include <utility>

#include "eval/evaluation_sample.h"
#include "eval/split_items.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/core/portable_math.h"
#include "rollout/completion_tracker.h"
#include "verify/wait_for.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "thinking_sweep";

bool same_bits(const Completion& a, const Completion& b) {
  return a.token_ids == b.token_ids && a.sources == b.sources && a.log_probs.size() == b.log_probs.size() &&
         std::memcmp(a.log_probs.data(), b.log_probs.data(), a.log_probs.size() * sizeof(float)) == 0;
}

/// What one item came to under one budget.
struct Outcome {
  std::shared_ptr<const Rollout> rollout;
  std::shared_future<Verdict> verdict;
};

/// What all items came to under one budget.
struct Tally {
  std::vector<double> rewards;
  std::vector<std::int64_t> items;  ///< Of each reward.
  double thinking = 0.0, law = 0.0;
  std::int64_t forced = 0, faults = 0;
  std::string first_fault;
};

/// One sweep over one policy. Works on max_rows items at a time, so that traces that are kept for forking hold bounded memory.
class Sweep {
 public:
  Sweep(const Policy& policy, const Tokenizer& tokenizer, const Environment& environment, const SweepOptions& options, ChatTemplate chat_template)
      : policy_(policy),
        tokenizer_(tokenizer),
        environment_(environment),
        law_(dynamic_cast<const BudgetLaw*>(&environment)),
        options_(options),
        chat_template_(chat_template),
        stop_ids_(resolve_stop_ids(options.sampling, tokenizer)),
        items_(items_of_split(environment, options.split, options.items)),
        tallies_(options.budgets.size()),
        engine_(policy, tokenizer, {.max_rows = options.max_rows, .keep_finished = true}),
        verifiers_({.threads = static_cast<int>(options.verifier_threads), .journal = options.journal}) {
    for (const std::int64_t budget : options.budgets) budgets_.push_back(resolve_budget({.max_tokens = budget}, tokenizer));
  }

  ThinkingSweep run() {
    try {
      for (std::int64_t first = 0; first < items_; first += options_.max_rows) run_wave(first, std::min(items_, first + options_.max_rows));
    } catch (const Interrupted&) {
      verifiers_.drop_waiting();
      throw;
    }
    return summarize();
  }

 private:
  void run_wave(std::int64_t first, std::int64_t end) {
    first_ = first;
    requests_.clear();
    tasks_.clear();
    for (std::int64_t item = first; item < end; ++item) {
      tasks_.push_back(std::make_shared<const Task>(environment_.task(options_.split, item)));
      requests_.push_back({.prompt_ids = encode_prompt(tokenizer_, *tasks_.back(), chat_template_),
                           .sampling = options_.sampling,
                           .budget = budgets_.back(),
                           .key = evaluation_key(options_.seed, item),
                           .tag = item - first});
    }
    outcomes_.assign(budgets_.size(), std::vector<Outcome>(requests_.size()));
    const std::vector<RolloutHandle> traces = draw_traces();
    for (std::size_t b = 0; b + 1 < budgets_.size(); ++b) cut_traces(b, traces);
    for (const RolloutHandle trace : traces) engine_.release(trace);
    for (std::size_t b = 0; b < budgets_.size(); ++b) {
      if (options_.compare_reruns) compare_rerun(b);
      add_to_tally(b);
    }
  }

  /// Every item under the largest budget.
  std::vector<RolloutHandle> draw_traces() {
    std::vector<RolloutHandle> traces;
    for (const RolloutRequest& request : requests_) traces.push_back(engine_.submit(request, 1));
    judge_all(budgets_.size() - 1);
    return traces;
  }

  /// Forks every trace where this budget would have ended its thinking, closes it and lets it answer; a trace that the budget does not touch stands as it is.
  void cut_traces(std::size_t b, const std::vector<RolloutHandle>& traces) {
    std::vector<RolloutHandle> forks;
    for (std::size_t i = 0; i < traces.size(); ++i) {
      const Completion& trace = outcomes_.back()[i].rollout->completion;
      const std::int64_t length = tokens_before_cap(trace, budgets_[b], stop_ids_, requests_[i].prompt_ids);
      if (length == static_cast<std::int64_t>(trace.token_ids.size())) {
        outcomes_[b][i] = outcomes_.back()[i];
        continue;
      }
      forks.push_back(engine_.fork(traces[i], length, budgets_[b]));
      engine_.resume(forks.back());
    }
    judge_all(b);
    for (const RolloutHandle fork : forks) engine_.release(fork);
  }

  /// Runs the engine dry; verification goes on beside it.
  void judge_all(std::size_t b) {
    while (!engine_.idle()) {
      heed(options_.interrupted, kComponent);
      for (FinishedRollout& finished : engine_.poll()) {
        check_log_probs(finished.completion, kComponent);
        const auto i = static_cast<std::size_t>(finished.tag);
        auto rollout = std::make_shared<Rollout>();
        rollout->task = tasks_[i];
        rollout->environment = environment_.name();
        rollout->prompt_ids = requests_[i].prompt_ids;
        rollout->completion = std::move(finished.completion);
        rollout->prompt_number = first_ + finished.tag;
        rollout->sample = static_cast<std::int32_t>(b);  // A journal tells budgets apart by it: a cut may write what the whole trace wrote.
        outcomes_[b][i] = {rollout, verifiers_.submit(environment_.verifier(), rollout).share()};
      }
    }
  }

  void compare_rerun(std::size_t b) {
    RolloutEngine fresh(policy_, tokenizer_, {.max_rows = options_.max_rows});
    for (RolloutRequest request : requests_) {
      request.budget = budgets_[b];
      fresh.submit(request, 1);
    }
    for (const FinishedRollout& rerun : fresh.run(options_.interrupted)) {
      ++result_.reruns_compared;
      if (!same_bits(rerun.completion, outcomes_[b][static_cast<std::size_t>(rerun.tag)].rollout->completion)) ++result_.reruns_different;
    }
  }

  void add_to_tally(std::size_t b) {
    Tally& tally = tallies_[b];
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const Outcome& outcome = outcomes_[b][i];
      if (law_ != nullptr) tally.law += law_->solved_within(*tasks_[i], options_.budgets[b]);
      wait_for(outcome.verdict, options_.interrupted, kComponent);
      const Verdict& verdict = outcome.verdict.get();
      if (!verdict.valid()) {
        if (tally.faults++ == 0) tally.first_fault = verdict.reason;
        continue;
      }
      tally.rewards.push_back(verdict.reward);
      tally.items.push_back(first_ + static_cast<std::int64_t>(i));
      tally.thinking += static_cast<double>(outcome.rollout->completion.thinking_tokens);
      tally.forced += outcome.rollout->completion.thinking_forced ? 1 : 0;
    }
  }

  ThinkingSweep summarize() {
    for (std::size_t b = 0; b < budgets_.size(); ++b) {
      const Tally& tally = tallies_[b];
      if (tally.rewards.empty()) {
        throw Error(kComponent, "at least one judged completion", std::to_string(tally.faults) + " verifier faults, the first: " + tally.first_fault);
      }
      const auto judged = static_cast<double>(tally.rewards.size());
      const Estimate accuracy = clustered_mean(tally.rewards, tally.items);
      result_.rows.push_back({.budget = options_.budgets[b],
                              .items = static_cast<std::int64_t>(tally.rewards.size()),
                              .accuracy = accuracy.mean,
                              .low = accuracy.low,
                              .high = accuracy.high,
                              .thinking_mean = tally.thinking / judged,
                              .forced_share = static_cast<double>(tally.forced) / judged,
                              .law = law_ == nullptr ? -1.0 : tally.law / static_cast<double>(items_)});
    }
    add_trend();
    return std::move(result_);
  }

  void add_trend() {
    result_.fit_from_budget = options_.fit_from_budget;
    std::vector<double> budgets, accuracies, log_budgets, fitted;
    for (const SweepRow& row : result_.rows) {
      budgets.push_back(static_cast<double>(row.budget));
      accuracies.push_back(row.accuracy);
      if (row.budget < std::max<std::int64_t>(1, options_.fit_from_budget)) continue;
      log_budgets.push_back(portable::log2(budgets.back()));
      fitted.push_back(row.accuracy);
    }
    if (budgets.size() > 1) result_.spearman = spearman(budgets, accuracies);
    if (fitted.size() > 1) result_.fit = linear_fit(log_budgets, fitted);
  }

  const Policy& policy_;
  const Tokenizer& tokenizer_;
  const Environment& environment_;
  const BudgetLaw* law_;
  const SweepOptions& options_;
  const ChatTemplate chat_template_;
  const std::vector<TokenId> stop_ids_;
  const std::int64_t items_;
  std::vector<ThinkingBudget> budgets_;
  std::vector<Tally> tallies_;
  ThinkingSweep result_;
  RolloutEngine engine_;
  VerifierPool verifiers_;
  // The wave at hand:
  std::int64_t first_ = 0;
  std::vector<std::shared_ptr<const Task>> tasks_;
  std::vector<RolloutRequest> requests_;
  std::vector<std::vector<Outcome>> outcomes_;  ///< [budget][item of the wave]
};

}  // namespace

void describe(ConfigVisitor& visitor, SweepOptions& options) {
  visitor.field({.name = "budgets", .doc = "Thinking tokens, ascending", .low = 0}, options.budgets);
  visitor.enumeration({.name = "split", .doc = "Tasks that are swept"}, options.split, {"train", "dev", "test"});
  visitor.field({.name = "items", .doc = "Tasks, from the split's first; cut to its size", .low = 1}, options.items);
  describe(visitor, options.sampling);
  visitor.field({.name = "seed", .doc = "Of the sampling"}, options.seed);
  visitor.field({.name = "fit_from_budget", .doc = "Smallest budget of the fit, in tokens", .low = 1}, options.fit_from_budget);
  visitor.field({.name = "compare_reruns", .doc = "Also sample every budget anew and compare tokens and log-probs bit by bit"}, options.compare_reruns);
  visitor.field({.name = "max_rows", .doc = "Completions that are sampled together", .low = 1}, options.max_rows);
  visitor.field({.name = "verifier_threads", .doc = "Threads of the verifier pool", .low = 1, .high = 1024}, options.verifier_threads);
}

void check_sweep(const SweepOptions& options, const Tokenizer& tokenizer, const Environment& environment) {
  check_ranges(options, kComponent);
  if (options.budgets.empty()) throw ConfigError(kComponent, "at least one budget", "none");
  std::int64_t last = -1;
  for (const std::int64_t budget : options.budgets) {
    if (budget <= last) throw ConfigError(kComponent, "budgets of 0 or more, ascending", std::to_string(budget) + " after " + std::to_string(last));
    last = budget;
  }
  resolve_budget({.max_tokens = last}, tokenizer);
  check_split(environment, options.split, options.items);
}

ThinkingSweep thinking_sweep(const Policy& policy, const Tokenizer& tokenizer, const Environment& environment, const SweepOptions& options,
                             ChatTemplate chat_template) {
  check_sweep(options, tokenizer, environment);
  return Sweep(policy, tokenizer, environment, options, chat_template).run();
}

}  // namespace lydian
