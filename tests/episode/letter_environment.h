#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lydian/verify/environment.h"

namespace lydian::rollout_test {

/// Tasks with these prompts and a verifier and a next turn by functions. The prompt's first letter is the category.
class LetterEnvironment : public Environment {
 public:
  using Judge = std::function<Verdict(const Task& task, const Completion& completion)>;
  using Step = std::function<std::optional<std::string>(const Task& task, const Completion& completion)>;

  LetterEnvironment(std::vector<std::string> prompts, Judge judge, Step step = nullptr)
      : prompts_(std::move(prompts)), verifier_(std::move(judge)), step_(std::move(step)) {}

  std::string name() const override { return "letters"; }
  std::int64_t size(Split split) const override { return split == Split::kTest ? static_cast<std::int64_t>(prompts_.size()) : 0; }
  Task task(Split, std::int64_t index) const override {
    const std::string& prompt = prompts_.at(static_cast<std::size_t>(index));
    return {.id = std::to_string(index), .prompt = prompt, .messages = {}, .ground_truth = "c", .category = prompt.substr(0, 1), .metadata = {}};
  }
  const Verifier& verifier() const override { return verifier_; }
  std::int64_t max_turns() const override { return turns; }
  std::optional<std::string> step(const Task& task, const Completion& completion) const override {
    return step_ ? step_(task, completion) : Environment::step(task, completion);
  }

  std::int64_t turns = 1;

 private:
  struct JudgeVerifier final : Verifier {
    explicit JudgeVerifier(Judge judge_in) : judge(std::move(judge_in)) {}
    Verdict verify(const Task& task, const Completion& completion) const override { return judge(task, completion); }
    Judge judge;
  };

  std::vector<std::string> prompts_;
  JudgeVerifier verifier_;
  Step step_;
};

}  // namespace lydian::rollout_test
