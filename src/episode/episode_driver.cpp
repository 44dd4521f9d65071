#include "lydian/episode/episode_driver.h"

#include <future>
#include <string>
#include <unordered_map>
#include <utility>

#include "lydian/core/error.h"

namespace lydian {
namespace {

/// Rollouts on their way through the verifiers, by their place in the result. Whoever leaves early waits for them: verifiers must not outlive their
/// environment.
struct Judging {
  explicit Judging(std::size_t count) : rollouts(count), verdicts(count) {}
  ~Judging() {
    for (const std::future<Verdict>& verdict : verdicts) {
      if (verdict.valid()) verdict.wait();
    }
  }

  std::vector<Rollout> collect() {
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
        engine_(policy, tokenizer, {.max_rows = options.max_rows, .keep_finished = options.max_turns > 1}) {}

  std::vector<Rollout> run() {
    submit();
    Judging judging(rollouts_);
    while (!engine_.idle()) {
      for (FinishedRollout& finished : engine_.poll()) {
        if (!next_turn(finished)) judge(finished, judging);
      }
    }
    return judging.collect();
  }

 private:
  void submit() {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const EpisodeRequest& request = requests_[i];
      if (request.task == nullptr || request.environment == nullptr) {
        throw ConfigError("episode_driver", "a task and an environment in each request", "request " + std::to_string(i) + " without");
      }
      try {
        prompts_.push_back(tokenizer_.encode(render_prompt(*request.task, options_.chat_template)));
        engine_.submit(
            {.prompt_ids = prompts_.back(), .sampling = request.sampling, .budget = request.budget, .key = request.key, .tag = static_cast<std::int64_t>(i)},
            request.samples);
      } catch (const Error& error) {
        throw ConfigError("episode_driver", "task " + request.task->id + " of " + request.environment->name() + " cannot be asked: " + error.what());
      }
      first_.push_back(rollouts_);
      rollouts_ += static_cast<std::size_t>(request.samples);
    }
  }

  /// Whether the episode goes on: only a completion that ended by itself can be answered.
  bool next_turn(const FinishedRollout& finished) {
    if (options_.max_turns == 1) return false;
    const EpisodeRequest& request = requests_[static_cast<std::size_t>(finished.tag)];
    std::int64_t& turns = turns_[finished.handle];
    if (finished.completion.stopped && ++turns < options_.max_turns) {
      if (const auto words = request.environment->step(*request.task, finished.completion)) {
        engine_.extend(finished.handle, tokenizer_.encode(*words), TokenSource::kEnvironment);
        return true;
      }
    }
    turns_.erase(finished.handle);
    engine_.release(finished.handle);
    return false;
  }

  void judge(FinishedRollout& finished, Judging& judging) {
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
    judging.rollouts[place] = rollout;
    judging.verdicts[place] = verifiers_.submit(request.environment->verifier(), std::move(rollout));
  }

  const Tokenizer& tokenizer_;
  VerifierPool& verifiers_;
  const EpisodeDriver::Options& options_;
  const std::vector<EpisodeRequest>& requests_;
  RolloutEngine engine_;
  std::vector<std::vector<TokenId>> prompts_;
  std::vector<std::size_t> first_;  ///< Place of each request's first sample.
  std::size_t rollouts_ = 0;
  std::unordered_map<RolloutHandle, std::int64_t> turns_;  ///< Turns taken by episodes of several.
};

}  // namespace

EpisodeDriver::EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers)
    : EpisodeDriver(policy, tokenizer, verifiers, Options{}) {}

EpisodeDriver::EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers, Options options)
    : policy_(policy), tokenizer_(tokenizer), verifiers_(verifiers), options_(options) {
  if (options_.max_turns < 1) throw ConfigError("episode_driver", "max_turns of at least 1", std::to_string(options_.max_turns));
}

std::vector<Rollout> EpisodeDriver::run(const std::vector<EpisodeRequest>& requests) const {
  return Episodes(policy_, tokenizer_, verifiers_, options_, requests).run();
}

}  // namespace lydian
