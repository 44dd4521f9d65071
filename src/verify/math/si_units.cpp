#include "verify/math/si_units.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verify/math/characters.h"

namespace lydian::math {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

constexpr std::array<Names, 13> kPrefixes = {{{"pico", "p"},
                                              {"nano", "n"},
                                              {"micro", "u"},
                                              {"milli", "m"},
                                              {"centi", "c"},
                                              {"deci", "d"},
                                              {"deca", "da"},
                                              {"hecto", "h"},
                                              {"kilo", "k"},
                                              {"mega", "M"},
                                              {"giga", "G"},
                                              {"tera", "T"},
                                              {"femto", "f"}}};

/// By name, then by symbol.
constexpr std::array<Names, 35> kUnits = {
    {{"meter", "m"},  {"metre", "m"},   {"gram", "g"},     {"gramme", "g"},        {"second", "s"},    {"ampere", "A"},   {"amp", "A"},
     {"kelvin", "K"}, {"mole", "mol"},  {"candela", "cd"}, {"hertz", "Hz"},        {"newton", "N"},    {"pascal", "Pa"},  {"joule", "J"},
     {"watt", "W"},   {"coulomb", "C"}, {"volt", "V"},     {"farad", "F"},         {"siemens", "S"},   {"weber", "Wb"},   {"tesla", "T"},
     {"henry", "H"},  {"lumen", "lm"},  {"lux", "lx"},     {"becquerel", "Bq"},    {"gray", "Gy"},     {"sievert", "Sv"}, {"liter", "l"},
     {"litre", "l"},  {"ohm", "ohm"},   {"byte", "B"},     {"electronvolt", "eV"}, {"watthour", "Wh"}, {"bit", "bit"},    {"calorie", "cal"}}};

std::string_view symbol_of(std::string_view symbol) {
  if (symbol == "L") return "l";
  const auto found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Names& unit) { return unit.second == symbol; });
  return found == kUnits.end() ? std::string_view{} : found->second;
}

std::string_view named(std::string_view name) {
  auto find = [](std::string_view word) { return std::find_if(kUnits.begin(), kUnits.end(), [&](const Names& unit) { return unit.first == word; }); };
  auto found = find(name);
  if (found == kUnits.end() && name.size() > 3 && name.back() == 's') found = find(name.substr(0, name.size() - 1));
  return found == kUnits.end() ? std::string_view{} : found->second;
}

}  // namespace

std::string si_unit(std::string_view word) {
  if (word.empty() || word.size() > 20) return {};
  if (const std::string_view alone = symbol_of(word); !alone.empty()) return std::string(alone);
  if (word == "am" || word == "pm") return {};  // Of times of day.
  if (word.size() <= 4) {
    for (const auto& [name, prefix] : kPrefixes) {
      if (word.size() <= prefix.size() || !starts(word, prefix)) continue;
      if (const std::string_view unit = symbol_of(word.substr(prefix.size())); !unit.empty()) return std::string(prefix) + std::string(unit);
    }
    // As it is often typed, where no other unit is written so in any case of its letters.
    const std::string low = in_small_letters(word);
    if (low == word || word.size() > 2) {
      constexpr std::array<Names, 13> kTyped = {{{"hz", "Hz"},
                                                 {"mhz", "MHz"},
                                                 {"khz", "kHz"},
                                                 {"ghz", "GHz"},
                                                 {"pa", "Pa"},
                                                 {"kpa", "kPa"},
                                                 {"gpa", "GPa"},
                                                 {"kj", "kJ"},
                                                 {"kw", "kW"},
                                                 {"kwh", "kWh"},
                                                 {"gb", "GB"},
                                                 {"kev", "keV"},
                                                 {"ev", "eV"}}};
      for (const auto& [typed, unit] : kTyped) {
        if (low == typed) return std::string(unit);
      }
    }
  }
  const std::string low = in_small_letters(word);
  if (const std::string_view unit = named(low); !unit.empty()) return std::string(unit);
  for (const auto& [name, prefix] : kPrefixes) {
    if (!starts(low, name)) continue;
    if (const std::string_view unit = named(std::string_view(low).substr(name.size())); !unit.empty()) return std::string(prefix) + std::string(unit);
  }
  return {};
}

bool is_plain_si_unit(std::string_view word) {
  constexpr std::array<std::string_view, 13> kSafe = {"mm", "um", "mg", "kN", "kJ", "kW", "kV", "mL", "dL", "kB", "MB", "GB", "TB"};
  const std::string unit = si_unit(word);
  if (unit.empty() || word.size() < 2) return false;
  if (word.size() > 4) return true;
  if (std::find(kSafe.begin(), kSafe.end(), word) != kSafe.end()) return true;
  for (const std::string_view end : {"Hz", "Pa", "mol", "eV", "Wh"}) {
    if (word.size() >= end.size() && word.substr(word.size() - end.size()) == end) return true;
  }
  return word == "hz" || word == "khz" || word == "kpa";
}

}  // namespace lydian::math
