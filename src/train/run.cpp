#include "lydian/train/run.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "lydian/core/durable_file.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/report/html_report.h"
#include "lydian/text/byte_tokenizer.h"
#include "lydian/train/run_folder.h"
#include "lydian/train/trainer.h"
#include "train/checkpoint_files.h"
#include "train/run_summary.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

const char* stage_name(StageChoice::Kind kind) {
  switch (kind) {
    case StageChoice::Kind::kSft:
      return "sft";
    case StageChoice::Kind::kGrpo:
      return "grpo";
    case StageChoice::Kind::kSweep:
      return "sweep";
    case StageChoice::Kind::kReport:
      return "report";
  }
  return "";
}

/// A run in progress: the stages of a configuration under one step counter.
class Run {
 public:
  Run(RunOptions options, const MakeEnvironment& make_environment, RunControl control)
      : options_(std::move(options)),
        objects_(make_run_objects(options_, make_environment)),
        trainable_(*objects_.policy),
        control_(std::move(control)),
        summary_(options_, objects_) {
    // What a stage would refuse is refused before there is a folder, and not after the stages before it.
    for (stage_ = 0; stage_ < options_.stages.size(); ++stage_) open_stage();
    stage_ = 0;
    current_.reset();
  }

  void keep_in(RunFolder folder) { folder_.emplace(std::move(folder)); }

  void load(const std::string& checkpoint, std::int64_t step) {
    const Json where = Json::parse(StateInventory::read_text(checkpoint, "run/stage"));
    stage_ = where.at("index").get<std::size_t>();
    begun_ = where.at("begun").get<bool>();
    if (begun_) open_stage();
    const StateInventory inventory = state();
    load_checkpoint(checkpoint, *objects_.policy, &inventory, control_.leave_out);
    folder_->go_on(step);
  }

  RunOutcome execute() {
    for (; stage_ < options_.stages.size(); ++stage_) {
      const StageChoice& choice = options_.stages[stage_];
      if (stop_asked()) return RunOutcome::kInterrupted;
      if (choice.kind == StageChoice::Kind::kGrpo) {
        measure_warmup();
        if (stop_asked()) return RunOutcome::kInterrupted;
      }
      if (run_stage(choice) == RunOutcome::kInterrupted) return RunOutcome::kInterrupted;
    }
    measure_final();
    return RunOutcome::kFinished;
  }

 private:
  void open_stage() {
    const StageChoice& choice = options_.stages[stage_];
    const ChatTemplate chat_template = options_.tokenizer.chat_template;
    if (choice.kind == StageChoice::Kind::kSft) {
      current_ = std::make_unique<SupervisedStage>(trainable_, *objects_.tokenizer, objects_.weighted, choice.sft, chat_template);
    } else if (choice.kind == StageChoice::Kind::kGrpo) {
      auto trainer = std::make_unique<Trainer>(Trainer::grpo(trainable_, *objects_.tokenizer, objects_.weighted, choice.grpo, chat_template));
      if (folder_) trainer->keep_verdicts(folder_->path() + "/verdicts.jsonl");
      current_ = std::move(trainer);
    }
  }

  /// The state inventory of a run: whatever is not listed here, or in a stage's add_state, is lost.
  StateInventory state() {
    StateInventory inventory;
    WeightStore& weights = objects_.policy->weights();
    inventory.text(
        "run/stage",
        [this] {
          return Json{{"index", stage_}, {"begun", begun_}}.dump();
        },
        [](const std::string&) {});  // Read before the others, by load().
    inventory.text(
        "run/step",
        [this] {
          return Json{{"step", step_}, {"first_step", first_step_}}.dump();
        },
        [this](const std::string& text) {
          const Json state = Json::parse(text);
          step_ = state.at("step").get<std::int64_t>();
          first_step_ = state.at("first_step").get<std::int64_t>();
        });
    inventory.text(
        "run/weight_version", [&weights] { return std::to_string(weights.version()); },
        [&weights](const std::string& text) { weights.restore_version(std::stoull(text)); });
    summary_.add_state(inventory);
    folder_->add_state(inventory);
    if (current_ != nullptr) current_->add_state(inventory);
    return inventory;
  }

  void save(std::optional<double> score = std::nullopt) {
    const StateInventory inventory = state();
    folder_->save_checkpoint(step_, *objects_.policy, objects_.tokenizer->fingerprint(), inventory, score);
  }

  void record(const std::string& stage, const Metrics& metrics) { folder_->record(stage, step_, step_, {metrics, {}, {}, {}}); }

  /// Between stages; within one, run_steps() looks after every step.
  bool stop_asked() {
    if (begun_ || !control_.interrupted || !control_.interrupted()) return false;
    save();
    return true;
  }

  RunOutcome run_stage(const StageChoice& choice) {
    const double start = seconds_now();
    switch (choice.kind) {
      case StageChoice::Kind::kSft:
      case StageChoice::Kind::kGrpo:
        return run_steps();
      case StageChoice::Kind::kSweep:
        record("sweep", summary_.sweep(choice.sweep));
        break;
      case StageChoice::Kind::kReport:
        measure_final();
        write_html_report(folder_->path(), folder_->path() + "/report.html");
        break;
    }
    summary_.add_seconds(stage_name(choice.kind), seconds_now() - start);
    return RunOutcome::kFinished;
  }

  void measure_warmup() {
    if (summary_.has_warmup()) return;
    const double start = seconds_now();
    record("warmup", summary_.measure_warmup());
    for (const StageChoice& choice : options_.stages) {
      if (choice.kind == StageChoice::Kind::kSweep) summary_.sweep_warmup(choice.sweep);
    }
    summary_.add_seconds("evaluation", seconds_now() - start);
  }

  void measure_final() {
    if (!summary_.has_final()) {
      const double start = seconds_now();
      record("final", summary_.measure_final());
      summary_.add_seconds("evaluation", seconds_now() - start);
    }
    folder_->write_file("summary.json", summary_.text());
  }

  RunOutcome run_steps() {
    if (!begun_) {
      open_stage();
      if (const StageStep first = current_->begin(); !first.metrics.empty()) folder_->record(current_->name(), step_, step_ + current_->planned_steps(), first);
      begun_ = true;
      first_step_ = step_;
    }
    while (!current_->finished()) {
      const double start = seconds_now();
      const StageStep result = current_->step();
      ++step_;
      folder_->record(current_->name(), step_, planned_end(), result);
      const bool interrupted = control_.interrupted && control_.interrupted();
      const bool halted = !result.halt_reason.empty();
      last_score_ = result.metrics.get("eval/pass_rate");
      const bool due = options_.save_steps > 0 && step_ % options_.save_steps == 0;
      const bool best = last_score_ && folder_->is_best(*last_score_);
      summary_.add_seconds(current_->name(), seconds_now() - start);
      if (interrupted || halted || ((due || best) && !current_->finished())) save(last_score_);
      if (halted) throw TrainingHalted(current_->name(), result.halt_reason);
      if (interrupted) return RunOutcome::kInterrupted;
    }
    if (const auto* trainer = dynamic_cast<const Trainer*>(current_.get()))
      summary_.add_comparison(trainer->max_log_prob_difference(), trainer->tokens_compared());
    // The checkpoint after a stage belongs to the next one, so that a resumed run does not repeat its end.
    current_.reset();
    begun_ = false;
    ++stage_;
    save(last_score_);
    --stage_;
    return RunOutcome::kFinished;
  }

  std::int64_t planned_end() const { return std::max(step_, first_step_ + current_->planned_steps()); }

  RunOptions options_;
  RunObjects objects_;
  TrainableTransformer trainable_;
  RunControl control_;
  std::optional<RunFolder> folder_;
  RunSummary summary_;
  std::size_t stage_ = 0;
  std::unique_ptr<Stage> current_;
  std::int64_t step_ = 0, first_step_ = 0;
  bool begun_ = false;  ///< Whether the present stage's starting point was measured.
  std::optional<double> last_score_;
};

RunFolder::Options folder_options(const RunOptions& options, const RunControl& control) {
  return {.save_total_limit = options.save_total_limit, .console = control.console, .log_rollouts_every = options.log_rollouts_every};
}

}  // namespace

RunObjects make_run_objects(const RunOptions& options, const MakeEnvironment& make_environment) {
  RunObjects objects;
  std::string alphabet = options.tokenizer.alphabet;
  bool every_byte = false;
  for (const EnvironmentChoice& choice : options.environments) {
    objects.environments.push_back(make_environment(choice.type, choice.options));
    for (std::size_t i = 0; i + 1 < objects.environments.size(); ++i) {
      const std::string name = objects.environments.back()->name();
      if (objects.environments[i]->name() == name)
        throw ConfigError("run", "environments of different names, since metrics are kept by name", "two named " + name);
    }
    objects.weighted.push_back({objects.environments.back().get(), choice.weight});
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

RunOutcome start_run(const RunOptions& options, const MakeEnvironment& make_environment, const RunControl& control) {
  if (options.stages.empty()) throw ConfigError("config", "at least one stage section (sft, grpo, sweep, report)", "none");
  Run run(options, make_environment, control);
  RunFolder folder = RunFolder::create(options.output_dir, folder_options(options, control));
  folder.write_file("config.json", write_run_options(options).dump() + "\n");
  run.keep_in(std::move(folder));
  return run.execute();
}

RunOutcome resume_run(const std::string& run_folder, const MakeEnvironment& make_environment, const RunControl& control) {
  RunOptions options = read_run_options(Config::read_file(run_folder + "/config.json"));
  options.output_dir = run_folder;
  options.init_from.clear();  // The checkpoint holds all weights.
  const std::vector<std::int64_t> steps = RunFolder::checkpoints(run_folder);
  if (steps.empty()) throw IoError("run", "a checkpoint in " + run_folder + "/checkpoints", "none; the run stopped before its first one, so start it anew");
  Run run(options, make_environment, control);
  run.keep_in(RunFolder::reopen(run_folder, folder_options(options, control)));
  run.load(RunFolder::checkpoint_path(run_folder, steps.back()), steps.back());
  return run.execute();
}

}  // namespace lydian
