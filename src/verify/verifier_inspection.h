#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lydian/verify/check_environment.h"

namespace lydian::inspection {

/// What a check found: nothing, or the first broken promise in words.
using Problem = std::optional<std::string>;

/// Thrown by a check that has nothing to look at.
struct Skipped {
  std::string why;
};

/// A task that is looked at, where it stands, and its right answer.
struct Item {
  Split split;
  std::int64_t index;
  Task task;
  Completion gold;
};

std::string where(const Item& item);
std::string describe_verdict(const Verdict& verdict);
/// Whether a verdict is that of a right answer.
bool scores_right(const Verdict& verdict, const CheckOptions& options);
/// Completions that answer no task, by name.
std::vector<std::pair<std::string, std::shared_ptr<const Completion>>> garbage();

/// The verifier's part of the contract: right, wrong and garbage answers to every item, judged once at construction and compared with afterwards.
///
/// Both arguments must outlive it. Const members may be called from several threads.
class VerifierInspection {
 public:
  VerifierInspection(const Verifier& verifier, const std::vector<Item>& items, const CheckOptions& options);

  Problem gold_scores_right() const;
  Problem wrong_scores_wrong() const;
  Problem garbage_is_refused() const;
  /// The first answer that is judged otherwise than at first.
  Problem judge_again() const;

 private:
  enum class Kind : std::uint8_t { kGold, kWrong, kGarbage };
  /// One answer to one task, and what the verifier said the first time.
  struct Case {
    std::size_t item = 0;
    Kind kind = Kind::kGold;
    std::string label;
    std::shared_ptr<const Completion> completion;
    Verdict verdict;
  };

  void add(std::size_t item, Kind kind, std::string label, std::shared_ptr<const Completion> completion);
  std::string report(const Case& one) const;

  const Verifier& verifier_;
  const std::vector<Item>& items_;
  const CheckOptions options_;
  std::vector<Case> cases_;
};

}  // namespace lydian::inspection
