#include "verify/math/text_answer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/lexer.h"
#include "verify/math/number_words.h"
#include "verify/math/wrapping.h"

namespace lydian::math {
namespace {

/// Case kept, fonts and wrapping off.
std::string bare(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      const std::string_view name = command_at(text, i);
      const std::size_t end = i + 1 + name.size();
      if (is_font(name)) {
        i = end - 1;
        continue;
      }
      if (name.empty() || name == "quad") {
        out += ' ';
        i = name.empty() ? i + 1 : end - 1;
        continue;
      }
    }
    if (c == '{' || c == '}' || c == '$' || c == '*') continue;
    out += c;
  }
  std::string_view trimmed = out;
  while (!trimmed.empty() && trimmed.front() == ' ') trimmed.remove_prefix(1);
  while (!trimmed.empty() && (trimmed.back() == ' ' || trimmed.back() == '.')) trimmed.remove_suffix(1);
  return std::string(trimmed);
}

struct Option {
  char letter = '\0';
  bool bracketed = false, with_text = false, taken_back = false;
};

/// Whether what stands behind an option's letter names another option, or denies this one.
bool takes_back(std::string_view rest, char own) {
  while (!rest.empty() && (rest.front() == ',' || rest.front() == ' ')) rest.remove_prefix(1);
  for (const std::string_view word : {"or", "and", "no", "not", "wrong", "false", "incorrect", "is wrong", "is not", "is false", "is incorrect", "isn't",
                                      "maybe", "perhaps", "possibly", "unless", "probably not"}) {
    if (rest.substr(0, word.size()) == word && (rest.size() == word.size() || !letter(rest[word.size()]))) return true;
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] < 'A' || rest[i] > 'H' || rest[i] == own) continue;
    const bool alone = (i == 0 || !(letter(rest[i - 1]) || digit(rest[i - 1]))) && (i + 1 == rest.size() || !(letter(rest[i + 1]) || digit(rest[i + 1])));
    const bool article = rest[i] == 'A' && i + 2 < rest.size() && rest[i + 1] == ' ' && rest[i + 2] >= 'a' && rest[i + 2] <= 'z';
    if (alone && !article) return true;
  }
  return false;
}

/// Whether what follows an option's label is the option's text, and no operation on the letter: (C) Plane, (B) -3, (B)\frac12, but not (A)(B) or (A)+1.
bool can_be_option_text(std::string_view rest, bool gap) {
  if (rest.empty() || letter(rest[0]) || digit(rest[0])) return true;
  if (rest[0] == '\\') {
    const Tok kind = command_info(command_at(rest, 0)).kind;
    return kind == Tok::kFrac || kind == Tok::kSqrt ||
           (gap && kind != Tok::kTimes && kind != Tok::kRelation && kind != Tok::kUnion && kind != Tok::kIntersection);
  }
  return gap && std::string_view("+*/^_=<>,;)!|:").find(rest[0]) == std::string_view::npos;
}

Option option_of(std::string_view text) {
  std::string plain = bare(text);
  std::replace(plain.begin(), plain.end(), '~', ' ');
  std::string_view view = plain;
  Option option;
  bool named = false;
  for (const std::string_view word : {"Option ", "option ", "Choice ", "choice ", "Answer ", "answer "}) {
    if (view.substr(0, word.size()) != word) continue;
    view.remove_prefix(word.size());
    named = true;
  }
  option.bracketed = !view.empty() && view.front() == '(';
  if (option.bracketed) view.remove_prefix(1);
  if (view.empty() || view[0] < 'A' || view[0] > 'Z') return {};
  option.letter = view[0];
  view.remove_prefix(1);
  if (option.bracketed && (view.empty() || view[0] != ')')) return {};
  if (view.empty()) return option;
  if (!option.bracketed && view.size() > 2 && view[0] == ' ' && view[1] >= 'A' && view[1] <= 'Z' && letter(view[2])) {  // C Cecile
    option.with_text = true;
    option.taken_back = takes_back(view, option.letter);
    return option;
  }
  if (view[0] != '.' && view[0] != ')' && view[0] != ':' && !(named && view[0] == ',')) return {};
  const bool bracketed = option.bracketed;
  option.bracketed = view[0] == ')';
  view.remove_prefix(1);
  const bool gap = !view.empty() && view.front() == ' ';
  if (!bracketed && !view.empty() && !gap) return {};
  while (!view.empty() && view.front() == ' ') view.remove_prefix(1);
  if (!can_be_option_text(view, gap)) return {};
  option.with_text = !view.empty();
  option.taken_back = takes_back(view, option.letter);
  return option;
}

struct Clock {
  int seconds = 0;
  bool half_named = false, has_seconds = false, seen = false;
};

/// 4:30, 16:30:00, 4:30 p.m., 9 a.m.
std::optional<Clock> clock_of(std::string_view text) {
  const std::string plain = bare(text);
  std::size_t at = 0;
  auto number = [&](int& out) {
    const std::size_t start = at;
    out = 0;
    while (at < plain.size() && digit(plain[at]) && at - start < 3) out = out * 10 + (plain[at++] - '0');
    return at > start && at - start <= 2;
  };
  int hours = 0, minutes = 0, seconds = 0;
  Clock clock;
  for (const auto& [name, hour] : {std::pair<std::string_view, int>{"noon", 12}, {"midnight", 0}}) {
    // Noon, 12 noon and 12:00 noon
    const std::string low = in_small_letters(plain);
    const std::size_t start = low.size() < name.size() ? std::string::npos : low.size() - name.size();
    if (start == std::string::npos || std::string_view(low).substr(start) != name) continue;
    const std::string_view before = std::string_view(low).substr(0, start);
    if (!before.empty() && before != "12 " && before != "12:00 ") return std::nullopt;
    clock.half_named = true;
    clock.seconds = hour * 3600;
    return clock;
  }
  if (!number(hours)) return std::nullopt;
  bool colon = false;
  if (at < plain.size() && plain[at] == ':') {
    colon = true;
    const std::size_t start = ++at;
    if (!number(minutes) || at - start != 2) return std::nullopt;
    if (at < plain.size() && plain[at] == ':') {
      ++at;
      if (!number(seconds)) return std::nullopt;
      clock.has_seconds = true;
    }
  }
  std::string suffix;
  for (; at < plain.size(); ++at) {
    if (plain[at] == ' ' || plain[at] == '.') continue;
    suffix += lower(plain[at]);
  }
  if (suffix == "am" || suffix == "pm") {
    clock.half_named = true;
    if (hours < 1 || hours > 12) {
      if (hours > 23) return std::nullopt;
    } else {
      hours = hours % 12 + (suffix == "pm" ? 12 : 0);
    }
  } else if (!suffix.empty() || !colon) {
    return std::nullopt;
  }
  if (hours > 24 || minutes > 59 || seconds > 59) return std::nullopt;
  clock.seconds = hours * 3600 + minutes * 60 + seconds;
  return clock;
}

/// above / below with below > 0.
struct Plain {
  std::int64_t above = 0, below = 1;
  bool decimal = false;
};

bool read_integer(std::string_view text, std::int64_t& out, std::size_t& at) {
  const std::size_t start = at;
  out = 0;
  while (at < text.size() && digit(text[at])) {
    if (at - start >= 9) return false;
    out = out * 10 + (text[at++] - '0');
  }
  return at > start;
}

std::optional<Plain> plain_number(std::string_view text) {
  Plain value;
  std::size_t at = 0;
  bool negative = false;
  if (at < text.size() && text[at] == '-') {
    negative = true;
    ++at;
  }
  const std::string_view rest = text.substr(at);
  for (const std::string_view command : {"\\frac{", "\\dfrac{", "\\tfrac{"}) {
    if (rest.substr(0, command.size()) != command) continue;
    at += command.size();
    std::int64_t above = 0, below = 0;
    if (at < text.size() && text[at] == '-') {
      negative = !negative;
      ++at;
    }
    if (!read_integer(text, above, at) || text.substr(at, 2) != "}{") return std::nullopt;
    at += 2;
    if (!read_integer(text, below, at) || at + 1 != text.size() || text[at] != '}' || below == 0) return std::nullopt;
    return Plain{negative ? -above : above, below, false};
  }
  if (!read_integer(text, value.above, at)) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    value.decimal = true;
    const std::size_t start = ++at;
    while (at < text.size() && digit(text[at])) {
      if (at - start >= 8) return std::nullopt;
      value.above = value.above * 10 + (text[at++] - '0');
      value.below *= 10;
    }
    if (at == start) return std::nullopt;
  }
  if (at < text.size() && text[at] == '/' && !value.decimal) {
    ++at;
    if (!read_integer(text, value.below, at) || value.below == 0) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  if (negative) value.above = -value.above;
  return value;
}

}  // namespace

std::string_view option_text(std::string_view text) {
  const std::string_view whole = text = strip_wrapping(text);
  const auto skip_blanks = [&] {
    const std::size_t before = text.size();
    while (!text.empty()) {
      if (blank(text[0]) || text[0] == '~' || text[0] == '*') {
        text.remove_prefix(1);
      } else if (starts(text, "\\quad")) {
        text.remove_prefix(5);
      } else if (text.size() > 1 && text[0] == '\\' && std::string_view(" ,;:!").find(text[1]) != std::string_view::npos) {
        text.remove_prefix(2);
      } else {
        break;
      }
    }
    return text.size() < before;
  };
  bool named = false;
  for (const std::string_view word : {"option ", "choice ", "answer "}) {
    if (text.size() <= word.size() || lower(text[0]) != word[0] || text.substr(1, word.size() - 1) != word.substr(1)) continue;
    text.remove_prefix(word.size());
    named = true;
  }
  skip_blanks();
  std::size_t fonts = 0;
  for (; fonts < 3 && !text.empty() && text[0] == '\\'; ++fonts) {
    const std::string_view name = command_at(text, 0);
    if (!is_font(name) || text.substr(name.size() + 1, 1) != "{") return {};
    text.remove_prefix(name.size() + 2);
  }
  const bool bracketed = starts(text, "(");
  if (bracketed) text.remove_prefix(1);
  if (text.size() < 2 || text[0] < 'A' || text[0] > 'H' || (text[1] != ')' && (bracketed || (text[1] != '.' && text[1] != ':' && !(named && text[1] == ',')))))
    return {};
  text.remove_prefix(2);
  bool gap = skip_blanks();
  for (; fonts > 0 && starts(text, "}"); --fonts) {
    text.remove_prefix(1);
    gap = skip_blanks() || gap;
  }
  for (; fonts > 0 && text.ends_with('}'); --fonts) text.remove_suffix(1);  // \text{(B) 42}
  gap = gap || starts(text, "$");
  const bool labelled = fonts == 0 && (bracketed || gap) && can_be_option_text(text, gap) && text.size() < whole.size();
  return labelled ? text : std::string_view{};
}

bool is_option_letter(std::string_view text) {
  const Option option = option_of(text);
  return option.letter != '\0' && !option.with_text;
}

std::optional<Decision> compare_options(std::string_view gold, std::string_view prediction, const MathOptions& options) {
  if (gold.size() > 64) return std::nullopt;
  const Option g = option_of(gold);
  if (g.letter == '\0') return std::nullopt;
  const Option p = option_of(prediction.substr(0, 4096));
  if (p.letter == '\0') {
    // A letter alone may also be a variable; in brackets or \text it is an option.
    return std::nullopt;
  }
  if (g.with_text && (p.with_text || !options.option_letter_with_text)) return std::nullopt;  // The words decide.
  if (p.taken_back) return Decision{false, MathMethod::kText, "another option, or a denial, behind the option's letter"};
  if (p.with_text && !options.option_letter_with_text) return Decision{false, MathMethod::kText, "text after the option's letter"};
  const bool equal = g.letter == p.letter;
  return Decision{equal, MathMethod::kText, equal ? (p.with_text ? "the option's letter with its text" : "") : "another option"};
}

std::optional<Decision> compare_times(std::string_view gold, std::string_view prediction) {
  if (gold.size() > 64 || prediction.size() > 64) return std::nullopt;
  const std::optional<Clock> g = clock_of(gold), p = g || (all_digits(gold) && gold.size() < 3) ? clock_of(prediction) : std::nullopt;
  // 2 p.m. where the gold is 2.
  if (!g && p && p->half_named && digit(prediction[0]) && prediction.find(':') == std::string_view::npos) {
    const std::string hour = bare(prediction).substr(0, gold.size() + 1);
    if (hour.substr(0, gold.size()) == gold && !digit(hour.back())) return Decision{true, MathMethod::kText, "the half of the day is left out"};
  }
  if (!g || !p) return std::nullopt;
  if (g->seconds == p->seconds) return Decision{true, MathMethod::kText, ""};
  // Without a.m. and p.m. on one side the half of the day is open.
  const bool open = g->half_named != p->half_named;
  const bool equal = open && g->seconds % 43200 == p->seconds % 43200 && (g->half_named ? p->seconds : g->seconds) < 43200 + 3600;
  if (!g->half_named && !p->half_named && !g->has_seconds && !p->has_seconds) return std::nullopt;  // Perhaps ratios.
  return Decision{equal, MathMethod::kText, equal ? "the half of the day is left out" : "another time"};
}

std::string spoken_sign(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kSpoken = {{{"no solution", "\\emptyset"},
                                                                                             {"no solutions", "\\emptyset"},
                                                                                             {"no real solution", "\\emptyset"},
                                                                                             {"no real solutions", "\\emptyset"},
                                                                                             {"none", "\\emptyset"},
                                                                                             {"empty set", "\\emptyset"},
                                                                                             {"the empty set", "\\emptyset"},
                                                                                             {"all real numbers", "\\R"},
                                                                                             {"all reals", "\\R"},
                                                                                             {"real numbers", "\\R"},
                                                                                             {"positive infinity", "\\infty"},
                                                                                             {"negative infinity", "-\\infty"},
                                                                                             {"minus infinity", "-\\infty"},
                                                                                             {"dne", "\\text{does not exist}"},
                                                                                             {"d n e", "\\text{does not exist}"},
                                                                                             {"doesn't exist", "\\text{does not exist}"},
                                                                                             {"does not exist", "\\text{does not exist}"},
                                                                                             {"undefined", "\\text{undefined}"}}};
  if (text.size() > 64) return {};
  const std::string words = words_of(text);
  const auto found = std::find_if(kSpoken.begin(), kSpoken.end(), [&](const auto& spoken) { return spoken.first == words; });
  return found == kSpoken.end() ? spoken_number(words) : std::string(found->second);
}

Decision compare_words(std::string_view gold, std::string_view prediction, const MathOptions& options) {
  std::string a = options.ignore_case ? words_of(gold) : bare(gold), b = options.ignore_case ? words_of(prediction) : bare(prediction);
  for (std::string* text : {&a, &b}) {
    for (const std::string_view article : {"the ", "a ", "an "}) {
      if (text->size() > article.size() && std::string_view(*text).substr(0, article.size()) == article) text->erase(0, article.size());
    }
    // Blanks between words count for nothing, between digits they do: 1 2 is not 12.
    std::string kept;
    for (std::size_t i = 0; i < text->size(); ++i) {
      const char c = (*text)[i];
      if (c != ' ' || (!kept.empty() && digit(kept.back()) && i + 1 < text->size() && digit((*text)[i + 1]))) kept += c;
    }
    *text = std::move(kept);
  }
  const bool equal = !a.empty() && a == b;
  return {equal, MathMethod::kText, equal ? "" : "different words"};
}

std::optional<Decision> compare_plain_numbers(std::string_view gold, std::string_view prediction, const MathOptions& options) {
  const std::optional<Plain> g = plain_number(gold), p = g ? plain_number(prediction) : std::nullopt;
  if (!g || !p) return std::nullopt;
  const __int128 left = static_cast<__int128>(g->above) * p->below, right = static_cast<__int128>(p->above) * g->below;
  if (left == right) return Decision{true, MathMethod::kExact, {}};
  // Rounding is the business of the full comparison.
  if ((g->decimal || p->decimal) && options.decimal_places > 0) return std::nullopt;
  return Decision{false, MathMethod::kExact, "different numbers"};
}

}  // namespace lydian::math
