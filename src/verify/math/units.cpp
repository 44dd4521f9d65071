#include "verify/math/units.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "verify/math/characters.h"
#include "verify/math/number_words.h"
#include "verify/math/si_units.h"

namespace lydian::math {
namespace {

struct Known {
  const char* name;
  UnitKind kind;
};

const std::unordered_map<std::string_view, Known>& known_units() {
  constexpr auto kM = UnitKind::kMeasure;
  constexpr auto kC = UnitKind::kCurrency;
  static const std::unordered_map<std::string_view, Known> table = {{"cm", {"cm", kM}},
                                                                    {"m", {"m", kM}},
                                                                    {"km", {"km", kM}},
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
                                                                    {"kg", {"kg", kM}},
                                                                    {"lb", {"lb", kM}},
                                                                    {"pound", {"pound", kM}},
                                                                    {"oz", {"oz", kM}},
                                                                    {"ounce", {"oz", kM}},
                                                                    {"ton", {"ton", kM}},
                                                                    {"tonne", {"ton", kM}},
                                                                    {"l", {"l", kM}},
                                                                    {"ml", {"ml", kM}},
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
                                                                    {"mhz", {"MHz", kM}},
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
  if (found == table.end() && word.size() > 2 && word.back() == 's') {
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

namespace {

// Words with their letters as they are, one blank between.
std::string spaced_words(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      // A spacing command or an escaped sign.
      if (i + 1 < text.size() && !letter(text[i + 1])) ++i;
      gap = true;
      continue;
    }
    if (blank(c) || c == '~' || c == '.' || c == '"' || c == '{' || c == '}' || c == '$') {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

}  // namespace

std::string plain_words(std::string_view text) {
  return in_small_letters(spaced_words(text));
}

namespace {

/// A unit that is multiplied or divided by others.
struct UnitFactor {
  std::string name;
  int power = 1;
};

/// What a word names: a unit as it is written, else one of the SI, else one in small letters.
std::string unit_name(std::string_view word, UnitKind& kind) {
  const Known* known = find_unit(word);
  if (known == nullptr) {
    if (std::string si = si_unit(word); !si.empty()) {
      kind = UnitKind::kMeasure;
      return si;
    }
    const std::string low = in_small_letters(word);
    // M alone is no meter.
    known = word.size() > 1 ? find_unit(low) : nullptr;
  }
  if (known == nullptr) return {};
  kind = known->kind;
  return known->name;
}

/// Splits words at blanks and signs of operations; false where one is no unit.
bool unit_factors(std::string_view text, std::vector<UnitFactor>& out, UnitKind& kind) {
  int power = 1, sign = 1;
  bool after_unit = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '/') {
      sign = -1;
      ++at;
    } else if (c == '^' || digit(c)) {
      // cm^2, m2, s^-1
      if (c == '^') ++at;
      while (at < text.size() && text[at] == ' ') ++at;
      const bool negative = at < text.size() && text[at] == '-';
      if (negative) ++at;
      if (!after_unit || at >= text.size() || text[at] < '1' || text[at] > '9' || (at + 1 < text.size() && digit(text[at + 1]))) return false;
      out.back().power *= (negative ? -1 : 1) * (text[at++] - '0');
      after_unit = false;
    } else if (letter(c)) {
      std::size_t end = at;
      while (end < text.size() && letter(text[end])) ++end;
      const std::string_view word = text.substr(at, end - at);
      at = end;
      const std::string low = in_small_letters(word);
      if (low == "cc") {
        out.push_back({"cm", 3 * sign});
        kind = UnitKind::kMeasure;
        power = sign = 1;
        after_unit = false;
      } else if (low == "square" || low == "sq" || low == "cubic" || low == "cu") {
        power = low[0] == 's' ? 2 : 3;
      } else if (after_unit && (low == "squared" || low == "cubed")) {
        out.back().power *= low[0] == 's' ? 2 : 3;
      } else if (low == "per") {
        sign = -1;
      } else if (low != "an" && low != "a") {
        UnitKind found = UnitKind::kNoun;
        std::string name = unit_name(word, found);
        if (name.empty()) return false;
        if (found != UnitKind::kNoun || !out.empty()) kind = found;
        out.push_back({std::move(name), power * sign});
        power = sign = 1;
        after_unit = true;
      }
    } else if (c == ' ' || c == '*') {
      ++at;
    } else {
      return false;
    }
  }
  if (power != 1 && !out.empty() && out.back().name == "unit") out.back().power = power;
  return !out.empty();
}

/// One name for one unit: equal factors together, in the order of their names.
std::string written(std::vector<UnitFactor> factors) {
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].name == "mph" || factors[i].name == "km/hour") {
      const int power = factors[i].power;
      factors[i].name = factors[i].name == "mph" ? "mile" : "km";
      factors.push_back({"hour", -power});
    }
  }
  std::stable_sort(factors.begin(), factors.end(), [](const UnitFactor& a, const UnitFactor& b) { return a.name < b.name; });
  std::vector<UnitFactor> kept;
  for (const UnitFactor& factor : factors) {
    if (!kept.empty() && kept.back().name == factor.name) {
      kept.back().power += factor.power;
    } else {
      kept.push_back(factor);
    }
  }
  std::string name;
  for (const bool below : {false, true}) {
    for (const UnitFactor& factor : kept) {
      if (factor.power == 0 || (factor.power < 0) != below) continue;
      if (below || !name.empty()) name += below ? '/' : '*';
      name += factor.name;
      if (std::abs(factor.power) > 1) name += std::to_string(std::abs(factor.power));
    }
  }
  return name;
}

}  // namespace

UnitName unit_of(std::string_view words) {
  const std::string spaced = spaced_words(words);
  UnitName unit;
  std::vector<UnitFactor> factors;
  UnitKind kind = UnitKind::kNoun;
  if (!unit_factors(spaced, factors, kind)) {
    unit.name = plain_words(words);
    return unit;
  }
  unit.kind = kind;
  unit.name = written(std::move(factors));
  unit.percent = unit.name == "percent";
  unit.degree = unit.name == "degree";
  if (unit.name.substr(0, 4) == "unit") unit.kind = UnitKind::kNoun;
  return unit;
}

namespace {

/// Parts and multiples; constants, letters and functions; denials and hedges: with any of them the number before it is not the value.
bool is_no_noun(std::string_view word) {
  static const std::unordered_set<std::string_view> words = {"squared",    "cubed",
                                                             "factorial",  "times",
                                                             "plus",       "minus",
                                                             "over",       "divided",
                                                             "point",      "more",
                                                             "less",       "than",
                                                             "not",        "or",
                                                             "and",        "is",
                                                             "mod",        "dozen",
                                                             "root",       "nor",
                                                             "but",        "maybe",
                                                             "between",    "to",
                                                             "lakh",       "crore",
                                                             "mil",        "gross",
                                                             "score",      "pair",
                                                             "couple",     "pi",
                                                             "tau",        "alpha",
                                                             "beta",       "gamma",
                                                             "delta",      "theta",
                                                             "lambda",     "mu",
                                                             "sigma",      "phi",
                                                             "omega",      "infinity",
                                                             "sin",        "cos",
                                                             "tan",        "log",
                                                             "ln",         "exp",
                                                             "sqrt",       "negative",
                                                             "nope",       "no",
                                                             "none",       "never",
                                                             "wrong",      "unknown",
                                                             "perhaps",    "alternatively",
                                                             "roughly",    "approximately",
                                                             "about",      "around",
                                                             "nearly",     "almost",
                                                             "possibly",   "probably",
                                                             "likely",     "if",
                                                             "else",       "unless",
                                                             "instead",    "rather",
                                                             "either",     "neither",
                                                             "then",       "otherwise",
                                                             "least",      "most",
                                                             "fewer",      "under",
                                                             "above",      "below",
                                                             "incorrect",  "false",
                                                             "undefined",  "except",
                                                             "without",    "through",
                                                             "until",      "twice",
                                                             "double",     "triple",
                                                             "thrice",     "doubled",
                                                             "tripled",    "quadrupled",
                                                             "halved",     "quadruple",
                                                             "inverted",   "negated",
                                                             "reciprocal", "inverse",
                                                             "imaginary",  "grand"};
  // septillion, tenfold
  const auto listed = [](std::string_view w) {
    return words.count(w) != 0 || is_number_word(w) || w.ends_with("illion") || w.ends_with("illionth") || w.ends_with("fold");
  };
  if (listed(word)) return true;
  if (word.size() < 3 || word.back() != 's' || word == "points") return false;
  return listed(word.substr(0, word.size() - 1));
}

}  // namespace

Direction direction_of(std::string_view words) {
  struct Way {
    const char* word;
    bool needed;
  };
  static const std::unordered_map<std::string_view, Way> ways = {{"right", {"right", true}},
                                                                 {"up", {"up", true}},
                                                                 {"upward", {"up", true}},
                                                                 {"down", {"down", true}},
                                                                 {"downward", {"down", true}},
                                                                 {"north", {"north", true}},
                                                                 {"south", {"south", true}},
                                                                 {"east", {"east", true}},
                                                                 {"west", {"west", true}},
                                                                 {"northeast", {"northeast", true}},
                                                                 {"northwest", {"northwest", true}},
                                                                 {"southeast", {"southeast", true}},
                                                                 {"southwest", {"southwest", true}},
                                                                 {"clockwise", {"clockwise", true}},
                                                                 {"counterclockwise", {"counterclockwise", true}},
                                                                 {"anticlockwise", {"counterclockwise", true}},
                                                                 {"forward", {"forward", true}},
                                                                 {"backward", {"backward", true}},
                                                                 {"ahead", {"ahead", true}},
                                                                 {"behind", {"behind", true}},
                                                                 {"before", {"before", true}},
                                                                 {"after", {"after", true}},
                                                                 {"ago", {"ago", false}},
                                                                 {"bc", {"bc", true}},
                                                                 {"ad", {"ad", true}},
                                                                 {"increase", {"increase", true}},
                                                                 {"decrease", {"decrease", true}},
                                                                 {"profit", {"gain", false}},
                                                                 {"gain", {"gain", false}},
                                                                 {"loss", {"loss", true}},
                                                                 {"surplus", {"surplus", true}},
                                                                 {"deficit", {"deficit", true}},
                                                                 {"debt", {"debt", true}},
                                                                 {"credit", {"credit", true}},
                                                                 {"debit", {"debit", true}},
                                                                 {"deposit", {"deposit", true}},
                                                                 {"withdrawal", {"withdrawal", true}},
                                                                 {"left", {"left", false}},
                                                                 {"saved", {"saved", false}},
                                                                 {"spent", {"spent", false}},
                                                                 {"gained", {"gained", false}},
                                                                 {"lost", {"lost", false}},
                                                                 {"earned", {"earned", false}},
                                                                 {"owed", {"owed", false}},
                                                                 {"older", {"older", false}},
                                                                 {"younger", {"younger", false}},
                                                                 {"taller", {"taller", false}},
                                                                 {"shorter", {"shorter", false}},
                                                                 {"longer", {"longer", false}},
                                                                 {"heavier", {"heavier", false}},
                                                                 {"lighter", {"lighter", false}},
                                                                 {"faster", {"faster", false}},
                                                                 {"slower", {"slower", false}},
                                                                 {"higher", {"higher", false}},
                                                                 {"lower", {"lower", false}},
                                                                 {"deep", {"deep", false}},
                                                                 {"high", {"high", false}},
                                                                 {"early", {"early", false}},
                                                                 {"earlier", {"early", false}},
                                                                 {"late", {"late", false}},
                                                                 {"later", {"late", false}}};
  // "right triangles" are things: a direction stands at the end or before a word that joins.
  static const std::unordered_set<std::string_view> joining = {"of", "from", "than", "to", "in", "on", "at", "for", "over", "per", "the", "noon", "midnight"};
  Direction found;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    std::string_view word = words.substr(at, end - at), next = words.substr(std::min(end + 1, words.size()));
    next = next.substr(0, next.find(' '));
    at = end + 1;
    auto way = ways.find(word);
    if (way == ways.end() && word.ends_with("wards")) way = ways.find(word.substr(0, word.size() - 1));
    if (way == ways.end() || (!next.empty() && joining.count(next) == 0 && ways.count(next) == 0)) continue;
    if (!found.word.empty()) found.word += ' ';
    found.word += way->second.word;
    found.needed = found.needed || way->second.needed;
  }
  return found;
}

bool changes_value(std::string_view words) {
  if (words == "a m" || words == "p m") return false;  // Times of day.
  // Square units; but not "units less than x".
  if (starts(words, "unit")) words.remove_prefix(std::min(words.find(' '), words.size()));
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
    const std::string_view rest = words.substr(std::min(at, words.size()));
    if (word == "to" && (rest.substr(0, 8) == "the left" || rest.substr(0, 9) == "the right")) continue;
    if (is_no_noun(word)) return true;
  }
  return false;
}

bool is_unit_word(std::string_view word) {
  if (word.size() < 2) return false;
  const std::string low = in_small_letters(word);
  return find_unit(low) != nullptr || low == "cc" || is_plain_si_unit(word) || low == "square" || low == "cubic" || low == "sq";
}

}  // namespace lydian::math
