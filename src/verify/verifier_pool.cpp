#include "lydian/verify/verifier_pool.h"

#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
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
  struct Job {
    const Verifier* verifier;
    std::shared_ptr<const Rollout> rollout;
    std::promise<Verdict> promise;
  };

  explicit Implementation(const Options& options) : capacity(static_cast<std::size_t>(options.queue_capacity)) {
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
      judge(job);
    }
  }

  void judge(Job& job) {
    Verdict verdict = verify_guarded(*job.verifier, *job.rollout->task, job.rollout->completion);
    {
      // Counted before the future is ready, so that whoever holds the verdict also sees it in the counts.
      const std::lock_guard<std::mutex> lock(mutex);
      ++counts.judged;
      if (!verdict.valid()) ++counts.faults;
    }
    job.promise.set_value(std::move(verdict));
  }

  const std::size_t capacity;
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
  Implementation::Job job{&verifier, std::move(rollout), {}};
  std::future<Verdict> result = job.promise.get_future();
  {
    std::unique_lock<std::mutex> lock(pool.mutex);
    pool.place_free.wait(lock, [&pool] { return pool.queue.size() < pool.capacity; });
    pool.queue.push_back(std::move(job));
  }
  pool.job_waiting.notify_one();
  return result;
}

VerifierPool::Counts VerifierPool::counts() const {
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  return implementation_->counts;
}

}  // namespace lydian
