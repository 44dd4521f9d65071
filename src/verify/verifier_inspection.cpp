#include "verify/verifier_inspection.h"

#include <set>

#include "lydian/verify/verifier_pool.h"

namespace lydian::inspection {
namespace {

constexpr std::size_t kWrongAnswers = 8;  // Other tasks' gold answers tried on each task.
constexpr std::size_t kHugeAnswer = std::size_t{1} << 20;

bool same_verdict(const Verdict& a, const Verdict& b) {
  return a.status == b.status && a.reward == b.reward && a.parts == b.parts && a.reason == b.reason;
}

}  // namespace

std::string where(const Item& item) {
  return "task " + item.task.id + " (" + to_string(item.split) + " " + std::to_string(item.index) + ")";
}

std::string describe_verdict(const Verdict& verdict) {
  if (!verdict.valid()) return "is a fault: " + verdict.reason;
  return (verdict.status == VerdictStatus::kScored ? "is scored " : "is refused with ") + std::to_string(verdict.reward) +
         (verdict.reason.empty() ? "" : ": " + verdict.reason);
}

bool scores_right(const Verdict& verdict, const CheckOptions& options) {
  return verdict.status == VerdictStatus::kScored && verdict.reward >= options.gold_reward;
}

std::vector<std::pair<std::string, std::shared_ptr<const Completion>>> garbage() {
  using namespace std::string_literals;
  const auto answer = [](std::string text) { return std::make_shared<const Completion>(completion_with_answer(std::move(text))); };
  Completion cut = completion_with_answer({}, "half a thou");
  cut.finish_reason = FinishReason::kNoClose;
  cut.stopped = false;
  return {{"an empty answer", answer("")},
          {"a blank answer", answer(" \n\t")},
          {"a huge answer", answer(std::string(kHugeAnswer, 'x'))},
          {"deep brackets", answer(std::string(100'000, '('))},
          {"NUL bytes", answer("\0\0\0"s)},
          {"broken UTF-8", answer("\xff\xfe\xc3(\xed\xa0\x80")},
          {"a completion cut in its thinking", std::make_shared<const Completion>(std::move(cut))}};
}

VerifierInspection::VerifierInspection(const Verifier& verifier, const std::vector<Item>& items, const CheckOptions& options)
    : verifier_(verifier), items_(items), options_(options) {
  const auto no_answers = garbage();
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const std::string& gold = items_[i].gold.answer;
    add(i, Kind::kGold, "gold answer \"" + gold + "\"", std::make_shared<const Completion>(items_[i].gold));
    std::set<std::string> tried{gold};
    for (std::size_t other = 1; other < items_.size() && tried.size() <= kWrongAnswers; ++other) {
      const std::string& answer = items_[(i + other) % items_.size()].gold.answer;
      if (!tried.insert(answer).second) continue;
      // The thinking is the right one: a verifier that finds the truth there is caught.
      add(i, Kind::kWrong, "answer \"" + answer + "\"", std::make_shared<const Completion>(completion_with_answer(answer, items_[i].gold.thinking)));
    }
    for (const auto& [label, completion] : no_answers) add(i, Kind::kGarbage, label, completion);
    if (gold.size() > 1) add(i, Kind::kGarbage, "half an answer", std::make_shared<const Completion>(completion_with_answer(gold.substr(0, gold.size() / 2))));
  }
}

void VerifierInspection::add(std::size_t item, Kind kind, std::string label, std::shared_ptr<const Completion> completion) {
  Verdict verdict = verify_guarded(verifier_, items_[item].task, *completion);
  cases_.push_back({item, kind, std::move(label), std::move(completion), std::move(verdict)});
}

std::string VerifierInspection::report(const Case& one) const {
  return where(items_[one.item]) + ": " + one.label + " " + describe_verdict(one.verdict);
}

Problem VerifierInspection::gold_scores_right() const {
  for (const Case& one : cases_) {
    if (one.kind == Kind::kGold && !scores_right(one.verdict, options_)) return report(one);
  }
  return std::nullopt;
}

Problem VerifierInspection::wrong_scores_wrong() const {
  std::int64_t tried = 0, accepted = 0;
  Problem first;
  for (const Case& one : cases_) {
    if (one.kind != Kind::kWrong) continue;
    if (!one.verdict.valid()) return report(one);
    ++tried;
    if (!scores_right(one.verdict, options_)) continue;
    ++accepted;
    if (!first) first = report(one);
  }
  if (tried == 0) throw Skipped{"all gold answers are equal"};
  if (static_cast<double>(accepted) <= options_.lucky_share * static_cast<double>(tried)) return std::nullopt;
  return *first + "; so are " + std::to_string(accepted) + " of " + std::to_string(tried);
}

Problem VerifierInspection::garbage_is_refused() const {
  for (const Case& one : cases_) {
    if (one.kind == Kind::kGarbage && (!one.verdict.valid() || scores_right(one.verdict, options_))) return report(one);
  }
  return std::nullopt;
}

Problem VerifierInspection::judge_again() const {
  for (const Case& one : cases_) {
    const Verdict again = verify_guarded(verifier_, items_[one.item].task, *one.completion);
    if (!same_verdict(again, one.verdict)) return report(one) + ", then it " + describe_verdict(again);
  }
  return std::nullopt;
}

}  // namespace lydian::inspection
