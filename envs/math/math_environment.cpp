#include "lydian/envs/math_environment.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "lydian/core/config.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/core/logging.h"
#include "lydian/verify/prompt_split.h"
#include "lydian/verify/weighted_verifier.h"
#include "math_rows.h"

namespace lydian {
namespace {

constexpr const char* kComponent = "math_environment";
constexpr std::size_t kBrokenRowsShown = 5;

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

/// Whether the answer stands once in its form, and ended by itself.
class FormVerifier final : public Verifier {
 public:
  explicit FormVerifier(AnswerForm form) : form_(form) {}
  Verdict verify(const Task&, const Completion& completion) const override {
    return Verdict::scored(completion.finish_reason == FinishReason::kStopped && has_form(completion.answer) ? 1.0 : 0.0);
  }

 private:
  bool has_form(const std::string& answer) const {
    switch (form_) {
      case AnswerForm::kBoxed:
        return count_of(answer, "\\boxed{") == 1 && last_box(answer);
      case AnswerForm::kHashMarks:
        return count_of(answer, "####") == 1 && answer.find_first_not_of(" \t\r\n", answer.find("####") + 4) != std::string::npos;
      case AnswerForm::kAnswerTag:
        return count_of(answer, "<answer>") == 1 && count_of(answer, "</answer>") == 1 && answer.find("<answer>") < answer.find("</answer>");
      case AnswerForm::kBare:
        return true;
    }
    return false;
  }

  AnswerForm form_;
};

std::string in_form(const std::string& gold, AnswerForm form) {
  switch (form) {
    case AnswerForm::kBoxed:
      return "\\boxed{" + gold + "}";
    case AnswerForm::kHashMarks:
      return "#### " + gold;
    case AnswerForm::kAnswerTag:
      return "<answer>" + gold + "</answer>";
    case AnswerForm::kBare:
      break;
  }
  return gold;
}

void check(const MathEnvironmentOptions& options) {
  if (options.name.empty()) throw ConfigError(kComponent, "a name", "none");
  check_split_shares(kComponent, options.dev_share, options.test_share);
  check_share(kComponent, "format_weight", options.format_weight);
  if (count_of(options.question_template, "{question}") != 1) {
    throw ConfigError(kComponent, "{question} once in question_template", options.question_template);
  }
}

std::shared_ptr<const Verifier> with_format(std::shared_ptr<const Verifier> correct, const MathEnvironmentOptions& options) {
  return std::make_shared<WeightedVerifier>(std::vector<WeightedVerifier::Part>{
      {"correct", std::move(correct), 1.0 - options.format_weight}, {"format", std::make_shared<FormVerifier>(options.answer_form), options.format_weight}});
}

std::size_t prompt_bytes(const Task& task) {
  std::size_t bytes = task.prompt.size();
  for (const Message& message : task.messages) bytes += message.content.size();
  return bytes;
}

}  // namespace

void describe(ConfigVisitor& visitor, MathEnvironmentOptions& options) {
  visitor.field({"name", "name of the environment in metrics and reports"}, options.name);
  visitor.field({"train", "JSONL files to train on; without any file, a small set that comes with lydian"}, options.train);
  visitor.field({"dev", "JSONL files of the dev split; without one, a share of train"}, options.dev);
  visitor.field({"test", "JSONL files of the test split; without one, a share of train"}, options.test);
  visitor.field({"dev_share", "share of train in the dev split, by a hash of the prompt, where dev has no file", 0, 1}, options.dev_share);
  visitor.field({"test_share", "share of train in the test split, by a hash of the prompt, where test has no file", 0, 1}, options.test_share);
  visitor.field({"question_field", "dotted name of the question's field; empty: prompt, problem or question"}, options.question_field);
  visitor.field({"gold_field", "dotted name of the gold answer's field; empty: reward_model.ground_truth, ground_truth, answer or solution"},
                options.gold_field);
  visitor.field({"category_field", "dotted name of the category's field; empty: category, subject, type, metadata.source_dataset or data_source"},
                options.category_field);
  visitor.field({"question_template", "how a question is asked; {question} stands for it"}, options.question_template);
  visitor.field({"system_prompt", "where set, tasks are conversations that begin with it"}, options.system_prompt);
  visitor.field({"max_prompt_bytes", "longer tasks are left out; 0: none", 0}, options.max_prompt_bytes);
  visitor.field({"max_broken_rows", "rows that may be left out as broken, with a warning each; one more is an error", 0}, options.max_broken_rows);
  visitor.enumeration({"answer_form", "how demonstrations write the answer, and what the reward's part format asks for"}, options.answer_form,
                      {"boxed", "hash_marks", "answer_tag", "bare"});
  visitor.field({"format_weight", "weight of format in the reward; that of correct is the rest", 0, 1}, options.format_weight);
  visitor.group({"grading", "conventions of the math verifier"}, options.grading);
  visitor.group({"reward", "a reward function of your own that judges instead of the math verifier"}, options.reward);
}

MathEnvironment::MathEnvironment(MathEnvironmentOptions options) : options_(std::move(options)) {
  check(options_);
  if (options_.reward.command.empty()) grader_ = std::make_shared<MathVerifier>(options_.grading);
  verifier_ = with_format(grader_ ? std::shared_ptr<const Verifier>(grader_) : std::make_shared<ExternalVerifier>(options_.reward), options_);
  // A prompt belongs to the first split that has it, so that nothing that is trained on is tested with.
  read(options_.test, Split::kTest);
  read(options_.dev, Split::kDev);
  read(options_.train, Split::kTrain);
  if (options_.test.empty() && options_.dev.empty() && options_.train.empty()) read_text("math.jsonl", kSmallMathRows, Split::kTrain);
  refuse_if_too_many_broken();
  if (entries_[0].empty() && entries_[1].empty() && entries_[2].empty())
    throw ConfigError(kComponent, "at least one task in the files of train, dev and test", "none");
  for (std::size_t split = 0; split < entries_.size(); ++split) {
    for (std::size_t i = 0; i < entries_[split].size(); ++i) place_of_id_[entries_[split][i].task.id] = {static_cast<Split>(split), i};
  }
}

void MathEnvironment::read(const std::vector<std::string>& paths, Split given) {
  for (const std::string& path : paths) {
    std::string text;
    try {
      text = read_whole_file(path);
    } catch (const IoError& error) {
      throw IoError(kComponent, std::string("files that can be read under ") + to_string(given), error.what());
    }
    read_text(path, text, given);
  }
}

void MathEnvironment::read_text(const std::string& origin, const std::string& text, Split given) {
  const std::string stem = std::filesystem::path(origin).stem().string();
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      MathRow row = read_math_row(line, options_, stem + "-" + std::to_string(number));
      add({std::move(row.task), std::move(row.worked), std::move(row.gold)}, given);
    } catch (const BrokenRow& broken) {
      broken_rows_.push_back(origin + ", line " + std::to_string(number) + ": " + broken.sentence);
    }
  }
}

void MathEnvironment::add(Entry entry, Split given) {
  const Task& task = entry.task;
  if (grader_) {
    // A gold that cannot be read could never be answered, and in its form it must be found again.
    const MathGrade itself = grader_->grade_gold(entry.gold);
    if (!itself.equal) throw BrokenRow{"expected a gold answer that can be graded, got " + entry.gold + " (" + itself.reason + ")"};
    const Verdict verdict = grader_->verify(task, {.answer = in_form(entry.gold, AnswerForm::kBoxed)});
    if (verdict.status != VerdictStatus::kScored || verdict.reward < 1.0) {
      throw BrokenRow{"expected a gold answer that can be graded, got " + entry.gold + (verdict.reason.empty() ? "" : " (" + verdict.reason + ")")};
    }
  }
  if (options_.max_prompt_bytes > 0 && prompt_bytes(task) > static_cast<std::size_t>(options_.max_prompt_bytes)) {
    ++long_rows_;
    return;
  }
  Split split = given;
  if (given == Split::kTrain) {
    split = split_of_prompt(canonical_prompt(task), options_.dev.empty() ? options_.dev_share : 0.0, options_.test.empty() ? options_.test_share : 0.0);
  }
  const auto known = split_of_prompt_.emplace(canonical_prompt(task), split).first;
  if (known->second != split) {
    ++repeated_rows_;
    return;
  }
  if (!place_of_id_.emplace(task.id, std::pair(split, std::size_t{0})).second) throw BrokenRow{"expected an id of its own, got another task's, " + task.id};
  entries_[static_cast<std::size_t>(split)].push_back(std::move(entry));
}

void MathEnvironment::refuse_if_too_many_broken() const {
  const std::size_t broken = broken_rows_.size();
  if (broken > static_cast<std::size_t>(options_.max_broken_rows)) {
    std::string text;
    for (std::size_t i = 0; i < std::min(broken, kBrokenRowsShown); ++i) text += (i == 0 ? "" : "; ") + broken_rows_[i];
    throw IoError(kComponent, "at most " + std::to_string(options_.max_broken_rows) + " broken rows (max_broken_rows)",
                  std::to_string(broken) + ": " + text + (broken > kBrokenRowsShown ? "; …" : ""));
  }
  for (const std::string& row : broken_rows_) log(LogLevel::kWarning, std::string("[") + kComponent + "] left out: " + row);
}

std::int64_t MathEnvironment::size(Split split) const {
  return static_cast<std::int64_t>(entries_[static_cast<std::size_t>(split)].size());
}

Task MathEnvironment::task(Split split, std::int64_t index) const {
  if (index < 0 || index >= size(split)) {
    throw Error(kComponent, std::string("an index below the size of ") + to_string(split) + ", " + std::to_string(size(split)), std::to_string(index));
  }
  return entries_[static_cast<std::size_t>(split)][static_cast<std::size_t>(index)].task;
}

std::optional<Demonstration> MathEnvironment::demonstrate(const Task& task, RandomStream&) const {
  const auto place = place_of_id_.find(task.id);
  if (place == place_of_id_.end()) throw Error(kComponent, "a task of this environment", "id " + task.id);
  const Entry& entry = entries_[static_cast<std::size_t>(place->second.first)][place->second.second];
  Demonstration demonstration{.answer = {{in_form(entry.gold, options_.answer_form)}}, .think = !entry.worked.empty()};
  if (demonstration.think) demonstration.thinking = {{entry.worked}};
  return demonstration;
}

}  // namespace lydian
