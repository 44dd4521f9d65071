#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lydian/data/rollout.h"
#include "lydian/episode/episode_driver.h"
#include "lydian/eval/statistics.h"

namespace lydian {

class ConfigVisitor;

struct EvaluationOptions {
  Split split = Split::kTest;
  std::int64_t items = 1000;  ///< Cut to the split's size.
  std::int64_t samples_per_item = 1;
  SamplingOptions sampling{};
  ThinkingBudget thinking{};
  std::uint64_t seed = 1;
  std::vector<std::int64_t> pass_at{};  ///< k of pass@k and maj@k; each at most samples_per_item.
  std::int64_t max_rows = 512;
  std::int64_t verifier_threads = 1;  ///< Results do not depend on it.
  VerdictJournal* journal = nullptr;  ///< As VerifierPool's; no setting of a configuration.
  StopRequest interrupted{};          ///< Asked between two tokens and while verdicts take long.
};

void describe(ConfigVisitor& visitor, EvaluationOptions& options);

/// What an evaluation found. Rows whose verifier failed are left out of all means and counted; an item with fewer than k judged samples is left out of pass@k
/// and maj@k.
struct Evaluation {
  Estimate accuracy;   ///< avg@k: mean reward, clustered by item.
  Estimate pass_rate;  ///< Share of rewards of 1 or more, which count as right; the same where rewards are 0 or 1.
  /// pass@k of right completions. maj@k: reward of the most frequent answer (equal text, unparsable ones do not vote) of k samples, ties to the
  /// earliest, mean over the samples' disjoint runs of k.
  std::map<std::int64_t, double> pass_at, majority_at;
  std::map<std::string, Estimate> by_category;  ///< Pass rates.
  double thinking_mean = 0.0;                   ///< Tokens.
  double truncated_share = 0.0;
  std::int64_t items = 0, faults = 0;
  std::vector<Rollout> rollouts;
};

/// Samples and judges the first `items` tasks of a split. Random numbers are those of (seed, item, sample), so two policies are compared on equal noise.
/// Throws ConfigError naming the option that does not fit, or an empty split; Error where the verifier failed on every row, or
/// a log-prob is NaN; Interrupted where it is asked to stop.
Evaluation evaluate(const Policy& policy, const Tokenizer& tokenizer, const Environment& environment, const EvaluationOptions& options = {},
                    ChatTemplate chat_template = ChatTemplate::kPlain);

}  // namespace lydian
