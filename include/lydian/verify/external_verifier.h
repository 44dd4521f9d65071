#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lydian/verify/verifier.h"

namespace lydian {

class ConfigVisitor;

struct ExternalVerifierOptions {
  std::vector<std::string> command{};    ///< Program and arguments, found by PATH; no shell reads them.
  std::int64_t processes = 1;            ///< Children that judge side by side.
  double timeout_s = 10.0;               ///< Of one item, wall clock.
  double start_timeout_s = 60.0;         ///< Until a child says that it is ready.
  std::int64_t max_reply_bytes = 65536;  ///< Of one line.
  std::int64_t max_memory_mb = 4096;     ///< Address space of each process of a child (RLIMIT_AS); 0: no limit.
  bool deterministic = false;            ///< Whether equal items are always judged equally. Where not, a run keeps the verdicts for its resumption.
};

void describe(ConfigVisitor& visitor, ExternalVerifierOptions& options);

/// A verifier written in any language: a child process that reads one JSON object a line from its standard input and answers each with one on its standard
/// output.
///
///   child    {"ready": true}                                        once, when it can judge
///   lydian   {"id": 7, "task": {"id", "prompt" (text, or a list of {"role", "content"}), "ground_truth", "category", "metadata": {…}},
///             "completion": {"text", "thinking", "answer", "finish_reason", "thinking_tokens", "truncated"}}
///   child    {"id": 7, "reward": 0.5, "parts"?: {"format": 1}, "reason"?: "…"}     or "status": "unparsable" | "resource_limit" instead of a reward
///   child    {"id": 7, "error": "…"}                                it could not judge: a fault
///
/// A child ends at the end of its input. What it writes on standard error is kept for the reason of a fault. Bytes that are no UTF-8 reach it as U+FFFD.
///
/// Whatever else a child does is a fault verdict, never a reward: it crashes, hangs, writes no JSON, answers late, twice, with another id, with too many bytes
/// or half a line, closes its output, gives no reward or one that is not finite, or ends before it is ready. It is then killed with all of its descendants, and
/// the next item starts a new child. An item that ran into the time limit, or whose child ended, is tried once more first.
///
/// Threads: verify() may be called from any number; `processes` of them judge, the others wait (waiting does not count as time of the item).
class ExternalVerifier final : public Verifier {
 public:
  struct Counts {
    std::int64_t judged = 0, faults = 0;
    std::int64_t started = 0;  ///< Children, restarts included.
  };

  /// Starts nothing yet. Throws ConfigError without a command, where its program is not found, and where a value is out of range.
  explicit ExternalVerifier(ExternalVerifierOptions options);
  ~ExternalVerifier() override;

  Verdict verify(const Task& task, const Completion& completion) const override;
  bool deterministic() const override { return options_.deterministic; }
  Counts counts() const;

 private:
  struct Implementation;
  ExternalVerifierOptions options_;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lydian
