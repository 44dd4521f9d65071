// What sentences say about the answers in them.
#include "verify/math/doubts.h"

#include <string>

#include "verify/math/number_words.h"

namespace lydian::math {
namespace {

/// Cuts off what stands before the last of some words that draw a conclusion.
template <std::size_t N>
void cut_to_conclusion(std::string& before, const std::array<std::string_view, N>& signs) {
  for (const std::string_view sign : signs) {
    const std::size_t at = before.rfind(sign);
    if (at != std::string::npos) before.erase(0, at + sign.size());
  }
}

/// Whether a text goes on with a word after blanks and a comma.
template <std::size_t N>
bool goes_on_with(std::string_view after, const std::array<std::string_view, N>& words) {
  std::size_t at = 0;
  while (at < after.size() && (blank(after[at]) || after[at] == ',')) ++at;
  if (at == 0) return false;
  std::size_t to = at;
  while (to < after.size() && letter(after[to])) ++to;
  return std::find(words.begin(), words.end(), after.substr(at, to - at)) != words.end();
}

/// The sentence or line around a place.
std::string_view sentence_around(std::string_view text, std::size_t at) {
  const auto ends = [&](std::size_t i) {
    return text[i] == '\n' || ((text[i] == '.' || text[i] == '!' || text[i] == '?') && i + 1 < text.size() && blank(text[i + 1]));
  };
  std::size_t from = at, to = at;
  while (from > 0 && !ends(from - 1)) --from;
  while (to < text.size() && !ends(to)) ++to;
  return text.substr(from, to - from);
}

using Words = std::string_view;

// Parts and powers of a number: "a third of 4".
constexpr std::array<Words, 14> kParts = {"third",   "thirds", "quarter", "quarters", "fourth", "fifth",      "tenth",
                                          "percent", "square", "cube",    "root",     "power",  "reciprocal", "opposite"};
// These change a value only where "of" and the value follow at once.
constexpr std::array<Words, 11> kFunctionsOf = {"negative", "multiple", "multiples",  "divisor",   "divisors", "factor",
                                                "factors",  "inverse",  "complement", "logarithm", "factorial"};
// Words right behind a value that make another value of it, or leave it open.
constexpr std::array<Words, 14> kChangesBehind = {"maybe",     "perhaps", "possibly", "unless",  "squared", "cubed", "below",
                                                  "factorial", "hundred", "thousand", "million", "billion", "dozen", "times"};

template <std::size_t N>
bool is_one_of(const std::array<Words, N>& words, Words word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// not, never, isn't
bool is_denial(Words word) {
  static constexpr std::array<Words, 6> kDenials = {"not", "never", "cannot", "neither", "nor", "without"};
  return is_one_of(kDenials, word) || word.ends_with("n't");
}

/// Small letters, with straight apostrophes.
std::string in_plain_letters(Words text) {
  std::string low = in_small_letters(text);
  for (std::size_t at = low.find("’"); at != std::string::npos; at = low.find("’", at)) {
    low[at] = '\'';
    low.erase(at + 1, 2);
  }
  return low;
}

bool in_word(char c) {
  return letter(c) || c == '\'';
}

/// The next word of a text behind signs that separate; empty where something else follows.
Words next_word(Words text, std::size_t& at, Words between) {
  at = std::min(text.find_first_not_of(between, at), text.size());
  const std::size_t from = at;
  while (at < text.size() && in_word(text[at])) ++at;
  return text.substr(from, at - from);
}

constexpr std::size_t kBeside = 100;  // Bytes beside a value in which words say something of it.

/// "is wrong", "but that isn't right", "cannot be it" right behind a value.
bool denied_behind(Words after) {
  static constexpr std::array<Words, 22> kLeads = {"but", "and", "which", "that", "this", "it", "they", "he",    "she", "we",   "i",
                                                   "is",  "are", "was",   "were", "be",   "a",  "the",  "would", "an",  "also", "however"};
  static constexpr std::array<Words, 6> kCopulas = {"is", "are", "was", "were", "be", "seems"};
  static constexpr std::array<Words, 5> kWrong = {"wrong", "incorrect", "mistaken", "false", "impossible"};
  static constexpr std::array<Words, 10> kRight = {"right", "correct", "answer", "it", "possible", "valid", "solution", "true", "work", "hold"};
  const std::string low = in_plain_letters(after.substr(0, kBeside));
  const std::size_t mark = low.find_first_not_of("$*)}] ");
  if (mark != std::string::npos && low[mark] == '?') return true;
  bool copula = false, denial = false;
  for (std::size_t at = 0, words = 0; words < 8; ++words) {
    const Words word = next_word(low, at, words == 0 ? "$*)}], (" : "$*)}], ");
    if (denial && is_one_of(kRight, word)) return true;
    if (copula && !denial && is_one_of(kWrong, word)) return true;
    copula = copula || is_one_of(kCopulas, word);
    if (is_denial(word) && (word != "not" || copula)) {
      denial = true;
    } else if (!is_one_of(kLeads, word)) {
      return false;
    }
  }
  return false;
}

/// "isn't", "cannot be", "twice", "half of" right before a value.
bool denied_before(Words before) {
  static constexpr std::array<Words, 8> kBetween = {"be", "equal", "to", "simply", "just", "the", "a", "really"};
  static constexpr std::array<Words, 8> kChanges = {"than", "negative", "minus", "twice", "double", "triple", "thrice", "half"};
  std::string low = in_plain_letters(before.substr(before.size() - std::min(before.size(), kBeside)));
  bool first = true, of = false;
  for (std::size_t end = low.size(), words = 0; words < 5; ++words) {
    end = low.find_last_not_of(first ? " \t$*({[" : " *", end == 0 ? 0 : end - 1);
    if (end == std::string::npos || !in_word(low[end])) return false;
    std::size_t begin = ++end;
    while (begin > 0 && in_word(low[begin - 1])) --begin;
    const Words word = Words(low).substr(begin, end - begin);
    if (begin > 0 && low[begin - 1] == '\\') return false;
    if (of) return word == "half" || is_one_of(kParts, word) || is_one_of(kFunctionsOf, word);
    if (is_denial(word) || (first && is_one_of(kChanges, word))) return true;
    if (first && word == "and") {
      const std::size_t between = low.rfind("between ", begin);
      return between != std::string::npos && begin - between < 24;
    }
    of = first && word == "of";
    if (!of && !is_one_of(kBetween, word)) return false;
    first = false;
    end = begin;
    if (end == 0) return false;
  }
  return false;
}

/// "or maybe", "or, if", "dozen", "tenths" right behind a value.
bool changed_behind(Words after) {
  static constexpr std::array<Words, 8> kOpen = {"maybe", "perhaps", "possibly", "probably", "if", "even", "else", "could"};
  static constexpr std::array<Words, 10> kPieces = {"halves", "thirds",  "quarters", "fourths",    "fifths",
                                                    "sixths", "eighths", "tenths",   "hundredths", "thousandths"};
  const std::string low = in_plain_letters(after.substr(0, kBeside));
  static constexpr std::array<Words, 6> kMore = {"more", "less", "fewer", "greater", "higher", "larger"};
  std::size_t at = 0;
  const Words said = next_word(low, at, "$*)}], .-");
  if ((said == "no" || said == "wait") && starts(Words(low).substr(at), ",")) return true;
  at = 0;
  const Words word = next_word(low, at, "$*)}], (");
  if (word == "times") return letter(low[std::min(low.find_first_not_of(' ', at), low.size())]);
  if (word == "or") {
    const Words next = next_word(low, at, ", ");
    return is_one_of(kOpen, next) || is_one_of(kMore, next);
  }
  static constexpr std::array<Words, 6> kChanges = {"maybe", "perhaps", "possibly", "squared", "cubed", "dozen"};
  return is_one_of(kPieces, word) || is_one_of(kChanges, word);
}

bool is_option_letter_at(std::string_view text, std::size_t i) {
  const char c = text[i];
  if (c < 'A' || c > 'H') return false;
  const bool alone = (i == 0 || !(letter(text[i - 1]) || digit(text[i - 1]) || text[i - 1] == '\\')) &&
                     (i + 1 == text.size() || !(letter(text[i + 1]) || digit(text[i + 1]) || text[i + 1] == '\''));
  return alone && !(c == 'A' && i + 2 < text.size() && text[i + 1] == ' ' && text[i + 2] >= 'a' && text[i + 2] <= 'z' && !starts(text.substr(i + 2), "or ") &&
                    !starts(text.substr(i + 2), "is ") && !starts(text.substr(i + 2), "and "));
}

/// "B is correct", "(B) is the answer"
bool is_affirmed(std::string_view behind) {
  behind.remove_prefix(std::min(behind.find_first_not_of(")*.}$ "), behind.size()));
  static constexpr std::array<std::string_view, 10> kWords = {
      "is correct", "is right", "is true", "is the answer", "is the correct", "is the right", "is the best", "is my final answer", "is my answer", "is valid"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view words) { return starts(behind, words); });
}

/// Whether a letter stands as a choice: in brackets, at a beginning with nothing behind, or behind "option", "choose", "so". Not as a name: "point B", "from
/// A".
bool is_choice(std::string_view sentence, std::size_t at) {
  static constexpr std::array<std::string_view, 20> kBefore = {"option", "choice", "answer", "is",        "be",  "pick", "choose", "chose", "select", "letter",
                                                               "hence",  "so",     "thus",   "therefore", "say", "it's", "guess",  "with",  "into",   "est"};
  std::size_t end = at;
  while (end > 0 && std::string_view(" (*:{$\t").find(sentence[end - 1]) != std::string_view::npos) --end;
  std::size_t begin = end;
  while (begin > 0 && (letter(sentence[begin - 1]) || sentence[begin - 1] == '\'')) --begin;
  const std::string word = in_small_letters(sentence.substr(begin, end - begin));
  const std::size_t next = sentence.find_first_not_of(")*.}$ :", at + 1);
  if (begin == end) return end > 0 || next == std::string_view::npos || (at > 0 && sentence[at - 1] == '(');
  return std::find(kBefore.begin(), kBefore.end(), word) != kBefore.end() || (begin > 0 && sentence[begin - 1] == '\\');
}

/// Cuts off what is set apart from the value: "not 41 but".
void cut_to_but(std::string& before) {
  const std::size_t from = before.rfind("not ");
  if (from == std::string::npos || !before.ends_with(" but ") || from + 4 > before.size() - 5) return;
  if (before.find(' ', from + 4) == before.size() - 5 && std::any_of(before.begin() + static_cast<std::ptrdiff_t>(from), before.end(), digit))
    before.erase(from);
}

/// Whether a sentence says of something that it is the value which follows, and what it says of that leaves the value alone: "the number of integers between 1
/// and 9 that are odd is". A denial belongs to what is counted, "students who do not play", and not to an answer: "the value that does not work is".
bool names_a_value(std::string_view before) {
  static constexpr std::array<std::string_view, 7> kCopulas = {" is", " are", " equals", " was", " would be", " will be", " must be"};
  static constexpr std::array<std::string_view, 5> kFurther = {"is", "are", "was", "be", "it"};
  static constexpr std::array<std::string_view, 16> kUncertain = {"either", "neither", "maybe",  "perhaps", "possibly", "probably",  "unless", "else",
                                                                  "rather", "one of",  "any of", "nearly",  "almost",   "different", "if",     "whether"};
  static constexpr std::array<std::string_view, 6> kDenials = {"not", "never", "but", "except", "cannot", "nor"};
  static constexpr std::array<std::string_view, 4> kJoints = {"or", "but", "nor", "and"};
  static constexpr std::array<std::string_view, 6> kCounted = {"number of", "numbers of", "total", "probability", "ways", "percentage"};
  while (!before.empty() && (blank(before.back()) || before.back() == '*' || before.back() == ':' || before.back() == ',')) before.remove_suffix(1);
  const auto copula = std::find_if(kCopulas.begin(), kCopulas.end(), [&](std::string_view word) { return before.ends_with(word); });
  if (copula == kCopulas.end()) return false;
  before.remove_suffix(copula->size());
  if (before.find('=') != std::string_view::npos || has_any_word(before, kUncertain)) return false;
  const bool denies = has_any_word(before, kDenials) || before.find("n't ") != std::string_view::npos || before.find("n’t ") != std::string_view::npos;
  const bool counts = has_any_word(before, kCounted);
  if (has_any_word(before, kFurther)) return counts && !has_any_word(before, kJoints);
  return !denies || counts;
}

/// "If x were 6 the answer would be", but not "if 10 were eaten, then".
bool supposes_otherwise(Words before) {
  const std::size_t were = before.rfind(" were ");
  if (were == Words::npos || !has_word(before, "if")) return false;
  const Words then = before.substr(were);
  return has_word(then, "would") || (then.find_first_of(",=") == Words::npos && !has_word(then, "then"));
}

/// Where the price ends that a sentence sets beside a time: "$990 in 5 days." Its end where there is none.
std::size_t end_of_price(Words sentence) {
  static constexpr std::array<Words, 12> kTimes = {"day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes"};
  const std::size_t at = sentence.rfind(" in ");
  if (at == Words::npos || at == 0 || !digit(sentence[at - 1])) return sentence.size();
  const std::size_t price = sentence.find_last_not_of("0123456789.,", at - 1);
  if (price == Words::npos || sentence[price] != '$' || sentence.substr(0, price).find('$') != Words::npos) return sentence.size();
  std::size_t next = sentence.find_first_not_of("0123456789", at + 4);
  if (next == Words::npos || next == at + 4) return sentence.size();
  const Words time = next_word(sentence, next, " ");
  return is_one_of(kTimes, time) && sentence.find_first_not_of(".* \n", next) == Words::npos ? at : sentence.size();
}

}  // namespace

bool denied(std::string_view text, TextSpan place) {
  const std::string_view after = text.substr(place.end);
  return denied_before(text.substr(0, place.begin)) || denied_behind(after) || changed_behind(after) || compares(after);
}

std::string_view number_word_behind(std::string_view text, TextSpan place) {
  const std::string_view after = text.substr(place.end, kBeside);
  std::size_t at = 0;
  if (next_word(after, at, "$*)}], (") != "or") return {};
  const Words word = next_word(after, at, ", ");
  return !spoken_number(in_small_letters(word)).empty() ? word : Words{};
}

std::string_view without_reason(std::string_view sentence) {
  if (const std::size_t end = end_of_price(sentence); end < sentence.size()) return sentence.substr(0, end);
  static constexpr std::array<Words, 6> kReasons = {", since ", ", because ", " because ", ", as ", ", not ", ", or about "};
  static constexpr std::array<Words, 9> kFurther = {"so", "thus", "therefore", "hence", "answer", "then", "well", "both", "also"};
  static constexpr std::array<Words, 14> kRejects = {"reject",    "rejected", "exclude",    "excluded", "rule",  "ruled",      "discard",
                                                     "eliminate", "doubt",    "extraneous", "fails",    "wrong", "impossible", "invalid"};
  std::size_t end = Words::npos, behind = 0;
  bool apart = false;
  for (const Words reason : kReasons) {
    const std::size_t at = sentence.find(reason);
    if (at >= end) continue;
    end = at;
    behind = at + reason.size();
    apart = reason == ", not " || reason == ", or about ";
  }
  if (end == Words::npos) return sentence;
  const Words said = sentence.substr(0, end), rest = sentence.substr(behind);
  const bool value = last_number(said) != Words::npos || option_letter(said) != Words::npos;
  const bool value_next = !rest.empty() && (digit(rest[0]) || Words("$(-\\").find(rest[0]) != Words::npos || option_letter(rest.substr(0, 2)) == 0);
  if (!value || (apart && !value_next) || rest.ends_with('?') || has_any_word(in_small_letters(said), kRejects) || rest.find(", ") != Words::npos ||
      has_any_word(in_small_letters(rest), kFurther))
    return sentence;
  return said;
}

bool compares(std::string_view after) {
  static constexpr std::array<std::string_view, 8> kMore = {"more", "less", "fewer", "greater", "larger", "smaller", "higher", "lower"};
  if (!goes_on_with(after, kMore)) return false;
  const std::size_t than = after.find(" than ");
  if (than == std::string_view::npos || than > 10) return false;
  const std::string_view next = after.substr(than + 6);
  if (next.empty() || !letter(next[0])) return true;
  static constexpr std::array<std::string_view, 2> kValues = {"twice", "half"};
  const std::size_t end = static_cast<std::size_t>(std::find_if_not(next.begin(), next.end(), letter) - next.begin());
  return end == 1 || std::find(kValues.begin(), kValues.end(), next.substr(0, end)) != kValues.end();
}

std::size_t option_letter(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_option_letter_at(text, i)) return i;
  }
  return std::string_view::npos;
}

std::size_t chosen_option(std::string_view text) {
  std::size_t last = text.size();
  while (last > 0 && !is_option_letter_at(text, last - 1)) --last;
  if (last == 0) return std::string_view::npos;
  const std::string_view sentence = sentence_around(text, last - 1);
  const auto from = static_cast<std::size_t>(sentence.data() - text.data());
  std::string letters, affirmed;
  std::size_t place = 0, affirmed_place = 0;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    if (!is_option_letter_at(sentence, i)) continue;
    if (letters.find(sentence[i]) == std::string::npos) letters += sentence[i];
    place = i;
    if (!is_affirmed(sentence.substr(i + 1)) || affirmed.find(sentence[i]) != std::string::npos) continue;
    affirmed += sentence[i];
    affirmed_place = i;
  }
  if (affirmed.size() == 1) return letters.size() > 1 && has_word(sentence.substr(0, affirmed_place), "and") ? std::string_view::npos : from + affirmed_place;
  const bool chosen = affirmed.empty() && letters.size() == 1 && is_choice(sentence, place) && !taken_back(sentence, place, place + 1);
  return chosen ? from + place : std::string_view::npos;
}

bool supposes(std::string_view before) {
  static constexpr std::array<std::string_view, 6> kWords = {"suppose", "assume", "if", "whether", "thinks", "imagine"};
  static constexpr std::array<std::string_view, 9> kDoubted = {"not the case", "not true", "false that", "wrong that", "perhaps",
                                                               "maybe",        "possibly", "cannot be",  "can't be"};
  static constexpr std::array<std::string_view, 4> kBetween = {"the", "that", "final", "correct"};
  const std::string low = in_small_letters(before.substr(before.size() - std::min(before.size(), kSentenceBytes)));
  if (has_any_word(low, kDoubted)) return true;
  std::size_t end = std::min(low.rfind("answer"), low.size());
  while (end > 0) {
    while (end > 0 && !letter(low[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && letter(low[begin - 1])) --begin;
    const std::string_view word = std::string_view(low).substr(begin, end - begin);
    if (std::find(kBetween.begin(), kBetween.end(), word) == kBetween.end()) return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
    end = begin;
  }
  return false;
}

bool taken_back(std::string_view sentence, std::size_t begin, std::size_t end, std::size_t arithmetic) {
  static constexpr std::array<Words, 5> kConclusions = {" so ", " hence ", " thus ", " therefore ", " answer is "};
  static constexpr std::array<Words, 3> kEquals = {"=", "which is ", "that is "};
  static constexpr std::array<Words, 22> kDoubts = {"or",       "nor",       "either", "neither", "between", "not",   "never",   "but",
                                                    "except",   "cannot",    "else",   "rather",  "unless",  "maybe", "perhaps", "possibly",
                                                    "probably", "different", "nearly", "almost",  "one of",  "any of"};
  static constexpr std::array<Words, 8> kChanges = {"than", "half", "double", "twice", "triple", "most", "least", "up to"};
  static constexpr std::array<Words, 19> kDirectlyBefore = {"through",    "below",   "above",        "under",        "over",       "times",    "plus",
                                                            "divided by", "squared", "exceeds",      "divisible by", "coprime to", "prime to", "outside",
                                                            "first",      "next",    "undefined at", "power",        "to the"};
  const std::string_view after = sentence.substr(end);
  const std::size_t count = starts(after, " times") ? after.find_first_not_of("*$ ", 6) : 0;  // "84 times."
  const bool counts = count == Words::npos || (count > 0 && !letter(after[count]) && !digit(after[count]));
  static constexpr std::array<Words, 1> kOr = {"or"};
  if ((goes_on_with(after, kChangesBehind) && !counts) || goes_on_with(after, kOr) || compares(after) || denied_behind(after)) return true;
  if (starts(after, " to the ") || starts(after, " at least") || starts(after, " at most")) return true;
  const std::size_t from = begin > kSentenceBytes ? begin - kSentenceBytes : 0;
  std::string before(sentence.substr(from, begin - from));
  before = in_small_letters(before);
  if (supposes_otherwise(before)) return true;
  if (arithmetic < begin && arithmetic >= from) {
    std::string subject = before.substr(0, arithmetic - from);
    cut_to_conclusion(subject, kConclusions);
    if (names_a_value(subject)) return false;
  }
  cut_to_conclusion(before, kConclusions);
  cut_to_but(before);
  if (names_a_value(before)) return false;
  if (has_any_word(before, kDoubts) || before.find("n't ") != std::string::npos || before.find("n’t ") != std::string::npos) return true;
  cut_to_conclusion(before, kEquals);
  if (has_any_word(before, kChanges)) return true;
  const bool holds_digit = std::any_of(before.begin(), before.end(), digit);
  std::size_t last = before.size();
  while (last > 0 && blank(before[last - 1])) --last;
  const bool gap = last < before.size();
  before.resize(last);
  const auto ends_with_word = [&](std::string_view word) {
    return gap && last >= word.size() && before.substr(last - word.size()) == word && (last == word.size() || !letter(before[last - word.size() - 1]));
  };
  // Of a number or a part; one number after the other, as in 3 4 5; 3 minus 5.
  if (ends_with_word("of") && (holds_digit || has_any_word(before, kParts))) return true;
  if (ends_with_word("of") && std::any_of(kFunctionsOf.begin(), kFunctionsOf.end(), [&](Words word) { return before.ends_with(std::string(word) + " of"); }))
    return true;
  if (gap && last > 0 && digit(before[last - 1]) && begin < sentence.size() && digit(sentence[begin])) return true;
  if (std::any_of(kDirectlyBefore.begin(), kDirectlyBefore.end(), ends_with_word) || (holds_digit && has_word(before, "from"))) return true;
  return (ends_with_word("minus") || ends_with_word("and")) && holds_digit;
}

bool doubts(std::string_view sentence) {
  const std::string low = in_small_letters(sentence);
  const std::size_t begin = low.find_first_not_of(" \t\n\r,;$*");
  if (begin == std::string::npos) return false;
  const std::string_view words = std::string_view(low).substr(begin);
  static constexpr std::array<std::string_view, 6> kConditions = {"if ", "but if ", "and if ", "or if ", "unless ", "in case "};
  static constexpr std::array<std::string_view, 5> kDenials = {"wrong", "incorrect", "mistaken", "not right", "not correct"};
  const bool condition = std::any_of(kConditions.begin(), kConditions.end(), [&](std::string_view start) { return starts(words, start); });
  return (condition && has_any_word(words, kDenials)) || (std::count(words.begin(), words.end(), ' ') < 3 && has_any_word(words, kOffers));
}

}  // namespace lydian::math
