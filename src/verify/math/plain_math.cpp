#include "verify/math/plain_math.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/lexer.h"
#include "verify/math/number_words.h"
#include "verify/math/plain_pieces.h"

namespace lydian::math {
namespace {

constexpr std::array<std::string_view, 5> kUnitLetters = {"m", "g", "s", "h", "l"};  // Signs of units that are letters alone.

/// Whether two neighbours belong to one expression: not the letter and the number of "Case A 5".
bool joined(const Piece& left, const Piece& right) {
  if (left.kind == Kind::kBreak || right.kind == Kind::kBreak) return false;
  return !(left.kind == Kind::kLetter && right.kind == Kind::kNumber && right.gap);
}

/// Numbers, their units and signs of operations, no letters and no relations but equality.
bool is_arithmetic(const std::vector<Piece>& pieces, std::size_t from, std::size_t to) {
  static constexpr std::array<std::string_view, 19> kSigns = {"+", "-", "*",  "/",       "%",    "×",     "·",       "÷",  "−",         "⋅",
                                                              "x", "X", "of", "\\times", "plus", "times", "divided", "by", "multiplied"};
  for (std::size_t i = from; i < to; ++i) {
    const Piece& piece = pieces[i];
    if (piece.kind == Kind::kLetter || piece.kind == Kind::kName || piece.kind == Kind::kComma || piece.kind == Kind::kJoint) return false;
    if (piece.kind == Kind::kSign && !among(kSigns, piece.text)) return false;
  }
  return true;
}

/// What numbers count or name, instead of being values.
bool is_reference(std::string_view word) {
  static constexpr std::array<std::string_view, 26> kWords = {
      "case",    "step",   "theorem", "lemma",    "proposition", "corollary", "definition", "page",   "chapter", "section", "problem", "question", "exercise",
      "example", "figure", "table",   "equation", "eq",          "part",      "line",       "method", "formula", "version", "remark",  "note",     "footnote"};
  return among(kWords, in_small_letters(word));
}

bool is_approximately(std::string_view word) {
  static constexpr std::array<std::string_view, 6> kWords = {"about", "approximately", "roughly", "around", "approx", "equivalently"};
  return among(kWords, word);
}

/// Words before a condition or circumstance, which a comma ends: "for n = 5, f(n) = 7", "in 2020, 5 people".
bool opens_clause(std::string_view word) {
  static constexpr std::array<std::string_view, 18> kWords = {"for", "when", "if",    "since", "as", "with", "at",    "given", "because",
                                                              "in",  "on",   "after", "where", "by", "from", "using", "until", "before"};
  return among(kWords, in_small_letters(word));
}

/// Whether a clause ends before the piece `first`: "for n = 5", "in the first 15 minutes".
bool in_clause(const std::vector<Piece>& pieces, std::size_t first) {
  static constexpr std::array<std::string_view, 6> kVerbs = {"is", "are", "have", "has", "get", "be"};
  const auto is_word = [&](std::size_t i) { return pieces[i].kind == Kind::kBreak && letter(pieces[i].text[0]); };
  if (first > 0 && opens_clause(pieces[first - 1].text)) return true;
  for (std::size_t i = first, words = 0; i > 0 && words < 3 && is_word(i - 1); --i, ++words) {
    if (among(kVerbs, pieces[i - 1].text)) return false;
    if (opens_clause(pieces[i - 1].text)) return i == 1 || !is_word(i - 2);
  }
  return false;
}

/// Where the run that ends with the piece `last` begins, once steps before it are off: what a clause or arithmetic says before a comma.
std::size_t behind_steps(const std::vector<Piece>& pieces, std::size_t first, std::size_t anchor) {
  const bool clause = in_clause(pieces, first);
  std::size_t begin = first, depth = 0;
  for (std::size_t i = first; i < anchor; ++i) {
    if (pieces[i].kind == Kind::kOpen) ++depth;
    if (pieces[i].kind == Kind::kClose && depth > 0) --depth;
    if (depth > 0 || (pieces[i].kind != Kind::kComma && pieces[i].kind != Kind::kJoint)) continue;
    const bool equation = std::any_of(pieces.begin() + static_cast<std::ptrdiff_t>(begin), pieces.begin() + static_cast<std::ptrdiff_t>(i),
                                      [](const Piece& piece) { return piece.kind == Kind::kEquals; });
    if ((clause && pieces[i].kind == Kind::kComma) || (equation && is_arithmetic(pieces, begin, i))) begin = i + 1;
  }
  return begin;
}

/// Where a sign of a unit that is a letter alone begins, with all that follows it: 12 m, 9.8 m/s^2. `last` where there is none.
std::size_t unit_letters(const std::vector<Piece>& pieces, std::size_t first, std::size_t last) {
  std::size_t at = first;
  while (at < last && pieces[at].kind != Kind::kLetter) {
    const bool formula = pieces[at].kind == Kind::kName && at + 1 < last && pieces[at + 1].kind == Kind::kLetter;
    if ((pieces[at].kind == Kind::kName && !formula) || pieces[at].kind == Kind::kComma || pieces[at].kind == Kind::kJoint) return last;
    ++at;
  }
  if (at == first || at == last) return last;
  const bool behind_formula = pieces[at - 1].kind == Kind::kName && pieces[at - 1].text.find_first_of("$(") < 2;
  const bool power = at + 1 < last && (pieces[at + 1].text == "²" || pieces[at + 1].text == "³") && pieces[at].text == "m";
  if ((pieces[at - 1].kind != Kind::kNumber && !behind_formula) || (!pieces[at].gap && !power)) return last;
  for (std::size_t i = at; i < last; ++i) {
    const Piece& piece = pieces[i];
    static constexpr std::array<std::string_view, 7> kSigns = {"/", "^", "²", "³", "*", "·", "-"};
    const bool exponent = piece.kind == Kind::kNumber && !piece.gap;
    if (!exponent && piece.kind != Kind::kUnit && !(piece.kind == Kind::kLetter && among(kUnitLetters, piece.text)) &&
        !(piece.kind == Kind::kSign && !piece.gap && among(kSigns, piece.text)))
      return last;
  }
  return at;
}

/// Whether a number is a price: of "$7 per hour" the price is the value.
bool is_price(const Piece& piece) {
  return piece.kind == Kind::kNumber && (piece.text[0] == '$' || piece.text[0] == '\\' || static_cast<unsigned char>(piece.text[0]) == 0xE2U);
}

std::string written(const std::vector<Piece>& pieces, std::size_t first, std::size_t last) {
  std::string out;
  const auto is_rate = [&](const Piece& piece) { return (piece.kind == Kind::kUnit && scale_word(piece.text) == 0) || piece.text == "/"; };
  const bool price = std::any_of(pieces.begin() + static_cast<std::ptrdiff_t>(first), pieces.begin() + static_cast<std::ptrdiff_t>(last), is_price);
  while (price && last > first + 1 && is_rate(pieces[last - 1])) --last;
  const std::size_t unit = unit_letters(pieces, first, last);
  for (std::size_t i = first; i < last; ++i) {
    if (i == unit) out += "\\text{";
    if (pieces[i].gap && (i > first || i == unit)) out += ' ';
    out += pieces[i].text;
  }
  if (unit < last) out += '}';
  return out;
}

bool is_box(const Piece& piece) {
  return piece.text.find("\\boxed") != std::string_view::npos || piece.text.find("\\fbox") != std::string_view::npos;
}

/// The 18th floor.
bool is_ordinal(const Piece& piece) {
  return piece.text == "th" || piece.text == "st" || piece.text == "nd" || piece.text == "rd";
}

/// Whether a sign leaves what stands behind it a value by itself: x \in \boxed{[3,4]}.
bool introduces(std::string_view sign) {
  static constexpr std::array<std::string_view, 11> kSigns = {"\\approx", "≈", "\\equiv", "≡", "\\in", "∈", "\\simeq", ":", "\\cong", "%", "\\sim"};
  return among(kSigns, sign);
}

/// Whether the sign at `i` stands behind a value that it leaves as it is: degrees and percent.
bool is_mark(const std::vector<Piece>& pieces, std::size_t i) {
  static constexpr std::array<std::string_view, 6> kMarks = {"\\circ", "°", "\\degree", "\\%", "%", "\\textdegree"};
  if (pieces[i].text == "^") {
    if (++i < pieces.size() && pieces[i].kind == Kind::kOpen) ++i;
    return i < pieces.size() && (among(kMarks, pieces[i].text) || pieces[i].text == "o");
  }
  return among(kMarks, pieces[i].text);
}

/// Whether brackets with blanks inside are left of the signs of a formula: [ x = □ ].
bool left_over(const std::vector<Piece>& pieces, std::size_t before, std::size_t behind) {
  if (before == 0 || pieces[before - 1].kind != Kind::kEquals || pieces[behind].kind != Kind::kClose || !pieces[behind].gap) return false;
  std::size_t depth = 0;
  for (std::size_t i = before; i-- > 0;) {
    const Kind kind = pieces[i].kind;
    if (kind == Kind::kClose) ++depth;
    if (kind == Kind::kOpen && depth == 0) return pieces[i + 1].gap;
    if (kind == Kind::kOpen) --depth;
    if (kind == Kind::kBreak || (depth == 0 && (kind == Kind::kComma || kind == Kind::kJoint))) return false;
  }
  return false;
}

/// Whether it is a cell of a table: | Answer | □ |
bool is_cell(const std::vector<Piece>& pieces, std::size_t before, std::size_t behind) {
  if (before < 2 || behind >= pieces.size() || pieces[before - 1].text != "|" || pieces[behind].text != "|") return false;
  return pieces[before].gap && pieces[behind].gap && pieces.front().text == "|" && pieces.back().text == "|";
}

/// Whether it begins a line that is quoted: > □
bool is_quoted(std::string_view text, const std::vector<Piece>& pieces, std::size_t before) {
  if (before != 1 || pieces[0].text != ">" || !pieces[1].gap) return false;
  return pieces[0].begin == 0 || text[pieces[0].begin - 1] == '\n';
}

/// A dash behind words or "Step 5", and no sign of a difference.
bool is_dash(const std::vector<Piece>& pieces, std::size_t before) {
  static constexpr std::array<std::string_view, 3> kLabels = {"option", "choice", "answer"};
  if ((pieces[before - 1].text != "-" && pieces[before - 1].text != "–") || !pieces[before].gap) return false;
  if (before < 2 || !is_value(pieces[before - 2].kind)) return true;
  return before > 2 && (is_reference(pieces[before - 3].text) || among(kLabels, in_small_letters(pieces[before - 3].text)));
}

/// Whether a formula, or what stands for one, begins or ends with a sign that wants a value beside it.
bool wants_value(std::string_view formula, bool at_end) {
  const std::size_t sign = starts(formula, "\\(") && formula.ends_with("\\)") ? 2 : formula.front() == '$' && formula.back() == '$' ? 1 : 0;
  if (sign == 0 || formula.size() < 2 * sign + 1) return false;
  formula = formula.substr(sign, formula.size() - 2 * sign);
  const std::size_t at = at_end ? formula.find_last_not_of(" $~") : formula.find_first_not_of(" $~");
  if (at == std::string_view::npos) return false;
  const std::string_view shown = formula.substr(0, at + 1);
  static constexpr std::array<std::string_view, 3> kSigns = {"\\times", "\\cdot", "\\div"};
  const auto is_at = [&](std::string_view sign) { return at_end ? shown.ends_with(sign) : starts(formula.substr(at), sign); };
  return std::string_view("+-*/^").find(formula[at]) != std::string_view::npos || std::any_of(kSigns.begin(), kSigns.end(), is_at);
}

bool is_or(std::string_view joint) {
  return joint.find("or") != std::string_view::npos;
}

void look_before(const std::vector<Piece>& pieces, std::size_t before, bool in_formula, Surroundings& around) {
  static constexpr std::array<std::string_view, 5> kCurrencies = {"\\$", "€", "£", "¥", "₹"};
  static constexpr std::array<std::string_view, 6> kOperations = {"+", "-", "*", "/", "\\times", "\\cdot"};
  if (before == 0) return;
  const Piece& left = pieces[before - 1];
  around.begins = left.kind == Kind::kBreak;
  // A new row goes on with what the last one ended with.
  std::size_t row = before;
  while (in_formula && row > 0 && (pieces[row - 1].text == "\\\\" || pieces[row - 1].text == "&")) --row;
  if (row < before && row > 0 && among(kOperations, pieces[row - 1].text)) around.part = true;
  const bool bullet = before == 1 && left.text == "\\bullet";
  if (left.kind == Kind::kSign && !bullet)
    around.part = around.part || !(introduces(left.text) || (!in_formula && is_dash(pieces, before)) || is_mark(pieces, before - 1));
  if (left.kind == Kind::kOpen) around.part = true;
  if (is_value(left.kind) && !is_box(left) && !among(kCurrencies, left.text) && !bullet)
    around.part = around.part || in_formula || !pieces[before].gap || wants_value(left.text, true);
  for (std::size_t i = before; i-- > 1 && pieces[i].kind != Kind::kBreak;) {
    if (pieces[i].kind != Kind::kJoint || !is_or(pieces[i].text) || !(is_value(pieces[i - 1].kind) || is_mark(pieces, i - 1)) || is_box(pieces[i - 1]))
      continue;
    around.earlier = {pieces[i - 1].begin, pieces[i - 1].end};
    break;
  }
}

/// Whether a value stands at `at` that "and" joins as one more, and no clause: "4 and -4."
bool is_further_value(std::string_view text, const std::vector<Piece>& pieces, std::size_t at) {
  bool digits = false;
  for (; at < pieces.size() && pieces[at].kind != Kind::kBreak; ++at) {
    const bool formula = pieces[at].text.front() == '$';
    if (pieces[at].kind == Kind::kLetter || pieces[at].kind == Kind::kEquals || (pieces[at].kind == Kind::kName && !formula)) return false;
    if (formula && std::any_of(pieces[at].text.begin(), pieces[at].text.end(), letter)) return false;
    digits = digits || pieces[at].kind == Kind::kNumber || formula;
  }
  return digits && (at == pieces.size() || !letter(text[pieces[at].begin]));
}

void look_behind(std::string_view text, const std::vector<Piece>& pieces, std::size_t behind, bool in_formula, Surroundings& around) {
  around.ends = behind >= pieces.size() || pieces[behind].kind == Kind::kBreak;
  if (around.ends) return;
  // "□, or 6"
  if (pieces[behind].kind == Kind::kComma && behind + 1 < pieces.size() && pieces[behind + 1].kind == Kind::kJoint) ++behind;
  const Piece& right = pieces[behind];
  const bool value_next = behind + 1 < pieces.size() && pieces[behind + 1].kind != Kind::kBreak;
  static constexpr std::array<std::string_view, 8> kHarmless = {"of", "in", "to", "by", "out", "per", "\\pmod", "\\bmod"};
  static constexpr std::array<std::string_view, 2> kScales = {"C", "F"};
  const bool formula = right.text.find('$') < 2 || starts(right.text, "\\(");
  const bool unit_letter = !in_formula && right.kind == Kind::kLetter && right.gap && among(kUnitLetters, right.text);
  const bool degrees = right.kind == Kind::kName && is_mark(pieces, behind);
  const bool scale = degrees && value_next && !pieces[behind + 1].gap && among(kScales, pieces[behind + 1].text);
  const bool base = in_formula && right.text == "_" && value_next && pieces[behind + 1].kind == Kind::kNumber;
  if (right.kind == Kind::kClose) around.part = true;
  // □^\circ\pi
  if (right.text == "^" && is_mark(pieces, behind)) {
    const std::size_t next = behind + (pieces[behind + 1].kind == Kind::kOpen ? 4 : 2);
    if (next < pieces.size() && pieces[next].kind == Kind::kName && !is_box(pieces[next]) && pieces[next].text.front() != '$') around.part = true;
  }
  if (right.kind == Kind::kOpen) around.part = around.part || !right.gap;
  if (base || scale) {
    around.unit = text.substr(right.begin, pieces[behind + 1].end - right.begin);
  } else if (degrees && value_next && in_formula && is_value(pieces[behind + 1].kind)) {
    around.part = true;
  } else if (right.kind == Kind::kSign && !is_mark(pieces, behind) && !among(kHarmless, right.text) && (!introduces(right.text) || right.text == ":")) {
    const bool postfix = right.text == "!" ? in_formula : static_cast<unsigned char>(right.text[0]) >= 0x80U;
    around.part = around.part || value_next || (postfix && !right.gap);
  } else if (right.kind == Kind::kUnit || unit_letter || right.text == "\\Omega" || right.text == "Ω") {
    std::size_t last = behind;
    while (last + 1 < pieces.size() && (pieces[last + 1].kind == Kind::kUnit || (!pieces[last + 1].gap && pieces[last + 1].kind != Kind::kBreak))) ++last;
    around.unit = text.substr(right.begin, pieces[last].end - right.begin);
  } else if (right.kind == Kind::kLetter || right.kind == Kind::kNumber) {
    around.part = around.part || in_formula || !right.gap;
  } else if (right.kind == Kind::kName && !is_box(right) && !is_ordinal(right) && !degrees) {
    around.part = around.part || in_formula || !right.gap || !formula || wants_value(right.text, false);
  }
  if (right.kind == Kind::kEquals && value_next && pieces[behind + 1].kind == Kind::kNumber)
    around.alternative = {pieces[behind + 1].begin, pieces[behind + 1].end};
  if (right.kind == Kind::kJoint && value_next && !is_box(pieces[behind + 1]) && (is_or(right.text) || is_further_value(text, pieces, behind + 1)))
    around.alternative = {pieces[behind + 1].begin, pieces[behind + 1].end};
}

}  // namespace

Surroundings surroundings(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas, bool in_formula) {
  const std::vector<Piece> pieces = line_around(text, place, formulas).pieces;
  Surroundings around;
  const auto found = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.end > place.begin; });
  if (found == pieces.end() || found->kind == Kind::kBreak) return around;
  // A root or quotient around it.
  around.part = found->begin < place.begin || found->end > place.end;
  auto before = static_cast<std::size_t>(found - pieces.begin()), behind = before + 1;  // Behind the pieces before it; the next.
  while (behind < pieces.size() && pieces[behind].begin < place.end) ++behind;          // The 4 of \boxed 4.
  while (before > 0 && behind < pieces.size() && pieces[before - 1].kind == Kind::kOpen && pieces[behind].kind == Kind::kClose) {
    --before;
    ++behind;
  }
  if (!in_formula && (is_cell(pieces, before, behind) || is_quoted(text, pieces, before))) before = 0;
  if (!in_formula && behind < pieces.size() && (is_cell(pieces, before, behind) || left_over(pieces, before, behind))) ++behind;
  look_before(pieces, before, in_formula, around);
  look_behind(text, pieces, behind, in_formula, around);
  // "□ (or 5)"
  if (around.ends && behind + 2 < pieces.size() && pieces[behind].text == "(" && pieces[behind + 1].text == "or" && pieces[behind + 2].kind != Kind::kBreak)
    around.alternative = {pieces[behind + 2].begin, pieces[behind + 2].end};
  return around;
}

bool can_be_formula(std::string_view text, TextSpan formula) {
  if (text[formula.begin] != '$' || !digit(text[formula.begin + 1])) return true;
  return !blank(text[formula.end - 2]) && !(formula.end < text.size() && digit(text[formula.end]));
}

std::size_t last_number(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 0;) {
    if (digit(text[at])) return at;
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0xC0U) continue;
    std::size_t length = 1;
    const std::string_view spelling = unicode_spelling(text, at, length);
    if (spelling.size() < 2 || spelling[0] != '\\') continue;
    const Tok kind = command_info(command_at(spelling, 0)).kind;
    if (kind == Tok::kFrac || kind == Tok::kConstant) return at;
  }
  return std::string_view::npos;
}

PlainRun plain_run(std::string_view text, TextSpan around, const std::vector<TextSpan>& formulas) {
  // A formula that the place is in may go over several lines.
  const auto in = std::partition_point(formulas.begin(), formulas.end(), [&](const TextSpan& formula) { return formula.end <= around.begin; });
  if (in != formulas.end() && in->begin <= around.begin && can_be_formula(text, *in)) around = *in;
  const auto [pieces, asides] = line_around(text, around, formulas);
  PlainRun run{around.begin, around.end, around.begin, {}};
  const auto found = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.end > around.begin; });
  if (found == pieces.end() || found->kind == Kind::kBreak) return run;
  auto anchor = static_cast<std::size_t>(found - pieces.begin());
  // A remark in brackets behind the answer: 1/3 (or about 0.33).
  for (const auto& [open, close] : asides) {
    if (open >= anchor || anchor >= close || open == 0 || !is_value(pieces[open - 1].kind)) continue;
    if (pieces[open + 1].text == "but") return run;
    if (pieces[open + 1].text == "or" && !is_approximately(pieces[open + 2].text)) return run;
    anchor = open - 1;
    break;
  }
  std::size_t first = anchor, last = anchor + 1;
  while (first > 0 && joined(pieces[first - 1], pieces[first])) --first;
  while (last < pieces.size() && joined(pieces[last - 1], pieces[last])) ++last;
  first = behind_steps(pieces, first, anchor);
  // What joins it to words is no part of it; the name of a value in words is none of its parts either.
  const auto loose = [&](const Piece& piece) { return piece.kind == Kind::kComma || piece.kind == Kind::kJoint || piece.kind == Kind::kEquals; };
  while (first < anchor && loose(pieces[first])) ++first;
  while (last > anchor + 1 && (loose(pieces[last - 1]) || (pieces[last - 1].text == "-" && pieces[last - 1].gap && last < pieces.size() && pieces[last].gap)))
    --last;
  run.begin = run.from = pieces[first].begin;
  run.end = pieces[last - 1].end;
  const auto is_hyphen = [](const Piece& piece) { return piece.text == "-" || piece.text == "/"; };
  // Theorem 5, Covid-19, 5-digit
  if (first > 0 && is_reference(pieces[first - 1].text)) return run;
  if (first > 0 && first + 1 < last && pieces[first].text == "+" && pieces[first].gap && pieces[first + 1].gap) return run;
  if (first > 0 && is_hyphen(pieces[first]) && !pieces[first].gap && letter(text[pieces[first].begin - 1])) return run;
  if (last < pieces.size() && is_hyphen(pieces[last - 1]) && !pieces[last].gap && letter(text[pieces[last].begin])) return run;
  // 3 + 4 = 7
  std::size_t equals = last;
  while (equals > first && pieces[equals - 1].kind != Kind::kEquals) --equals;
  // Of several equality signs all must hold.
  const bool single = std::count_if(pieces.begin() + static_cast<std::ptrdiff_t>(first), pieces.begin() + static_cast<std::ptrdiff_t>(last),
                                    [](const Piece& piece) { return piece.kind == Kind::kEquals; }) == 1;
  if (single && is_arithmetic(pieces, first, equals) && equals < last) {
    run.begin = pieces[equals].begin;
    run.text = written(pieces, equals, last);
  } else {
    run.text = written(pieces, first, last);
  }
  return run;
}

}  // namespace lydian::math
