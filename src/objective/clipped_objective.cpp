#include "lydian/objective/clipped_objective.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <string>

#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "lydian/ops/elementwise.h"
#include "lydian/ops/sum.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "clipped_objective";
constexpr double kLogRatioBound = 20.0;

void check_shape(const char* name, const at::Tensor& tensor, const at::Tensor& log_prob) {
  if (!tensor.defined() || tensor.dim() != 1 || tensor.numel() != log_prob.numel()) {
    throw ShapeError(kComponent, std::string(name) + " [" + std::to_string(log_prob.numel()) + "]",
                     tensor.defined() ? std::to_string(tensor.numel()) + " elements in " + std::to_string(tensor.dim()) + " dimensions" : "no tensor");
  }
}

void check_input(const ObjectiveInput& input, const ClippedObjectiveOptions& options) {
  check_shape("log_prob", input.log_prob, input.log_prob);
  check_shape("old_log_prob", input.old_log_prob, input.log_prob);
  check_shape("advantage", input.advantage, input.log_prob);
  check_shape("mask", input.mask, input.log_prob);
  if (options.importance_sampling_clip_max > 0.0) check_shape("behavior_log_prob", input.behavior_log_prob, input.log_prob);
  if (options.entropy_coef != 0.0) check_shape("entropy", input.entropy, input.log_prob);
  if (options.loss_type == LossAggregation::kSequences) check_shape("row_of_token", input.row_of_token, input.log_prob);
}

/// The pieces of one micro-batch, 0 where masked; multiplied by a mask, a NaN or an infinity of a masked token would stay.
struct Terms {
  at::Tensor unmasked;  ///< bool [N]
  at::Tensor log_ratio, ratio, advantage, entropy, weight;
};

Terms terms_of(const ObjectiveInput& input, const ClippedObjectiveOptions& options) {
  Terms terms;
  terms.unmasked = input.mask != 0;
  const at::Tensor zero = at::zeros_like(input.log_prob);
  const auto keep = [&](const at::Tensor& tensor) { return at::where(terms.unmasked, tensor, zero); };
  // Without a bound the ratio may be infinite, and times an advantage of 0 no number.
  terms.log_ratio = keep(input.log_prob - input.old_log_prob).clamp(-kLogRatioBound, kLogRatioBound);
  terms.ratio = ops::exp(terms.log_ratio);
  terms.advantage = keep(input.advantage);
  if (input.entropy.defined()) terms.entropy = keep(input.entropy);
  if (options.importance_sampling_clip_max > 0.0) {
    terms.weight = ops::exp(keep(input.old_log_prob - input.behavior_log_prob).detach()).clamp_max(options.importance_sampling_clip_max);
  }
  return terms;
}

double high(const ClippedObjectiveOptions& options) {
  return 1.0 + (options.epsilon_high > 0.0 ? options.epsilon_high : options.epsilon);
}

at::Tensor token_loss(const Terms& terms, const ClippedObjectiveOptions& options) {
  const at::Tensor bounded = options.delta > 0.0 ? terms.ratio.clamp_max(options.delta) : terms.ratio;
  const at::Tensor free = bounded * terms.advantage;
  // Where the clipped term is the smaller one, the ratio stands at its bound: that term carries no gradient.
  const at::Tensor clipped = terms.ratio.detach().clamp(1.0 - options.epsilon, high(options)) * terms.advantage;
  at::Tensor loss = -at::where(clipped < free, clipped, free);
  if (terms.weight.defined()) loss = loss * terms.weight;
  if (options.entropy_coef != 0.0) loss = loss - terms.entropy * options.entropy_coef;
  return loss;
}

/// Sums over the whole step are known, sums over this micro-batch cannot exceed them: a caller who passes the micro-batch's own totals gets a mean of means,
/// which is caught where the totals are smaller.
double divisor(const ClippedObjectiveOptions& options, const LossTotals& totals, double tokens) {
  const double known = options.loss_type == LossAggregation::kTokens ? static_cast<double>(totals.tokens) : static_cast<double>(totals.sequences);
  if (known < 1.0)
    throw Error(kComponent, "LossTotals of at least 1", std::to_string(totals.tokens) + " tokens, " + std::to_string(totals.sequences) + " sequences");
  if (static_cast<double>(totals.tokens) < tokens) {
    throw Error(kComponent, "LossTotals of the whole optimizer step", std::to_string(totals.tokens) + " tokens, fewer than this micro-batch has");
  }
  return options.loss_type == LossAggregation::kConstant ? known * static_cast<double>(options.max_completion_length) : known;
}

at::Tensor per_row_mean(const at::Tensor& loss, const ObjectiveInput& input, const Terms& terms) {
  const at::Tensor tokens = ops::segment_sum(terms.unmasked.to(loss.scalar_type()), input.row_of_token, input.rows);
  return loss / tokens.clamp_min(1.0).index_select(0, input.row_of_token);
}

at::Tensor on_host(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU, at::kDouble).contiguous();
}

void add(Metrics& sums, std::string_view name, double value) {
  sums.set(name, sums.get(name).value_or(0.0) + value);
}

struct Counts {
  double tokens = 0.0, low = 0.0, high = 0.0, approx_kl = 0.0, ratio_max = 0.0, entropy = 0.0, weight = 0.0;
};

Counts count(const Terms& terms, const ClippedObjectiveOptions& options) {
  const at::Tensor unmasked = on_host(terms.unmasked), log_ratio = on_host(terms.log_ratio), ratio = on_host(terms.ratio), advantage = on_host(terms.advantage);
  const at::Tensor entropy = terms.entropy.defined() ? on_host(terms.entropy) : at::Tensor();
  const at::Tensor weight = terms.weight.defined() ? on_host(terms.weight) : at::Tensor();
  Counts counts;
  for (std::int64_t t = 0; t < ratio.numel(); ++t) {
    if (unmasked.const_data_ptr<double>()[t] == 0.0) continue;
    const double r = ratio.const_data_ptr<double>()[t], a = advantage.const_data_ptr<double>()[t];
    counts.tokens += 1.0;
    counts.low += r < 1.0 - options.epsilon && a < 0.0 ? 1.0 : 0.0;
    counts.high += r > high(options) && a > 0.0 ? 1.0 : 0.0;
    counts.approx_kl += r - 1.0 - log_ratio.const_data_ptr<double>()[t];
    counts.ratio_max = std::max(counts.ratio_max, r);
    if (entropy.defined()) counts.entropy += entropy.const_data_ptr<double>()[t];
    if (weight.defined()) counts.weight += weight.const_data_ptr<double>()[t];
  }
  return counts;
}

void report(const Counts& counts, const Terms& terms, Metrics& sums) {
  add(sums, "tokens", counts.tokens);
  add(sums, "clip_ratio/low", counts.low);
  add(sums, "clip_ratio/high", counts.high);
  add(sums, "clip_ratio/region", counts.low + counts.high);
  add(sums, "approx_kl", counts.approx_kl);
  if (terms.entropy.defined()) add(sums, "entropy", counts.entropy);
  if (terms.weight.defined()) add(sums, "importance_weight", counts.weight);
  sums.set("ratio_max", std::max(sums.get("ratio_max").value_or(0.0), counts.ratio_max));
}

}  // namespace

void describe(ConfigVisitor& visitor, ClippedObjectiveOptions& options) {
  visitor.field({.name = "epsilon", .doc = "Lower clip: ratios below 1 - epsilon carry no gradient where the advantage is negative. Above 0.", .low = 0.0},
                options.epsilon);
  visitor.field({.name = "epsilon_high", .doc = "Upper clip, as epsilon where the advantage is positive; 0: epsilon.", .low = 0.0}, options.epsilon_high);
  visitor.field(
      {.name = "delta", .doc = "Upper bound of the ratio where the advantage is negative (two-sided clipping), above 1 + epsilon_high; 0: off.", .low = 0.0},
      options.delta);
  visitor.enumeration(
      {.name = "loss_type", .doc = "What the sum of token losses is divided by: tokens, each row's tokens then rows, rows times max_completion_length."},
      options.loss_type, {"dapo", "grpo", "dr_grpo"});
  visitor.field({.name = "entropy_coef", .doc = "Weight of the entropy bonus."}, options.entropy_coef);
  visitor.field({.name = "importance_sampling_clip_max",
                 .doc = "Cap of the importance weight that corrects a sampler that is not exact (it is exactly 1 for one that is); 0: no correction.",
                 .low = 0.0},
                options.importance_sampling_clip_max);
}

ClippedObjective::ClippedObjective(const ClippedObjectiveOptions& options) : options_(options) {
  if (!(options.epsilon > 0.0)) throw ConfigError(kComponent, "epsilon above 0", std::to_string(options.epsilon));
  if (!(options.epsilon_high >= 0.0)) throw ConfigError(kComponent, "epsilon_high of 0 or more", std::to_string(options.epsilon_high));
  if (options.delta != 0.0 && !(options.delta > high(options))) {
    throw ConfigError(kComponent, "delta of 0 or above 1 + epsilon_high = " + std::to_string(high(options)), std::to_string(options.delta));
  }
  if (options.loss_type == LossAggregation::kConstant && options.max_completion_length < 1) {
    throw ConfigError(kComponent, "max_completion_length of at least 1 for loss_type dr_grpo", std::to_string(options.max_completion_length));
  }
}

at::Tensor ClippedObjective::loss(const ObjectiveInput& input, const LossTotals& totals, Metrics& sums) const {
  check_input(input, options_);
  const Terms terms = terms_of(input, options_);
  const Counts counts = count(terms, options_);
  at::Tensor loss = token_loss(terms, options_);
  if (options_.loss_type == LossAggregation::kSequences) loss = per_row_mean(loss, input, terms);
  report(counts, terms, sums);
  return ops::sum(loss) / divisor(options_, totals, counts.tokens);
}

Metrics ClippedObjective::statistics(const Metrics& sums) const {
  Metrics means;
  const double tokens = std::max(1.0, sums.get("tokens").value_or(0.0));
  const auto mean = [&](std::string_view sum, std::string_view name) {
    if (const auto value = sums.get(sum)) means.set(name, *value / tokens);
  };
  mean("clip_ratio/low", "clip_ratio/low_mean");
  mean("clip_ratio/high", "clip_ratio/high_mean");
  mean("clip_ratio/region", "clip_ratio/region_mean");
  mean("approx_kl", "approx_kl");
  mean("entropy", "entropy");
  mean("importance_weight", "sampling/importance_sampling_ratio/mean");
  if (const auto largest = sums.get("ratio_max")) means.set("ratio/max", *largest);
  return means;
}

}  // namespace lydian
