#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "lydian/core/error.h"
#include "lydian/verify/math_verifier.h"
#include "verify/math/compare.h"
#include "verify/math/dates.h"
#include "verify/math/extract.h"
#include "verify/math/parser.h"
#include "verify/math/text_answer.h"
#include "verify/math/wrapping.h"

namespace lydian {
namespace {

using math::Budget;
using math::Decision;
using math::kNoNode;
using math::NodeId;
using math::Tree;

constexpr std::int64_t kAnswerBytes = 16384;  // Of one answer.

std::string printable(std::string_view text) {
  std::string out(text.substr(0, 2000));
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

/// What is read as mathematics: a text without signs of formulas, or the sign that its words stand for.
std::string without_words(std::string_view text) {
  std::string sign = math::spoken_sign(text);
  return sign.empty() ? math::without_delimiters(text) : sign;
}

/// Without the blanks that say nothing: 1 1/2 is not 11/2, p i is not pi, and 1, 234 is not 1,234.
std::string squeezed(std::string_view text) {
  const auto word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      gap = true;
      continue;
    }
    if (gap && !out.empty() && (out.back() == ',' || out.back() == '\\' || (word(out.back()) && word(c)))) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

/// One answer as text, ready to be read.
struct Answer {
  std::vector<std::string> texts;  ///< Boxes side by side, or one text.
  std::string joined;
  std::size_t begin = 0, end = 0;
};

class Grader {
 public:
  Grader(const MathOptions& options, Budget& budget) : options_(options), budget_(budget) {}

  math::ReadOptions read_options(bool commas_separate) const {
    return {commas_separate, options_.decimal_comma, options_.max_tokens, options_.max_depth, options_.max_digits, options_.max_bits};
  }

  bool readable(std::string_view text) {
    if (text.empty() || static_cast<std::int64_t>(text.size()) > kAnswerBytes) return false;
    try {
      budget_.spend(static_cast<std::int64_t>(text.size()) / 64 + 1);
      if (math::is_option_letter(text)) return true;
      Tree tree;
      const std::string clean = without_words(text);
      const math::Reading reading = math::parse(clean, read_options(false), tree);
      return reading.root != kNoNode;
    } catch (const math::LimitExceeded&) {
      return true;  // To be refused by name later.
    }
  }

  /// A bare answer: what stands in its boxes, else all of it without formula signs.
  Answer bare(std::string_view text) {
    Answer answer;
    math::Extracted boxes = math::extract_boxes(text);
    if (!boxes.texts.empty()) {
      answer.texts = std::move(boxes.texts);
      answer.begin = boxes.begin;
      answer.end = boxes.end;
    } else {
      std::string_view stripped = math::strip_wrapping(text);
      answer.texts.emplace_back(stripped);
      answer.begin = stripped.empty() ? 0 : static_cast<std::size_t>(stripped.data() - text.data());
      answer.end = answer.begin + stripped.size();
      // A sentence around one formula.
      if (stripped.find_first_of("$\\") != std::string_view::npos && !readable(stripped)) {
        MathOptions only = options_;
        only.last_number = false;
        math::Extracted found = math::extract(text, only, [this](std::string_view t) { return readable(t); });
        if (!found.texts.empty()) {
          answer.texts = std::move(found.texts);
          answer.begin = found.begin;
          answer.end = found.end;
        }
      }
    }
    join(answer);
    return answer;
  }

  Answer from_response(std::string_view text) {
    Answer answer;
    math::Extracted found = math::extract(text, options_, [this](std::string_view t) { return readable(t); });
    answer.texts = std::move(found.texts);
    answer.begin = found.begin;
    answer.end = found.end;
    join(answer);
    return answer;
  }

  static void join(Answer& answer) {
    // The same box twice is one answer; an empty one is none.
    std::vector<std::string> kept;
    for (std::string& text : answer.texts) {
      if (!text.empty() && std::find(kept.begin(), kept.end(), text) == kept.end()) kept.push_back(std::move(text));
    }
    answer.texts = std::move(kept);
    for (const std::string& text : answer.texts) {
      if (!answer.joined.empty()) answer.joined += ", ";
      answer.joined += text;
    }
  }

  MathGrade against(const Answer& gold, const Answer& prediction);
  /// Why a gold can be used for no comparison; nothing where it can.
  std::optional<std::string> fault_of_gold(std::string_view gold);
  /// Equal texts are read and compared like others.
  void read_equal_texts() { read_equal_texts_ = true; }

 private:
  MathGrade compare_answers(const Answer& gold, const Answer& prediction);
  MathGrade compare_texts(std::string_view gold, std::string_view prediction, bool& gold_plural);
  Decision read_and_compare(std::string_view gold, std::string_view prediction, bool commas_separate, MathGrade& grade, bool& gold_plural, bool& ambiguous);

  const MathOptions& options_;
  Budget& budget_;
  bool read_equal_texts_ = false;
};

std::optional<std::string> Grader::fault_of_gold(std::string_view gold) {
  if (gold.empty()) return "there is no gold";
  if (static_cast<std::int64_t>(gold.size()) > kAnswerBytes) return "the gold is too long";
  if (math::is_option_letter(gold)) return std::nullopt;
  // Its own budget: what the answer has cost is not the gold's fault.
  Budget budget(options_.max_cost);
  try {
    Tree tree;
    const math::Reading reading = math::parse(without_words(gold), read_options(false), tree);
    if (reading.root == kNoNode) {
      if (math::is_words(gold)) return std::nullopt;
      return "the gold cannot be read: " + reading.reason;
    }
    math::Folder folder(tree, options_.max_bits, budget);
    math::any(tree, reading.root, [&](const math::Node& node, NodeId id) {
      if (node.op >= math::Op::kBracket || !math::is_scalar(tree, id)) return false;
      try {
        folder.value(id);
      } catch (const math::LimitExceeded&) {
        if (!math::prime_powers(folder, id)) throw;
      }
      return false;
    });
  } catch (const math::LimitExceeded& limit) {
    return std::string("the gold is over a limit: ") + limit.what;
  } catch (const math::Undefined&) {
    return "the gold has a value that does not exist";
  }
  return std::nullopt;
}

Decision Grader::read_and_compare(std::string_view gold, std::string_view prediction, bool commas_separate, MathGrade& grade, bool& gold_plural,
                                  bool& ambiguous) {
  Tree tree;
  const std::string g = without_words(gold), p = without_words(prediction);
  math::Reading gold_reading, reading;
  try {
    gold_reading = math::parse(g, read_options(commas_separate), tree);
  } catch (const math::LimitExceeded& limit) {
    grade.status = VerdictStatus::kVerifierFault;
    return {false, MathMethod::kNone, std::string("the gold is over a limit: ") + limit.what};
  }
  reading = math::parse(p, read_options(commas_separate), tree);
  ambiguous = gold_reading.grouped_commas || reading.grouped_commas;
  if (gold_reading.root != kNoNode) {
    // A point or an interval is one value.
    const bool set = tree.is(gold_reading.root, math::Op::kBracket) && static_cast<math::Bracket>(tree[gold_reading.root].flag) == math::Bracket::kCurly;
    gold_plural = set || tree.is(gold_reading.root, math::Op::kList) || math::has_plus_minus(tree, gold_reading.root);
  }
  const bool gold_words = gold_reading.root == kNoNode || tree.is(gold_reading.root, math::Op::kText);
  const bool words = reading.root == kNoNode || tree.is(reading.root, math::Op::kText);
  if (gold_words || words) {
    const bool signs = !math::spoken_sign(gold).empty() && !math::spoken_sign(prediction).empty();
    Decision decision = signs ? math::compare_words(g, p, options_) : math::compare_words(gold, prediction, options_);
    // "x = 5" named by words, and words for the empty set, are left to the reader of the text.
    if (!decision.equal && reading.root == kNoNode && !gold_words) {
      grade.status = VerdictStatus::kUnparsable;
      decision.method = MathMethod::kNone;
      decision.reason = "the answer cannot be read: " + reading.reason;
    } else if (!decision.equal && gold_words && !words && tree.is(reading.root, math::Op::kRelation)) {
      decision = math::compare_words(gold, p.substr(std::min(p.size(), p.rfind('=') + 1)), options_);
    }
    return decision;
  }
  Decision decision = math::Comparer(tree, options_, budget_).compare(gold_reading.root, reading.root);
  // \log without a base is written for both: what is equal under one of its meanings is equal.
  const auto has_log = [](const math::Node& node, NodeId) {
    return node.op == math::Op::kCall && static_cast<math::Function>(node.payload) == math::Function::kLog;
  };
  if (!decision.equal && options_.log_is_natural && (math::any(tree, gold_reading.root, has_log) || math::any(tree, reading.root, has_log))) {
    MathOptions to_ten = options_;
    to_ten.log_is_natural = false;
    Decision other = math::Comparer(tree, to_ten, budget_).compare(gold_reading.root, reading.root);
    if (other.equal) {
      if (other.reason.empty()) other.reason = "\\log to base 10";
      return other;
    }
  }
  return decision;
}

MathGrade Grader::compare_texts(std::string_view gold, std::string_view prediction, bool& gold_plural) {
  MathGrade grade;
  auto decided = [&](Decision decision) {
    grade.equal = decision.equal;
    grade.method = decision.method;
    grade.reason = std::move(decision.reason);
    return grade;
  };
  budget_.spend(1);
  if (auto numbers = math::compare_plain_numbers(gold, prediction, options_)) return decided(std::move(*numbers));
  if (!read_equal_texts_ && (gold == prediction || squeezed(gold) == squeezed(prediction))) return decided({true, MathMethod::kText, {}});
  if (static_cast<std::int64_t>(gold.size()) > kAnswerBytes) {
    grade.status = VerdictStatus::kVerifierFault;
    return decided({false, MathMethod::kNone, "the gold is too long"});
  }
  if (static_cast<std::int64_t>(prediction.size()) > kAnswerBytes) {
    grade.status = VerdictStatus::kResourceLimit;
    return decided({false, MathMethod::kNone, "the answer is too long"});
  }
  budget_.spend(static_cast<std::int64_t>(gold.size() + prediction.size()) / 64);
  if (auto choice = math::compare_options(gold, prediction, options_)) return decided(std::move(*choice));
  if (auto times = math::compare_times(gold, prediction)) return decided(std::move(*times));
  if (auto dates = math::compare_dates(gold, prediction)) return decided(std::move(*dates));
  try {
    bool ambiguous = false;
    Decision decision = read_and_compare(gold, prediction, false, grade, gold_plural, ambiguous);
    // 100,200,300 may also be a list.
    if (!decision.equal && ambiguous && grade.status != VerdictStatus::kVerifierFault) {
      MathGrade other;
      bool plural = false, again = false;
      Decision as_list = read_and_compare(gold, prediction, true, other, plural, again);
      if (as_list.equal) {
        gold_plural = plural;
        grade.status = VerdictStatus::kScored;
        as_list.reason = "commas read as separators";
        return decided(std::move(as_list));
      }
    }
    return decided(std::move(decision));
  } catch (const math::LimitExceeded& limit) {
    grade.status = VerdictStatus::kResourceLimit;
    return decided({false, MathMethod::kNone, std::string("over a limit: ") + limit.what});
  } catch (const math::Undefined&) {
    return decided({false, MathMethod::kNone, "a value that does not exist"});
  }
}

// What is not equal because the gold cannot be used is no judgement of the answer.
MathGrade Grader::against(const Answer& gold, const Answer& prediction) {
  MathGrade grade = compare_answers(gold, prediction);
  const bool open = grade.method == MathMethod::kNone || grade.method == MathMethod::kUndecided || grade.method == MathMethod::kText;
  if (!grade.equal && open && grade.status != VerdictStatus::kVerifierFault) {
    if (std::optional<std::string> fault = fault_of_gold(gold.joined)) {
      grade.status = VerdictStatus::kVerifierFault;
      grade.reason = std::move(*fault);
    }
  }
  return grade;
}

MathGrade Grader::compare_answers(const Answer& gold, const Answer& prediction) {
  bool plural = gold.texts.size() > 1;
  if (prediction.texts.size() <= 1) return compare_texts(gold.joined, prediction.joined, plural);
  // Several boxes are a list where the gold has several values, else all of them must be the same answer.
  MathGrade all = compare_texts(gold.joined, prediction.joined, plural);
  if (all.equal && (plural || all.method == MathMethod::kText) && options_.several_boxes) return all;
  MathGrade grade;
  for (const std::string& text : prediction.texts) {
    grade = compare_texts(gold.joined, text, plural);
    if (!grade.equal) {
      grade.reason = "several boxes that are not all right: " + grade.reason;
      return grade;
    }
  }
  return grade;
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
    const math::Reading parsed = math::parse(without_words(bare.joined), grader.read_options(false), tree);
    if (parsed.root == kNoNode) {
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
