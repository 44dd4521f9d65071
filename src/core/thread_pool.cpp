#include "lydian/core/thread_pool.h"

#include <sched.h>
#include <x86intrin.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lydian/core/error.h"

namespace lydian {
namespace {

constexpr int kSpins = 2000;  // About 50 microseconds of _mm_pause before a worker sleeps.

int usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

int shared_size() {
  const char* text = std::getenv("LYDIAN_THREADS");
  if (text == nullptr || *text == '\0') return usable_processors();
  char* end = nullptr;
  const long threads = std::strtol(text, &end, 10);
  if (*end != '\0' || threads < 1 || threads > 1024) throw ConfigError("thread_pool", "LYDIAN_THREADS to be a number from 1 to 1024", text);
  return static_cast<int>(threads);
}

}  // namespace

struct ThreadPool::Implementation {
  explicit Implementation(int threads) : size(threads) {
    try {
      for (int i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
    } catch (const std::exception& error) {  // The system has no more; those that are there must end before the vector goes.
      const std::size_t made = workers.size() + 1;
      stop();
      throw Error("thread_pool", std::to_string(threads) + " threads", std::to_string(made) + ": " + error.what());
    }
  }
  ~Implementation() { stop(); }

  void stop() {
    stopping.store(true, std::memory_order_relaxed);
    generation.fetch_add(1, std::memory_order_release);
    generation.notify_all();
    for (std::thread& worker : workers) worker.join();
  }

  void work() {
    unsigned seen = 0;
    for (;;) {
      for (int spin = 0; generation.load(std::memory_order_acquire) == seen && spin < kSpins; ++spin) _mm_pause();
      while (generation.load(std::memory_order_acquire) == seen) generation.wait(seen, std::memory_order_acquire);
      ++seen;  // A job begins only after all workers have left the one before, so generations are never skipped.
      if (stopping.load(std::memory_order_relaxed)) return;
      take_parts();
      if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) busy.notify_one();
    }
  }

  void take_parts() {
    for (int index = next.fetch_add(1, std::memory_order_relaxed); index < parts; index = next.fetch_add(1, std::memory_order_relaxed)) {
      try {
        part(state, index);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  }

  const int size;
  std::vector<std::thread> workers;
  std::mutex caller_mutex, failure_mutex;
  std::atomic<unsigned> generation{0};
  std::atomic<int> busy{0}, next{0};
  std::atomic<bool> stopping{false};
  int parts = 0;
  void* state = nullptr;
  void (*part)(void*, int) = nullptr;
  std::exception_ptr failure;
};

ThreadPool::ThreadPool(int threads) {
  if (threads < 1) throw ConfigError("thread_pool", "at least 1 thread", std::to_string(threads));
  implementation_ = std::make_unique<Implementation>(threads);
}

ThreadPool::~ThreadPool() = default;

int ThreadPool::size() const {
  return implementation_->size;
}

void ThreadPool::run_parts(int parts, void* state, void (*part)(void*, int)) {
  Implementation& pool = *implementation_;
  const std::lock_guard<std::mutex> lock(pool.caller_mutex);
  pool.parts = parts;
  pool.state = state;
  pool.part = part;
  pool.failure = nullptr;
  pool.next.store(0, std::memory_order_relaxed);
  if (parts > 1 && pool.size > 1) {
    pool.busy.store(pool.size - 1, std::memory_order_relaxed);
    pool.generation.fetch_add(1, std::memory_order_release);
    pool.generation.notify_all();
    pool.take_parts();
    int left = pool.busy.load(std::memory_order_acquire);
    for (int spin = 0; left != 0 && spin < kSpins; ++spin, left = pool.busy.load(std::memory_order_acquire)) _mm_pause();
    for (; left != 0; left = pool.busy.load(std::memory_order_acquire)) pool.busy.wait(left, std::memory_order_acquire);
  } else {
    pool.take_parts();
  }
  if (pool.failure) std::rethrow_exception(pool.failure);
}

ThreadPool& ThreadPool::shared() {
  static ThreadPool pool(shared_size());
  return pool;
}

}  // namespace lydian
