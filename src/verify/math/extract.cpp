#include "verify/math/extract.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/doubts.h"
#include "verify/math/places.h"
#include "verify/math/plain_math.h"
#include "verify/math/text_answer.h"
#include "verify/math/wrapping.h"

namespace lydian::math {
namespace {

/// Boxes belong together where hardly anything, or a short word that joins, stands between them.
bool joined(std::string_view between) {
  if (between.size() < 10) return between.find('.') == std::string_view::npos || between.size() < 4;
  if (between.size() >= 70) return false;
  if (between.find(". ") != std::string_view::npos || between.find('\n') != std::string_view::npos) return false;
  return between.find("and") != std::string_view::npos || between.find(" or ") != std::string_view::npos || between.find(',') != std::string_view::npos ||
         between.find(';') != std::string_view::npos || between.find("{or}") != std::string_view::npos;
}

/// Where the text after the last phrase that announces an answer begins; npos where there is none.
std::size_t after_phrase(std::string_view text) {
  static constexpr std::array kPhrases = {"final answer is", "answer is", "answer:",  "answer :",    "correction:",  "option is",   "choice is",
                                          "answer**:",       "answer:**", "answer**", "answers are", "answers:",     "answer =",    "答案是",
                                          "答案为",          "答案：",    "答案:",    "réponse est", "respuesta es", "antwort ist", "ответ:"};
  std::size_t best = std::string_view::npos;
  for (const std::string_view phrase : kPhrases) {
    for (std::size_t at = text.size() >= phrase.size() ? text.size() - phrase.size() + 1 : 0; at-- > 0;) {
      if (lower(text[at]) != phrase[0]) continue;
      bool match = true;
      for (std::size_t i = 1; i < phrase.size() && match; ++i) match = lower(text[at + i]) == phrase[i];
      if (!match) continue;
      if (best == std::string_view::npos || at + phrase.size() > best) best = at + phrase.size();
      break;
    }
  }
  return best;
}

Extracted single(std::string_view whole, std::string_view part, const char* rule) {
  Extracted result;
  const std::string_view stripped = strip_wrapping(part);
  result.texts.emplace_back(stripped);
  result.begin = stripped.empty() ? static_cast<std::size_t>(part.data() - whole.data()) : static_cast<std::size_t>(stripped.data() - whole.data());
  result.end = result.begin + stripped.size();
  result.rule = rule;
  return result;
}

/// Whether the sentence of the last boxes, or the one right before it, offers them beside an earlier box that says something else: "If that is wrong, it is",
/// "Or maybe not." A box that corrects an earlier one, or an intermediate result in a box, is no hedge.
bool hedged(std::string_view text) {
  const std::vector<Span> found = boxes(text);
  if (found.size() < 2) return false;
  const auto inside = [&](const Span& box) { return strip_wrapping(text.substr(box.begin, box.end - box.begin)); };
  std::size_t first = found.size() - 1;
  while (first > 0 && joined(text.substr(found[first - 1].to, found[first].from - found[first - 1].to))) --first;
  if (first == 0) return false;
  for (std::size_t i = first; i < found.size(); ++i) {
    if (inside(found[i]) == inside(found[first - 1])) return false;
  }
  static constexpr std::array<std::string_view, 6> kDoubted = {"wrong", "incorrect", "mistaken", "not", "right", "correct"};
  std::size_t from = std::max(found[first - 1].to, found[first].from - std::min(found[first].from, kSentenceBytes)), before = from;
  for (std::size_t i = from; i + 1 < found[first].from; ++i) {
    if ((text[i] == '.' || text[i] == '!' || text[i] == '?') && blank(text[i + 1])) before = std::exchange(from, i + 1);
  }
  if (doubts(text.substr(before, from - before))) return true;
  // Behind the formula that holds the box.
  const std::size_t last = std::min(text.find_first_not_of("$\\])}", found.back().to), text.size());
  std::string around(text.substr(from, found[first].from - from));
  const std::size_t word = around.find_first_not_of(" \t\n\r,;$");
  const bool begins_with_or = word != std::string::npos && (around.compare(word, 3, "or ") == 0 || around.compare(word, 3, "Or ") == 0);
  around += ' ';
  around += text.substr(last, std::min(sentence_end(text, last) - last, kSentenceBytes));
  around = in_small_letters(around);
  return begins_with_or || has_any_word(around, kOffers) || (has_word(around, "if") && has_any_word(around, kDoubted));
}

/// The formulas behind a place, as those of the text that begins there.
std::vector<Span> behind(const std::vector<Span>& formulas, std::size_t from) {
  std::vector<Span> spans;
  for (const Span& formula : formulas) {
    if (formula.from >= from) spans.push_back({formula.begin - from, formula.end - from, formula.from - from, formula.to - from});
  }
  return spans;
}

std::vector<TextSpan> around(const std::vector<Span>& formulas) {
  std::vector<TextSpan> spans;
  for (const Span& formula : formulas) spans.push_back({formula.from, formula.to});
  return spans;
}

/// The mathematics around a place of a sentence, where it can be read and the sentence does not take it back; else no answer.
Extracted from_run(std::string_view whole, std::string_view sentence, TextSpan place, const std::vector<Span>& formulas, const Readable& readable,
                   const char* rule) {
  const PlainRun run = plain_run(sentence, place, around(formulas));
  const std::string_view stripped = strip_wrapping(run.text);
  if (stripped.empty() || !readable(stripped) || taken_back(sentence, run.begin, run.end, run.from)) return {};
  Extracted found = single(whole, sentence.substr(run.begin, run.end - run.begin), rule);
  found.texts[0] = stripped;
  return found;
}

/// Whether a text holds a word that no formula has, though its letters could be factors.
bool is_prose(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kWords = {"is", "so", "we", "it", "as", "are", "for", "the", "to", "that", "not", "but"};
  return has_any_word(text, kWords);
}

/// An option's letter with what it says, to where a reason begins: "(B) 42, since". Empty where the text begins with no such letter.
std::string_view labelled_option(std::string_view text, const Readable& readable) {
  const std::string_view behind = option_text(text);
  if (behind.empty()) return {};
  const std::string_view said = strip_wrapping(behind);
  if (readable(said)) return text;
  std::size_t end = text.size();
  const auto from = static_cast<std::size_t>(behind.data() - text.data());
  for (const std::string_view reason : {", ", " because ", " since ", " as ", " - "}) end = std::min(end, text.find(reason, from));
  return text.substr(0, end);
}

/// Words that are an answer by themselves: yes, Tuesday, no solution. Up to where a reason begins; empty where there are more than a few.
std::string_view worded_answer(std::string_view sentence) {
  std::size_t end = sentence.size();
  for (const std::string_view reason : {",", ";", "(", " because ", " since ", " as "}) end = std::min(end, sentence.find(reason));
  static constexpr std::array<std::string_view, 8> kFurther = {"or", "but", "and", "maybe", "perhaps", "possibly", "no", "yes"};
  const std::string low = in_small_letters(sentence.substr(end));
  const std::size_t next = std::min(low.find_first_not_of(",;( "), low.size());
  const auto next_end = static_cast<std::size_t>(std::find_if_not(low.begin() + static_cast<std::ptrdiff_t>(next), low.end(), letter) - low.begin());
  if (std::find(kFurther.begin(), kFurther.end(), std::string_view(low).substr(next, next_end - next)) != kFurther.end()) return {};
  const std::string_view words = strip_wrapping(sentence.substr(0, end));
  static constexpr std::array<std::string_view, 14> kRemarks = {"correct",   "right",  "in",    "as",    "given", "found", "verified",
                                                                "confirmed", "unique", "clear", "below", "above", "to",    "reasonable"};
  if (std::find(kRemarks.begin(), kRemarks.end(), words.substr(0, words.find(' '))) != kRemarks.end()) return {};
  const bool few = !words.empty() && words.size() < 48 && std::count(words.begin(), words.end(), ' ') < 5 && words.back() != ':';
  return few && is_words(words) ? words : std::string_view{};
}

/// An answer in words of a text that has no number and announces none: "There is no solution.", "It is a **Tuesday**.", "Yes, it is."
std::string_view last_words(std::string_view text) {
  const std::string_view all = strip_wrapping(text);
  const std::size_t from = sentence_begin(all, all.size());
  const std::string_view sentence = all.substr(from);
  for (const std::string_view start : {" is no ", " are no ", " has no ", " have no "}) {
    const std::size_t at = sentence.find(start);
    if (at != std::string_view::npos && !taken_back(sentence, at + start.size() - 3, sentence.size()))
      return worded_answer(sentence.substr(at + start.size() - 3));
  }
  if (const std::size_t close = sentence.rfind("**"); close != std::string_view::npos && close > 0) {
    const std::size_t open = sentence.rfind("**", close - 1);
    if (open != std::string_view::npos && !taken_back(sentence, open, close + 2)) return worded_answer(sentence.substr(open + 2, close - open - 2));
  }
  const std::size_t word = std::min(all.find_first_of(",.! \n"), all.size());
  const std::string low = in_small_letters(all.substr(0, word));
  static constexpr std::array<std::string_view, 9> kChanges = {"no", "not", "yes", "wait", "but", "wrong", "actually", "true", "false"};
  const bool answers = low == "yes" || low == "no" || low == "true" || low == "false";
  if (answers && (word == all.size() || all[word] != ' ') && !has_any_word(in_small_letters(all.substr(word)), kChanges)) return all.substr(0, word);
  const bool short_text = std::count(all.begin(), all.end(), ' ') < 3 && all.find(',') == std::string_view::npos;
  return short_text ? worded_answer(all) : std::string_view{};
}

/// A text up to the reason that its last sentence with a value gives.
std::string_view without_last_reason(std::string_view text) {
  const std::size_t number = last_number(text);
  if (number == std::string_view::npos) return text;
  const std::size_t from = sentence_begin(text, number);
  const std::string_view sentence = text.substr(from, sentence_end(text, number) - from), said = without_reason(sentence);
  return said.size() < sentence.size() ? text.substr(0, from + said.size()) : text;
}

/// Of the sentence after a phrase: all of it, its formulas, its last number: the first that can be read. Nothing at all where the sentence takes it back.
std::optional<Extracted> from_sentence(std::string_view whole, std::string_view sentence, const Readable& readable, const char* rule) {
  std::string_view stripped = strip_wrapping(sentence);
  while (!stripped.empty() && stripped.back() == '*') stripped.remove_suffix(1);
  if (stripped.empty()) return std::nullopt;
  if (!is_prose(stripped) && readable(stripped)) return single(whole, stripped, rule);
  if (const std::string_view option = labelled_option(stripped, readable); !option.empty()) return single(whole, option, rule);
  const std::vector<Span> inside = formulas(sentence);
  if (!inside.empty()) {
    // "$1$ or $2$" belongs together; what follows after words does not.
    const std::string_view all = sentence.substr(inside.front().from, inside.back().to - inside.front().from);
    if (inside.size() > 1 && readable(all)) return single(whole, all, rule);
    const Span& last = inside.back();
    if (readable(sentence.substr(last.begin, last.end - last.begin))) return from_run(whole, sentence, {last.from, last.to}, inside, readable, rule);
  }
  if (const std::size_t at = last_number(sentence); at != std::string_view::npos) return from_run(whole, sentence, {at, at + 1}, inside, readable, rule);
  if (const std::size_t at = option_letter(sentence); at != std::string_view::npos) {
    static constexpr std::array<std::string_view, 4> kFurther = {" and ", ", ", " & ", "/"};
    const std::size_t next = std::min(sentence.find_first_not_of(")*}$", at + 1), sentence.size());
    const bool further = std::any_of(kFurther.begin(), kFurther.end(), [&](std::string_view joint) {
      return starts(sentence.substr(next), joint) && option_letter(sentence.substr(next + joint.size(), 3)) != std::string_view::npos;
    });
    if (further || taken_back(sentence, at, at + 1)) return Extracted{};
    return single(whole, sentence.substr(at, 1), rule);
  }
  // Words are an answer where nothing else follows: not "as follows:".
  const auto end = static_cast<std::size_t>(sentence.data() - whole.data()) + sentence.size();
  const std::string_view words = whole.find_first_of("0123456789$\\", end) == std::string_view::npos ? worded_answer(sentence) : std::string_view{};
  if (!words.empty()) return single(whole, words, rule);
  return std::nullopt;
}

}  // namespace

Extracted extract_boxes(std::string_view text) {
  Extracted result;
  const std::vector<Span> found = boxes(text);
  if (found.empty()) return result;
  std::size_t first = found.size() - 1;
  while (first > 0 && joined(text.substr(found[first - 1].to, found[first].from - found[first - 1].to))) --first;
  for (std::size_t i = first; i < found.size(); ++i) {
    std::string_view inside = text.substr(found[i].begin, found[i].end - found[i].begin);
    if (found[i].end == text.size() && found[i].to == text.size()) {
      // Never closed: up to the sign that ends the formula.
      for (const std::string_view close : {"$", "\\]", "\\)"}) inside = inside.substr(0, inside.find(close));
    }
    result.texts.emplace_back(strip_wrapping(inside));
  }
  result.begin = found[first].begin;
  result.end = found.back().end;
  result.rule = "box";
  return result;
}

namespace {

/// A unit as it stands in a text, so that it is read as one: \mathrm{m}^2 and m^2 as \text{ m}^2 and \text{ m^2}.
std::string in_text(std::string_view unit) {
  if (unit[0] == '_') return std::string(unit);  // A base.
  const std::size_t open = unit[0] == '\\' ? unit.find('{') : std::string_view::npos;
  if (open == std::string_view::npos) return "\\text{ " + std::string(unit) + "}";
  return "\\text{ " + std::string(unit.substr(open + 1));
}

/// The mathematics that begins at a place; empty where there is none.
std::string value_at(std::string_view text, TextSpan place, const std::vector<Span>& formulas) {
  if (place.end == 0) return {};
  const std::string value = plain_run(text.substr(place.begin), {0, place.end - place.begin}, around(behind(formulas, place.begin))).text;
  return std::string(strip_wrapping(value));
}

/// The value that "or" joins to a box, behind it or before it.
std::string value_beside(std::string_view text, const Surroundings& beside, const std::vector<Span>& formulas, const std::vector<TextSpan>& spans) {
  if (beside.alternative.end > 0 || beside.earlier.end == 0) return value_at(text, beside.alternative, formulas);
  const std::string value = plain_run(text.substr(0, beside.earlier.end), beside.earlier, formulas.empty() ? std::vector<TextSpan>{} : spans).text;
  return std::string(strip_wrapping(value));
}

/// The last boxes of a response, without those that are parts of larger expressions or taken back; with the unit behind them, and what "or" joins to them.
Extracted boxes_of_response(std::string_view text, const Readable& readable) {
  Extracted result = extract_boxes(text);
  if (result.texts.empty()) return result;
  if (hedged(text)) return {{}, 0, 0, "box"};
  const std::vector<Span> found = boxes(text), inside = formulas(text);
  const std::vector<TextSpan> spans = around(inside);
  constexpr std::size_t kBoxes = 8;  // So many are looked at, each with the text around it.
  const std::size_t first = found.size() - result.texts.size();
  if (result.texts.size() > kBoxes) return {{}, 0, 0, "box"};
  for (std::size_t i = first; i < found.size(); ++i) {
    const Span& box = found[i];
    const auto formula = std::find_if(inside.begin(), inside.end(), [&](const Span& span) { return span.begin <= box.from && box.to <= span.end; });
    TextSpan place{box.from, box.to};
    Surroundings beside;
    std::string other, flat;
    if (formula != inside.end()) {
      flat = text.substr(formula->begin, formula->end - formula->begin);
      std::replace(flat.begin(), flat.end(), '\n', ' ');
      beside = surroundings(flat, {box.from - formula->begin, box.to - formula->begin}, {}, true);
      other = value_beside(flat, beside, {}, spans);
      place = {formula->from, formula->to};
    }
    const bool part = beside.part;
    Surroundings outside = surroundings(text, place, spans, false);
    if (beside.begins && beside.ends) {
      beside = outside;
      other = value_beside(text, beside, inside, spans);
    } else if (other.empty()) {
      outside.alternative = {};
      other = value_beside(text, outside, inside, spans);
    }
    if (other.empty()) other = number_word_behind(text, place);
    if (part || beside.part || denied(text, place)) return {{}, 0, 0, "box"};
    std::string& answer = result.texts[i - first];
    if (!beside.unit.empty()) {
      const std::string with_unit = answer + in_text(beside.unit);
      if (readable(answer) && readable(with_unit)) answer = with_unit;
    }
    if (!other.empty()) result.texts.push_back(other);
  }
  return result;
}

}  // namespace

Extracted extract(std::string_view response, const MathOptions& options, const Readable& readable) {
  std::string_view text = response;
  if (text.size() > static_cast<std::size_t>(options.max_bytes)) text.remove_prefix(text.size() - static_cast<std::size_t>(options.max_bytes));
  auto placed = [&](Extracted result, std::string_view part) {
    const auto offset = static_cast<std::size_t>(part.data() - response.data());
    result.begin += offset;
    result.end += offset;
    return result;
  };
  if (options.drop_thinking) {
    const std::size_t close = text.rfind("</think>");
    if (close != std::string_view::npos) text.remove_prefix(close + 8);
    if (text.find("<think>") != std::string_view::npos) return {};
  }
  if (options.answer_tag) {
    const std::size_t close = text.rfind("</answer>");
    const std::size_t open = close == std::string_view::npos ? close : text.substr(0, close).rfind("<answer>");
    if (open != std::string_view::npos) {
      const std::string_view inside = text.substr(open + 8, close - open - 8);
      Extracted box = options.boxed ? boxes_of_response(inside, readable) : Extracted{};
      if (*box.rule != '\0') return placed(std::move(box), inside);
      return placed(from_sentence(inside, inside, readable, "answer tag").value_or(single(inside, inside, "answer tag")), inside);
    }
  }
  if (options.boxed) {
    Extracted box = boxes_of_response(text, readable);
    if (*box.rule != '\0') return placed(std::move(box), text);
  }
  if (options.hash_marks) {
    const std::size_t at = text.rfind("####");
    if (at != std::string_view::npos) {
      const std::string_view line = text.substr(at + 4, text.find('\n', at + 4) - at - 4);
      if (auto found = from_sentence(text, line, readable, "####")) return placed(std::move(*found), text);
    }
  }
  if (options.answer_phrase) {
    std::size_t at = after_phrase(text);
    if (at != std::string_view::npos) {
      if (supposes(text.substr(sentence_begin(text, at), at - sentence_begin(text, at)))) return {};
      while (at < text.size() && (blank(text[at]) || text[at] == ':' || text[at] == '*' || text[at] == '=' || text[at] == '}')) ++at;
      const std::string_view sentence = without_reason(text.substr(at, sentence_end(text, at) - at));
      if (auto found = from_sentence(text, sentence, readable, "answer phrase")) return placed(std::move(*found), text);
    }
  }
  // The line around a place, as a text of its own: what is farther away says nothing about it.
  const auto from_line = [&](TextSpan place, const std::vector<Span>& found, const char* rule) {
    const std::size_t from = sentence_begin(text, place.begin);
    return from_run(text, text.substr(from), {place.begin - from, place.end - from}, behind(found, from), readable, rule);
  };
  text = without_last_reason(text);
  const std::vector<Span> found = formulas(text);
  const std::size_t number = options.last_number ? last_number(text) : std::string_view::npos;
  const bool has_number = number != std::string_view::npos;
  if (options.last_formula && !found.empty()) {
    const Span& last = found.back();
    const std::string_view inside = text.substr(last.begin, last.end - last.begin);
    // A number of a later sentence is nearer to the answer than a formula of the working.
    bool later = false;
    if (has_number && number >= last.to) {
      const std::string_view between = text.substr(last.to, number - last.to);
      later = between.find(". ") != std::string_view::npos || between.find('\n') != std::string_view::npos || (last.end > 0 && text[last.end - 1] == '.');
    }
    if (!later && readable(inside)) return placed(from_line({last.from, last.to}, found, "last formula"), text);
  }
  if (options.last_number) {
    const std::string_view all = strip_wrapping(text);
    // A letter at the beginning, set apart: "D. it can't be A or B".
    if (all.size() > 1 && all[0] >= 'A' && all[0] <= 'H' && (all[1] == '.' || all[1] == ')' || all[1] == ':' || starts(all.substr(1), "。"))) {
      const std::string_view line = all.substr(0, all.find('\n')), said = option_text(line);
      const bool whole = !said.empty() && !is_prose(said) && readable(said);
      return placed(single(text, whole ? line : all.substr(0, 1), "option"), text);
    }
    const bool formula = starts(all, "\\") || (!has_number && std::count(all.begin(), all.end(), ' ') < 2);
    if (all.size() < 64 && formula && readable(all)) return placed(single(text, all, "whole text"), text);
    // "The correct graph is A." behind the numbers of the working.
    const std::size_t last = sentence_begin(text, static_cast<std::size_t>(all.data() - text.data()) + all.size());
    if (has_number && number < last) {
      if (const std::size_t at = chosen_option(text.substr(last)); at != std::string_view::npos)
        return placed(single(text, text.substr(last + at, 1), "option"), text);
    }
    if (has_number) {
      const auto in_formula = std::find_if(found.begin(), found.end(), [&](const Span& formula) { return formula.begin <= number && number < formula.end; });
      // Of a formula that cannot be read, as a table of equations, what can be read around its last number.
      if (in_formula != found.end()) {
        if (!options.last_formula) return {};
        const std::string_view inside = text.substr(in_formula->begin, in_formula->end - in_formula->begin);
        return placed(from_run(text, inside, {number - in_formula->begin, number + 1 - in_formula->begin}, {}, readable, "last number"), text);
      }
      return placed(from_line({number, number + 1}, found, "last number"), text);
    }
    if (const std::size_t at = chosen_option(text); at != std::string_view::npos) return placed(single(text, text.substr(at, 1), "option"), text);
    if (option_letter(text) != std::string_view::npos || !found.empty()) return {};
    if (const std::string_view words = last_words(text); !words.empty()) return placed(single(text, words, "words"), text);
  }
  return {};
}

}  // namespace lydian::math
