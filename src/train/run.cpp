#include "lydian/train/run.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "eval/split_items.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/thread_pool.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/report/html_report.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/run_folder.h"
#include "lydian/train/trainer.h"
#include "train/checkpoint_files.h"
#include "train/data_digest.h"
#include "train/run_summary.h"
#include "train/stage_loop.h"
#include "train/stage_sections.h"
#include "train/wall_clock.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

/// A run in progress: the stages of a configuration under one step counter.
class Run {
 public:
  Run(RunOptions options, const MakeEnvironment& make_environment, RunControl control)
      : options_(std::move(options)),
        objects_(make_run_objects(options_, make_environment)),
        trainable_(*objects_.policy),
        control_(std::move(control)),
        summary_(options_, objects_, control_.interrupted),
        loop_{*objects_.policy, *objects_.tokenizer, options_.save_steps} {
    check_stages();
    for (const WeightedEnvironment& choice : objects_.weighted) data_[choice.label()] = data_digest(*choice.environment);
    loop_.state = [this] { return state(); };
    loop_.interrupted = [this] { return control_.interrupted && control_.interrupted(); };
    loop_.took = [this](double seconds) { summary_.add_seconds(current_->name(), seconds); };
  }

  void keep_in(RunFolder folder) {
    loop_.folder.emplace(std::move(folder));
    summary_.keep_verdicts(verdicts_path());
  }

  void load(const std::string& checkpoint, std::int64_t step) {
    check_manifest(checkpoint);  // Before its state is believed.
    const Json where = Json::parse(StateInventory::read_text(checkpoint, "run/stage"));
    stage_ = where.at("index").get<std::size_t>();
    begun_ = where.at("begun").get<bool>();
    check_tokenizer(checkpoint, objects_.tokenizer->fingerprint());
    for (const auto& [name, digest] : where.at("data").items()) {
      if (data_.value(name, std::string()) == digest) continue;
      throw ConfigError("run", "the tasks of the environment " + name + " to be those with which the run began", "others: its data or its code were changed");
    }
    if (begun_) open_stage();
    const StateInventory inventory = state();
    load_checkpoint(checkpoint, *objects_.policy, &inventory, control_.leave_out);
    if (!loop_.halt_reason.empty()) {
      throw TrainingHalted("run", "the run halted after step " + std::to_string(step) + " and would only halt again: " + loop_.halt_reason +
                                      ". Go on from an older checkpoint (--step), or start another run with other settings and init_from=" + checkpoint);
    }
    loop_.folder->go_on(step);
  }

  RunEnd execute() {
    try {
      return run_stages();
    } catch (const Interrupted&) {
      // While it measured, between stages or before the first step of one: the measurement is repeated.
      current_.reset();
      loop_.save();
      return RunEnd::kInterrupted;
    }
  }

 private:
  RunEnd run_stages() {
    while (stage_ < options_.stages.size()) {
      const StageChoice& choice = options_.stages[stage_];
      if (stop_asked()) return RunEnd::kInterrupted;
      if (choice.kind == StageChoice::Kind::kGrpo) {
        measure_warmup();
        if (stop_asked()) return RunEnd::kInterrupted;
      }
      if (run_stage(choice) == RunEnd::kInterrupted) return RunEnd::kInterrupted;
    }
    measure_final();
    return RunEnd::kFinished;
  }

  /// What a stage or a measurement would refuse is refused before there is a folder, and not after the stages before it.
  void check_stages() {
    for (const auto& environment : objects_.environments) {
      check_split(*environment, Split::kTest, options_.summary.items);
      check_writable(*environment, render_prompt(environment->task(Split::kTest, 0), options_.tokenizer.chat_template));
      check_writable(*environment, environment->alphabet());
    }
    for (stage_ = 0; stage_ < options_.stages.size(); ++stage_) {
      const StageChoice& choice = options_.stages[stage_];
      if (choice.kind == StageChoice::Kind::kSweep) {
        for (const auto& environment : objects_.environments) check_sweep(choice.sweep, *objects_.tokenizer, *environment);
      }
      open_stage();
    }
    stage_ = 0;
    current_.reset();
  }

  void check_writable(const Environment& environment, const std::string& text) const {
    try {
      objects_.tokenizer->encode(text);
    } catch (const Error& error) {
      throw ConfigError("config", "tokenizer.alphabet to have all bytes of " + environment.name(), error.what());
    }
  }

  /// Leaves none where the stage has no steps.
  void open_stage() {
    const StageChoice& choice = options_.stages[stage_];
    const auto open = section_of(choice.kind).open;
    current_ = open == nullptr ? nullptr : open(choice, trainable_, objects_, options_.tokenizer.chat_template);
    if (current_ == nullptr || !loop_.folder) return;
    current_->keep_verdicts(verdicts_path());
    current_->stop_when(control_.interrupted);
  }

  /// The state inventory of a run: whatever is not listed here, or in a stage's add_state, is lost.
  StateInventory state() {
    StateInventory inventory;
    inventory.text(
        "run/stage",
        [this] {
          return Json{{"index", stage_}, {"begun", begun_}, {"data", data_}}.dump();
        },
        [](const std::string&) {});  // Read before the others, by load().
    summary_.add_state(inventory);
    loop_.add_state(inventory);
    if (current_ != nullptr) current_->add_state(inventory);
    return inventory;
  }

  std::string verdicts_path() const { return loop_.folder->path() + "/verdicts.jsonl"; }

  void record(const std::string& stage, const Metrics& metrics) { loop_.folder->record(stage, loop_.step, loop_.step, {metrics, {}, {}, {}}); }

  /// Between stages and measurements; these ask by themselves, and so does the loop after every step.
  bool stop_asked() {
    if (begun_ || !control_.interrupted || !control_.interrupted()) return false;
    loop_.save();
    return true;
  }

  /// Turns to the next stage when it has finished.
  RunEnd run_stage(const StageChoice& choice) {
    const StageSection& section = section_of(choice.kind);
    if (section.open != nullptr) return run_steps();
    if (choice.kind == StageChoice::Kind::kReport) measure_final();
    const double start = seconds_now();
    if (choice.kind == StageChoice::Kind::kSweep) {
      record("sweep", summary_.sweep(choice.sweep, loop_.step));
    } else {
      write_html_report(loop_.folder->path(), loop_.folder->path() + "/report.html");
    }
    summary_.add_seconds(std::string(section.name), seconds_now() - start);
    ++stage_;
    return RunEnd::kFinished;
  }

  void measure_warmup() {
    if (summary_.has_warmup()) return;
    const double start = seconds_now();
    record("warmup", summary_.measure_warmup(loop_.step));
    summary_.add_seconds("evaluation", seconds_now() - start);
  }

  void measure_final() {
    if (!summary_.has_final()) {
      const double start = seconds_now();
      record("final", summary_.measure_final(loop_.step));
      summary_.add_seconds("evaluation", seconds_now() - start);
    }
    if (const auto best = loop_.folder->best_step()) summary_.set_best_checkpoint(*best);
    loop_.folder->write_file("summary.json", summary_.text());
  }

  RunEnd run_steps() {
    if (!begun_) {
      open_stage();
      loop_.begin(*current_);
      begun_ = true;
    }
    if (!loop_.run(*current_)) return RunEnd::kInterrupted;
    if (const auto* trainer = dynamic_cast<const Trainer*>(current_.get()))
      summary_.add_comparison(trainer->max_log_prob_difference(), trainer->tokens_compared());
    // The checkpoint after a stage belongs to the next one, so that a resumed run does not repeat its end.
    current_.reset();
    begun_ = false;
    ++stage_;
    loop_.save();
    return RunEnd::kFinished;
  }

  RunOptions options_;
  RunObjects objects_;
  TrainableTransformer trainable_;
  RunControl control_;
  RunSummary summary_;
  StageLoop loop_;
  Json data_;  ///< Digest of each environment's tasks.
  std::size_t stage_ = 0;
  std::unique_ptr<Stage> current_;
  bool begun_ = false;  ///< Whether the present stage's starting point was measured.
};

RunFolder::Options folder_options(const RunOptions& options, const RunControl& control) {
  return {.save_total_limit = options.save_total_limit, .console = control.console, .log_rollouts_every = options.log_rollouts_every};
}

void check_options(const RunOptions& options) {
  if (options.stages.empty()) throw ConfigError("config", "at least one stage section (sft, grpo, sweep, report)", "none");
  if (options.output_dir.empty()) throw ConfigError("config", "output_dir to name a folder", "nothing");
}

}  // namespace

RunObjects make_run_objects(const RunOptions& options, const MakeEnvironment& make_environment) {
  RunObjects objects;
  std::string alphabet = options.tokenizer.alphabet;
  bool every_byte = false;
  for (const EnvironmentChoice& choice : options.environments) {
    objects.environments.push_back(make_environment(choice.type, choice.options));
    objects.weighted.push_back({objects.environments.back().get(), choice.weight, choice.name});
    const std::string own = objects.environments.back()->alphabet();
    every_byte = every_byte || own.empty();
    if (!options.tokenizer.alphabet.empty()) continue;
    for (const char byte : own) {
      if (alphabet.find(byte) == std::string::npos) alphabet += byte;
    }
  }
  const bool all_bytes = options.tokenizer.alphabet.empty() && (every_byte || alphabet.empty());
  objects.tokenizer = all_bytes ? std::make_shared<ByteTokenizer>() : std::make_shared<ByteTokenizer>(alphabet);
  TransformerConfig shape = options.policy;
  shape.vocab_size = objects.tokenizer->vocab_size();
  objects.policy = std::make_unique<TransformerPolicy>(shape, options.seed);
  if (!options.init_from.empty()) {
    copy_weights(options.init_from, *objects.policy);
    check_tokenizer(options.init_from, objects.tokenizer->fingerprint());
  }
  return objects;
}

void check_run(const RunOptions& options, const MakeEnvironment& make_environment) {
  check_options(options);
  Run(options, make_environment, {});
}

RunEnd start_run(const RunOptions& options, const MakeEnvironment& make_environment, const RunControl& control) {
  check_options(options);
  Run run(options, make_environment, control);
  ThreadPool::shared();  // Its environment variable is wrong now, and not when there is a folder.
  RunFolder folder = RunFolder::create(options.output_dir, folder_options(options, control));
  folder.write_file("config.json", write_run_options(options).dump() + "\n");
  run.keep_in(std::move(folder));
  return run.execute();
}

RunEnd resume_run(const std::string& run_folder, const MakeEnvironment& make_environment, const RunControl& control) {
  const std::int64_t step = RunFolder::checkpoint_step(run_folder, control.step);
  if (!is_whole_run(run_folder)) {
    throw ConfigError("run", "the folder of a whole run", run_folder + ", a folder of Trainer::train(), which goes on by Trainer::resume()");
  }
  RunOptions options = read_run_options(Config::read_file(run_folder + "/config.json"));
  options.init_from.clear();  // The checkpoint holds all weights.
  Run run(options, make_environment, control);
  run.keep_in(RunFolder::reopen(run_folder, folder_options(options, control)));
  run.load(RunFolder::checkpoint_path(run_folder, step), step);
  return run.execute();
}

}  // namespace lydian
