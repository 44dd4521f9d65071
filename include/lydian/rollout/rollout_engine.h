#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lydian/core/interruption.h"
#include "lydian/core/random_stream.h"
#include "lydian/data/completion.h"
#include "lydian/model/policy.h"
#include "lydian/model/sampling_options.h"
#include "lydian/text/tokenizer.h"

namespace lydian {

/// What to sample: a prompt and under which limits. Sample i of the request uses `key` with sample = key.sample + i.
struct RolloutRequest {
  std::vector<TokenId> prompt_ids{};  ///< Not empty.
  SamplingOptions sampling{};
  ThinkingBudget budget{};
  StreamKey key{};
  std::int64_t tag = 0;  ///< The caller's own; comes back with every completion.
};

/// Names one row of an engine.
using RolloutHandle = std::int64_t;

/// A completion that ended. It stays in the engine (for extend and fork) until release() where the engine keeps finished rows.
struct FinishedRollout {
  RolloutHandle handle = 0;
  std::int64_t tag = 0;
  std::int32_t sample = 0;  ///< Number of its random key: key.sample + i.
  Completion completion;
};

/// One scheduler for training, evaluation and serving: rows join and leave at every token, the rest go on. Knows no rewards and no environments.
///
/// A prompt is read once for all its samples. A completion depends on (policy weights, prompt, sampling, budget, key) only.
/// Threads: one caller at a time.
class RolloutEngine {
 public:
  struct Options {
    std::int64_t max_rows = 512;  ///< Rows that step together; further samples wait.
    bool keep_finished = false;   ///< Keep ended rows until release(), so that they can be extended and forked.
  };
  /// Delimiters of budgets that have none, and stop ids of requests that have none, come from the tokenizer. Both must outlive the engine.
  RolloutEngine(const Policy& policy, const Tokenizer& tokenizer);
  RolloutEngine(const Policy& policy, const Tokenizer& tokenizer, Options options);
  ~RolloutEngine();

  /// Queues `samples` completions; returns the handle of the first, the others follow it. Throws ConfigError where the request cannot be met (a prompt longer
  /// than the policy's positions, a budget without delimiters, …). max_completion_length is cut to the positions that are left.
  RolloutHandle submit(const RolloutRequest& request, std::int32_t samples);
  /// Advances every open row by one token; returns those that ended, by handle.
  std::vector<FinishedRollout> poll();
  /// No row is open or waiting.
  bool idle() const;
  /// Everything to its end: poll() until idle, in handle order. Throws Interrupted where it is asked to stop between two tokens.
  std::vector<FinishedRollout> run(const StopRequest& interrupted = {});

  /// Appends tokens that somebody else wrote to an ended row and opens it again: tool output (kEnvironment), a word or a closing (kForced). Keeps the key/value
  /// memory. They are scored.
  void extend(RolloutHandle handle, std::span<const TokenId> ids, TokenSource source);
  /// An ended row that begins as the first `length` tokens of this completion (with their log-probs), under `budget`; extend() or resume() opens it.
  RolloutHandle fork(RolloutHandle handle, std::int64_t length, const ThinkingBudget& budget);
  /// Opens a forked row: it goes on drawing, with the random numbers that an uncut row would have used.
  void resume(RolloutHandle handle);
  /// Forgets a row and frees its memory; one that goes on is given up.
  void release(RolloutHandle handle);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// `budget` with delimiters and closer filled from the tokenizer. Throws ConfigError where it is limited and there is no closing delimiter.
ThinkingBudget resolve_budget(ThinkingBudget budget, const Tokenizer& tokenizer);

/// Text, thinking, answer, thinking length and finish reason from ids: the one place that reads a completion. `prompt_ids` decides whether thinking is open
/// from the start.
void read_completion(Completion& completion, std::span<const TokenId> prompt_ids, std::span<const TokenId> stop_ids, const Tokenizer& tokenizer);

}  // namespace lydian
