#include "lydian/episode/episode_driver.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "lydian/core/error.h"
#include "verify/wait_for.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "episode_driver";

/// Rollouts on their way through the verifiers, by their place in the result. Whoever leaves early waits for them: verifiers must not outlive their
/// environment.
struct Judging {
  explicit Judging(std::size_t count) : rollouts(count), verdicts(count) {}
  ~Judging() {
    for (const std::future<Verdict>& verdict : verdicts) {
      if (verdict.valid()) verdict.wait();  // Not for ever: see VerifierPool.
    }
  }

  std::vector<Rollout> collect(const StopRequest& interrupted) {
    for (const std::future<Verdict>& verdict : verdicts) wait_for(verdict, interrupted, kComponent);
    std::vector<Rollout> judged;
    judged.reserve(rollouts.size());
    for (std::size_t i = 0; i < rollouts.size(); ++i) {
      Verdict verdict = verdicts[i].get();
      judged.push_back(std::move(*rollouts[i]));
      judged.back().verdict = std::move(verdict);
    }
    return judged;
  }

  std::vector<std::shared_ptr<Rollout>> rollouts;
  std::vector<std::future<Verdict>> verdicts;
};

/// One run of a driver.
class Episodes {
 public:
  Episodes(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers, const EpisodeDriver::Options& options,
           const std::vector<EpisodeRequest>& requests)
      : tokenizer_(tokenizer),
        verifiers_(verifiers),
        options_(options),
        requests_(requests),
        keeps_finished_(several_turns(requests, options)),
        engine_(policy, tokenizer, {.max_rows = options.max_rows, .keep_finished = keeps_finished_}) {}
  // Environments must outlive the steps that were asked of them.
  ~Episodes() {
    for (const Asked& asked : asked_) asked.reply.wait();
  }
  Episodes(const Episodes&) = delete;
  Episodes& operator=(const Episodes&) = delete;

  std::vector<Rollout> run() {
    submit();
    Judging judging(rollouts_);
    try {
      return run_to_end(judging);
    } catch (const Interrupted&) {
      verifiers_.drop_waiting();
      throw;
    }
  }

 private:
  std::vector<Rollout> run_to_end(Judging& judging) {
    while (!engine_.idle() || !asked_.empty()) {
      heed(options_.interrupted, kComponent);
      // With nothing to sample, until somebody answers.
      if (engine_.idle()) wait_for(asked_.front().reply, options_.interrupted, kComponent);
      take_replies(judging);
      for (FinishedRollout& finished : engine_.poll()) {
        if (!ask(finished)) judge(finished, judging);
      }
    }
    return judging.collect(options_.interrupted);
  }

  void submit() {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const EpisodeRequest& request = requests_[i];
      if (request.task == nullptr || request.environment == nullptr) {
        throw ConfigError(kComponent, "a task and an environment in each request", "request " + std::to_string(i) + " without");
      }
      try {
        prompts_.push_back(encode_prompt(tokenizer_, *request.task, options_.chat_template));
        engine_.submit(
            {.prompt_ids = prompts_.back(), .sampling = request.sampling, .budget = request.budget, .key = request.key, .tag = static_cast<std::int64_t>(i)},
            request.samples);
      } catch (const Error& error) {
        throw ConfigError(kComponent, "task " + request.task->id + " of " + request.environment->name() + " cannot be asked: " + error.what());
      }
      first_.push_back(rollouts_);
      rollouts_ += static_cast<std::size_t>(request.samples);
    }
  }

  static std::int64_t turns_of(const EpisodeRequest& request, const EpisodeDriver::Options& options) {
    return options.max_turns > 0 || request.environment == nullptr ? options.max_turns : request.environment->max_turns();
  }
  static bool several_turns(const std::vector<EpisodeRequest>& requests, const EpisodeDriver::Options& options) {
    return std::any_of(requests.begin(), requests.end(), [&](const EpisodeRequest& request) { return turns_of(request, options) > 1; });
  }

  /// Whether the environment is asked for its next words: only a completion that ended by itself can be answered.
  bool ask(FinishedRollout& finished) {
    const EpisodeRequest& request = requests_[static_cast<std::size_t>(finished.tag)];
    const std::int64_t most = turns_of(request, options_);
    if (!finished.completion.stopped || most <= 1 || turns_[finished.handle] + 1 >= most) return false;
    ++turns_[finished.handle];
    auto completion = std::make_shared<const Completion>(finished.completion);
    asked_.push_back({std::move(finished), verifiers_.submit_step(*request.environment, request.task, std::move(completion))});
    return true;
  }

  /// Lets the episodes whose environments have answered go on, or be judged where it had nothing to say.
  void take_replies(Judging& judging) {
    for (auto asked = asked_.begin(); asked != asked_.end();) {
      if (asked->reply.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        ++asked;
        continue;
      }
      FinishedRollout finished = std::move(asked->finished);
      std::future<std::optional<std::string>> reply = std::move(asked->reply);
      asked = asked_.erase(asked);
      try {
        const std::optional<std::string> words = reply.get();
        if (words) {
          engine_.extend(finished.handle, tokenizer_.encode_plain(*words), TokenSource::kEnvironment);
        } else {
          judge(finished, judging);
        }
      } catch (const std::exception& error) {
        fail(finished, std::string("the environment's step threw: ") + error.what(), judging);
      }
    }
  }

  void judge(FinishedRollout& finished, Judging& judging) {
    const EpisodeRequest& request = requests_[static_cast<std::size_t>(finished.tag)];
    const std::size_t place = end(finished, judging);
    judging.verdicts[place] = verifiers_.submit(request.environment->verifier(), judging.rollouts[place], request.environment->weak_from_this().lock());
  }

  void fail(FinishedRollout& finished, const std::string& reason, Judging& judging) {
    std::promise<Verdict> verdict;
    verdict.set_value(Verdict::fault(reason));
    judging.verdicts[end(finished, judging)] = verdict.get_future();
  }

  /// Takes an episode out of the engine; returns its place in the result.
  std::size_t end(FinishedRollout& finished, Judging& judging) {
    turns_.erase(finished.handle);
    if (keeps_finished_) engine_.release(finished.handle);
    const auto index = static_cast<std::size_t>(finished.tag);
    const EpisodeRequest& request = requests_[index];
    auto rollout = std::make_shared<Rollout>();
    rollout->task = request.task;
    rollout->environment = request.environment->name();
    rollout->prompt_ids = prompts_[index];
    rollout->completion = std::move(finished.completion);
    rollout->prompt_number = static_cast<std::int64_t>(request.key.prompt);
    rollout->group = request.group;
    rollout->sample = finished.sample;
    const std::size_t place = first_[index] + static_cast<std::size_t>(finished.sample - static_cast<std::int32_t>(request.key.sample));
    judging.rollouts[place] = std::move(rollout);
    return place;
  }

  struct Asked {
    FinishedRollout finished;
    std::future<std::optional<std::string>> reply;
  };

  const Tokenizer& tokenizer_;
  VerifierPool& verifiers_;
  const EpisodeDriver::Options& options_;
  const std::vector<EpisodeRequest>& requests_;
  const bool keeps_finished_;
  RolloutEngine engine_;
  std::vector<std::vector<TokenId>> prompts_;
  std::vector<std::size_t> first_;  ///< Place of each request's first sample.
  std::size_t rollouts_ = 0;
  std::unordered_map<RolloutHandle, std::int64_t> turns_;  ///< Turns that were answered, of episodes of several.
  std::list<Asked> asked_;                                 ///< Episodes that wait for their environment's words, in the order of asking.
};

}  // namespace

EpisodeDriver::EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers)
    : EpisodeDriver(policy, tokenizer, verifiers, Options{}) {}

EpisodeDriver::EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers, Options options)
    : policy_(policy), tokenizer_(tokenizer), verifiers_(verifiers), options_(std::move(options)) {
  if (options_.max_turns < 0) throw ConfigError(kComponent, "max_turns of at least 0", std::to_string(options_.max_turns));
}

std::vector<Rollout> EpisodeDriver::run(const std::vector<EpisodeRequest>& requests) const {
  return Episodes(policy_, tokenizer_, verifiers_, options_, requests).run();
}

}  // namespace lydian
