// A line of plain text, cut into numbers, names, signs and words.
#include "verify/math/plain_pieces.h"

#include <string>

#include "verify/math/characters.h"
#include "verify/math/lexer.h"
#include "verify/math/number_words.h"
#include "verify/math/units.h"

namespace lydian::math {
namespace {

constexpr std::size_t kWindow = 1000;  // Bytes to either side, beyond which no run is followed.

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

  Line run() {
    while (at_ < to_) step();
    break_brackets_with_words();
    return {std::move(pieces_), std::move(asides_)};
  }

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

  /// Whether a value, or a further word between two values, follows. Of a chain of such words the answer is that of its end, which is looked at once.
  bool operand_follows(std::size_t at) {
    if (at >= chain_begin_ && at <= chain_end_) return chain_has_operand_;
    chain_begin_ = at;
    chain_has_operand_ = operand_behind_chain(at);
    return chain_has_operand_;
  }

  bool operand_behind_chain(std::size_t at) {
    while (at < to_) {
      chain_end_ = at;
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
    chain_end_ = at;
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
    if (!pieces_.empty() && pieces_.back().kind == Kind::kUnit && (low == "squared" || low == "cubed")) return Kind::kUnit;
    if (low == "per" && behind_number && unit_follows(end)) return Kind::kUnit;
    if (low == "and" || low == "or") return Kind::kJoint;
    if ((low == "negative" || low == "minus") && operand_follows(end)) return Kind::kSign;
    const bool after_between = !pieces_.empty() && pieces_.back().kind == Kind::kSign && is_between(pieces_.back().text);
    const bool modulus = low == "mod" && !pieces_.empty() && pieces_.back().kind == Kind::kOpen;
    // "3 in 4", but not "26 inches in 13 years".
    const bool in_between = after_between || (after_value() && (low != "in" || pieces_.back().kind == Kind::kNumber));
    if (((is_between(low) && in_between) || modulus) && operand_follows(end)) return Kind::kSign;
    if (info.kind == Tok::kConstant || info.kind == Tok::kSymbol) return Kind::kName;
    if ((info.kind == Tok::kFunction || info.kind == Tok::kSqrt) && (on_value || operand_follows(end) || script_follows(end))) return Kind::kName;
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
  /// log_2, sin², log₂
  bool script_follows(std::size_t at) const {
    std::size_t length = 1;
    const bool ascii = (static_cast<unsigned char>(peek(at)) & 0x80U) == 0;
    const std::string_view sign = ascii ? text_.substr(at, at < to_ ? 1 : 0) : unicode_spelling(text_, at, length);
    return starts(sign, "_") || starts(sign, "^");
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
    const std::size_t close = text_.substr(0, to_).find_first_of("{}\\", open + 1);
    if (close == std::string_view::npos || text_[close] != '}') return false;
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
  std::size_t chain_begin_ = 1, chain_end_ = 0;  // Of the last chain of words that was looked along; none yet.
  bool chain_has_operand_ = false;
  const std::vector<TextSpan>& formulas_;
  std::vector<Piece> pieces_;
  std::vector<std::pair<std::size_t, std::size_t>> asides_;
  bool gap_ = false;
};

}  // namespace

Line line_around(std::string_view text, TextSpan place, const std::vector<TextSpan>& formulas) {
  std::size_t from = place.begin, to = place.end;
  while (from > 0 && text[from - 1] != '\n' && place.begin - from < kWindow) --from;
  while (to < text.size() && text[to] != '\n' && to - place.end < kWindow) ++to;
  while (from > 0 && text[from - 1] != '\n' && from < place.begin && !blank(text[from])) ++from;  // No half a word.
  return Scanner(text, from, to, formulas).run();
}

}  // namespace lydian::math
