#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lydian/verify/environment.h"
#include "lydian/verify/external_verifier.h"
#include "lydian/verify/math_verifier.h"

namespace lydian {

class ConfigVisitor;

/// How a right answer is written: what demonstrations show, and what the part "format" of the reward asks for.
enum class AnswerForm : std::uint8_t {
  kBoxed,      ///< \boxed{72}
  kHashMarks,  ///< #### 72
  kAnswerTag,  ///< <answer>72</answer>
  kBare,       ///< 72; every answer has this form.
};

struct MathEnvironmentOptions {
  std::string name = "math";         ///< Of the environment, as metrics and reports show it.
  std::vector<std::string> train{};  ///< JSONL files; without any file, a small set that comes with lydian.
  std::vector<std::string> dev{}, test{};
  double dev_share = 0.1;  ///< Of the rows of `train`, by a hash of the prompt, where there is no file for the split.
  double test_share = 0.1;
  std::string question_field{};  ///< Dotted names of a row's fields; empty: found by the row's shape.
  std::string gold_field{};
  std::string category_field{};
  std::string question_template = "{question}";
  std::string system_prompt{};        ///< Where it is set, tasks are conversations that begin with it.
  std::int64_t max_prompt_bytes = 0;  ///< Longer tasks are left out; 0: none.
  std::int64_t max_broken_rows = 0;   ///< So many broken rows are left out with a warning each; one more is an error.
  AnswerForm answer_form = AnswerForm::kBoxed;
  double format_weight = 0.0;  ///< Reward: (1 - format_weight) * correct + format_weight * format.
  MathOptions grading{};
  ExternalVerifierOptions reward{};  ///< Where it has a command, that judges instead of the MathVerifier.
};

void describe(ConfigVisitor& visitor, MathEnvironmentOptions& options);

/// Mathematics from published data sets, read as they are, one JSON object a line:
///
///   GSM8K          {"question", "answer"}                  the answer ends in "#### 72"; what stands before is the worked solution
///   MATH           {"problem", "solution", …}              the gold is the solution's last \boxed{…}, or "answer" where there is one
///   TRL            {"prompt", "solution" or "answer", …}   the prompt is text or a list of messages
///   verl           {"prompt", "reward_model": {"ground_truth"}, "data_source", "extra_info", …}
///   reasoning-gym  {"question", "answer", "metadata": {…}}
///
/// A gold may be text, a number, or a list of golds that are each acceptable. `category` comes from the first of category, subject, type,
/// metadata.source_dataset and data_source that a row has. The id is the row's id or unique_id, else file name and line.
///
/// A task that stands in several splits is kept in the first of test, dev, train. Demonstrations: the worked solution as thinking where there is one, then the
/// gold in the answer's form. The reward has the parts "correct" and "format", whatever their weights.
/// Errors: IoError naming file and line of the first broken rows where there are more than max_broken_rows; ConfigError for options that do not fit.
class MathEnvironment final : public Environment, public Demonstrator {
 public:
  explicit MathEnvironment(MathEnvironmentOptions options = {});

  std::string name() const override { return options_.name; }
  std::int64_t size(Split split) const override;
  Task task(Split split, std::int64_t index) const override;
  const Verifier& verifier() const override { return *verifier_; }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override;

  /// "FILE, line N: why" of each row that was left out as broken.
  const std::vector<std::string>& broken_rows() const { return broken_rows_; }
  std::int64_t repeated_rows() const { return repeated_rows_; }  ///< Left out since a split before has their prompt.
  std::int64_t long_rows() const { return long_rows_; }          ///< Left out by max_prompt_bytes.

 private:
  struct Entry {
    Task task;
    std::string worked;  ///< The worked solution; may be empty.
    std::string gold;    ///< The first gold, as demonstrations write it.
  };

  void read(const std::vector<std::string>& paths, Split given);
  void read_text(const std::string& origin, const std::string& text, Split given);
  void add(Entry entry, Split given);
  void refuse_if_too_many_broken() const;

  MathEnvironmentOptions options_;
  std::shared_ptr<const MathVerifier> grader_;  ///< None where a command judges.
  std::shared_ptr<const Verifier> verifier_;
  std::array<std::vector<Entry>, 3> entries_;
  std::map<std::string, Split> split_of_prompt_;
  std::map<std::string, std::pair<Split, std::size_t>> place_of_id_;
  std::vector<std::string> broken_rows_;
  std::int64_t repeated_rows_ = 0, long_rows_ = 0;
};

}  // namespace lydian
