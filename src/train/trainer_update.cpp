#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/planted_fault.h"
#include "lydian/core/error.h"
#include "lydian/train/training_rows.h"
#include "train/trainer_implementation.h"

namespace lydian {
namespace {

/// Rows of one group that are read together, with its prompt.
struct Piece {
  std::int64_t begin = 0, end = 0, group = 0;
};

std::int64_t tokens_of(const RolloutBatch& batch, const Piece& piece) {
  const auto prompt = static_cast<std::size_t>(batch.prompt_of_row[static_cast<std::size_t>(piece.begin)]);
  return batch.prompt_offsets[prompt + 1] - batch.prompt_offsets[prompt] + batch.completion_offsets[static_cast<std::size_t>(piece.end)] -
         batch.completion_offsets[static_cast<std::size_t>(piece.begin)];
}

/// A whole group; where it is larger than the limit, runs of its rows that fit, or single rows.
void add_pieces(const RolloutBatch& batch, const GroupRows& rows, std::int64_t group, std::int64_t limit, std::vector<Piece>& pieces) {
  for (Piece piece{rows.begin, rows.begin + 1, group}; piece.begin < rows.end; piece = {piece.end, piece.end + 1, group}) {
    while (piece.end < rows.end && tokens_of(batch, {piece.begin, piece.end + 1, group}) <= limit) ++piece.end;
    pieces.push_back(piece);
  }
}

/// Compares recomputed log-probs with recorded ones, bit by bit in effect: any difference of bits of finite numbers is a difference of values.
void compare(std::span<const float> recomputed, std::span<const float> recorded, UpdateReport& report) {
  for (std::size_t t = 0; t < recorded.size(); ++t) {
    const double difference = std::fabs(static_cast<double>(recomputed[t]) - static_cast<double>(recorded[t]));
    // A NaN is the largest number that JSON can keep.
    report.max_difference = std::isfinite(difference) ? std::max(report.max_difference, difference) : std::numeric_limits<double>::max();
  }
  report.tokens_compared += static_cast<std::int64_t>(recorded.size());
}

// Only a planted fault asks for them: the totals of one micro-batch.
[[maybe_unused]] LossTotals totals_of(const TrainingRows& micro) {
  return {static_cast<std::int64_t>(std::count(micro.mask.begin(), micro.mask.end(), 1.0F)), micro.packed.rows(), micro.packed.prompts()};
}

std::vector<GroupRows> mini_batch(const std::vector<GroupRows>& groups, std::int64_t index, std::int64_t count) {
  const auto total = static_cast<std::int64_t>(groups.size());
  return {groups.begin() + total * index / count, groups.begin() + total * (index + 1) / count};
}

/// Cuts the pieces into runs of nearly equal size, as few as fit the limit of tokens: a last one of a single group would keep one thread only.
std::vector<std::span<const Piece>> micro_batches(const RolloutBatch& batch, std::span<const Piece> pieces, std::int64_t limit) {
  std::int64_t left = 0;
  for (const Piece& piece : pieces) left += tokens_of(batch, piece);
  std::vector<std::span<const Piece>> parts;
  for (std::size_t begin = 0; begin < pieces.size(); begin += parts.back().size()) {
    const std::int64_t share = left / ((left + limit - 1) / limit);
    std::int64_t tokens = tokens_of(batch, pieces[begin]);
    std::size_t end = begin + 1;
    for (; end < pieces.size() && tokens < share; ++end) {
      const std::int64_t more = tokens_of(batch, pieces[end]);
      if (tokens + more > limit) break;
      tokens += more;
    }
    parts.push_back(pieces.subspan(begin, end - begin));
    left -= tokens;
  }
  return parts;
}

}  // namespace

std::vector<GroupRows> rows_of_groups(const RolloutBatch& batch) {
  std::vector<GroupRows> groups;
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    const auto rollout = static_cast<std::size_t>(batch.rollout_of_row[static_cast<std::size_t>(row)]);
    const bool begins = row == 0 || batch.group_of_rollout[rollout] !=
                                        batch.group_of_rollout[static_cast<std::size_t>(batch.rollout_of_row[static_cast<std::size_t>(row) - 1])];
    if (begins) groups.push_back({row, row, false});
    groups.back().end = row + 1;
  }
  const GroupSignal signal = group_signal(batch);
  if (signal.groups.size() != groups.size()) throw ShapeError("trainer", "every group in one piece of the batch", "a group in several");
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i].useful = signal.useful[i] != 0;
  return groups;
}

std::vector<float> Trainer::Implementation::recomputed_log_prob(const RolloutBatch& batch, const GroupRows& group) {
  const at::NoGradGuard no_grad;
  std::vector<Piece> pieces;
  add_pieces(batch, group, 0, options.micro_batch_tokens, pieces);
  std::vector<float> all;
  for (const Piece& piece : pieces) {
    TrainingRows rows;
    rows.add_group(batch, piece.begin, piece.end, piece.group);
    const at::Tensor log_prob = policy->forward(rows.packed, {}).log_prob.cpu().contiguous();
    all.insert(all.end(), log_prob.data_ptr<float>(), log_prob.data_ptr<float>() + log_prob.numel());
  }
  return all;
}

std::vector<float> Trainer::Implementation::old_log_prob(const RolloutBatch& batch, const std::vector<GroupRows>& groups) {
  std::vector<float> old = batch.behavior_log_prob;
  if (policy->policy().exact()) return old;  // The recorded ones are the old ones, bit by bit; the update compares them.
  for (const GroupRows& group : groups) {
    const std::vector<float> log_prob = recomputed_log_prob(batch, group);
    std::copy(log_prob.begin(), log_prob.end(), old.begin() + batch.completion_offsets[static_cast<std::size_t>(group.begin)]);
  }
  return old;
}

// Untrained rows, and rows of later mini-batches, are compared by a drawn sample of their groups before any weight changes.
void Trainer::Implementation::audit(const RolloutBatch& batch, const std::vector<GroupRows>& groups, UpdateReport& report) {
  const std::size_t first_mini_batch = mini_batch(groups, 0, options.mini_batches).size();
  std::vector<GroupRows> candidates;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i >= first_mini_batch || !groups[i].useful) candidates.push_back(groups[i]);
  }
  RandomStream stream({.seed = options.seed, .purpose = StreamPurpose::kAudit, .step = static_cast<std::uint64_t>(step)});
  for (std::int64_t i = 0; i < options.audit_groups && !candidates.empty(); ++i) {
    const std::size_t chosen = stream.below(candidates.size());
    const std::vector<float> log_prob = recomputed_log_prob(batch, candidates[chosen]);
    const auto first = static_cast<std::size_t>(batch.completion_offsets[static_cast<std::size_t>(candidates[chosen].begin)]);
    compare(log_prob, std::span(batch.behavior_log_prob).subspan(first, log_prob.size()), report);
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
}

UpdateReport Trainer::Implementation::update(const RolloutBatch& batch, const std::vector<GroupRows>& groups, const std::vector<double>& advantage,
                                             const std::vector<float>& old_log_prob) {
  UpdateReport report;
  report.learning_rate = options.schedule.rate(options.learning_rate, step, options.max_steps);
  audit(batch, groups, report);
  double loss = 0.0;
  for (std::int64_t iteration = 0; iteration < options.num_iterations; ++iteration) {
    for (std::int64_t index = 0; index < options.mini_batches && report.halt_reason.empty(); ++index) {
      const std::vector<GroupRows> part = mini_batch(groups, index, options.mini_batches);
      loss += optimizer_step(batch, part, advantage, old_log_prob, iteration == 0 && index == 0, report);
    }
  }
  report.loss = loss / static_cast<double>(options.num_iterations * options.mini_batches);
  return report;
}

double Trainer::Implementation::optimizer_step(const RolloutBatch& batch, std::span<const GroupRows> groups, const std::vector<double>& advantage,
                                               const std::vector<float>& old_log_prob, bool compare_log_probs, UpdateReport& report) {
  // Groups without spread give no gradient unless the objective has a term beside the advantage; they count in the totals all the same.
  std::vector<Piece> trained;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].useful || parts.objective->needs_entropy()) add_pieces(batch, groups[i], static_cast<std::int64_t>(i), options.micro_batch_tokens, trained);
  }
  if (trained.empty()) return 0.0;
  const LossTotals totals = loss_totals(batch, groups.front().begin, groups.back().end);
  if (totals.tokens == 0) return 0.0;  // Every verdict of the mini-batch is a fault.
  policy->clear_gradient();
  double loss = 0.0;
  for (const std::span<const Piece> part : micro_batches(batch, trained, options.micro_batch_tokens)) {
    TrainingRows micro;
    for (const Piece& piece : part) micro.add_group(batch, piece.begin, piece.end, piece.group, advantage, old_log_prob);
    const PolicyOutput output = policy->forward(micro.packed, {.entropy = true});
    if (compare_log_probs) {
      const at::Tensor log_prob = output.log_prob.detach().cpu().contiguous();
      compare({log_prob.data_ptr<float>(), micro.behavior_log_prob.size()}, micro.behavior_log_prob, report);
    }
    const bool by_itself = planted(PlantedFault::kMeanOfMeans);
    const at::Tensor value = parts.objective->loss(micro.objective_input(output), by_itself ? totals_of(micro) : totals, report.sums);
    loss += value.item<double>();
    value.backward();
  }
  policy->finish_gradient();
  WeightStore* store = &policy->policy().weights();
  OptimizerReport taken = parts.optimizer->step({&store, 1}, report.learning_rate);
  report.grad_norm = taken.grad_norm;
  report.halt_reason = std::move(taken.halt_reason);
  return loss;
}

}  // namespace lydian
