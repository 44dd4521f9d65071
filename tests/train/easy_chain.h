#pragma once

#include <memory>
#include <string>

#include "train/tiny_run.h"

namespace lydian {

/// Every second length is right.
class EvenVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion& completion) const override {
    Verdict verdict = Verdict::scored(completion.token_ids.size() % 2 == 0 ? 1.0 : 0.0);
    verdict.parts.emplace_back("even", verdict.reward);
    return verdict;
  }
};

/// CHAIN whose rewards have parts, can be earned without a skill, and whose steps are always judged right.
class EasyChain final : public Environment, public Demonstrator, public StepJudge {
 public:
  std::string name() const override { return "easy"; }
  std::int64_t size(Split split) const override { return chain_.size(split); }
  Task task(Split split, std::int64_t index) const override { return chain_.task(split, index); }
  std::string alphabet() const override { return chain_.alphabet(); }
  const Verifier& verifier() const override { return even_; }
  std::optional<Demonstration> demonstrate(const Task& task, RandomStream& stream) const override { return chain_.demonstrate(task, stream); }
  Steps judge_steps(const Task&, std::string_view) const override { return {.judged = 100, .correct = 100}; }
  std::string solving_thinking(const Task& task) const override { return chain_.solving_thinking(task); }

 private:
  ChainEnvironment chain_{{.max_operands = 3}};
  EvenVerifier even_;
};

inline std::shared_ptr<Environment> make_easy_or_chain(const std::string& type, const Config& options) {
  return type == "easy" ? std::make_shared<EasyChain>() : make_chain(type, options);
}

}  // namespace lydian
