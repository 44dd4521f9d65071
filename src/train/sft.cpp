#include "lydian/train/sft.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "eval/split_items.h"
#include "lydian/core/config.h"
#include "lydian/core/logging.h"
#include "lydian/objective/supervised_loss.h"
#include "lydian/ops/tensor_of.h"
#include "lydian/policy/trainable_transformer.h"
#include "train/encoded_demonstration.h"
#include "train/kept_verdicts.h"
#include "train/percent.h"
#include "train/skill.h"
#include "train/stage_loop.h"

namespace lydian {

struct SupervisedStage::Implementation {
  TrainablePolicy& policy;
  const Tokenizer& tokenizer;
  std::vector<WeightedEnvironment> environments;
  SftOptions options;
  ChatTemplate chat_template;
  std::unique_ptr<TaskSampler> sampler;
  AdamW optimizer;
  StopRequest interrupted;
  std::unique_ptr<KeptVerdicts> verdicts = std::make_unique<KeptVerdicts>();
  std::int64_t step = 0;
  bool gate_passed = false;

  bool gated() const { return options.gate.step_accuracy > 0.0 || options.gate.answer_copy > 0.0; }
  std::vector<EncodedDemonstration> draw_batch();
  double forward_backward(std::span<const EncodedDemonstration> batch, double total_weight);
  std::string gate_text(double steps, double copy) const;
  void try_gate(StageStep& result);
  Metrics skill() const;
};

std::vector<EncodedDemonstration> SupervisedStage::Implementation::draw_batch() {
  std::vector<EncodedDemonstration> batch;
  std::uint64_t number = 0;
  // Tasks without a trace are passed over; a long run of them means that there are none.
  for (std::int64_t without = 0; static_cast<std::int64_t>(batch.size()) < options.batch_size;) {
    const DrawnTask drawn = sampler->draw(1).front();
    RandomStream stream({.seed = options.seed, .purpose = StreamPurpose::kSupervised, .step = static_cast<std::uint64_t>(step), .prompt = number++});
    const auto* demonstrator = dynamic_cast<const Demonstrator*>(drawn.environment);
    const std::optional<Demonstration> demonstration = demonstrator != nullptr ? demonstrator->demonstrate(*drawn.task, stream) : std::nullopt;
    if (!demonstration) {
      if (++without > 10000) throw ConfigError("sft", "an environment with demonstrations", "10,000 tasks one after another without one");
      continue;
    }
    without = 0;
    EncodedDemonstration encoded = encode_demonstration(tokenizer, encode_prompt(tokenizer, *drawn.task, chat_template), *demonstration);
    const auto length = static_cast<std::int64_t>(encoded.prompt.size() + encoded.completion.size());
    if (length > policy.policy().max_positions()) {
      throw ConfigError("sft", "demonstrations of at most " + std::to_string(policy.policy().max_positions()) + " tokens (policy.max_positions)",
                        "task " + drawn.task->id + " with " + std::to_string(length));
    }
    batch.push_back(std::move(encoded));
  }
  return batch;
}

// Adds the gradient of sum(weight · -log_prob) / total_weight, micro-batch by micro-batch; returns the loss.
double SupervisedStage::Implementation::forward_backward(std::span<const EncodedDemonstration> batch, double total_weight) {
  double loss = 0.0;
  for (std::size_t begin = 0; begin < batch.size();) {
    PackedBatch packed;
    std::vector<float> weight;
    std::int64_t tokens = 0;
    std::size_t end = begin;
    for (; end < batch.size(); ++end) {
      const EncodedDemonstration& one = batch[end];
      const auto size = static_cast<std::int64_t>(one.prompt.size() + one.completion.size());
      if (end > begin && tokens + size > options.micro_batch_tokens) break;
      tokens += size;
      packed.add_prompt(one.prompt, static_cast<std::int32_t>(end));
      packed.add_row(one.completion, 1.0F);
      weight.insert(weight.end(), one.weight.begin(), one.weight.end());
    }
    const PolicyOutput output = policy.forward(packed, {});
    const at::Tensor weights = ops::tensor_of(weight).to(output.log_prob.device());
    const at::Tensor value = supervised_loss(output.log_prob, weights, total_weight);
    loss += value.item<double>();
    value.backward();
    begin = end;
  }
  return loss;
}

Metrics SupervisedStage::Implementation::skill() const {
  const VerifierPool::Options verification{.threads = static_cast<int>(options.gate.verifier_threads), .journal = verdicts->begin(environments, "skill", step)};
  return lydian::measure_skill(policy.policy(), tokenizer, environments, chat_template, options.gate.items, options.seed, static_cast<std::uint64_t>(step),
                               verification, interrupted);
}

// What was measured of what was asked.
std::string SupervisedStage::Implementation::gate_text(double steps, double copy) const {
  std::string text;
  if (options.gate.step_accuracy > 0.0) text = "step accuracy " + percent(steps) + " of " + percent(options.gate.step_accuracy);
  if (options.gate.answer_copy > 0.0) text += (text.empty() ? "" : ", ") + ("answers copied " + percent(copy) + " of " + percent(options.gate.answer_copy));
  return text;
}

void SupervisedStage::Implementation::try_gate(StageStep& result) {
  const Metrics measured = skill();
  result.metrics.merge(measured);
  const double steps = measured.get("step_accuracy").value_or(0.0), copy = measured.get("answer_copy").value_or(0.0);
  gate_passed = steps >= options.gate.step_accuracy && copy >= options.gate.answer_copy;
  result.metrics.set("gate_passed", gate_passed ? 1.0 : 0.0);
  if (gate_passed) return;
  const std::string missed = "the skill gate was not reached in " + std::to_string(step) + " steps: " + gate_text(steps, copy);
  if (step < options.gate.limit_steps) {
    log(LogLevel::kWarning, "sft: " + missed + "; it goes on at the schedule's last rate");
  } else {
    result.halt_reason = missed + "; train longer (sft.gate.limit_steps), or with a larger policy";
  }
}

SupervisedStage::SupervisedStage(TrainablePolicy& policy, const Tokenizer& tokenizer, std::vector<WeightedEnvironment> environments, SftOptions options,
                                 ChatTemplate chat_template)
    : implementation_(new Implementation{policy, tokenizer, environments, options, chat_template, nullptr, AdamW(options.optimizer)}) {
  check_ranges(options, "SftOptions");
  const bool demonstrated = std::any_of(environments.begin(), environments.end(),
                                        [](const WeightedEnvironment& choice) { return dynamic_cast<const Demonstrator*>(choice.environment) != nullptr; });
  if (!demonstrated) throw ConfigError("sft", "an environment that is a Demonstrator", "none");
  bool judged = false;
  for (const WeightedEnvironment& choice : environments) {
    if (!implementation_->gated() || dynamic_cast<const StepJudge*>(choice.environment) == nullptr) continue;
    check_split(*choice.environment, Split::kDev, options.gate.items);
    judged = true;
  }
  if (implementation_->gated() && (!judged || tokenizer.think_close_id() == kNoToken)) {
    throw ConfigError("sft", "an environment that is a StepJudge, and a tokenizer with thinking delimiters, for the skill gate",
                      judged ? "no delimiters" : "no StepJudge");
  }
  if (implementation_->gated() && options.schedule.rate(options.learning_rate, options.max_steps, options.max_steps) <= 0.0) {
    throw ConfigError("sft", "a learning rate above 0 after max_steps (schedule.min_lr_ratio, learning_rate), with which the skill gate goes on", "0");
  }
  implementation_->sampler =
      std::make_unique<ShuffledTaskSampler>(std::move(environments), mix64(options.seed ^ static_cast<std::uint64_t>(StreamPurpose::kSupervised)));
  WeightStore* store = &policy.policy().weights();
  implementation_->optimizer.reset({&store, 1});
}

SupervisedStage::~SupervisedStage() = default;

bool SupervisedStage::finished() const {
  const Implementation& stage = *implementation_;
  return stage.step >= stage.options.max_steps && (!stage.gated() || stage.gate_passed);
}

std::int64_t SupervisedStage::planned_steps() const {
  return std::max(implementation_->options.max_steps, implementation_->step);
}

void SupervisedStage::stop_when(StopRequest interrupted) {
  implementation_->interrupted = std::move(interrupted);
}

void SupervisedStage::keep_verdicts(const std::string& path) {
  implementation_->verdicts->keep_in(path);
}

Metrics SupervisedStage::measure_skill() const {
  return implementation_->skill();
}

StageStep SupervisedStage::step() {
  Implementation& stage = *implementation_;
  const std::vector<EncodedDemonstration> batch = stage.draw_batch();
  double total_weight = 0.0;
  std::int64_t tokens = 0;
  for (const EncodedDemonstration& one : batch) {
    tokens += static_cast<std::int64_t>(one.completion.size());
    for (const float weight : one.weight) total_weight += weight;
  }
  if (!(total_weight > 0.0)) throw ConfigError("sft", "demonstrations with a positive weight", "a batch of weight " + std::to_string(total_weight));
  stage.policy.clear_gradient();
  StageStep result;
  result.metrics.set("loss", stage.forward_backward(batch, total_weight));
  stage.policy.finish_gradient();
  const double rate = stage.options.schedule.rate(stage.options.learning_rate, stage.step, stage.options.max_steps);
  WeightStore* store = &stage.policy.policy().weights();
  const OptimizerReport taken = stage.optimizer.step({&store, 1}, rate);
  result.halt_reason = taken.halt_reason;
  result.metrics.set("grad_norm", taken.grad_norm);
  result.metrics.set("learning_rate", rate);
  result.metrics.set("num_tokens", static_cast<double>(tokens));
  ++stage.step;
  return result;
}

void SupervisedStage::measure(StageStep& step) {
  Implementation& stage = *implementation_;
  const std::int64_t beyond = stage.step - stage.options.max_steps;
  if (!stage.gated() || beyond < 0) return;
  if (beyond % stage.options.gate.every_steps == 0 || stage.step >= stage.options.gate.limit_steps) stage.try_gate(step);
}

void SupervisedStage::add_state(StateInventory& inventory) {
  Implementation& stage = *implementation_;
  WeightStore* store = &stage.policy.policy().weights();
  stage.optimizer.add_state(inventory, {&store, 1}, "sft/");
  stage.sampler->add_state(inventory, "sft/");
  inventory.text(
      "sft/step",
      [&stage] {
        return nlohmann::json{{"step", stage.step}, {"gate_passed", stage.gate_passed}}.dump();
      },
      [&stage](const std::string& text) {
        const nlohmann::json state = nlohmann::json::parse(text);
        stage.step = state.at("step").get<std::int64_t>();
        stage.gate_passed = state.at("gate_passed").get<bool>();
      });
}

Metrics sft(TransformerPolicy& policy, const Tokenizer& tokenizer, const Environment& environment, const SftOptions& options) {
  TrainableTransformer trainable(policy);
  SupervisedStage stage(trainable, tokenizer, {{&environment, 1.0}}, options);
  StageLoop loop{policy, tokenizer};
  loop.run(stage);
  return loop.metrics;
}

void describe(ConfigVisitor& visitor, SkillGate& gate) {
  visitor.field({"step_accuracy", "Least share of right thinking steps on the dev split; 0: not asked", 0, 1}, gate.step_accuracy);
  visitor.field({"answer_copy", "Least share of right answers given a solving thinking; 0: not asked", 0, 1}, gate.answer_copy);
  visitor.field({"items", "Dev tasks that are tried", 1, 1e6}, gate.items);
  visitor.field({"every_steps", "Further steps between two tries", 1, 1e9}, gate.every_steps);
  visitor.field({"limit_steps", "Steps in all after which the stage stops with a reason", 1, 1e9}, gate.limit_steps);
  visitor.field({"verifier_threads", "Threads of the verifier pool", 1, 1024}, gate.verifier_threads);
}

void describe(ConfigVisitor& visitor, SftOptions& options) {
  visitor.field({"max_steps", "Optimizer steps, before the gate asks for more", 1, 1e9}, options.max_steps);
  visitor.field({"batch_size", "Demonstrations a step", 1, 1e6}, options.batch_size);
  visitor.field({"learning_rate", "Peak learning rate", 0, 10}, options.learning_rate);
  visitor.group({"schedule", "How the learning rate goes"}, options.schedule);
  visitor.group({"optimizer", "AdamW"}, options.optimizer);
  visitor.field({"micro_batch_tokens", "Prompt and completion tokens of one forward", 1, 1e9}, options.micro_batch_tokens);
  visitor.group({"gate", "Skill that must be reached before the next stage"}, options.gate);
  visitor.field({"seed", "Seed of the traces and their order; the run's where it is absent"}, options.seed);
}

}  // namespace lydian
