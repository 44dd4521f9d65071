#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lydian/core/error.h"
#include "lydian/core/random_stream.h"
#include "lydian/model/policy.h"
#include "lydian/text/tokenizer.h"

namespace lydian::rollout_test {

/// What the sessions of a TablePolicy were asked, and what is still open.
struct SessionCalls {
  std::int64_t opens = 0, forks = 0, steps = 0, tokens = 0, living = 0, most_living = 0, widest_step = 0, forced = 0;
};

/// A policy by a table of probabilities that depend on the last token, or by a rule, so that every log-prob is known by hand. Draws by inverse cumulative
/// probability from (key, token index).
class TablePolicy final : public Policy {
 public:
  /// Probabilities of the next token after `ids`.
  using Rule = std::function<std::vector<double>(std::span<const TokenId> ids)>;

  /// table[last][next]: probabilities, each row's sum 1.
  explicit TablePolicy(std::vector<std::vector<double>> table, std::int64_t max_positions = 256)
      : TablePolicy(
            static_cast<std::int64_t>(table.size()), [table](std::span<const TokenId> ids) { return table[static_cast<std::size_t>(ids.back())]; },
            max_positions) {}
  TablePolicy(std::int64_t vocab_size, Rule rule, std::int64_t max_positions = 256)
      : vocab_size_(vocab_size), rule_(std::move(rule)), max_positions_(max_positions), weights_({{.name = "unused", .shape = {1}}}) {}

  std::int64_t vocab_size() const override { return vocab_size_; }
  std::int64_t max_positions() const override { return max_positions_; }
  std::unique_ptr<DecodeSession> decode_session() const override { return std::make_unique<Session>(*this); }
  WeightStore& weights() override { return weights_; }
  const WeightStore& weights() const override { return weights_; }
  std::unique_ptr<Policy> clone() const override { return std::make_unique<TablePolicy>(vocab_size_, rule_, max_positions_); }
  bool exact() const override { return true; }
  float log_prob(TokenId last, TokenId next) const { return log_prob(std::span<const TokenId>(&last, 1), next); }
  float log_prob(std::span<const TokenId> ids, TokenId next) const { return static_cast<float>(std::log(rule_(ids)[static_cast<std::size_t>(next)])); }
  /// Called at the start of every step.
  std::function<void()> on_step;
  SessionCalls& calls() const { return calls_; }

 private:
  class Session final : public DecodeSession {
   public:
    explicit Session(const TablePolicy& policy) : policy_(policy) {}
    SequenceId open(std::span<const TokenId> prompt) override {
      ++policy_.calls_.opens;
      return add({prompt.begin(), prompt.end()});
    }
    SequenceId fork(SequenceId sequence, std::int64_t length) override {
      ++policy_.calls_.forks;
      const std::vector<TokenId>& ids = at(sequence);
      if (length < 1 || length > static_cast<std::int64_t>(ids.size())) throw Error("table_policy", "a length within the sequence", std::to_string(length));
      return add({ids.begin(), ids.begin() + length});
    }
    void close(SequenceId sequence) override {
      at(sequence);
      sequences_.erase(sequence);
      --policy_.calls_.living;
    }
    std::int64_t length(SequenceId sequence) const override { return static_cast<std::int64_t>(sequences_.at(sequence).size()); }
    void step(std::span<const Row> rows, std::span<Drawn> drawn) override {
      ++policy_.calls_.steps;
      if (policy_.on_step) policy_.on_step();
      policy_.calls_.widest_step = std::max(policy_.calls_.widest_step, static_cast<std::int64_t>(rows.size()));
      if (rows.size() != drawn.size()) throw Error("table_policy", "as many results as rows", std::to_string(drawn.size()));
      for (std::size_t i = 0; i < rows.size(); ++i) drawn[i] = step_row(rows[i]);
    }

   private:
    SequenceId add(std::vector<TokenId> ids) {
      sequences_[next_] = std::move(ids);
      policy_.calls_.most_living = std::max(policy_.calls_.most_living, ++policy_.calls_.living);
      return next_++;
    }
    std::vector<TokenId>& at(SequenceId sequence) {
      const auto found = sequences_.find(sequence);
      if (found == sequences_.end()) throw Error("table_policy", "an open sequence", std::to_string(sequence));
      return found->second;
    }
    Drawn step_row(const Row& row) {
      std::vector<TokenId>& ids = at(row.sequence);
      if (static_cast<std::int64_t>(ids.size()) >= policy_.max_positions_) throw Error("table_policy", "a free position", "none");
      TokenId id = row.forced;
      if (id == kDraw) {
        double left = static_cast<double>(mix64(row.key ^ mix64(row.token_index)) >> 11) * 0x1.0p-53;
        const std::vector<double> probabilities = policy_.rule_(ids);
        for (id = 0; id + 1 < policy_.vocab_size() && left >= probabilities[static_cast<std::size_t>(id)]; ++id)
          left -= probabilities[static_cast<std::size_t>(id)];
      } else {
        ++policy_.calls_.forced;
      }
      ++policy_.calls_.tokens;
      const float log_prob = policy_.log_prob(ids, id);
      ids.push_back(id);
      return {id, log_prob};
    }

    const TablePolicy& policy_;
    std::map<SequenceId, std::vector<TokenId>> sequences_;
    SequenceId next_ = 0;
  };

  std::int64_t vocab_size_;
  Rule rule_;
  std::int64_t max_positions_;
  WeightStore weights_;
  mutable SessionCalls calls_;
};

/// `$` ends, `[` and `]` delimit thinking, the rest are letters; ids in the order of kLetters.
class LetterTokenizer : public Tokenizer {
 public:
  static constexpr std::string_view kLetters = "$[]abcdefgh";
  explicit LetterTokenizer(bool thinks = true) : thinks_(thinks) {}

  std::int64_t vocab_size() const override { return kLetters.size(); }
  std::vector<TokenId> encode(std::string_view text) const override {
    std::vector<TokenId> ids;
    for (const char letter : text) ids.push_back(id(letter));
    return ids;
  }
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids) text += kLetters[static_cast<std::size_t>(id)];
    return text;
  }
  TokenId eos_id() const override { return 0; }
  TokenId think_open_id() const override { return thinks_ ? 1 : kNoToken; }
  TokenId think_close_id() const override { return thinks_ ? 2 : kNoToken; }
  std::string fingerprint() const override { return "letters"; }
  static TokenId id(char letter) { return static_cast<TokenId>(kLetters.find(letter)); }

 private:
  bool thinks_;
};

/// Probability of everything that a letter_table does not name.
inline constexpr double kUnlikely = 1e-9;

/// "a>bc": after a comes b or c, equally likely.
inline std::vector<std::vector<double>> letter_table(std::initializer_list<std::string_view> rules) {
  const std::size_t size = LetterTokenizer::kLetters.size();
  std::vector<std::vector<double>> table(size, std::vector<double>(size, kUnlikely));
  for (const std::string_view rule : rules) {
    const std::string_view next = rule.substr(2);
    for (const char letter : next)
      table[static_cast<std::size_t>(LetterTokenizer::id(rule[0]))][static_cast<std::size_t>(LetterTokenizer::id(letter))] =
          1.0 / static_cast<double>(next.size());
  }
  return table;
}

/// Every token may follow every other, some more likely; drawn from `seed`.
inline std::vector<std::vector<double>> random_table(std::uint64_t seed) {
  RandomStream stream({.seed = seed});
  const std::size_t size = LetterTokenizer::kLetters.size();
  std::vector<std::vector<double>> table(size, std::vector<double>(size));
  for (std::vector<double>& row : table) {
    double sum = 0.0;
    for (double& probability : row) sum += probability = 0.02 + stream.uniform();
    for (double& probability : row) probability /= sum;
  }
  return table;
}

}  // namespace lydian::rollout_test
