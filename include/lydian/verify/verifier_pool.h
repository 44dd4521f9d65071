#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "lydian/data/rollout.h"
#include "lydian/verify/environment.h"
#include "lydian/verify/verdict_journal.h"
#include "lydian/verify/verifier.h"

namespace lydian {

/// Judges rollouts, and asks environments for their next words, on threads of its own while sampling goes on.
///
/// The queue is bounded: submit() waits while it is full. An exception that escapes a verifier becomes a fault verdict with its text, never a zero,
/// and is counted. The order of completion is free; the verdict belongs to its future.
/// An item has a budget of time, meant for what hangs: behind it stands a fault, whatever comes later; its thread is given up and another takes its place. A
/// verifier cannot be stopped: given up, it goes on, and keeps what it may still look at (rollout, owner) alive.
/// Threads: submit() may be called from any thread. The destructor waits for what was submitted, also for what was given up and has no owner.
class VerifierPool {
 public:
  struct Options {
    int threads = 1;
    std::int64_t queue_capacity = 1024;  ///< Waiting jobs before submit() blocks.
    VerdictJournal* journal = nullptr;   ///< Keeps the verdicts of verifiers that are not deterministic; must outlive the pool.
    double patience_s = 1800.0;          ///< An item's budget, from the moment that a thread begins it; 0: none.
  };
  struct Counts {
    std::int64_t judged = 0, faults = 0;
  };
  VerifierPool();
  /// Throws ConfigError where a number is below 1, or the patience below 0.
  explicit VerifierPool(Options options);
  ~VerifierPool();
  VerifierPool(const VerifierPool&) = delete;
  VerifierPool& operator=(const VerifierPool&) = delete;

  /// `verifier` must outlive the future's result, and where `owner` does not keep it alive, also the pool.
  std::future<Verdict> submit(const Verifier& verifier, std::shared_ptr<const Rollout> rollout, std::shared_ptr<const void> owner = {});
  /// environment.step(task, completion); the future carries what it throws. Not counted. `environment` must outlive the future's result, and where no
  /// shared_ptr holds it, also the pool.
  std::future<std::optional<std::string>> submit_step(const Environment& environment, std::shared_ptr<const Task> task,
                                                      std::shared_ptr<const Completion> completion);
  Counts counts() const;
  /// Gives up the jobs that no thread has begun: their futures carry std::future_error (broken_promise).
  void drop_waiting();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;  // Shared with threads that were given up.
};

/// verifier.verify, with whatever it throws turned into a fault verdict; also a reward that is not finite is a fault.
Verdict verify_guarded(const Verifier& verifier, const Task& task, const Completion& completion);

}  // namespace lydian
