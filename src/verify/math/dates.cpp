#include "verify/math/dates.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "verify/math/characters.h"
#include "verify/math/wrapping.h"

namespace lydian::math {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"january", "february", "march",     "april",   "may",      "june",
                                                      "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr int kNoYear = -1;

struct Date {
  int year = kNoYear, month = 0, day = 0;
  bool ambiguous = false;  ///< Day and month may be the other way round.
};

int number_of(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

bool possible(const Date& date) {
  constexpr std::array<int, 12> kLengths = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= kLengths[static_cast<std::size_t>(date.month - 1)];
}

/// The month of a name of three letters and more: July, jul, Sept.
int month_of(std::string_view word) {
  if (word == "sept") return 9;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || (word.size() == 3 && starts(kMonths[i], word))) return static_cast<int>(i) + 1;
  }
  return 0;
}

/// 2020-07-04, 2020/7/4, 4/7/2020, 4.7.2020
std::optional<Date> numeric_date(std::string_view text) {
  std::array<std::string_view, 3> parts;
  char between = '\0';
  std::size_t at = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t start = at;
    while (at < text.size() && digit(text[at])) ++at;
    parts[i] = text.substr(start, at - start);
    if (!all_digits(parts[i]) || parts[i].size() > 4) return std::nullopt;
    if (i == 2) break;
    if (at >= text.size() || (text[at] != '-' && text[at] != '/' && text[at] != '.') || (i == 1 && text[at] != between)) return std::nullopt;
    between = text[at++];
  }
  if (at != text.size()) return std::nullopt;
  Date date;
  if (parts[0].size() == 4 && parts[1].size() <= 2 && parts[2].size() <= 2) {
    date = {number_of(parts[0]), number_of(parts[1]), number_of(parts[2]), false};
    // 2020-1-2 may be a difference.
    if (between == '-' && (parts[1].size() != 2 || parts[2].size() != 2)) return std::nullopt;
    return possible(date) ? std::optional(date) : std::nullopt;
  }
  if (parts[2].size() != 4 || parts[0].size() > 2 || parts[1].size() > 2) return std::nullopt;
  date = {number_of(parts[2]), number_of(parts[0]), number_of(parts[1]), false};
  if (!possible(date)) {
    std::swap(date.month, date.day);
    return possible(date) ? std::optional(date) : std::nullopt;
  }
  date.ambiguous = date.day <= 12 && date.day != date.month;
  return date;
}

/// July 4, 4 July 2020, the 4th of July, Saturday, July 4, 2020
std::optional<Date> spoken_date(std::string_view words) {
  Date date;
  std::vector<int> numbers;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    std::string_view word = words.substr(at, end - at);
    at = end + 1;
    if (word.empty() || word == "of" || word == "the" || word == "on") continue;
    if (std::find(kDays.begin(), kDays.end(), word) != kDays.end()) continue;
    if (const int month = month_of(word); month != 0) {
      if (date.month != 0) return std::nullopt;
      date.month = month;
      continue;
    }
    bool ordinal = false;
    for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
      if (word.size() <= suffix.size() || word.substr(word.size() - suffix.size()) != suffix) continue;
      word.remove_suffix(suffix.size());
      ordinal = true;
      break;
    }
    if (!all_digits(word) || word.size() > 4 || (ordinal && word.size() > 2)) return std::nullopt;
    if (word.size() == 4 && date.year == kNoYear) {
      date.year = number_of(word);
    } else if (word.size() <= 2 && date.day == 0) {
      date.day = number_of(word);
    } else {
      return std::nullopt;
    }
  }
  return possible(date) ? std::optional(date) : std::nullopt;
}

std::optional<Date> date_of(std::string_view text) {
  if (text.size() < 5 || text.size() > 64 || std::none_of(text.begin(), text.end(), digit)) return std::nullopt;
  if (std::optional<Date> date = numeric_date(strip_wrapping(text))) return date;
  if (std::none_of(text.begin(), text.end(), letter)) return std::nullopt;
  return spoken_date(words_of(text));
}

}  // namespace

std::optional<Decision> compare_dates(std::string_view gold, std::string_view prediction) {
  const std::optional<Date> g = date_of(gold), p = date_of(prediction);
  if (!g && !p) return std::nullopt;
  if (!g || !p) return Decision{false, MathMethod::kText, "a date on one side only"};
  const bool same = g->year == p->year && g->month == p->month && g->day == p->day;
  if (g->ambiguous != p->ambiguous) return Decision{false, MathMethod::kText, "a date whose day and month may be the other way round"};
  return Decision{same, MathMethod::kText, same ? "" : "another date"};
}

}  // namespace lydian::math
