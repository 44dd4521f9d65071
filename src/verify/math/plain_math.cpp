#include "verify/math/plain_math.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verify/math/characters.h"
#include "verify/math/lexer.h"
#include "verify/math/number_words.h"
#include "verify/math/units.h"

namespace lydian::math {
namespace {

constexpr std::size_t kWindow = 1000;  // Bytes to either side, beyond which no run is followed.

enum class Kind : std::uint8_t { kBreak, kNumber, kLetter, kName, kUnit, kSign, kEquals, kOpen, kClose, kComma, kJoint };

struct Piece {
  Kind kind = Kind::kBreak;
  std::size_t begin = 0, end = 0;
  bool gap = false;       ///< A blank before it.
  std::string_view text;  ///< What stands for it.
};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_value(Kind kind) {
  return kind == Kind::kNumber || kind == Kind::kLetter || kind == Kind::kName || kind == Kind::kUnit || kind == Kind::kClose;
}

/// Words that make one expression of the two values beside them.
bool is_between(std::string_view word) {
  static constexpr std::array<std::string_view, 16> kWords = {"to",   "by",     "in",      "of",  "over", "mod",   "modulo", "base",
                                                              "plus", "choose", "divided", "out", "per",  "times", "minus",  "multiplied"};
  return among(kWords, word);
}

/// A line of text as pieces of mathematics and breaks between them. Linear in its length.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t from, std::size_t to, const std::vector<TextSpan>& formulas)
      : text_(text), at_(from), to_(to), formulas_(formulas) {
    next_formula_ = static_cast<std::size_t>(
        std::partition_point(formulas.begin(), formulas.end(), [&](const TextSpan& formula) { return formula.begin < from; }) - formulas.begin());
    line_begin_ = from;
  }

  std::vector<Piece> run() {
    while (at_ < to_) step();
    break_brackets_with_words();
    return std::move(pieces_);
  }
  /// Brackets with words inside, as indices of their pieces.
  const std::vector<std::pair<std::size_t, std::size_t>>& asides() const { return asides_; }

 private:
  char peek(std::size_t at) const { return at < to_ ? text_[at] : '\0'; }
  bool touches_before(std::size_t at) const {
    if (at == 0 || at <= line_begin_) return false;
    const char c = text_[at - 1];
    return digit(c) || letter(c) || c == ')' || c == '}' || c == ']' || c == '$' || (static_cast<unsigned char>(c) & 0x80U) != 0;
  }
  bool touches_after(std::size_t at) const {
    const char c = peek(at);
    return digit(c) || letter(c) || c == '(' || c == '{' || c == '[' || c == '$' || c == '\\' || (static_cast<unsigned char>(c) & 0x80U) != 0;
  }
  bool after_value() const { return !pieces_.empty() && is_value(pieces_.back().kind); }
  bool glued() const { return !pieces_.empty() && pieces_.back().end == at_; }

  void push(Kind kind, std::size_t end) { push(kind, end, text_.substr(at_, end - at_)); }
  void push(Kind kind, std::size_t end, std::string_view text) {
    pieces_.push_back({kind, at_, end, gap_, text});
    gap_ = false;
    at_ = end;
  }
  void skip(std::size_t length) { at_ += length; }

  void step() {
    const char c = text_[at_];
    while (next_formula_ < formulas_.size() && formulas_[next_formula_].begin < at_) ++next_formula_;
    if (next_formula_ < formulas_.size() && formulas_[next_formula_].begin == at_ && can_be_formula(text_, formulas_[next_formula_]))
      return push(Kind::kName, formulas_[next_formula_].end);
    if (blank(c) || c == '~') {
      gap_ = true;
      return skip(1);
    }
    if (digit(c) || (c == '.' && digit(peek(at_ + 1)) && !touches_before(at_))) return number(at_);
    if (letter(c)) return word();
    if (c == '\\') return command();
    if (static_cast<unsigned char>(c) < 0x80U) return sign(c);
    unicode();
  }

  void number(std::size_t digits) {
    std::size_t end = digits;
    while (digit(peek(end)) || ((text_[end] == '.' || text_[end] == ',') && digit(peek(end + 1)))) {
      if (++end >= to_) break;
    }
    push(Kind::kNumber, end);
  }

  /// Whether a value, or a further word between two values, follows.
  bool operand_follows(std::size_t at) const {
    while (at < to_) {
      while (at < to_ && blank(text_[at])) ++at;
      const char c = peek(at);
      if (digit(c) || c == '$' || c == '(' || c == '\\' || (c == '-' && digit(peek(at + 1)))) return true;
      std::size_t end = at;
      while (end < to_ && letter(text_[end])) ++end;
      if (end == at) return (static_cast<unsigned char>(c) & 0x80U) != 0 && is_number_sign(at);
      const std::string low = in_small_letters(text_.substr(at, end - at));
      if (low.size() == 1) return low != "a" && low != "i" && peek(end) != '.' && peek(end) != '\'';
      if (word_info(low).kind == Tok::kFunction || word_info(low).kind == Tok::kConstant || word_info(low).kind == Tok::kSqrt) return true;
      if (!is_between(low)) return false;
      at = end;
    }
    return false;
  }

  bool is_number_sign(std::size_t at) const {
    std::size_t length = 1;
    const std::string_view spelling = unicode_spelling(text_, at, length);
    if (spelling.size() < 2 || spelling[0] != '\\') return spelling == "-";
    const Tok kind = command_info(command_at(spelling, 0)).kind;
    return kind == Tok::kFrac || kind == Tok::kConstant || kind == Tok::kSqrt || kind == Tok::kSymbol;
  }

  void word() {
    std::size_t end = at_;
    while (end < to_ && letter(text_[end])) ++end;
    const Kind kind = word_kind(text_.substr(at_, end - at_), end);
    push(kind, end);
    Piece& piece = pieces_.back();
    if (piece.kind == Kind::kJoint && a_part_follows()) return;
    if (piece.kind == Kind::kSign && (piece.text == "negative" || piece.text == "minus")) piece.text = "-";
  }

  /// "2 and a half" is 2 1/2.
  bool a_part_follows() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kParts = {
        {{" a half", "1/2"}, {" a third", "1/3"}, {" a quarter", "1/4"}, {" one half", "1/2"}}};
    if (pieces_.size() < 2 || pieces_.back().text != "and") return false;
    const Piece& whole = pieces_[pieces_.size() - 2];
    if (whole.kind != Kind::kNumber && !(whole.kind == Kind::kName && whole.text[0] == '$')) return false;
    for (const auto& [words, part] : kParts) {
      if (!starts(text_.substr(at_, to_ - at_), words) || letter(peek(at_ + words.size()))) continue;
      pieces_.back() = {Kind::kNumber, pieces_.back().begin, at_ + words.size(), true, part};
      at_ += words.size();
      return true;
    }
    return false;
  }

  Kind word_kind(std::string_view word, std::size_t& end) {
    const std::string low = in_small_letters(word);
    if (after_value() && pieces_.back().kind != Kind::kLetter && half_of_a_day(end)) return Kind::kUnit;
    const bool on_value = glued() && after_value();
    const bool behind_number = !pieces_.empty() && (pieces_.back().kind == Kind::kNumber || pieces_.back().kind == Kind::kName ||
                                                    pieces_.back().kind == Kind::kClose || pieces_.back().kind == Kind::kUnit);
    const bool in_unit = !pieces_.empty() && pieces_.back().kind == Kind::kSign && pieces_.size() > 1 && pieces_[pieces_.size() - 2].kind == Kind::kUnit;
    // It's
    const std::size_t mark = peek(end) == '\'' ? 1 : starts(text_.substr(end, to_ - end), "’") ? 3 : 0;
    if (mark > 0 && letter(peek(end + mark))) {
      for (end += mark; letter(peek(end));) ++end;
      return Kind::kBreak;
    }
    // 3 x 4
    if (low == "x" && !pieces_.empty() && pieces_.back().kind == Kind::kNumber && digit_follows(end)) return Kind::kSign;
    if (word.size() == 1) return letter_kind(word[0], end);
    const CommandInfo info = word_info(word);
    if ((behind_number || in_unit || (glued() && !pieces_.empty() && pieces_.back().text == "/")) && (is_unit_word(word) || scale_word(low) > 0) &&
        (low != "in" || (!operand_follows(end) && ends_here(end))))
      return Kind::kUnit;
    if (pieces_.size() > 0 && pieces_.back().kind == Kind::kUnit && (low == "squared" || low == "cubed")) return Kind::kUnit;
    if (low == "per" && behind_number && unit_follows(end)) return Kind::kUnit;
    if (low == "and" || low == "or") return Kind::kJoint;
    if ((low == "negative" || low == "minus") && operand_follows(end)) return Kind::kSign;
    const bool after_between = !pieces_.empty() && pieces_.back().kind == Kind::kSign && is_between(pieces_.back().text);
    const bool modulus = low == "mod" && !pieces_.empty() && pieces_.back().kind == Kind::kOpen;
    // "3 in 4", but not "26 inches in 13 years".
    const bool in_between = after_between || (after_value() && (low != "in" || pieces_.back().kind == Kind::kNumber));
    if (((is_between(low) && in_between) || modulus) && operand_follows(end)) return Kind::kSign;
    if (info.kind == Tok::kConstant || info.kind == Tok::kSymbol) return Kind::kName;
    if ((info.kind == Tok::kFunction || info.kind == Tok::kSqrt) && (on_value || operand_follows(end))) return Kind::kName;
    if (low == "union" && after_value()) return Kind::kSign;
    // x2 and CO2, 5th and 5sqrt: one word with its digits.
    return on_value || digit(peek(end)) ? Kind::kName : Kind::kBreak;
  }

  // A letter that stands alone is a name, but for the words "a" and "I".
  Kind letter_kind(char c, std::size_t end) const {
    if (c != 'a' && c != 'A' && c != 'I') return Kind::kLetter;
    if (glued() && !pieces_.empty() && pieces_.back().kind != Kind::kBreak) return Kind::kLetter;
    std::size_t next = end;
    while (next < to_ && blank(text_[next])) ++next;
    const bool operation = !pieces_.empty() && (pieces_.back().kind == Kind::kSign || pieces_.back().kind == Kind::kEquals);
    return operation || (next < to_ && std::string_view("=+-*/^_<>)|!,").find(text_[next]) != std::string_view::npos) || (next == end && touches_after(end))
               ? Kind::kLetter
               : Kind::kBreak;
  }

  bool digit_follows(std::size_t at) const {
    while (at < to_ && blank(text_[at])) ++at;
    return digit(peek(at)) || (peek(at) == '$' && digit(peek(at + 1)));
  }
  bool ends_here(std::size_t at) const {
    while (at < to_ && (blank(text_[at]) || text_[at] == '.' || text_[at] == '*')) ++at;
    return at >= to_ || !(letter(text_[at]) || digit(text_[at]));
  }
  bool unit_follows(std::size_t at) const {
    while (at < to_ && blank(text_[at])) ++at;
    std::size_t end = at;
    while (end < to_ && letter(text_[end])) ++end;
    return is_unit_word(text_.substr(at, end - at));
  }

  /// 10:30 a.m., 4 pm; the end goes behind the point.
  bool half_of_a_day(std::size_t& end) const {
    const char first = lower(text_[at_]);
    if (first != 'a' && first != 'p') return false;
    if (end == at_ + 2 && lower(text_[at_ + 1]) == 'm') return pieces_.back().kind == Kind::kNumber;
    if (end != at_ + 1 || peek(end) != '.' || lower(peek(end + 1)) != 'm' || letter(peek(end + 2))) return false;
    end += peek(end + 2) == '.' ? 3 : 2;
    return true;
  }

  // A LaTeX command with its arguments.
  void command() {
    const std::string_view name = command_at(text_.substr(0, to_), at_);
    std::size_t end = at_ + 1 + name.size();
    if (name.empty()) {
      const char c = peek(end);
      if (c == '$') return digit(peek(end + 1)) ? number(end + 1) : push(Kind::kUnit, end + 1);
      if (c == '%') return push(Kind::kSign, end + 1);
      if (c == '{' || c == '}') return push(c == '{' ? Kind::kOpen : Kind::kClose, end + 1);
      if (c == '(' || c == ')' || c == '[' || c == ']') return skip(2);
      if (c == '\\') return push(Kind::kBreak, end + 1);
      gap_ = gap_ || c != '!';
      return skip(2);
    }
    const CommandInfo info = command_info(name);
    if (info.kind == Tok::kText && words_in_braces(end)) return;
    if (info.kind == Tok::kText || (info.kind == Tok::kGroupCommand && info.payload != 2)) {
      gap_ = gap_ || info.payload == 1;
      return skip(end - at_);
    }
    const Kind kind = is_arrow(name) || is_end_mark(name) ? Kind::kBreak : kind_of(info.kind);
    const bool arguments = kind == Kind::kName || kind == Kind::kBreak;
    while (arguments && (peek(end) == '{' || (peek(end) == '[' && name == "sqrt"))) {
      const char close = text_[end] == '{' ? '}' : ']';
      std::size_t depth = 0, i = end;
      for (; i < to_; ++i) {
        if (text_[i] == text_[end]) ++depth;
        if (text_[i] == close && --depth == 0) break;
      }
      end = std::min(i + 1, to_);
    }
    push(kind, end);
  }

  /// \text{ cm} behind a value, \text{ or }: pieces as without the command.
  bool words_in_braces(std::size_t open) {
    if (peek(open) != '{') return false;
    const std::size_t close = text_.find_first_of("{}\\", open + 1);
    if (close == std::string_view::npos || close >= to_ || text_[close] != '}') return false;
    const std::string words = plain_words(text_.substr(open + 1, close - open - 1));
    const bool unit = after_value() && unit_of(words).kind != UnitKind::kNoun;
    if (!unit && words != "or" && words != "and") return false;
    push(unit ? Kind::kUnit : Kind::kJoint, close + 1);
    return true;
  }

  static bool is_arrow(std::string_view name) { return name == "to" || name == "iff" || name == "implies" || name == "mapsto" || name.ends_with("arrow"); }

  /// The end of a proof.
  static bool is_end_mark(std::string_view name) { return name == "checkmark" || name == "square" || name == "star"; }

  static Kind kind_of(Tok token) {
    switch (token) {
      case Tok::kOpen:
        return Kind::kOpen;
      case Tok::kClose:
        return Kind::kClose;
      case Tok::kComma:
      case Tok::kSemicolon:
        return Kind::kComma;
      case Tok::kOr:
      case Tok::kAnd:
        return Kind::kJoint;
      case Tok::kTimes:
      case Tok::kSlash:
      case Tok::kRelation:
      case Tok::kUnion:
      case Tok::kIntersection:
      case Tok::kSetMinus:
      case Tok::kPlusMinus:
      case Tok::kMinusPlus:
      case Tok::kCaret:
      case Tok::kPercent:
      case Tok::kPrime:
      case Tok::kBar:
      case Tok::kMod:
        return Kind::kSign;
      case Tok::kEllipsis:
      case Tok::kBegin:
      case Tok::kEndEnvironment:
      case Tok::kNewRow:
      case Tok::kAmpersand:
      case Tok::kGroupCommand:
      case Tok::kUnknown:
        return Kind::kBreak;
      case Tok::kDegree:
      default:
        return Kind::kName;
    }
  }

  void sign(char c) {
    const std::size_t next = at_ + 1;
    switch (c) {
      case '(':
      case '[':
      case '{':
        return push(Kind::kOpen, next);
      case ')':
      case ']':
      case '}':
        return push(Kind::kClose, next);
      case ',':
      case ';':
        return push(Kind::kComma, next);
      case '&':
        return push(gap_ && after_value() && digit_follows(next) ? Kind::kJoint : Kind::kBreak, next);
      case '$':
        if (digit(peek(next)) || (peek(next) == '.' && digit(peek(next + 1)))) return number(next);
        return skip(1);
      case '*':
      case '_':
        return star(c);
      case '=':
        if (peek(next) == '>') return push(Kind::kBreak, next + 1);
        return push(Kind::kEquals, peek(next) == '=' ? next + 1 : next);
      case '<':
      case '>':
        // <<3+4=7>>, <|end|>, <think>
        if (peek(next) == c || peek(next) == '|') return push(Kind::kBreak, next + 1);
        if (const std::size_t end = c == '<' ? tag_end(next) : 0; end > 0) return push(Kind::kBreak, end);
        return push(Kind::kSign, peek(next) == '=' ? next + 1 : next);
      case '-':
        return minus(next);
      case '!':
        if (peek(next) == '=') return push(Kind::kSign, next + 1);
        return push(touches_before(at_) ? Kind::kSign : Kind::kBreak, next);
      case ':':
        if (peek(next) == '=') return push(Kind::kEquals, next + 1);
        return push(is_ratio(next) ? Kind::kSign : Kind::kBreak, next);
      case '\'':
        return push(touches_before(at_) && touches_after(next) ? Kind::kSign : Kind::kBreak, next);
      case '+':
      case '/':
      case '^':
      case '%':
      case '|':
        return push(Kind::kSign, next);
      default:
        return push(Kind::kBreak, next);
    }
  }

  std::size_t tag_end(std::size_t at) const {
    if (peek(at) == '/') ++at;
    std::size_t end = at;
    while (letter(peek(end))) ++end;
    return peek(end) == '>' && (end > at + 2 || text_[at - 1] == '/') ? end + 1 : 0;
  }

  void minus(std::size_t next) {
    if (peek(next) == '>' || peek(next) == '-') return push(Kind::kBreak, next + 1);
    const bool first = std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(line_begin_), text_.begin() + static_cast<std::ptrdiff_t>(at_), blank);
    if (first && blank(peek(next))) return skip(1);  // An item of a list.
    // "Final answer - 7"
    static constexpr std::array<std::string_view, 5> kLabels = {"answer", "result", "solution", "ans", "total"};
    if (blank(peek(next)) && gap_ && !pieces_.empty() && among(kLabels, in_small_letters(pieces_.back().text))) return push(Kind::kBreak, next);
    push(Kind::kSign, next, "-");
  }

  // Marks of bold type, or a product or power.
  void star(char c) {
    std::size_t end = at_;
    while (peek(end) == c) ++end;
    const bool before = touches_before(at_), after = touches_after(end);
    const bool apart = c == '*' && gap_ && !pieces_.empty() && blank(peek(end));
    if (end - at_ <= 2 && ((before && after) || apart)) return push(Kind::kSign, end);
    at_ = end;
  }

  bool is_ratio(std::size_t next) const {
    if (pieces_.empty()) return false;
    const Kind before = pieces_.back().kind;
    if (before != Kind::kNumber && before != Kind::kClose && before != Kind::kName) return false;
    if (gap_ != blank(peek(next))) return false;
    std::size_t at = next;
    while (at < to_ && blank(text_[at])) ++at;
    return digit(peek(at)) || peek(at) == '$';
  }

  void unicode() {
    std::size_t length = 1;
    const std::string_view spelling = unicode_spelling(text_, at_, length);
    const std::size_t end = std::min(at_ + length, to_);
    const std::string_view shown = text_.substr(at_, end - at_);
    if (shown == "—" && !(gap_ && touches_after(end))) return push(Kind::kBreak, end);
    // 3–5 is a range.
    if (shown == "–" && glued() && pieces_.back().kind == Kind::kNumber && digit(peek(end))) return push(Kind::kSign, end, "\\ldots ");
    if (shown == "€" || shown == "£" || shown == "¥" || shown == "₹") return digit(peek(end)) ? number(end) : push(Kind::kUnit, end);
    if (spelling.empty()) return length > 1 && (shown == "\u200B" || shown == "\uFEFF") ? skip(length) : push(Kind::kBreak, end);
    if (spelling == "~" || spelling == " ") {
      gap_ = true;
      return skip(length);
    }
    if (spelling[0] == '\\') {
      const std::string_view name = command_at(spelling, 0);
      return push(is_arrow(name) ? Kind::kBreak : kind_of(command_info(name).kind), end);
    }
    const char c = spelling[0];
    if (digit(c)) return push(Kind::kNumber, end);
    if (c == '(' || c == '[') return push(Kind::kOpen, end);
    if (c == ')' || c == ']') return push(Kind::kClose, end);
    if (c == ',' || c == ';') return push(Kind::kComma, end);
    if (c == '=') return push(Kind::kEquals, end);
    if (c == '"' || c == '.' || c == '\'') return push(Kind::kBreak, end);
    push(c == ':' && !is_ratio(end) ? Kind::kBreak : Kind::kSign, end);
  }

  static bool is_relation(const Piece& piece) {
    static constexpr std::array<std::string_view, 8> kRelations = {"<", ">", "<=", ">=", "!=", "≤", "≥", "≠"};
    return piece.kind == Kind::kEquals || among(kRelations, piece.text);
  }

  /// Brackets that are not closed, or hold words or a condition, belong to no expression: (or 50%), (x = 3 is none), (n > 0).
  void break_brackets_with_words() {
    std::vector<std::size_t> open;
    std::vector<bool> words, relations;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i].kind == Kind::kOpen) {
        open.push_back(i);
        words.push_back(false);
        relations.push_back(false);
      } else if (is_relation(pieces_[i])) {
        if (!relations.empty()) relations.back() = true;
      } else if (pieces_[i].kind == Kind::kBreak || (pieces_[i].kind == Kind::kJoint && !open.empty() && open.back() + 1 == i)) {
        if (!words.empty()) words.back() = true;
      } else if (pieces_[i].kind == Kind::kClose) {
        const bool condition = !open.empty() && relations.back() && pieces_[open.back()].gap && open.back() > 0 && is_value(pieces_[open.back() - 1].kind);
        const bool broken = open.empty() || words.back() || condition;
        if (broken) pieces_[i].kind = Kind::kBreak;
        if (open.empty()) continue;
        if (broken) {
          pieces_[open.back()].kind = Kind::kBreak;
          asides_.emplace_back(open.back(), i);
        }
        open.pop_back();
        words.pop_back();
        relations.pop_back();
        if (broken && !words.empty()) words.back() = true;
      }
    }
    for (const std::size_t i : open) pieces_[i].kind = Kind::kBreak;
  }

  std::string_view text_;
  std::size_t at_, to_, line_begin_ = 0, next_formula_ = 0;
  const std::vector<TextSpan>& formulas_;
  std::vector<Piece> pieces_;
  std::vector<std::pair<std::size_t, std::size_t>> asides_;
  bool gap_ = false;
};

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
    static constexpr std::array<std::string_view, 5> kUnits = {"m", "g", "s", "h", "l"};
    static constexpr std::array<std::string_view, 7> kSigns = {"/", "^", "²", "³", "*", "·", "-"};
    const bool exponent = piece.kind == Kind::kNumber && !piece.gap;
    if (!exponent && piece.kind != Kind::kUnit && !(piece.kind == Kind::kLetter && among(kUnits, piece.text)) &&
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

Scanner line_around(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas) {
  std::size_t from = place.begin, to = place.end;
  while (from > 0 && text[from - 1] != '\n' && place.begin - from < kWindow) --from;
  while (to < text.size() && text[to] != '\n' && to - place.end < kWindow) ++to;
  while (from > 0 && text[from - 1] != '\n' && from < place.begin && !blank(text[from])) ++from;  // No half a word.
  return {text, from, to, formulas};
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

}  // namespace

Surroundings surroundings(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas, bool in_formula) {
  const std::vector<Piece> pieces = line_around(text, place, formulas).run();
  Surroundings around;
  const auto found = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.end > place.begin; });
  if (found == pieces.end() || found->kind == Kind::kBreak) return around;
  // A root or quotient around it.
  around.part = found->begin < place.begin || found->end > place.end;
  auto before = static_cast<std::size_t>(found - pieces.begin()), behind = before + 1;  // Behind the pieces before it; the next.
  while (before > 0 && behind < pieces.size() && pieces[before - 1].kind == Kind::kOpen && pieces[behind].kind == Kind::kClose) {
    --before;
    ++behind;
  }
  if (before > 0) {
    const Piece& left = pieces[before - 1];
    const bool gap = pieces[before].gap;
    static constexpr std::array<std::string_view, 4> kDenials = {"not", "never", "than", "cannot"};
    around.begins = left.kind == Kind::kBreak;
    around.part = around.part || (around.begins && among(kDenials, left.text));
    const bool dash = !in_formula && left.text == "-" && gap;
    if (left.kind == Kind::kSign) around.part = around.part || !(introduces(left.text) || dash || is_mark(pieces, before - 1));
    if (left.kind == Kind::kOpen) around.part = true;
    if (is_value(left.kind) && !is_box(left) && left.text != "\\$") around.part = around.part || in_formula || !gap;
  }
  around.ends = behind >= pieces.size() || pieces[behind].kind == Kind::kBreak;
  if (around.ends) return around;
  // "□, or 6"
  if (pieces[behind].kind == Kind::kComma && behind + 1 < pieces.size() && pieces[behind + 1].kind == Kind::kJoint) ++behind;
  const Piece& right = pieces[behind];
  const bool value_next = behind + 1 < pieces.size() && pieces[behind + 1].kind != Kind::kBreak;
  if (right.kind == Kind::kClose) around.part = true;
  if (right.kind == Kind::kOpen) around.part = around.part || !right.gap;
  static constexpr std::array<std::string_view, 8> kHarmless = {"of", "in", "to", "by", "out", "per", "\\pmod", "\\bmod"};
  if (right.kind == Kind::kSign && !is_mark(pieces, behind) && !among(kHarmless, right.text) && (!introduces(right.text) || right.text == ":")) {
    const bool postfix = right.text == "!" ? in_formula : static_cast<unsigned char>(right.text[0]) >= 0x80U;
    around.part = around.part || value_next || (postfix && !right.gap);
  }
  const bool formula = right.text.find('$') < 2 || starts(right.text, "\\(");
  static constexpr std::array<std::string_view, 5> kUnits = {"m", "g", "s", "h", "l"};
  const bool unit_letter = !in_formula && right.kind == Kind::kLetter && right.gap && among(kUnits, right.text);
  if (right.kind == Kind::kUnit || unit_letter) {
    std::size_t last = behind;
    while (last + 1 < pieces.size() && (pieces[last + 1].kind == Kind::kUnit || (!pieces[last + 1].gap && pieces[last + 1].kind != Kind::kBreak))) ++last;
    around.unit = text.substr(right.begin, pieces[last].end - right.begin);
  } else if (right.kind == Kind::kLetter || right.kind == Kind::kNumber) {
    around.part = around.part || in_formula || !right.gap;
  } else if (right.kind == Kind::kName && !is_box(right) && !is_ordinal(right)) {
    around.part = around.part || in_formula || !right.gap || !formula;
  }
  if (right.kind == Kind::kJoint && value_next && !is_box(pieces[behind + 1])) {
    const bool is_or = right.text == "or" || right.text.find("or") != std::string_view::npos;
    if (is_or) around.alternative = {pieces[behind + 1].begin, pieces[behind + 1].end};
  }
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
  Scanner scanner = line_around(text, around, formulas);
  const std::vector<Piece> pieces = scanner.run();
  PlainRun run{around.begin, around.end, {}};
  const auto found = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.end > around.begin; });
  if (found == pieces.end() || found->kind == Kind::kBreak) return run;
  auto anchor = static_cast<std::size_t>(found - pieces.begin());
  // A remark in brackets behind the answer: 1/3 (or about 0.33).
  for (const auto& [open, close] : scanner.asides()) {
    if (open >= anchor || anchor >= close || open == 0 || !is_value(pieces[open - 1].kind)) continue;
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
  run.begin = pieces[first].begin;
  run.end = pieces[last - 1].end;
  const auto is_dash = [](const Piece& piece) { return piece.text == "-" || piece.text == "/"; };
  // Theorem 5, Covid-19, 5-digit
  if (first > 0 && is_reference(pieces[first - 1].text)) return run;
  if (first > 0 && first + 1 < last && pieces[first].text == "+" && pieces[first].gap && pieces[first + 1].gap) return run;
  if (first > 0 && is_dash(pieces[first]) && !pieces[first].gap && letter(text[pieces[first].begin - 1])) return run;
  if (last < pieces.size() && is_dash(pieces[last - 1]) && !pieces[last].gap && letter(text[pieces[last].begin])) return run;
  // 3 + 4 = 7
  std::size_t equals = last;
  while (equals > first && pieces[equals - 1].kind != Kind::kEquals) --equals;
  if (equals > first && is_arithmetic(pieces, first, equals) && equals < last) {
    run.begin = pieces[equals].begin;
    run.text = written(pieces, equals, last);
  } else {
    run.text = written(pieces, first, last);
  }
  return run;
}

}  // namespace lydian::math
