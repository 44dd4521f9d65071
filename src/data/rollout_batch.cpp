#include "lydian/data/rollout_batch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "lydian/core/error.h"

namespace lydian {
namespace {

std::string name_of(std::size_t index, const Rollout& rollout) {
  return "rollout " + std::to_string(index) + " (group " + std::to_string(rollout.group) + ", sample " + std::to_string(rollout.sample) + ")";
}

void check(std::size_t index, const Rollout& rollout) {
  const Completion& completion = rollout.completion;
  const std::size_t tokens = completion.token_ids.size();
  if (completion.log_probs.size() != tokens || completion.sources.size() != tokens) {
    throw ShapeError("collate", name_of(index, rollout) + ": expected a log-prob and a source for each of " + std::to_string(tokens) + " tokens, got " +
                                    std::to_string(completion.log_probs.size()) + " and " + std::to_string(completion.sources.size()));
  }
  if (rollout.prompt_ids.empty()) throw ShapeError("collate", name_of(index, rollout) + ": expected a prompt of at least one token, got none");
  if (rollout.verdict.valid() && !std::isfinite(rollout.verdict.reward)) {
    throw Error("collate", name_of(index, rollout) + ": expected a finite reward, got " + std::to_string(rollout.verdict.reward));
  }
}

void append_completion(RolloutBatch& batch, const Completion& completion) {
  batch.completion_ids.insert(batch.completion_ids.end(), completion.token_ids.begin(), completion.token_ids.end());
  batch.completion_offsets.push_back(static_cast<std::int64_t>(batch.completion_ids.size()));
  batch.source.insert(batch.source.end(), completion.sources.begin(), completion.sources.end());
  batch.behavior_log_prob.insert(batch.behavior_log_prob.end(), completion.log_probs.begin(), completion.log_probs.end());
  batch.truncated.push_back(completion.truncated() ? 1 : 0);
  batch.temperature.push_back(completion.temperature);
}

void append_verdict(RolloutBatch& batch, const Verdict& verdict) {
  batch.valid.push_back(verdict.valid() ? 1 : 0);
  batch.reward.push_back(verdict.valid() ? verdict.reward : 0.0);  // a fault's number means nothing and must not reach a mean
}

// Names in the order in which they first appear, then the matrix. A fault's parts mean as little as its reward.
void fill_parts(RolloutBatch& batch, std::span<const Rollout> rollouts) {
  std::vector<std::string>& names = batch.reward_part_names;
  for (const Rollout& rollout : rollouts) {
    for (const auto& [name, value] : rollout.verdict.parts) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  batch.reward_part.assign(rollouts.size() * names.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t row = 0; row < rollouts.size(); ++row) {
    if (!rollouts[row].verdict.valid()) continue;
    for (const auto& [name, value] : rollouts[row].verdict.parts) {
      const auto column = std::find(names.begin(), names.end(), name) - names.begin();
      batch.reward_part[row * names.size() + static_cast<std::size_t>(column)] = value;
    }
  }
}

}  // namespace

RolloutBatch collate(std::span<const Rollout> rollouts) {
  RolloutBatch batch;
  struct Prompt {
    std::int32_t number;
    const Rollout* first;
  };
  std::map<std::int32_t, Prompt> prompt_of_group;
  for (std::size_t index = 0; index < rollouts.size(); ++index) {
    const Rollout& rollout = rollouts[index];
    check(index, rollout);
    const auto [place, is_new] = prompt_of_group.try_emplace(rollout.group, Prompt{static_cast<std::int32_t>(batch.prompts()), &rollout});
    if (is_new) {
      batch.prompt_ids.insert(batch.prompt_ids.end(), rollout.prompt_ids.begin(), rollout.prompt_ids.end());
      batch.prompt_offsets.push_back(static_cast<std::int64_t>(batch.prompt_ids.size()));
    } else if (place->second.first->prompt_ids != rollout.prompt_ids) {
      throw ShapeError("collate", name_of(index, rollout) + ": expected the prompt of its group's first rollout, got another");
    }
    batch.prompt_of_row.push_back(place->second.number);
    batch.rollout_of_row.push_back(static_cast<std::int32_t>(index));
    batch.group_of_rollout.push_back(rollout.group);
    append_completion(batch, rollout.completion);
    append_verdict(batch, rollout.verdict);
  }
  fill_parts(batch, rollouts);
  return batch;
}

}  // namespace lydian
