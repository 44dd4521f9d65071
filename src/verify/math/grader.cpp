#include "verify/math/grader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/dates.h"
#include "verify/math/extract.h"
#include "verify/math/number_words.h"
#include "verify/math/text_answer.h"
#include "verify/math/wrapping.h"

namespace lydian::math {
namespace {

constexpr std::int64_t kAnswerBytes = 16384;  // Of one answer.

/// Without the blanks that say nothing: 1 1/2 is not 11/2, p i is not pi, and 1, 234 is not 1,234.
std::string squeezed(std::string_view text) {
  const auto word = [](char c) { return digit(c) || letter(c) || (static_cast<unsigned char>(c) & 0x80U) != 0; };
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (const char c : text) {
    if (blank(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty() && (out.back() == ',' || out.back() == '\\' || (word(out.back()) && word(c)))) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

/// Words of the shape of English ones: cat, up; not abc, xy, mgh.
bool is_word_shape(std::string_view word) {
  static constexpr std::array kShort = {"an", "as", "at", "be", "by", "do", "go", "he", "if", "is", "it", "me", "my",
                                        "no", "of", "on", "so", "to", "up", "us", "we", "am", "hi", "oh", "ok"};
  if (word.size() == 2) return std::find(kShort.begin(), kShort.end(), word) != kShort.end();
  if (word.size() != 3) return false;
  const auto vowels = std::count_if(word.begin(), word.end(), [](char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; });
  std::string letters(word);
  std::sort(letters.begin(), letters.end());
  return vowels > 0 && vowels < 3 && letters[2] - letters[0] > 2;
}

/// "all real numbers except x = 2": the line without what is named. Empty for others.
std::string spoken_difference(std::string_view text) {
  if (text.size() > 128) return {};
  std::string low = in_small_letters(text);
  std::size_t at = low.find(" except ");
  if (at == std::string::npos) return {};
  const std::string_view line = std::string_view(low).substr(0, at);
  if (line != "all real numbers" && line != "all reals" && line != "all real x" && line != "all real numbers x" && line != "all real values") return {};
  std::string_view values = text.substr(at + 8);
  if (starts(values, "for ")) values.remove_prefix(4);
  const std::size_t sign = values.find('=');
  if (sign != std::string_view::npos) {
    // x = 2, but not x = y = 2.
    std::string_view name = values.substr(0, sign);
    while (!name.empty() && blank(name.back())) name.remove_suffix(1);
    if (name.size() != 1 || !letter(name[0]) || values.find('=', sign + 1) != std::string_view::npos) return {};
    values.remove_prefix(sign + 1);
  }
  return "\\R\\setminus\\{" + std::string(values) + "\\}";
}

/// "only 7", "exactly 5", "7 (seven)", "half" and "a quarter" as numbers. Empty for others.
std::string number_with_words(std::string_view text) {
  if (text.size() > 64) return {};
  std::string low = in_small_letters(text);
  if (low == "half") return "1/2";
  if (starts(low, "a ")) {
    const std::string part = spoken_number("one " + low.substr(2));
    return part.find('/') == std::string::npos ? std::string{} : part;
  }
  for (const std::string_view word : {"only ", "exactly "}) {
    if (starts(low, word) && low.size() > word.size() && (digit(low[word.size()]) || low[word.size()] == '-')) return std::string(text.substr(word.size()));
  }
  const std::size_t open = low.find(" (");
  if (open == std::string::npos || low.back() != ')' || !all_digits(low.substr(0, open))) return {};
  const std::string words = spoken_number(low.substr(open + 2, low.size() - open - 3));
  return words == low.substr(0, open) ? words : std::string{};
}

/// A text of letters and blanks only. A name of a function or constant makes it a formula, and so do single letters.
struct Letters {
  bool only = false;
  bool has_word = false;  ///< Of the shape of an English one.
};
Letters letters_of(std::string_view text) {
  Letters found;
  bool runs = false;
  for (std::size_t at = 0; at < text.size();) {
    if (blank(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    if (letter(text[end])) ++end;  // A to B
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    if (end == at || (end < text.size() && !blank(text[end]))) return {};
    const std::string_view run = text.substr(at, end - at);
    if (word_info(run).kind != Tok::kUnknown) return {};
    runs = runs || run.size() > 1;
    found.has_word = found.has_word || is_word_shape(in_small_letters(run));
    at = end;
  }
  found.only = runs;
  return found;
}

/// The product of a run of letters, abcd, where the other side is a product that is written as one: a*b*c*d. Else kNoNode.
NodeId product_of_letters(Tree& tree, std::string_view run, std::string_view text, NodeId other) {
  if (std::all_of(text.begin(), text.end(), letter)) return kNoNode;
  if (other == kNoNode || !tree.is(other, Op::kMultiply) || run.size() < 2 || run.size() > 6 || !std::all_of(run.begin(), run.end(), letter)) return kNoNode;
  const bool product = !any(tree, other, [&](const Node& node, NodeId id) {
    return node.op != Op::kMultiply && node.op != Op::kConstant && (node.op != Op::kSymbol || tree.name(id).size() != 1);
  });
  if (!product) return kNoNode;
  std::vector<NodeId> factors;
  for (const char c : run) factors.push_back(c == 'e' ? tree.constant(Constant::kE) : c == 'i' ? tree.constant(Constant::kI) : tree.symbol({&c, 1}));
  return tree.add(Op::kMultiply, factors);
}

/// Words are no products, which commute: saw is not was.
bool are_words(std::string_view gold, std::string_view prediction) {
  if (gold.size() > 64) return false;
  const Letters g = letters_of(gold), p = g.only ? letters_of(prediction) : Letters{};
  return g.only && p.only && (g.has_word || p.has_word) && spoken_sign(gold).empty() && spoken_sign(prediction).empty();
}

}  // namespace

std::string without_words(std::string_view text) {
  std::string sign = spoken_sign(text);
  if (sign.empty()) sign = spoken_difference(text);
  if (sign.empty()) sign = number_with_words(text);
  return sign.empty() ? without_delimiters(text) : sign;
}

bool Grader::readable(std::string_view text) {
  if (text.empty() || static_cast<std::int64_t>(text.size()) > kAnswerBytes) return false;
  try {
    budget_.spend(static_cast<std::int64_t>(text.size()) / 64 + 1);
    if (is_option_letter(text) || compare_times(text, text)) return true;
    Tree tree;
    const std::string clean = without_words(text);
    const Reading reading = parse(clean, read_options(false), tree);
    return reading.root != kNoNode;
  } catch (const LimitExceeded&) {
    return true;  // To be refused by name later.
  }
}

Answer Grader::bare(std::string_view text) {
  Answer answer;
  Extracted boxes = extract_boxes(text);
  if (!boxes.texts.empty()) {
    answer.texts = std::move(boxes.texts);
    answer.begin = boxes.begin;
    answer.end = boxes.end;
  } else {
    std::string_view stripped = strip_wrapping(text);
    answer.texts.emplace_back(stripped);
    answer.begin = stripped.empty() ? 0 : static_cast<std::size_t>(stripped.data() - text.data());
    answer.end = answer.begin + stripped.size();
    // A sentence around one formula.
    if (stripped.find_first_of("$\\") != std::string_view::npos && !readable(stripped)) {
      MathOptions only = options_;
      only.last_number = false;
      Extracted found = extract(text, only, [this](std::string_view t) { return readable(t); });
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

Answer Grader::from_response(std::string_view text) {
  Answer answer;
  Extracted found = extract(text, options_, [this](std::string_view t) { return readable(t); });
  answer.texts = std::move(found.texts);
  answer.begin = found.begin;
  answer.end = found.end;
  join(answer);
  return answer;
}

void Grader::join(Answer& answer) {
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

std::optional<std::string> Grader::fault_of_gold(std::string_view gold) {
  if (gold.empty()) return "there is no gold";
  if (static_cast<std::int64_t>(gold.size()) > kAnswerBytes) return "the gold is too long";
  if (is_option_letter(gold)) return std::nullopt;
  // Its own budget: what the answer has cost is not the gold's fault.
  Budget budget(options_.max_cost);
  try {
    Tree tree;
    const Reading reading = parse(without_words(gold), read_options(false), tree);
    if (reading.root == kNoNode) {
      if (is_words(gold)) return std::nullopt;
      return "the gold cannot be read: " + reading.reason;
    }
    Folder folder(tree, options_.max_bits, budget);
    any(tree, reading.root, [&](const Node& node, NodeId id) {
      if (node.op >= Op::kBracket || !is_scalar(tree, id)) return false;
      try {
        folder.value(id);
      } catch (const LimitExceeded&) {
        if (!prime_powers(folder, id)) throw;
      }
      return false;
    });
  } catch (const LimitExceeded& limit) {
    return std::string("the gold is over a limit: ") + limit.what;
  } catch (const Undefined&) {
    return "the gold has a value that does not exist";
  }
  return std::nullopt;
}

Decision Grader::read_and_compare(std::string_view gold, std::string_view prediction, bool commas_separate, MathGrade& grade, bool& gold_plural,
                                  bool& ambiguous) {
  Tree tree;
  const std::string g = without_words(gold), p = without_words(prediction);
  Reading gold_reading, reading;
  try {
    gold_reading = parse(g, read_options(commas_separate), tree);
  } catch (const LimitExceeded& limit) {
    grade.status = VerdictStatus::kVerifierFault;
    return {false, MathMethod::kNone, std::string("the gold is over a limit: ") + limit.what};
  }
  reading = parse(p, read_options(commas_separate), tree);
  // A gold that groups its digits and shows no list is a number: 12,345 is not 12, 345. In 27,54,108,135 two commas separate, so all may.
  const bool number = gold_reading.root != kNoNode && gold_reading.grouped_commas &&
                      (g.find(", ") != std::string::npos || !any(tree, gold_reading.root, [](const Node& node, NodeId) { return node.op == Op::kList; }));
  ambiguous = !number && (gold_reading.grouped_commas || reading.grouped_commas);
  if (gold_reading.root != kNoNode) {
    // A point or an interval is one value.
    const bool set = tree.is(gold_reading.root, Op::kBracket) && static_cast<Bracket>(tree[gold_reading.root].flag) == Bracket::kCurly;
    gold_plural = set || tree.is(gold_reading.root, Op::kList) || has_plus_minus(tree, gold_reading.root);
  }
  if (gold_reading.root == kNoNode) {
    gold_reading.root = product_of_letters(tree, g, p, reading.root);
  } else if (reading.root == kNoNode) {
    reading.root = product_of_letters(tree, p, g, gold_reading.root);
  }
  const auto is_text = [&](const Reading& side) { return side.root == kNoNode || tree.is(side.root, Op::kText); };
  // \text{12 cm}
  if (!is_text(gold_reading) && is_text(reading) && without_font(p).size() < p.size()) {
    const Reading inside = parse(without_font(p), read_options(commas_separate), tree);
    if (!is_text(inside)) reading = inside;
  }
  if (is_text(gold_reading) || is_text(reading)) {
    if (!spoken_sign(gold).empty() && !spoken_sign(prediction).empty()) return compare_words(g, p, options_);
    if (!is_text(gold_reading) || (gold_reading.root == kNoNode && !is_words(gold))) {
      if (reading.root != kNoNode) return {false, MathMethod::kText, "words on one side only"};
      grade.status = VerdictStatus::kUnparsable;
      return {false, MathMethod::kNone, "the answer cannot be read: " + reading.reason};
    }
    Decision decision = compare_words(gold, prediction, options_);
    // Words that are given a name: x = east.
    if (!decision.equal && !is_text(reading) && tree.is(reading.root, Op::kRelation))
      decision = compare_words(gold, p.substr(std::min(p.size(), p.rfind('=') + 1)), options_);
    return decision;
  }
  // I may be a current. It is the imaginary unit where the other side writes i and this one does not, and in a number for a gold that is a number.
  const auto means_i = [&](NodeId side, NodeId other) {
    return has_letter(tree, side, "I") && !has_imaginary(tree, side) && has_imaginary(tree, other) && !has_letter(tree, other, "I");
  };
  const NodeId unit = tree.constant(Constant::kI);
  const NodeId other = has_letter(tree, reading.root, "I") ? with_letter_as(tree, reading.root, "I", unit) : reading.root;
  if (means_i(gold_reading.root, reading.root)) {
    gold_reading.root = with_letter_as(tree, gold_reading.root, "I", unit);
  } else if (means_i(reading.root, gold_reading.root) || (!has_symbol(tree, gold_reading.root) && !has_symbol(tree, other))) {
    reading.root = other;
  }
  // R alone beside the line, or beside an interval, is the line.
  for (Reading* side : {&gold_reading, &reading}) {
    const NodeId beside = side == &reading ? gold_reading.root : reading.root;
    if (tree.is(side->root, Op::kSymbol) && tree.name(side->root) == "R" && (tree.is_constant(beside, Constant::kReals) || tree.is(beside, Op::kBracket)))
      side->root = tree.constant(Constant::kReals);
  }
  Decision decision = Comparer(tree, options_, budget_).compare(gold_reading.root, reading.root);
  // \log without a base is written for both: what is equal under one of its meanings is equal.
  const auto has_log = [](const Node& node, NodeId) { return node.op == Op::kCall && static_cast<Function>(node.payload) == Function::kLog; };
  if (!decision.equal && options_.log_is_natural && (any(tree, gold_reading.root, has_log) || any(tree, reading.root, has_log))) {
    MathOptions to_ten = options_;
    to_ten.log_is_natural = false;
    Decision other = Comparer(tree, to_ten, budget_).compare(gold_reading.root, reading.root);
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
  if (auto numbers = compare_plain_numbers(gold, prediction, options_)) return decided(std::move(*numbers));
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
  if (are_words(gold, prediction)) return decided(compare_words(gold, prediction, options_));
  if (auto choice = compare_options(gold, prediction, options_)) return decided(std::move(*choice));
  if (auto times = compare_times(gold, prediction)) return decided(std::move(*times));
  if (auto dates = compare_dates(gold, prediction)) return decided(std::move(*dates));
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
    // (B) 42 where the gold is what the option says.
    const std::string_view behind = decision.equal || !options_.option_letter_with_text ? std::string_view{} : option_text(prediction);
    if (!behind.empty() && option_text(behind).empty() && grade.status != VerdictStatus::kVerifierFault) {
      bool plural = false;
      MathGrade other = compare_texts(gold, strip_wrapping(behind), plural);
      if (other.equal) {
        gold_plural = plural;
        if (other.reason.empty()) other.reason = "the option's text without its letter";
        return other;
      }
    }
    return decided(std::move(decision));
  } catch (const LimitExceeded& limit) {
    grade.status = VerdictStatus::kResourceLimit;
    return decided({false, MathMethod::kNone, std::string("over a limit: ") + limit.what});
  } catch (const Undefined&) {
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

}  // namespace lydian::math
