#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "lydian/verify/verifier.h"

namespace lydian {

/// Scores 1 once two threads have been inside it at one time, 0 before: asked by one thread alone, it waits a second for the other and gives up for good.
class MeetingVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (++inside_ > 1) met_ = true;
    changed_.notify_all();
    if (!given_up_ && !changed_.wait_for(lock, std::chrono::seconds(1), [this] { return met_; })) given_up_ = true;
    --inside_;
    return Verdict::scored(met_ ? 1.0 : 0.0);
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int inside_ = 0;
  mutable bool met_ = false, given_up_ = false;
};

}  // namespace lydian
