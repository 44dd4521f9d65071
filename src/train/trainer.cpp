#include "lydian/train/trainer.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "lydian/core/config.h"
#include "lydian/policy/trainable_transformer.h"
#include "train/checkpoint_files.h"
#include "train/trainer_implementation.h"
#include "train/wall_clock.h"

namespace lydian {
namespace {

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
  result.halt_reason = trainer.halt_reason(drawn, result.metrics.at("reward"), update);
  ++trainer.step;
  result.metrics.set("time/rollout", rolled_out - start);
  result.metrics.set("time/forward_backward", updated - rolled_out);
  result.metrics.set("time/step", seconds_now() - start);
  result.metrics.set("perf/tokens_per_second", static_cast<double>(batch.tokens()) / (rolled_out - start));
  result.rollouts = std::move(drawn.rollouts);
  return result;
}

void Trainer::measure(StageStep& step) {
  const Implementation& trainer = *implementation_;
  if (trainer.options.eval_steps == 0 || (trainer.step % trainer.options.eval_steps != 0 && trainer.step != trainer.planned_end)) return;
  const double start = seconds_now();
  step.metrics.merge(trainer.evaluate_dev());
  step.metrics.set("time/step", step.metrics.get("time/step").value_or(0.0) + seconds_now() - start);
}

StageStep Trainer::begin() {
  StageStep result;
  // Moments stand beside the weights, and another stage may have used them since this one was made.
  WeightStore* store = &implementation_->policy->policy().weights();
  implementation_->parts.optimizer->reset({&store, 1});
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
  trainer.planned_end = trainer.options.max_steps;
  trainer.verifiers = std::make_unique<VerifierPool>(VerifierPool::Options{.threads = static_cast<int>(trainer.options.verifier_threads),
                                                                           .journal = trainer.verdicts->journal(),
                                                                           .patience_s = trainer.options.verifier_patience_s});
  WeightStore* store = &policy.policy().weights();
  trainer.parts.optimizer->reset({&store, 1});
}

Trainer::Trainer(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

bool Trainer::finished() const {
  return implementation_->step >= implementation_->planned_end;
}
std::int64_t Trainer::planned_steps() const {
  return implementation_->planned_end;
}
std::int64_t Trainer::steps_done() const {
  return implementation_->step;
}
double Trainer::max_log_prob_difference() const {
  return implementation_->max_difference;
}
std::int64_t Trainer::tokens_compared() const {
  return implementation_->tokens_compared;
}

void Trainer::stop_when(StopRequest interrupted) {
  implementation_->interrupted = std::move(interrupted);
}

void Trainer::keep_verdicts(const std::string& path) {
  implementation_->verdicts->keep_in(path);
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

StageLoop& Trainer::Implementation::loop_of(Trainer& trainer) {
  if (!loop) loop.reset(new StageLoop{policy->policy(), *tokenizer, options.save_steps});
  loop->state = [this, &trainer] {
    StateInventory inventory;
    trainer.add_state(inventory);
    loop->add_state(inventory);
    return inventory;
  };
  loop->step = step;
  return *loop;
}

Metrics Trainer::train(std::int64_t steps) {
  Implementation& trainer = *implementation_;
  StageLoop& loop = trainer.loop_of(*this);
  if (!trainer.options.output_dir.empty() && !loop.folder) {
    loop.folder.emplace(RunFolder::create(trainer.options.output_dir, {.save_total_limit = trainer.options.save_total_limit}));
    loop.folder->write_file("config.json", write_config(trainer.options).dump() + "\n");
    keep_verdicts(loop.folder->path() + "/verdicts.jsonl");
  }
  trainer.planned_end = trainer.step + steps;
  if (trainer.step == 0) loop.begin(*this);
  if (finished()) return {};
  loop.run(*this);
  loop.save();
  return loop.metrics;
}

bool Trainer::resume() {
  Implementation& trainer = *implementation_;
  const std::string& path = trainer.options.output_dir;
  if (path.empty() || trainer.step > 0)
    throw ConfigError("trainer", "an output_dir to go on with, before the first step", path.empty() ? "none" : "a later step");
  if (!std::filesystem::exists(path) || std::filesystem::is_empty(path)) return false;
  const std::int64_t step = RunFolder::checkpoint_step(path);
  const std::string checkpoint = RunFolder::checkpoint_path(path, step);
  if (is_whole_run(path)) throw ConfigError("trainer", "the folder of an earlier train()", path + ", a whole run, which goes on by `lydian train --resume`");
  check_tokenizer(checkpoint, trainer.tokenizer->fingerprint());
  StageLoop& loop = trainer.loop_of(*this);
  loop.folder.emplace(RunFolder::reopen(path, {.save_total_limit = trainer.options.save_total_limit}));
  keep_verdicts(path + "/verdicts.jsonl");
  const StateInventory inventory = loop.state();
  load_checkpoint(checkpoint, trainer.policy->policy(), &inventory);
  loop.folder->go_on(step);
  return true;
}

}  // namespace lydian
