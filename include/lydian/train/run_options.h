#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lydian/core/config.h"
#include "lydian/eval/thinking_sweep.h"
#include "lydian/model/transformer_config.h"
#include "lydian/train/sft.h"
#include "lydian/train/trainer_options.h"

namespace lydian {

/// One environment of a run: its type (the name in the catalog), its share of the draws, its own options.
struct EnvironmentChoice {
  std::string name;  ///< Its key under `environments`, by which metrics, rollouts and output call it; empty: what stands under `environment`.
  std::string type = "chain";
  double weight = 1.0;
  Config options;  ///< All other keys of the section.
};

/// Which tokenizer a run makes.
struct TokenizerOptions {
  std::string type = "byte";
  std::string alphabet;  ///< Bytes with an id; empty: what the environments are made of, or all 256 where they do not say.
  ChatTemplate chat_template = ChatTemplate::kPlain;
};

void describe(ConfigVisitor& visitor, TokenizerOptions& options);

/// What the summary measures before and after reinforcement learning: the test split, one sample an item, no cap.
struct SummaryOptions {
  std::int64_t items = 1000;
  std::int64_t verifier_threads = 1;
};

void describe(ConfigVisitor& visitor, SummaryOptions& options);

/// A stage section of the configuration, in file order.
struct StageChoice {
  enum class Kind : std::uint8_t { kSft, kGrpo, kSweep, kReport };  ///< In the order of src/train/stage_sections.cpp, which says what each is.
  Kind kind = Kind::kSft;
  SftOptions sft;
  TrainerOptions grpo;
  SweepOptions sweep;
};

/// A whole run, as `lydian train` reads it.
struct RunOptions {
  std::uint64_t seed = 1;  ///< Of everything that has no seed of its own.
  std::string output_dir = "runs/run";
  std::string init_from;  ///< A checkpoint folder whose weights the policy starts from; empty: first weights drawn from the seed.
  std::vector<EnvironmentChoice> environments;
  TokenizerOptions tokenizer;
  TransformerConfig policy;  ///< vocab_size is the tokenizer's.
  SummaryOptions summary;
  std::int64_t save_steps = 100;  ///< Beside the checkpoints of a best evaluation and of the end of a stage; 0: only these.
  std::int64_t save_total_limit = 2;
  std::int64_t log_rollouts_every = 10;
  std::vector<StageChoice> stages;
};

/// Reads a run's configuration; stage sections (sft, grpo, sweep, report) are taken in file order, each at most once. `seed` reaches every stage that has none
/// of its own. Throws ConfigError naming the key and the nearest known one.
RunOptions read_run_options(const Config& config);
/// The resolved configuration: a valid input that gives equal options.
Config write_run_options(const RunOptions& options);
/// All options with their documentation: top level, then each section with its name before the dot.
std::vector<OptionDoc> document_run_options();

/// Makes an environment from its options; the program's catalog is one.
using MakeEnvironment = std::function<std::shared_ptr<Environment>(const std::string& type, const Config& options)>;

}  // namespace lydian
