#include "verify/math/number_words.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace lydian::math {
namespace {

using Named = std::pair<std::string_view, std::int64_t>;

constexpr std::array<Named, 28> kCardinals = {{{"zero", 0},      {"one", 1},       {"two", 2},       {"three", 3},    {"four", 4},     {"five", 5},
                                               {"six", 6},       {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},     {"eleven", 11},
                                               {"twelve", 12},   {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17},
                                               {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},   {"fifty", 50},
                                               {"sixty", 60},    {"seventy", 70},  {"eighty", 80},   {"ninety", 90}}};
constexpr std::array<Named, 5> kScales = {{{"hundred", 100}, {"thousand", 1000}, {"million", 1000000}, {"billion", 1000000000}, {"trillion", 1000000000000}}};
/// One of so many equal parts.
constexpr std::array<Named, 15> kParts = {{{"half", 2},
                                           {"third", 3},
                                           {"quarter", 4},
                                           {"fourth", 4},
                                           {"fifth", 5},
                                           {"sixth", 6},
                                           {"seventh", 7},
                                           {"eighth", 8},
                                           {"ninth", 9},
                                           {"tenth", 10},
                                           {"eleventh", 11},
                                           {"twelfth", 12},
                                           {"hundredth", 100},
                                           {"thousandth", 1000},
                                           {"millionth", 1000000}}};

template <std::size_t N>
std::int64_t value_of(const std::array<Named, N>& names, std::string_view word) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const Named& named) { return named.first == word; });
  return found == names.end() ? -1 : found->second;
}

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find_first_of(" -", at), words.size());
    if (end > at) out.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// Below 100: nine, nineteen, ninety, ninety-nine. `at` goes behind; -1 where there is none.
std::int64_t small_cardinal(const std::vector<std::string_view>& words, std::size_t& at) {
  if (at >= words.size()) return -1;
  const std::int64_t first = value_of(kCardinals, words[at]);
  if (first < 0) return -1;
  ++at;
  if (first < 20 || at >= words.size()) return first;
  const std::int64_t second = value_of(kCardinals, words[at]);
  if (second < 1 || second > 9) return first;
  ++at;
  return first + second;
}

/// All of the words as one integer; -1 where they are none.
std::int64_t cardinal(const std::vector<std::string_view>& words) {
  std::int64_t total = 0, above = 0;  // `above`: the scale before, which the next must be below.
  for (std::size_t at = 0; at < words.size();) {
    // three hundred and five, two thousand and seven
    const bool joined = words[at] == "and" && at > 0;
    if (joined) ++at;
    std::int64_t group = small_cardinal(words, at);
    if (group < 0 || (group == 0 && words.size() > 1)) return -1;
    const bool hundred = at < words.size() && words[at] == "hundred" && group < 10;
    if (joined && hundred) return -1;
    if (hundred) {
      group *= 100;
      if (++at < words.size() && (words[at] == "and" || value_of(kCardinals, words[at]) > 0)) {
        if (words[at] == "and") ++at;
        const std::int64_t rest = small_cardinal(words, at);
        if (rest < 1) return -1;
        group += rest;
      }
    }
    std::int64_t scale = 1;
    if (at < words.size() && words[at] != "hundred" && scale_word(words[at]) > 0) scale = scale_word(words[at++]);
    if (above != 0 && scale >= above) return -1;
    above = scale;
    total += group * scale;
  }
  return above == 0 ? -1 : total;
}

}  // namespace

std::string spoken_number(std::string_view words) {
  if (words.size() > 120 || words.find_first_not_of("abcdefghijklmnopqrstuvwxyz -") != std::string_view::npos) return {};
  std::vector<std::string_view> parts = split(words);
  const bool negative = !parts.empty() && (parts[0] == "minus" || parts[0] == "negative");
  if (negative) parts.erase(parts.begin());
  if (parts.empty()) return {};
  const std::string sign = negative ? "-" : "";
  if (const std::int64_t whole = cardinal(parts); whole >= 0) return sign + std::to_string(whole);
  // two and a half
  if (parts.size() > 3 && parts[parts.size() - 3] == "and" && parts[parts.size() - 2] == "a") {
    const std::int64_t below = value_of(kParts, parts.back());
    parts.resize(parts.size() - 3);
    const std::int64_t whole = cardinal(parts);
    return below < 0 || whole < 0 || whole > 1000000 ? std::string{} : sign + std::to_string(whole * below + 1) + "/" + std::to_string(below);
  }
  // one half, two thirds; never twenty third, which is a place in an order.
  std::string_view part = parts.back();
  parts.pop_back();
  const std::int64_t above = cardinal(parts);
  if (above < 1 || above > 99) return {};
  if (above > 1 && part == "halves") return sign + std::to_string(above) + "/2";
  if (above > 1 && part.back() != 's') return {};
  if (above > 1) part.remove_suffix(1);
  const std::int64_t below = value_of(kParts, part);
  return below < 0 || (above > 1 && part == "half") ? std::string{} : sign + std::to_string(above) + "/" + std::to_string(below);
}

std::int64_t scale_word(std::string_view word) {
  return std::max<std::int64_t>(value_of(kScales, word), 0);
}

bool is_number_word(std::string_view word) {
  return word == "halves" || value_of(kCardinals, word) >= 0 || value_of(kScales, word) >= 0 || value_of(kParts, word) >= 0;
}

}  // namespace lydian::math
