#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "core/planted_fault.h"
#include "lydian/advantage/advantage_estimator.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

constexpr double kEpsilon = 1e-4;  // TRL's; the scale of a group with a tiny spread depends on it.

/// Numbers of the valid rollouts of each group, in order. A group all of whose members are invalid is present, and empty.
std::map<std::int32_t, std::vector<std::size_t>> valid_members(const RolloutBatch& batch) {
  const std::size_t rollouts = batch.reward.size();
  if (batch.valid.size() != rollouts || batch.group_of_rollout.size() != rollouts) {
    throw ShapeError("advantage", "reward, valid and group_of_rollout of one length",
                     std::to_string(rollouts) + ", " + std::to_string(batch.valid.size()) + " and " + std::to_string(batch.group_of_rollout.size()));
  }
  std::map<std::int32_t, std::vector<std::size_t>> groups;
  for (std::size_t r = 0; r < rollouts; ++r) {
    std::vector<std::size_t>& members = groups[batch.group_of_rollout[r]];
    if ((batch.valid[r] != 0 && std::isfinite(batch.reward[r])) || planted(PlantedFault::kSpreadOverInvalid)) members.push_back(r);
  }
  return groups;
}

bool has_spread(const std::vector<std::size_t>& members, const std::vector<double>& reward) {
  // Compared as they are, so that a mean's rounding can never give equal rewards a signal.
  return std::any_of(members.begin(), members.end(), [&](std::size_t r) { return reward[r] != reward[members.front()]; });
}

}  // namespace

std::vector<double> GroupRelativeAdvantage::estimate(const RolloutBatch& batch) const {
  std::vector<double> advantage(batch.reward.size(), 0.0);
  for (const auto& [group, members] : valid_members(batch)) {
    if (!has_spread(members, batch.reward)) continue;
    const auto count = static_cast<double>(members.size());
    double mean = 0.0, squares = 0.0;
    for (const std::size_t r : members) mean += batch.reward[r];
    mean /= count;
    for (const std::size_t r : members) squares += (batch.reward[r] - mean) * (batch.reward[r] - mean);
    const double scale = scale_ == ScaleRewards::kGroup ? std::sqrt(squares / (count - 1.0)) + kEpsilon : 1.0;
    for (const std::size_t r : members) advantage[r] = (batch.reward[r] - mean) / scale;
  }
  return advantage;
}

GroupSignal group_signal(const RolloutBatch& batch) {
  GroupSignal signal;
  for (const auto& [group, members] : valid_members(batch)) {
    const bool spread = has_spread(members, batch.reward);
    signal.groups.push_back(group);
    signal.useful.push_back(spread ? 1 : 0);
    if (members.size() < 2) {
      ++signal.too_few_valid;
    } else if (!spread) {
      ++signal.flat;
    }
  }
  return signal;
}

}  // namespace lydian
