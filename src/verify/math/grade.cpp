#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "lydian/core/error.h"
#include "lydian/verify/math_verifier.h"
#include "verify/math/grader.h"
#include "verify/math/text_answer.h"
#include "verify/math/wrapping.h"

namespace lydian {
namespace {

using math::Answer;
using math::Budget;
using math::Grader;
using math::Tree;

std::string printable(std::string_view text) {
  std::string out(text.substr(0, 2000));
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

}  // namespace

const char* to_string(MathMethod method) {
  switch (method) {
    case MathMethod::kNone:
      return "none";
    case MathMethod::kText:
      return "text";
    case MathMethod::kExact:
      return "exact";
    case MathMethod::kCanonical:
      return "canonical";
    case MathMethod::kAlgebraic:
      return "algebraic";
    case MathMethod::kNumeric:
      return "numeric";
    case MathMethod::kUndecided:
      return "undecided";
  }
  return "none";
}

MathVerifier::MathVerifier() : MathVerifier(MathOptions{}) {}

MathVerifier::MathVerifier(MathOptions options) : options_(options) {
  for (const std::int64_t limit : {options.max_bytes, options.max_tokens, options.max_depth, options.max_digits, options.max_bits, options.max_cost}) {
    if (limit < 1) throw ConfigError("math_verifier", "limits of 1 and more", std::to_string(limit));
  }
  if (options.decimal_places < 0 || options.decimal_places > 30)
    throw ConfigError("math_verifier", "decimal_places in 0 … 30", std::to_string(options.decimal_places));
  if (options.max_depth > 512) throw ConfigError("math_verifier", "max_depth up to 512", std::to_string(options.max_depth));
}

MathVerifier::~MathVerifier() = default;

MathGrade MathVerifier::grade(std::string_view gold, std::string_view prediction, MathKind kind) const {
  const std::string owned(gold);
  return grade(std::span<const std::string>(&owned, 1), prediction, kind);
}

MathGrade MathVerifier::grade(std::span<const std::string> golds, std::string_view prediction, MathKind kind) const {
  math::keep_flint_tidy();
  Budget budget(options_.max_cost);
  MathGrade result;
  try {
    Grader grader(options_, budget);
    const Answer answer = kind == MathKind::kResponse ? grader.from_response(prediction) : grader.bare(prediction);
    result.extracted = printable(answer.joined);
    result.begin = static_cast<std::int64_t>(answer.begin);
    result.end = static_cast<std::int64_t>(answer.end);
    if (answer.joined.empty()) {
      result.status = VerdictStatus::kUnparsable;
      result.reason = "no answer was found";
      result.cost = budget.spent();
      const bool usable = std::any_of(golds.begin(), golds.end(), [&](const std::string& gold) { return !grader.fault_of_gold(grader.bare(gold).joined); });
      if (!usable) {
        result.status = VerdictStatus::kVerifierFault;
        result.reason = "there is no gold that can be used";
      }
      return result;
    }
    bool usable = false;
    MathGrade last;
    for (std::size_t i = 0; i < golds.size(); ++i) {
      const Answer gold = grader.bare(golds[i]);
      if (gold.joined.empty()) continue;
      MathGrade grade = grader.against(gold, answer);
      if (grade.status != VerdictStatus::kVerifierFault) usable = true;
      if (grade.equal) {
        grade.gold = static_cast<std::int64_t>(i);
        last = std::move(grade);
        break;
      }
      if (last.reason.empty() || grade.status != VerdictStatus::kVerifierFault) last = std::move(grade);
    }
    if (!usable) {
      last.status = VerdictStatus::kVerifierFault;
      if (last.reason.empty()) last.reason = "there is no gold";
    }
    last.extracted = std::move(result.extracted);
    last.begin = result.begin;
    last.end = result.end;
    result = std::move(last);
  } catch (const math::LimitExceeded& limit) {
    result.status = VerdictStatus::kResourceLimit;
    result.reason = std::string("over a limit: ") + limit.what;
  }
  result.cost = budget.spent();
  return result;
}

MathGrade MathVerifier::grade_gold(std::string_view gold) const {
  math::keep_flint_tidy();
  Budget budget(options_.max_cost);
  MathGrade result;
  try {
    Grader grader(options_, budget);
    grader.read_equal_texts();
    const Answer answer = grader.bare(gold);
    if (std::optional<std::string> fault = grader.fault_of_gold(answer.joined)) {
      result.reason = std::move(*fault);
    } else {
      result = grader.against(answer, answer);
    }
    result.extracted = printable(answer.joined);
  } catch (const math::LimitExceeded& limit) {
    result.reason = std::string("the gold is over a limit: ") + limit.what;
  }
  if (!result.equal) result.status = VerdictStatus::kVerifierFault;
  result.cost = budget.spent();
  return result;
}

MathReading MathVerifier::read(std::string_view answer) const {
  math::keep_flint_tidy();
  MathReading reading;
  Budget budget(options_.max_cost);
  Grader grader(options_, budget);
  try {
    const Answer bare = grader.bare(answer);
    if (math::is_option_letter(bare.joined)) return {true, "option", {}};
    Tree tree;
    const math::Reading parsed = math::parse(math::without_words(bare.joined), grader.read_options(false), tree);
    if (parsed.root == math::kNoNode) {
      // Words are whole as words.
      const std::string words = math::words_of(bare.joined);
      const bool plain = !words.empty() && std::all_of(words.begin(), words.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == ' ' || c == '(' || c == ')' || c == '\'' || c == '-';
      });
      return {plain, "text", parsed.reason};
    }
    using math::Op;
    reading.whole = true;
    switch (tree[parsed.root].op) {
      case Op::kNumber:
        reading.type = "number";
        break;
      case Op::kRelation: {
        const auto relations = tree.relations(parsed.root);
        const bool equation = std::all_of(relations.begin(), relations.end(), [](math::Relation r) { return r == math::Relation::kEqual; });
        reading.type = equation ? "equation" : "inequality";
        break;
      }
      case Op::kList:
        reading.type = "list";
        break;
      case Op::kBracket:
        reading.type = static_cast<math::Bracket>(tree[parsed.root].flag) == math::Bracket::kCurly ? "set" : "tuple";
        break;
      case Op::kUnion:
      case Op::kIntersection:
      case Op::kDifference:
        reading.type = "set";
        break;
      case Op::kMatrix:
        reading.type = "matrix";
        break;
      case Op::kText:
        reading.type = "text";
        break;
      case Op::kRatio:
        reading.type = "ratio";
        break;
      case Op::kUnit:
        reading.type = "quantity";
        break;
      default:
        reading.type = "expression";
    }
  } catch (const math::LimitExceeded& limit) {
    reading.whole = false;
    reading.reason = std::string("over a limit: ") + limit.what;
  }
  return reading;
}

Verdict MathVerifier::verify(const Task& task, const Completion& completion) const {
  std::vector<std::string> golds;
  if (!task.ground_truth.empty() && task.ground_truth.front() == '[' && task.ground_truth.find('"') != std::string::npos) {
    const nlohmann::json list = nlohmann::json::parse(task.ground_truth, nullptr, false);
    if (list.is_array() && std::all_of(list.begin(), list.end(), [](const nlohmann::json& item) { return item.is_string(); }))
      golds = list.get<std::vector<std::string>>();
  }
  if (golds.empty()) golds.push_back(task.ground_truth);
  MathGrade graded = grade(golds, completion.answer, MathKind::kResponse);
  Verdict verdict{graded.status, graded.equal ? 1.0 : 0.0, {}, std::move(graded.reason)};
  verdict.parts.emplace_back("parsed", graded.status == VerdictStatus::kScored ? 1.0 : 0.0);
  return verdict;
}

}  // namespace lydian
