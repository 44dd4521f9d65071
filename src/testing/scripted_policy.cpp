#include "lydian/testing/scripted_policy.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "lydian/core/error.h"
#include "lydian/kernels/kernel_table.h"
#include "model/next_token.h"

namespace lydian::testing {
namespace {

constexpr char kComponent[] = "scripted_policy";
constexpr std::int64_t kSpokenPositions = 4096;  // Room after a spoken completion for what a test forces or extends.

class ScriptedSession final : public DecodeSession {
 public:
  ScriptedSession(const ScriptedPolicy& policy, ScriptedPolicy::Script script)
      : policy_(policy),
        script_(std::move(script)),
        weight_version_(policy.weights().version()),
        logits_(static_cast<std::size_t>(kernels::padded(policy.vocab_size()))) {}

  SequenceId open(std::span<const TokenId> prompt) override {
    if (prompt.empty()) throw Error(kComponent, "a prompt of at least one token", "none");
    for (const TokenId id : prompt) check_id(id);
    return add({prompt.begin(), prompt.end()});
  }

  SequenceId fork(SequenceId sequence, std::int64_t length) override {
    const std::vector<TokenId>& ids = ids_of(sequence);
    if (length < 1 || length > static_cast<std::int64_t>(ids.size())) {
      throw Error(kComponent, "a length from 1 to " + std::to_string(ids.size()), std::to_string(length));
    }
    return add({ids.begin(), ids.begin() + length});
  }

  void close(SequenceId sequence) override {
    ids_of(sequence);
    sequences_.erase(sequence);
  }

  std::int64_t length(SequenceId sequence) const override { return static_cast<std::int64_t>(ids_of(sequence).size()); }

  void step(std::span<const Row> rows, std::span<Drawn> drawn) override {
    check_step(rows, drawn);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<TokenId>& ids = sequences_.at(rows[i].sequence);
      script_(ids, std::span(logits_).first(static_cast<std::size_t>(policy_.vocab_size())));
      drawn[i] = next_token(kernels::active_table(), logits_.data(), policy_.vocab_size(), rows[i]);
      ids.push_back(drawn[i].id);
    }
  }

 private:
  void check_step(std::span<const Row> rows, std::span<Drawn> drawn) const {
    if (rows.size() != drawn.size()) throw ShapeError(kComponent, std::to_string(rows.size()) + " places for drawn tokens", std::to_string(drawn.size()));
    if (policy_.weights().version() != weight_version_) throw Error(kComponent, "the weights changed since the session was made");
    std::set<SequenceId> seen;
    for (const Row& row : rows) {
      if (!seen.insert(row.sequence).second) throw Error(kComponent, "each sequence once in a step", std::to_string(row.sequence) + " twice");
      if (length(row.sequence) >= policy_.max_positions())
        throw Error(kComponent, "room for one more token", std::to_string(length(row.sequence)) + " positions in use");
      if (row.sampling == nullptr) throw Error(kComponent, "sampling options in every row", "none");
      if (row.forced != kDraw) check_id(row.forced);
    }
  }

  void check_id(TokenId id) const {
    if (id < 0 || id >= policy_.vocab_size()) throw Error(kComponent, "ids below " + std::to_string(policy_.vocab_size()), std::to_string(id));
  }

  const std::vector<TokenId>& ids_of(SequenceId sequence) const {
    const auto found = sequences_.find(sequence);
    if (found == sequences_.end()) throw Error(kComponent, "an open sequence", std::to_string(sequence));
    return found->second;
  }

  SequenceId add(std::vector<TokenId> ids) {
    if (static_cast<std::int64_t>(ids.size()) > policy_.max_positions()) {
      throw Error(kComponent, "at most " + std::to_string(policy_.max_positions()) + " positions", std::to_string(ids.size()));
    }
    sequences_.emplace(next_sequence_, std::move(ids));
    return next_sequence_++;
  }

  const ScriptedPolicy& policy_;
  const ScriptedPolicy::Script script_;
  const std::uint64_t weight_version_;
  std::vector<float> logits_;  ///< Of one row; padded as the kernels' rows are.
  std::map<SequenceId, std::vector<TokenId>> sequences_;
  SequenceId next_sequence_ = 0;
};

}  // namespace

ScriptedPolicy::ScriptedPolicy(std::int64_t vocab_size, std::int64_t max_positions, Script script)
    : vocab_size_(vocab_size), max_positions_(max_positions), script_(std::move(script)), weights_({{.name = "scripted.weight", .shape = {1}}}) {
  if (vocab_size_ < 1) throw ConfigError(kComponent, "a vocabulary of at least 1", std::to_string(vocab_size_));
  if (max_positions_ < 1) throw ConfigError(kComponent, "at least 1 position", std::to_string(max_positions_));
  if (!script_) throw ConfigError(kComponent, "a script", "none");
}

ScriptedPolicy ScriptedPolicy::says(std::int64_t vocab_size, std::int64_t prompt_length, std::vector<TokenId> completion, TokenId eos) {
  for (const TokenId id : completion) {
    if (id < 0 || id >= vocab_size) throw ConfigError(kComponent, "a completion of ids below " + std::to_string(vocab_size), std::to_string(id));
  }
  if (eos < 0 || eos >= vocab_size) throw ConfigError(kComponent, "an eos below " + std::to_string(vocab_size), std::to_string(eos));
  const std::int64_t positions = prompt_length + static_cast<std::int64_t>(completion.size()) + kSpokenPositions;
  return {vocab_size, positions, [prompt_length, completion = std::move(completion), eos](std::span<const TokenId> ids, std::span<float> logits) {
            const std::size_t place = ids.size() - static_cast<std::size_t>(prompt_length);
            std::fill(logits.begin(), logits.end(), -1e4F);
            logits[static_cast<std::size_t>(place < completion.size() ? completion[place] : eos)] = 0.0F;
          }};
}

std::unique_ptr<DecodeSession> ScriptedPolicy::decode_session() const {
  return std::make_unique<ScriptedSession>(*this, script_);
}

std::unique_ptr<Policy> ScriptedPolicy::clone() const {
  return std::make_unique<ScriptedPolicy>(*this);
}

}  // namespace lydian::testing
