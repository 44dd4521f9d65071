#include "lydian/verify/verifier_pool.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kComponent = "verifier_pool";
constexpr double kMostPatience_s = 1e7;

}  // namespace

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
  /// An item on its way. Either its thread claims it, once it knows the result, or the watch gives it up.
  struct Job {
    virtual ~Job() = default;
    /// What must be done before the item's budget begins. Until it returns, the item cannot be given up.
    virtual void prepare() {}
    /// Settles the item, unless `claim` says that it was given up.
    virtual void run(const std::function<bool()>& claim) = 0;
    virtual void give_up(const std::string& why) = 0;

    std::shared_ptr<const void> owner;  ///< Of all that run() looks at.
    bool claimed = false, given_up = false;
  };
  struct VerdictJob;
  struct StepJob;
  struct Worker {
    std::thread thread;
    std::shared_ptr<Job> job;
    Clock::time_point begun;
  };

  explicit Implementation(const Options& options)
      : capacity(static_cast<std::size_t>(options.queue_capacity)), journal(options.journal), patience_s(options.patience_s) {}

  static void start_worker(const std::shared_ptr<Implementation>& pool) {
    auto worker = std::make_shared<Worker>();
    worker->thread = std::thread([pool, worker] { pool->work(*worker); });
    pool->workers.push_back(worker);
    ++pool->working;
  }

  void work(Worker& worker) {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex);
      job_waiting.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) {  // Stopping, and everything that was submitted is taken.
        --working;
        all_done.notify_all();
        return;
      }
      const std::shared_ptr<Job> job = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      place_free.notify_one();
      job->prepare();
      lock.lock();
      worker.job = job;
      worker.begun = Clock::now();
      watched.notify_one();
      lock.unlock();
      job->run([this, &job] { return claim(*job); });
      lock.lock();
      if (job->given_up) return;  // Another thread stands in this one's place.
      worker.job.reset();
    }
  }

  bool claim(Job& job) {
    const std::lock_guard<std::mutex> lock(mutex);
    job.claimed = !job.given_up;
    return job.claimed;
  }

  /// Gives up what has hung for too long, until all is done.
  static void watch(const std::shared_ptr<Implementation>& pool) {
    std::unique_lock<std::mutex> lock(pool->mutex);
    const auto patience = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pool->patience_s));
    int missing = 0;  // Threads that could not be started.
    while (!pool->closed) {
      const Clock::time_point now = Clock::now();
      Clock::time_point next = missing > 0 ? now + std::chrono::milliseconds(100) : Clock::time_point::max();
      std::vector<std::shared_ptr<Job>> late;
      for (auto each = pool->workers.begin(); each != pool->workers.end();) {
        const std::shared_ptr<Worker> worker = *each++;
        if (worker->job == nullptr || worker->job->claimed) continue;
        next = std::min(next, worker->begun + patience);
        if (now < worker->begun + patience) continue;
        worker->job->given_up = true;
        late.push_back(worker->job);
        if (worker->job->owner != nullptr) {
          worker->thread.detach();
        } else {
          pool->lingering.push_back(std::move(worker->thread));
        }
        pool->workers.remove(worker);
        --pool->working;
        ++missing;
      }
      for (; missing > 0; --missing) {
        try {
          start_worker(pool);
        } catch (const std::system_error&) {
          break;
        }
      }
      if (!late.empty()) {
        lock.unlock();
        for (const std::shared_ptr<Job>& job : late) job->give_up("no answer within " + std::to_string(pool->patience_s) + " s, so it was given up");
        lock.lock();
        continue;
      }
      if (next == Clock::time_point::max()) {
        pool->watched.wait(lock);
      } else {
        pool->watched.wait_until(lock, next);
      }
    }
  }

  void close() {
    {
      std::unique_lock<std::mutex> lock(mutex);
      stopping = true;
      job_waiting.notify_all();
      all_done.wait(lock, [this] { return working == 0 && queue.empty(); });
      closed = true;
      watched.notify_all();
    }
    if (watchman.joinable()) watchman.join();
    for (const std::shared_ptr<Worker>& worker : workers) worker->thread.join();
    for (std::thread& thread : lingering) thread.join();
    workers.clear();
  }

  void push(std::shared_ptr<Job> job) {
    {
      std::unique_lock<std::mutex> lock(mutex);
      place_free.wait(lock, [this] { return queue.size() < capacity; });
      queue.push_back(std::move(job));
    }
    job_waiting.notify_one();
  }

  /// Counted before the future is ready, so that whoever holds the verdict also sees it in the counts.
  void count(const Verdict& verdict) {
    const std::lock_guard<std::mutex> lock(mutex);
    ++counts.judged;
    if (!verdict.valid()) ++counts.faults;
  }

  const std::size_t capacity;
  VerdictJournal* const journal;
  const double patience_s;
  mutable std::mutex mutex;
  std::condition_variable job_waiting, place_free, watched, all_done;
  std::deque<std::shared_ptr<Job>> queue;
  Counts counts;
  bool stopping = false, closed = false;
  int working = 0;  ///< Threads that take jobs, those that were given up not counted.
  std::list<std::shared_ptr<Worker>> workers;
  std::vector<std::thread> lingering;  ///< Given up, and without an owner of what they look at.
  std::thread watchman;
};

struct VerifierPool::Implementation::VerdictJob final : Job {
  VerdictJob(Implementation& of, const Verifier& by, std::shared_ptr<const Rollout> what, std::shared_ptr<const void> owned_by)
      : pool(of), verifier(by), deterministic(by.deterministic()), rollout(std::move(what)) {
    owner = std::move(owned_by);
  }
  void prepare() override {
    if (pool.journal != nullptr && !deterministic) entry = pool.journal->look_up(*rollout);
  }
  void run(const std::function<bool()>& claim) override {
    Verdict verdict = entry.kept ? *entry.kept : verify_guarded(verifier, *rollout->task, rollout->completion);
    if (claim()) settle(std::move(verdict));
  }
  void give_up(const std::string& why) override { settle(Verdict::fault("the verifier gave " + why)); }
  void settle(Verdict verdict) {
    if (pool.journal != nullptr && !entry.kept) verdict = pool.journal->keep(entry, std::move(verdict));
    pool.count(verdict);
    promise.set_value(std::move(verdict));
  }

  Implementation& pool;
  const Verifier& verifier;
  const bool deterministic;
  const std::shared_ptr<const Rollout> rollout;
  VerdictJournal::Entry entry;
  std::promise<Verdict> promise;
};

struct VerifierPool::Implementation::StepJob final : Job {
  StepJob(const Environment& asked, std::shared_ptr<const Task> of, std::shared_ptr<const Completion> after)
      : environment(asked), task(std::move(of)), completion(std::move(after)) {
    owner = environment.weak_from_this().lock();
  }
  void run(const std::function<bool()>& claim) override {
    std::optional<std::string> words;
    std::exception_ptr thrown;
    try {
      words = environment.step(*task, *completion);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (!claim()) return;
    if (thrown) {
      promise.set_exception(thrown);
    } else {
      promise.set_value(std::move(words));
    }
  }
  void give_up(const std::string& why) override { promise.set_exception(std::make_exception_ptr(Error(kComponent, "the environment's step gave " + why))); }

  const Environment& environment;
  const std::shared_ptr<const Task> task;
  const std::shared_ptr<const Completion> completion;
  std::promise<std::optional<std::string>> promise;
};

VerifierPool::VerifierPool() : VerifierPool(Options{}) {}

VerifierPool::VerifierPool(Options options) {
  if (options.threads < 1) throw ConfigError(kComponent, "threads of at least 1", std::to_string(options.threads));
  if (options.queue_capacity < 1) throw ConfigError(kComponent, "queue_capacity of at least 1", std::to_string(options.queue_capacity));
  if (!(options.patience_s >= 0 && options.patience_s <= kMostPatience_s)) {
    throw ConfigError(kComponent, "patience_s of at least 0 and at most 10000000", std::to_string(options.patience_s));
  }
  implementation_ = std::make_shared<Implementation>(options);
  try {
    const std::lock_guard<std::mutex> lock(implementation_->mutex);
    for (int i = 0; i < options.threads; ++i) Implementation::start_worker(implementation_);
    if (options.patience_s > 0) implementation_->watchman = std::thread([pool = implementation_] { Implementation::watch(pool); });
  } catch (...) {
    implementation_->close();
    throw;
  }
}

VerifierPool::~VerifierPool() {
  implementation_->close();
}

std::future<Verdict> VerifierPool::submit(const Verifier& verifier, std::shared_ptr<const Rollout> rollout, std::shared_ptr<const void> owner) {
  if (!rollout || !rollout->task) throw Error(kComponent, "a rollout with its task", rollout ? "a rollout without a task" : "no rollout");
  auto job = std::make_shared<Implementation::VerdictJob>(*implementation_, verifier, std::move(rollout), std::move(owner));
  std::future<Verdict> result = job->promise.get_future();
  implementation_->push(std::move(job));
  return result;
}

std::future<std::optional<std::string>> VerifierPool::submit_step(const Environment& environment, std::shared_ptr<const Task> task,
                                                                  std::shared_ptr<const Completion> completion) {
  if (!task || !completion) throw Error(kComponent, "a task and a completion", "nothing");
  auto job = std::make_shared<Implementation::StepJob>(environment, std::move(task), std::move(completion));
  std::future<std::optional<std::string>> result = job->promise.get_future();
  implementation_->push(std::move(job));
  return result;
}

void VerifierPool::drop_waiting() {
  std::deque<std::shared_ptr<Implementation::Job>> dropped;
  {
    const std::lock_guard<std::mutex> lock(implementation_->mutex);
    dropped.swap(implementation_->queue);
  }
  implementation_->place_free.notify_all();
}

VerifierPool::Counts VerifierPool::counts() const {
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  return implementation_->counts;
}

}  // namespace lydian
