// Units and other words behind a value.
#include "verify/math/number_words.h"
#include "verify/math/parser_state.h"
#include "verify/math/units.h"

namespace lydian::math {

// kg*m/s, m/sec, cm2 and m3 behind a number up to the end: a product of units of which one has two letters or more, or a length with its power.
bool Parser::unit_run_follows() const {
  if (at_ == 0 || tokens_[at_ - 1].kind != Tok::kNumber) return false;
  bool known = false;
  for (std::size_t n = 0;;) {
    const Token& word = ahead(n);
    if (word.kind != Tok::kWord) return false;
    if (n > 0 && word.text == "per") {
      known = true;
      ++n;
      continue;
    }
    const bool one_letter = word.text.size() == 1 && std::string_view("mgslhNJWVAKCFTHLPd").find(word.text) != std::string_view::npos;
    if (!one_letter && !is_unit_word(word.text) && word.text != "sec") return false;
    known = known || !one_letter;
    ++n;
    const bool power = ahead(n).kind == Tok::kNumber && ahead(n).payload == kAfterLetter && (ahead(n).text == "2" || ahead(n).text == "3");
    known = known || (power && word.text == "m" && word.space_before);
    if (power) ++n;
    if (ahead(n).kind == Tok::kCaret && ahead(n + 1).kind == Tok::kNumber) n += 2;
    if (ahead(n).kind == Tok::kEnd) return known;
    if (ahead(n).kind == Tok::kTimes || ahead(n).kind == Tok::kSlash) ++n;
  }
}

bool Parser::unit_follows() const {
  if (is(Tok::kText)) {
    const std::string words = plain_words(now().text);
    if (words.empty()) return true;
    return joint_of(now()) == Joint::kNone && words != "if" && words != "for" && words.find('(') == std::string::npos &&
           !(now().text.size() == 1 && now().payload == 1) && words.size() > (now().payload == 1 && !now().thin_before && !now().space_before ? 1U : 0U);
  }
  if (is(Tok::kCurrency)) return ahead(1).kind != Tok::kNumber;
  if (!is(Tok::kWord) || joint_of(now()) != Joint::kNone) return false;
  if (unit_run_follows()) return true;
  if ((now().text == "C" || now().text == "F") && at_ > 0 && tokens_[at_ - 1].kind == Tok::kDegree && ahead(1).kind == Tok::kEnd) return true;
  if (word_info(now().text).kind != Tok::kUnknown && now().text != "min" && now().text != "sec") return false;
  if (now().text == "in" && (ahead(1).kind == Tok::kOpen || ahead(1).kind == Tok::kConstant)) return false;
  if ((now().text == "min" || now().text == "sec") && (ahead(1).kind != Tok::kEnd || !now().space_before)) return false;
  if (is_unit_word(now().text)) return true;
  // "5 apples": a longer word after a blank at the end.
  return now().text.size() >= 4 && now().space_before && known_prefix(now().text) == 0 && (ahead(1).kind == Tok::kEnd || ahead(1).kind == Tok::kWord);
}

NodeId Parser::parse_unit(NodeId value) {
  std::string words;
  while (true) {
    if (is(Tok::kText) || is(Tok::kWord)) {
      if (joint_of(now()) != Joint::kNone) break;
      words += ' ';
      words += now().text;
      ++at_;
      if (is(Tok::kNumber) && now().payload == kAfterLetter && now().text.size() == 1) words += tokens_[at_++].text;  // cm2
      if (is(Tok::kDot) && ahead(1).kind == Tok::kWord) ++at_;                                                        // sq. ft
    } else if (is(Tok::kCurrency)) {
      words += now().text == "€" ? " euro" : now().text == "¥" ? " yen" : now().text == "£" ? " gbp" : " dollar";
      ++at_;
    } else if (is(Tok::kSlash) && (ahead(1).kind == Tok::kText ||
                                   (ahead(1).kind == Tok::kWord && (is_unit_word(ahead(1).text) || ahead(1).text.size() == 1 || ahead(1).text == "sec")))) {
      words += " /";
      ++at_;
    } else if (is(Tok::kTimes) && !words.empty() &&
               (ahead(1).kind == Tok::kText || (ahead(1).kind == Tok::kWord && (is_unit_word(ahead(1).text) || ahead(1).text.size() == 1)))) {
      words += " *";
      ++at_;
    } else if (is(Tok::kCaret) && !words.empty()) {
      ++at_;
      const std::string exponent = script_text();
      words += "^" + exponent;
    } else {
      break;
    }
  }
  UnitName unit = unit_of(words);
  // 5 million people
  while (unit.kind == UnitKind::kNoun) {
    const std::string_view first = std::string_view(unit.name).substr(0, unit.name.find(' '));
    const std::int64_t factor = scale_word(first);
    if (factor == 0) break;
    value = tree_.add(Op::kMultiply, {value, tree_.integer(factor)});
    unit = unit_of(std::string(unit.name.substr(std::min(unit.name.size(), first.size() + 1))));
  }
  // 5 percent of the total, 90 degrees clockwise
  const std::string first = unit.name.substr(0, unit.name.find(' '));
  if (unit.kind == UnitKind::kNoun && first.size() < unit.name.size() && (unit_of(first).percent || unit_of(first).degree)) {
    value = tree_.add(unit_of(first).percent ? Op::kPercent : Op::kDegree, {value});
    unit.name.erase(0, first.size() + 1);
  }
  // 20 feet high, 20 km/h east: a unit and a direction.
  const std::size_t gap = unit.name.rfind(' ');
  if (unit.kind == UnitKind::kNoun && gap != std::string::npos && !direction_of(std::string_view(unit.name).substr(gap + 1)).word.empty()) {
    const UnitName before = unit_of(std::string_view(words).substr(0, words.find_last_of(" ~")));
    if (before.kind == UnitKind::kMeasure && !before.degree && !before.percent) {
      value = tree_.add(Op::kUnit, {value}, tree_.intern(before.name), static_cast<std::uint8_t>(before.kind));
      unit.name.erase(0, gap + 1);
    }
  }
  if (unit.name.empty()) return value;
  if (unit.kind == UnitKind::kNoun && (changes_value(unit.name) || (has_symbol(tree_, value) && !(tree_.is(value, Op::kOpaque) && tree_.name(value) == "by") &&
                                                                    unit.name.substr(0, 4) != "unit")))
    fail("words after a formula");
  // 2 x 3 matrix: rows by columns, which do not commute.
  if (unit.kind == UnitKind::kNoun && (first == "matrix" || first == "matrices" || first == "array" || first == "table") && tree_.is(value, Op::kMultiply) &&
      tree_[value].count == 2)
    value = tree_.add(Op::kOpaque, {tree_.child(value, 0), tree_.child(value, 1)}, tree_.intern("by"));
  // 7 °C, 7 degrees Celsius
  if (tree_.is(value, Op::kDegree) && (unit.name == "C" || unit.name == "celsius" || unit.name == "centigrade")) unit.name = "celsius";
  if (tree_.is(value, Op::kDegree) && (unit.name == "F" || unit.name == "fahrenheit")) unit.name = "fahrenheit";
  if (unit.name == "celsius" || unit.name == "fahrenheit") unit.kind = UnitKind::kMeasure;
  if (unit.percent) return tree_.add(Op::kPercent, {value});
  if (unit.degree) return tree_.add(Op::kDegree, {value});
  return tree_.add(Op::kUnit, {value}, tree_.intern(unit.name), static_cast<std::uint8_t>(unit.kind));
}

}  // namespace lydian::math
