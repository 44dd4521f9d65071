#include "lydian/verify/check_environment.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "lydian/core/error.h"
#include "lydian/verify/prompt_split.h"
#include "lydian/verify/verifier_pool.h"
#include "verify/verifier_inspection.h"

namespace lydian {
namespace {

using namespace inspection;

constexpr Split kSplits[] = {Split::kTrain, Split::kDev, Split::kTest};
constexpr std::uint64_t kDemonstrations = 4;  // Drawn for each task.

std::string joined(const std::vector<DemonstrationSegment>& segments) {
  std::string text;
  for (const DemonstrationSegment& segment : segments) text += segment.text;
  return text;
}

bool same_task(const Task& a, const Task& b) {
  return a.id == b.id && canonical_prompt(a) == canonical_prompt(b) && a.ground_truth == b.ground_truth && a.category == b.category && a.metadata == b.metadata;
}

class Inspection {
 public:
  Inspection(const Environment& environment, const CheckOptions& options) : environment_(environment), options_(options) {}

  std::vector<EnvironmentCheck> run() {
    check("tasks can be drawn", [this] { return draw_items(); });
    if (!checks_.back().passed) return std::move(checks_);
    check("tasks repeat", [this] { return tasks_repeat(); });
    check("ids are unique", [this] { return ids_are_unique(); });
    check("splits are disjoint", [this] { return splits_are_disjoint(); });
    check("indices outside a split are refused", [this] { return outside_is_refused(); });
    check("alphabet covers all text", [this] { return alphabet_covers(); });
    check("gold scores right", [this] { return verifier_->gold_scores_right(); });
    check("wrong answers score wrong", [this] { return verifier_->wrong_scores_wrong(); });
    check("garbage never throws nor scores", [this] { return verifier_->garbage_is_refused(); });
    check("verdicts repeat", [this] { return verdicts_repeat(); });
    check("threads agree", [this] { return threads_agree(); });
    check("demonstrations end in the right answer", [this] { return demonstrations_are_right(); });
    check("solving thinkings are judged right", [this] { return solving_thinkings_are_right(); });
    check("budget law rises within 0 and 1", [this] { return law_rises(); });
    return std::move(checks_);
  }

 private:
  void check(const std::string& name, const std::function<Problem()>& look) {
    EnvironmentCheck result{name, false, false, {}};
    try {
      const Problem problem = look();
      result.passed = !problem;
      if (problem) result.detail = *problem;
    } catch (const Skipped& skipped) {
      result.skipped = true;
      result.detail = skipped.why;
    } catch (const std::exception& error) {
      result.detail = std::string("threw: ") + error.what();
    } catch (...) {
      result.detail = "threw something that is no std::exception";
    }
    checks_.push_back(std::move(result));
  }

  std::optional<Demonstration> demonstrate(const Item& item, std::uint64_t draw) const {
    const auto* demonstrator = dynamic_cast<const Demonstrator*>(&environment_);
    if (demonstrator == nullptr) return std::nullopt;
    RandomStream stream({0, StreamPurpose::kAudit, static_cast<std::uint64_t>(item.split), static_cast<std::uint64_t>(item.index), draw});
    return demonstrator->demonstrate(item.task, stream);
  }

  Problem draw_items() {
    for (const Split split : kSplits) {
      const std::int64_t count = std::min(options_.tasks, environment_.size(split));
      for (std::int64_t i = 0; i < count; ++i) {
        Item item{split, i, environment_.task(split, i), {}};
        if (item.task.id.empty()) return where(item) + " has no id";
        if (canonical_prompt(item.task).empty()) return where(item) + " has no prompt";
        const std::optional<Demonstration> shown = demonstrate(item, 0);
        item.gold = shown ? completion_with_answer(joined(shown->answer), joined(shown->thinking)) : completion_with_answer(item.task.ground_truth);
        items_.push_back(std::move(item));
      }
    }
    if (items_.empty()) return "all splits are empty";
    verifier_ = std::make_unique<VerifierInspection>(environment_.verifier(), items_, options_);
    return std::nullopt;
  }

  Problem tasks_repeat() const {
    for (const Item& item : items_) {
      if (!same_task(environment_.task(item.split, item.index), item.task)) return where(item) + " is another task at the second call";
    }
    return std::nullopt;
  }

  Problem ids_are_unique() const {
    std::set<std::pair<Split, std::string>> seen;
    for (const Item& item : items_) {
      if (!seen.emplace(item.split, item.task.id).second) return where(item) + " has the id of an earlier task";
    }
    return std::nullopt;
  }

  Problem splits_are_disjoint() const {
    std::map<std::string, const Item*> seen;
    for (const Item& item : items_) {
      const Item& first = *seen.emplace(canonical_prompt(item.task), &item).first->second;
      if (first.split != item.split) return where(item) + " has the prompt of " + where(first);
    }
    return std::nullopt;
  }

  Problem outside_is_refused() const {
    for (const Split split : kSplits) {
      std::vector<std::int64_t> outside{-1};
      if (environment_.size(split) != Environment::kUnbounded) outside.push_back(environment_.size(split));
      for (const std::int64_t index : outside) {
        try {
          environment_.task(split, index);
        } catch (const Error&) {
          continue;
        }
        return std::string(to_string(split)) + " " + std::to_string(index) + " gives a task";
      }
    }
    return std::nullopt;
  }

  Problem alphabet_covers() const {
    const std::string alphabet = environment_.alphabet();
    if (alphabet.empty()) throw Skipped{"any byte is allowed"};
    for (const Item& item : items_) {
      std::string text = item.task.prompt + item.gold.thinking + item.gold.answer;
      for (const Message& message : item.task.messages) text += message.content;
      const std::size_t at = text.find_first_not_of(alphabet);
      if (at != std::string::npos) return where(item) + " uses byte " + std::to_string(static_cast<unsigned char>(text[at]));
    }
    return std::nullopt;
  }

  void skip_unless_deterministic() const {
    if (!environment_.verifier().deterministic()) throw Skipped{"the verifier says that its verdicts may differ"};
  }

  Problem verdicts_repeat() const {
    skip_unless_deterministic();
    return verifier_->judge_again();
  }

  Problem threads_agree() const {
    skip_unless_deterministic();
    std::vector<std::future<Problem>> threads;
    for (int i = 0; i < options_.threads; ++i) {
      threads.push_back(std::async(std::launch::async, [this] {
        const Problem tasks = tasks_repeat();
        return tasks ? tasks : verifier_->judge_again();
      }));
    }
    Problem first;
    for (std::future<Problem>& thread : threads) {
      const Problem problem = thread.get();
      if (!first) first = problem;
    }
    return first;
  }

  Problem demonstrations_are_right() const {
    std::int64_t shown = 0;
    for (const Item& item : items_) {
      for (std::uint64_t draw = 0; draw < kDemonstrations; ++draw) {
        const std::optional<Demonstration> demonstration = demonstrate(item, draw), again = demonstrate(item, draw);
        if (!demonstration) continue;
        ++shown;
        if (!again || joined(again->thinking) != joined(demonstration->thinking) || joined(again->answer) != joined(demonstration->answer)) {
          return where(item) + ": equal random numbers give another demonstration";
        }
        for (const auto* segments : {&demonstration->thinking, &demonstration->answer}) {
          for (const DemonstrationSegment& segment : *segments) {
            if (!(segment.weight >= 0.0) || !std::isfinite(segment.weight)) return where(item) + ": weight " + std::to_string(segment.weight);
          }
        }
        const std::string answer = joined(demonstration->answer);
        const Verdict verdict = verify_guarded(environment_.verifier(), item.task, completion_with_answer(answer, joined(demonstration->thinking)));
        if (!scores_right(verdict, options_)) return where(item) + ": demonstrated answer \"" + answer + "\" " + describe_verdict(verdict);
        if (draw > 0) continue;
        for (const DemonstrationTurn& turn : demonstration->earlier) {
          const std::optional<std::string> reply = environment_.step(item.task, completion_with_answer(joined(turn.answer), joined(turn.thinking)));
          if (reply != turn.reply) return where(item) + ": demonstrates another reply than the environment gives: \"" + reply.value_or("") + "\"";
        }
      }
    }
    if (shown == 0) throw Skipped{"there are no demonstrations"};
    return std::nullopt;
  }

  Problem solving_thinkings_are_right() const {
    const auto* judge = dynamic_cast<const StepJudge*>(&environment_);
    if (judge == nullptr) throw Skipped{"steps are not judged"};
    const auto no_answers = garbage();
    for (const Item& item : items_) {
      const std::string thinking = judge->solving_thinking(item.task);
      const StepJudge::Steps steps = judge->judge_steps(item.task, thinking);
      if (steps.judged < 1 || steps.correct != steps.judged) {
        return where(item) + ": of " + std::to_string(steps.judged) + " steps in \"" + thinking + "\" " + std::to_string(steps.correct) + " are judged right";
      }
      for (const auto& [label, completion] : no_answers) {
        const StepJudge::Steps judged = judge->judge_steps(item.task, completion->answer);
        if (judged.correct < 0 || judged.correct > judged.judged) return where(item) + ": " + label + " as thinking has more right steps than steps";
      }
    }
    return std::nullopt;
  }

  Problem law_rises() const {
    const auto* law = dynamic_cast<const BudgetLaw*>(&environment_);
    if (law == nullptr) throw Skipped{"there is no law"};
    for (const Item& item : items_) {
      double before = 0.0;
      for (std::int64_t budget = 0; budget <= 4096; budget += 1 + budget / 8) {
        const double solved = law->solved_within(item.task, budget);
        if (!(solved >= before && solved <= 1.0))
          return where(item) + ": " + std::to_string(solved) + " within " + std::to_string(budget) + " tokens, after " + std::to_string(before);
        before = solved;
      }
    }
    return std::nullopt;
  }

  const Environment& environment_;
  const CheckOptions options_;
  std::vector<EnvironmentCheck> checks_;
  std::vector<Item> items_;
  std::unique_ptr<VerifierInspection> verifier_;
};

}  // namespace

std::vector<EnvironmentCheck> check_environment(const Environment& environment, const CheckOptions& options) {
  return Inspection(environment, options).run();
}

Completion completion_with_answer(std::string answer, std::string thinking) {
  Completion completion;
  completion.text = thinking.empty() ? answer : "<think>" + thinking + "</think>" + answer;
  completion.answer = std::move(answer);
  completion.thinking = std::move(thinking);
  return completion;
}

}  // namespace lydian
