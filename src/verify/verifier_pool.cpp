#include "lydian/verify/verifier_pool.h"

#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {

Verdict verify_guarded(const Verifier& verifier, const Task& task, const Completion& completion) {
  try {
    Verdict verdict = verifier.verify(task, completion);
    if (verdict.valid() && !std::isfinite(verdict.reward)) return Verdict::fault("the verifier's reward is not finite: " + std::to_string(verdict.reward));
    return verdict;
  } catch (const std::exception& error) {
    return Verdict::fault(std::string("the verifier threw: ") + error.what());
  } catch (...) {
    return Verdict::fault("the verifier threw something that is no std::exception");
  }
}

struct VerifierPool::Implementation {
  using Job = std::function<void()>;

  explicit Implementation(const Options& options) : capacity(static_cast<std::size_t>(options.queue_capacity)), journal(options.journal) {
    for (int i = 0; i < options.threads; ++i) workers.emplace_back([this] { work(); });
  }
  ~Implementation() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      stopping = true;
    }
    job_waiting.notify_all();
    for (std::thread& worker : workers) worker.join();
  }

  void work() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex);
      job_waiting.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;  // Stopping, and everything that was submitted is taken.
      Job job = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      place_free.notify_one();
      job();
    }
  }

  void push(Job job) {
    {
      std::unique_lock<std::mutex> lock(mutex);
      place_free.wait(lock, [this] { return queue.size() < capacity; });
      queue.push_back(std::move(job));
    }
    job_waiting.notify_one();
  }

  Verdict judge(const Verifier& verifier, const Rollout& rollout) {
    Verdict verdict = journal != nullptr ? journal->judge(verifier, rollout) : verify_guarded(verifier, *rollout.task, rollout.completion);
    // Counted before the future is ready, so that whoever holds the verdict also sees it in the counts.
    const std::lock_guard<std::mutex> lock(mutex);
    ++counts.judged;
    if (!verdict.valid()) ++counts.faults;
    return verdict;
  }

  const std::size_t capacity;
  VerdictJournal* const journal;
  mutable std::mutex mutex;
  std::condition_variable job_waiting, place_free;
  std::deque<Job> queue;
  Counts counts;
  bool stopping = false;
  std::vector<std::thread> workers;
};

VerifierPool::VerifierPool() : VerifierPool(Options{}) {}

VerifierPool::VerifierPool(Options options) {
  if (options.threads < 1) throw ConfigError("verifier_pool", "threads of at least 1", std::to_string(options.threads));
  if (options.queue_capacity < 1) throw ConfigError("verifier_pool", "queue_capacity of at least 1", std::to_string(options.queue_capacity));
  implementation_ = std::make_unique<Implementation>(options);
}

VerifierPool::~VerifierPool() = default;

std::future<Verdict> VerifierPool::submit(const Verifier& verifier, std::shared_ptr<const Rollout> rollout) {
  if (!rollout || !rollout->task) throw Error("verifier_pool", "a rollout with its task", rollout ? "a rollout without a task" : "no rollout");
  Implementation& pool = *implementation_;
  // std::function must be copied: hence the shared task.
  auto job = std::make_shared<std::packaged_task<Verdict()>>([&pool, &verifier, rollout = std::move(rollout)] { return pool.judge(verifier, *rollout); });
  std::future<Verdict> result = job->get_future();
  pool.push([job] { (*job)(); });
  return result;
}

std::future<std::optional<std::string>> VerifierPool::submit_step(const Environment& environment, std::shared_ptr<const Task> task,
                                                                  std::shared_ptr<const Completion> completion) {
  if (!task || !completion) throw Error("verifier_pool", "a task and a completion", "nothing");
  auto job = std::make_shared<std::packaged_task<std::optional<std::string>()>>(
      [&environment, task = std::move(task), completion = std::move(completion)] { return environment.step(*task, *completion); });
  std::future<std::optional<std::string>> result = job->get_future();
  implementation_->push([job] { (*job)(); });
  return result;
}

void VerifierPool::drop_waiting() {
  {
    const std::lock_guard<std::mutex> lock(implementation_->mutex);
    implementation_->queue.clear();
  }
  implementation_->place_free.notify_all();
}

VerifierPool::Counts VerifierPool::counts() const {
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  return implementation_->counts;
}

}  // namespace lydian
