#include "verify/math/units.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "verify/math/characters.h"

namespace lydian::math {
namespace {

struct Known {
  const char* name;
  UnitKind kind;
};

const std::unordered_map<std::string_view, Known>& known_units() {
  constexpr auto kM = UnitKind::kMeasure;
  constexpr auto kC = UnitKind::kCurrency;
  static const std::unordered_map<std::string_view, Known> table = {{"mm", {"mm", kM}},
                                                                    {"millimeter", {"mm", kM}},
                                                                    {"millimetre", {"mm", kM}},
                                                                    {"cm", {"cm", kM}},
                                                                    {"centimeter", {"cm", kM}},
                                                                    {"centimetre", {"cm", kM}},
                                                                    {"m", {"m", kM}},
                                                                    {"meter", {"m", kM}},
                                                                    {"metre", {"m", kM}},
                                                                    {"km", {"km", kM}},
                                                                    {"kilometer", {"km", kM}},
                                                                    {"kilometre", {"km", kM}},
                                                                    {"in", {"in", kM}},
                                                                    {"inch", {"in", kM}},
                                                                    {"inche", {"in", kM}},
                                                                    {"ft", {"ft", kM}},
                                                                    {"foot", {"ft", kM}},
                                                                    {"feet", {"ft", kM}},
                                                                    {"yd", {"yd", kM}},
                                                                    {"yard", {"yd", kM}},
                                                                    {"mi", {"mile", kM}},
                                                                    {"mile", {"mile", kM}},
                                                                    {"g", {"g", kM}},
                                                                    {"gm", {"g", kM}},
                                                                    {"gram", {"g", kM}},
                                                                    {"mg", {"mg", kM}},
                                                                    {"milligram", {"mg", kM}},
                                                                    {"kg", {"kg", kM}},
                                                                    {"kilogram", {"kg", kM}},
                                                                    {"lb", {"lb", kM}},
                                                                    {"pound", {"lb", kM}},
                                                                    {"oz", {"oz", kM}},
                                                                    {"ounce", {"oz", kM}},
                                                                    {"ton", {"ton", kM}},
                                                                    {"tonne", {"ton", kM}},
                                                                    {"l", {"l", kM}},
                                                                    {"liter", {"l", kM}},
                                                                    {"litre", {"l", kM}},
                                                                    {"ml", {"ml", kM}},
                                                                    {"milliliter", {"ml", kM}},
                                                                    {"gallon", {"gallon", kM}},
                                                                    {"quart", {"quart", kM}},
                                                                    {"pint", {"pint", kM}},
                                                                    {"cup", {"cup", kM}},
                                                                    {"s", {"s", kM}},
                                                                    {"sec", {"s", kM}},
                                                                    {"second", {"s", kM}},
                                                                    {"min", {"min", kM}},
                                                                    {"minute", {"min", kM}},
                                                                    {"h", {"hour", kM}},
                                                                    {"hr", {"hour", kM}},
                                                                    {"hour", {"hour", kM}},
                                                                    {"day", {"day", kM}},
                                                                    {"week", {"week", kM}},
                                                                    {"month", {"month", kM}},
                                                                    {"year", {"year", kM}},
                                                                    {"yr", {"year", kM}},
                                                                    {"mph", {"mph", kM}},
                                                                    {"kph", {"km/hour", kM}},
                                                                    {"kmh", {"km/hour", kM}},
                                                                    {"acre", {"acre", kM}},
                                                                    {"hectare", {"hectare", kM}},
                                                                    {"rad", {"rad", kM}},
                                                                    {"radian", {"rad", kM}},
                                                                    {"hz", {"Hz", kM}},
                                                                    {"khz", {"kHz", kM}},
                                                                    {"mhz", {"MHz", kM}},
                                                                    {"joule", {"J", kM}},
                                                                    {"watt", {"W", kM}},
                                                                    {"kw", {"kW", kM}},
                                                                    {"newton", {"N", kM}},
                                                                    {"volt", {"V", kM}},
                                                                    {"dollar", {"dollar", kC}},
                                                                    {"usd", {"dollar", kC}},
                                                                    {"buck", {"dollar", kC}},
                                                                    {"cent", {"cent", kC}},
                                                                    {"euro", {"euro", kC}},
                                                                    {"eur", {"euro", kC}},
                                                                    {"yuan", {"yuan", kC}},
                                                                    {"rmb", {"yuan", kC}},
                                                                    {"yen", {"yen", kC}},
                                                                    {"rupee", {"rupee", kC}},
                                                                    {"peso", {"peso", kC}},
                                                                    {"unit", {"unit", UnitKind::kNoun}},
                                                                    {"degree", {"degree", kM}},
                                                                    {"deg", {"degree", kM}},
                                                                    {"percent", {"percent", kM}},
                                                                    {"pct", {"percent", kM}}};
  return table;
}

const Known* find_unit(std::string_view word) {
  const auto& table = known_units();
  auto found = table.find(word);
  if (found == table.end() && word.size() > 3 && word.back() == 's') {
    word.remove_suffix(1);
    found = table.find(word);
    if (found == table.end() && word.back() == 'e') {
      word.remove_suffix(1);
      found = table.find(word);
    }
  }
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

std::string plain_words(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\') {
      // A spacing command or an escaped sign.
      if (i + 1 < text.size() && !letter(text[i + 1])) ++i;
      gap = true;
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '~' || c == '.' || c == '"' || c == '{' || c == '}' || c == '$') {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    out += c;
  }
  return out;
}

UnitName unit_of(std::string_view words) {
  const std::string plain = plain_words(words);
  UnitName unit;
  std::string name;
  int power = 1;
  bool all_known = !plain.empty(), per = false;
  std::size_t at = 0;
  while (at < plain.size()) {
    const std::size_t end = std::min(plain.find_first_of(" /", at), plain.size());
    std::string_view word = std::string_view(plain).substr(at, end - at);
    const bool slash = end < plain.size() && plain[end] == '/';
    at = end + 1;
    if (word == "square" || word == "sq" || word == "squared") {
      power = 2;
    } else if (word == "cubic" || word == "cu" || word == "cubed") {
      power = 3;
    } else if (word == "per" || word == "an" || word == "a") {
      per = per || word == "per";
    } else if (!word.empty()) {
      // cm^2, m2
      if (word.size() > 2 && word.substr(word.size() - 2) == "^2") {
        power = 2;
        word.remove_suffix(2);
      } else if (word.size() > 2 && word.substr(word.size() - 2) == "^3") {
        power = 3;
        word.remove_suffix(2);
      } else if (word.size() > 1 && (word.back() == '2' || word.back() == '3')) {
        power = word.back() - '0';
        word.remove_suffix(1);
      }
      const Known* known = find_unit(word);
      if (known == nullptr) {
        all_known = false;
        break;
      }
      if (known->kind != UnitKind::kNoun || !name.empty()) unit.kind = known->kind;
      if (per && !name.empty()) name += '/';
      name += known->name;
      if (power > 1) name += static_cast<char>('0' + power);
      power = 1;
      per = false;
    }
    if (slash) per = true;
  }
  if (power > 1 && !name.empty()) name += static_cast<char>('0' + power);
  if (!all_known || name.empty()) {
    unit.kind = UnitKind::kNoun;
    unit.name = plain;
    return unit;
  }
  unit.name = name;
  unit.percent = name == "percent";
  unit.degree = name == "degree";
  if (name.substr(0, 4) == "unit") unit.kind = UnitKind::kNoun;
  return unit;
}

std::int64_t number_word(std::string_view word) {
  if (word == "hundred") return 100;
  if (word == "thousand") return 1000;
  if (word == "million") return 1000000;
  if (word == "billion") return 1000000000;
  if (word == "trillion") return 1000000000000;
  return 0;
}

namespace {

/// Names of numbers, of parts and of multiples; constants, letters and functions; denials and hedges: with any of them the number before it is not the value.
bool is_no_noun(std::string_view word) {
  static const std::unordered_set<std::string_view> words = {"squared",   "cubed",
                                                             "factorial", "times",
                                                             "plus",      "minus",
                                                             "over",      "divided",
                                                             "half",      "halves",
                                                             "third",     "quarter",
                                                             "point",     "more",
                                                             "less",      "than",
                                                             "not",       "or",
                                                             "and",       "is",
                                                             "mod",       "dozen",
                                                             "root",      "nor",
                                                             "but",       "maybe",
                                                             "between",   "to",
                                                             "one",       "two",
                                                             "three",     "four",
                                                             "five",      "six",
                                                             "seven",     "eight",
                                                             "nine",      "ten",
                                                             "eleven",    "twelve",
                                                             "thirteen",  "fourteen",
                                                             "fifteen",   "sixteen",
                                                             "seventeen", "eighteen",
                                                             "nineteen",  "twenty",
                                                             "thirty",    "forty",
                                                             "fifty",     "sixty",
                                                             "seventy",   "eighty",
                                                             "ninety",    "hundred",
                                                             "thousand",  "million",
                                                             "billion",   "trillion",
                                                             "lakh",      "crore",
                                                             "mil",       "gross",
                                                             "score",     "pair",
                                                             "couple",    "fourth",
                                                             "fifth",     "sixth",
                                                             "seventh",   "eighth",
                                                             "ninth",     "tenth",
                                                             "eleventh",  "twelfth",
                                                             "hundredth", "thousandth",
                                                             "millionth", "pi",
                                                             "tau",       "alpha",
                                                             "beta",      "gamma",
                                                             "delta",     "theta",
                                                             "lambda",    "mu",
                                                             "sigma",     "phi",
                                                             "omega",     "infinity",
                                                             "sin",       "cos",
                                                             "tan",       "log",
                                                             "ln",        "exp",
                                                             "sqrt",      "negative",
                                                             "nope",      "no",
                                                             "none",      "never",
                                                             "wrong",     "unknown",
                                                             "perhaps",   "alternatively",
                                                             "roughly",   "approximately",
                                                             "about",     "around",
                                                             "nearly",    "almost",
                                                             "possibly",  "probably",
                                                             "likely",    "if",
                                                             "else",      "unless",
                                                             "instead",   "rather",
                                                             "either",    "neither",
                                                             "then",      "otherwise",
                                                             "least",     "most",
                                                             "fewer",     "under",
                                                             "above",     "below",
                                                             "incorrect", "false",
                                                             "undefined", "except",
                                                             "without",   "through",
                                                             "until",     "twice",
                                                             "double",    "triple",
                                                             "thrice"};
  if (words.count(word) != 0) return true;
  if (word.size() < 3 || word.back() != 's' || word == "points") return false;
  word.remove_suffix(1);
  return words.count(word) != 0;
}

}  // namespace

bool changes_value(std::string_view words) {
  if (words.substr(0, 4) == "unit" || words == "a m" || words == "p m") return false;  // Square units, and times of day.
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    std::string_view word = words.substr(at, end - at);
    at = end + 1;
    if (word.size() > 2 && (word.substr(word.size() - 2) == "^2" || word.substr(word.size() - 2) == "^3")) word.remove_suffix(2);
    if (word.find_first_of("0123456789,;:=+*<>|") != std::string_view::npos || (!word.empty() && word.front() == '-')) return true;
    // A letter alone is a variable, but for the signs of some units and the article of "a week".
    if (word.size() == 1 && letter(word[0]) && std::string_view("jwvncfu").find(word[0]) == std::string_view::npos && find_unit(word) == nullptr &&
        !(word == "a" && words.size() > 1))
      return true;
    if (number_word(word) != 0 || is_no_noun(word)) return true;
  }
  return false;
}

bool is_unit_word(std::string_view word) {
  if (word.size() < 2) return false;
  std::string low(word);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return find_unit(low) != nullptr || low == "square" || low == "cubic" || low == "sq";
}

}  // namespace lydian::math
