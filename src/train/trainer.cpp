#include "lydian/train/trainer.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "lydian/core/config.h"
#include "lydian/policy/trainable_transformer.h"
#include "lydian/train/run_folder.h"
#include "train/trainer_implementation.h"

namespace lydian {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

TrainerParts grpo_parts(const std::vector<WeightedEnvironment>& environments, const TrainerOptions& options) {
  TrainerParts parts;
  parts.task_sampler = std::make_unique<ShuffledTaskSampler>(environments, options.seed);
  parts.advantage = std::make_unique<GroupRelativeAdvantage>(options.scale_rewards);
  ClippedObjectiveOptions objective = options.objective;
  objective.max_completion_length = options.max_completion_length;
  parts.objective = std::make_unique<ClippedObjective>(objective);
  parts.optimizer = std::make_unique<AdamW>(options.optimizer);
  return parts;
}

}  // namespace

StageStep Trainer::step() {
  Implementation& trainer = *implementation_;
  StageStep result;
  const double start = seconds_now();
  StepRollouts drawn = trainer.roll_out();  // 1 draw tasks, 2 encode, 3 rollout, 4 verify and shape
  const double rolled_out = seconds_now();
  const RolloutBatch batch = collate(drawn.rollouts);  // 5
  const std::vector<GroupRows> groups = rows_of_groups(batch);
  const std::vector<float> old_log_prob = trainer.old_log_prob(batch, groups);                // 6
  result.advantage = trainer.parts.advantage->estimate(batch);                                // 7
  const UpdateReport update = trainer.update(batch, groups, result.advantage, old_log_prob);  // 8 forward, 9 objective, 10 optimizer step
  const double updated = seconds_now();
  trainer.watch(drawn, groups);
  trainer.add_metrics(result.metrics, drawn, batch, update);  // 11
  trainer.max_difference = std::max(trainer.max_difference, update.max_difference);
  trainer.tokens_compared += update.tokens_compared;
  result.halt_reason = trainer.halt_reason(drawn, batch, update);
  ++trainer.step;
  if (trainer.options.eval_steps > 0 && (trainer.step % trainer.options.eval_steps == 0 || finished())) result.metrics.merge(trainer.evaluate_dev());
  result.metrics.set("time/rollout", rolled_out - start);
  result.metrics.set("time/forward_backward", updated - rolled_out);
  result.metrics.set("time/step", seconds_now() - start);
  result.metrics.set("perf/tokens_per_second", static_cast<double>(batch.tokens()) / (rolled_out - start));
  result.rollouts = std::move(drawn.rollouts);
  return result;
}

StageStep Trainer::begin() {
  StageStep result;
  if (implementation_->options.eval_steps > 0) result.metrics = implementation_->evaluate_dev();
  return result;
}

Trainer Trainer::grpo(TransformerPolicy& policy, const Tokenizer& tokenizer, const Environment& environment, TrainerOptions options) {
  auto trainable = std::make_unique<TrainableTransformer>(policy);
  Trainer trainer = grpo(*trainable, tokenizer, {{&environment, 1.0}}, std::move(options));
  trainer.implementation_->owned_policy = std::move(trainable);
  return trainer;
}

Trainer Trainer::grpo(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, TrainerOptions options,
                      ChatTemplate chat_template) {
  TrainerParts parts = grpo_parts(environments, options);
  return Trainer(policy, tokenizer, std::move(environments), std::move(options), std::move(parts), chat_template);
}

Trainer::Trainer(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, TrainerOptions options, TrainerParts parts,
                 ChatTemplate chat_template)
    : implementation_(new Implementation{}) {
  Implementation& trainer = *implementation_;
  trainer.policy = &policy;
  trainer.tokenizer = &tokenizer;
  trainer.environments = std::move(environments);
  trainer.options = std::move(options);
  trainer.parts = std::move(parts);
  trainer.chat_template = chat_template;
  trainer.check_options();
  trainer.verifiers =
      std::make_unique<VerifierPool>(VerifierPool::Options{.threads = static_cast<int>(trainer.options.verifier_threads), .journal = trainer.journal.get()});
  WeightStore* store = &policy.policy().weights();
  trainer.parts.optimizer->reset({&store, 1});
}

Trainer::Trainer(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

bool Trainer::finished() const {
  return implementation_->step >= implementation_->options.max_steps;
}
std::int64_t Trainer::planned_steps() const {
  return implementation_->options.max_steps;
}
double Trainer::max_log_prob_difference() const {
  return implementation_->max_difference;
}
std::int64_t Trainer::tokens_compared() const {
  return implementation_->tokens_compared;
}

void Trainer::keep_verdicts(const std::string& path) {
  implementation_->journal_path = path;
}

void Trainer::add_state(StateInventory& inventory) {
  Implementation& trainer = *implementation_;
  WeightStore* store = &trainer.policy->policy().weights();
  trainer.parts.optimizer->add_state(inventory, {&store, 1}, "grpo/");
  trainer.parts.task_sampler->add_state(inventory, "grpo/");
  inventory.text(
      "grpo/step", [&trainer] { return std::to_string(trainer.step); }, [&trainer](const std::string& text) { trainer.step = std::stoll(text); });
  inventory.text(
      "grpo/comparison",
      [&trainer] {
        return nlohmann::json{{"max_difference", trainer.max_difference}, {"tokens", trainer.tokens_compared}}.dump();
      },
      [&trainer](const std::string& text) {
        const nlohmann::json state = nlohmann::json::parse(text);
        trainer.max_difference = state.at("max_difference").get<double>();
        trainer.tokens_compared = state.at("tokens").get<std::int64_t>();
      });
  inventory.text(
      "grpo/halt",
      [&trainer] {
        return nlohmann::json{{"flat_steps", trainer.flat_steps}, {"truncated", trainer.truncated_of_steps}}.dump();
      },
      [&trainer](const std::string& text) {
        const nlohmann::json state = nlohmann::json::parse(text);
        trainer.flat_steps = state.at("flat_steps").get<std::int64_t>();
        trainer.truncated_of_steps = state.at("truncated").get<std::deque<double>>();
      });
}

Metrics Trainer::train(std::int64_t steps) {
  Implementation& trainer = *implementation_;
  std::optional<RunFolder>& folder = trainer.folder;
  if (!trainer.options.output_dir.empty() && !folder) {
    folder = RunFolder::create(trainer.options.output_dir, {.save_total_limit = trainer.options.save_total_limit});
    folder->write_file("config.json", write_config(trainer.options).dump() + "\n");
    keep_verdicts(folder->path() + "/verdicts.jsonl");
  }
  StateInventory inventory;
  add_state(inventory);
  if (folder) folder->add_state(inventory);
  const std::int64_t last_step = trainer.step + steps;
  if (trainer.step == 0) {
    if (const StageStep first = begin(); folder && !first.metrics.empty()) folder->record(name(), trainer.step, last_step, first);
  }
  Metrics last;
  while (trainer.step < last_step) {
    const StageStep result = step();
    last = result.metrics;
    const bool halted = !result.halt_reason.empty();
    if (folder) {
      folder->record(name(), trainer.step, last_step, result);
      const bool due = trainer.options.save_steps > 0 && trainer.step % trainer.options.save_steps == 0;
      if (due || halted || trainer.step == last_step)
        folder->save_checkpoint(trainer.step, trainer.policy->policy(), trainer.tokenizer->fingerprint(), inventory, last.get("eval/pass_rate"));
    }
    if (halted) throw TrainingHalted("trainer", result.halt_reason);
  }
  return last;
}

}  // namespace lydian
