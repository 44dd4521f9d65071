#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lydian/data/rollout.h"
#include "lydian/rollout/rollout_engine.h"
#include "lydian/text/chat_template.h"
#include "lydian/verify/environment.h"
#include "lydian/verify/verifier_pool.h"

namespace lydian {

/// One group of rollouts to make: a task and how it is to be answered.
struct EpisodeRequest {
  std::shared_ptr<const Task> task{};
  const Environment* environment = nullptr;
  SamplingOptions sampling{};
  ThinkingBudget budget{};
  StreamKey key{};  ///< key.prompt is the running number of the draw; samples are numbered from key.sample.
  std::int32_t samples = 1;
  std::int32_t group = 0;
};

/// Engine, environments and verifier pool together: rollouts that are sampled, stepped through their turns and judged, steps and verification overlapping
/// sampling.
///
/// The completion of an episode of several turns holds them all: a turn ends with the stop token that the policy drew, the environment's words follow as
/// kEnvironment tokens, and max_completion_length bounds everything together. Only a turn that ended by itself is answered.
/// Threads: one caller at a time; verdicts come from the pool's threads.
class EpisodeDriver {
 public:
  struct Options {
    ChatTemplate chat_template = ChatTemplate::kPlain;
    std::int64_t max_rows = 512;
    std::int64_t max_turns = 0;  ///< Turns of one episode at most; 0: as many as its environment says.
    StopRequest interrupted{};   ///< Asked between two tokens and while verdicts take long; where it says so, run() drops what waits in the pool and throws.
  };
  /// All must outlive the driver.
  EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers);
  EpisodeDriver(const Policy& policy, const Tokenizer& tokenizer, VerifierPool& verifiers, Options options);

  /// All rollouts of all requests, judged, ordered by request and sample. Throws Interrupted as Options says.
  std::vector<Rollout> run(const std::vector<EpisodeRequest>& requests) const;

 private:
  const Policy& policy_;
  const Tokenizer& tokenizer_;
  VerifierPool& verifiers_;
  Options options_;
};

}  // namespace lydian
