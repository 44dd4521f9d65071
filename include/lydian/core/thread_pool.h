#pragma once

#include <memory>
#include <type_traits>

namespace lydian {

/// Threads that run the numbered parts of one job and nothing else. No result may depend on which thread ran a part.
///
/// Threads: `run` may be called from any thread, one job at a time (a second caller waits); a part must not call `run` of its own pool.
/// Cost: about 1 microsecond a job while jobs follow each other closely (workers spin, then sleep after some 50 microseconds).
class ThreadPool {
 public:
  /// `threads` includes the caller: 1 starts no thread. Throws ConfigError below 1, Error where the system has no more threads.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  /// Calls part(i) once for each i in [0, parts), spread over the threads, the caller's among them; returns when all are done.
  /// The first exception thrown by a part is thrown again here, after all parts have ended.
  template <typename Part>
  void run(int parts, Part&& part) {
    run_parts(parts, &part, [](void* state, int index) { (*static_cast<std::remove_reference_t<Part>*>(state))(index); });
  }

  /// The pool that everything uses unless options name another: made at first use, one thread for each processor that this process may use
  /// (its affinity mask), or LYDIAN_THREADS of them.
  static ThreadPool& shared();

 private:
  void run_parts(int parts, void* state, void (*part)(void*, int));
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
