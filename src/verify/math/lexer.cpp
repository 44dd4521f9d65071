#include "verify/math/lexer.h"

#include <algorithm>

#include "verify/math/characters.h"

namespace lydian::math {
namespace {

class Lexer {
 public:
  Lexer(std::string_view text, const LexOptions& options, Lexed& out) : text_(text), options_(options), out_(out) {}

  void run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blank(c) || c == '~') {
        space_ = true;
        thin_ = thin_ || c == '~';
        ++at_;
      } else if (digit(c) || (c == '.' && digit(peek(1)) && !(at_ > 0 && text_[at_ - 1] == '.'))) {
        number();
      } else if (letter(c)) {
        word();
      } else if (c == '\\') {
        command();
      } else {
        sign(c);
      }
    }
    push(Tok::kEnd, at_, at_);
    out_.grouped_commas = out_.grouped_commas && !zero_group_;
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool three_digits(std::size_t at) const {
    if (at + 3 > text_.size()) return false;
    return digit(text_[at]) && digit(text_[at + 1]) && digit(text_[at + 2]) && (at + 3 == text_.size() || !digit(text_[at + 3]));
  }

  void push(Tok kind, std::size_t begin, std::size_t end, std::uint32_t payload = 0) { push_text(kind, begin, text_.substr(begin, end - begin), payload); }
  void push_text(Tok kind, std::size_t begin, std::string_view text, std::uint32_t payload = 0) {
    if (static_cast<std::int64_t>(out_.tokens.size()) > options_.max_tokens) throw LimitExceeded{"too many tokens"};
    out_.tokens.push_back({kind, space_, false, thin_, payload, static_cast<std::uint32_t>(begin), text});
    space_ = thin_ = false;
    at_ = std::max(at_, begin);
  }

  // Where a separator of thousands stands at `at` and three digits follow: where these begin, else 0.
  std::size_t after_separator(std::size_t at) {
    auto starts = [&](std::string_view s) { return text_.substr(at, s.size()) == s; };
    if (starts("{,}")) {
      if (options_.decimal_comma) return 0;
      return three_digits(at + 3) ? at + 3 : 0;
    }
    if (starts(",\\!") || starts(", \\!")) {
      std::size_t next = at + (starts(",\\!") ? 3 : 4);
      while (next < text_.size() && text_[next] == ' ') ++next;
      return three_digits(next) ? next : 0;
    }
    if (starts(",")) {
      if (options_.commas_separate || options_.decimal_comma || depth_ > 0 || !three_digits(at + 1)) return 0;
      out_.grouped_commas = true;
      zero_group_ = zero_group_ || text_[at + 1] == '0';
      return at + 1;
    }
    for (const std::string_view s : {"\\,", "\\;", "\\ ", "\\!", "~", " "}) {
      if (starts(s) && three_digits(at + s.size())) return at + s.size();
    }
    return 0;
  }

  void number() {
    const std::size_t begin = at_;
    // The 1 of x1, in the systems that students type into and in programs, is part of a name.
    const std::uint32_t after_letter = begin == index_ && begin > 0 ? kAfterLetter : 0;
    std::string digits;
    while (digit(peek(0))) digits += text_[at_++];
    bool plain = true;
    if (!digits.empty() && digits.size() <= 3 && digits != "0") {
      for (std::size_t next = after_separator(at_); next != 0; next = after_separator(at_)) {
        digits.append(text_, next, 3);
        at_ = next + 3;
        plain = false;
      }
    }
    if (options_.decimal_comma && peek(0) == ',' && digit(peek(1)) && depth_ == 0) {
      digits += '.';
      ++at_;
      while (digit(peek(0))) digits += text_[at_++];
      plain = false;
    } else if (peek(0) == '.' && peek(1) != '.' && !letter(peek(1)) && (digit(peek(1)) || starts_overline(at_ + 1))) {
      digits += '.';
      ++at_;
      while (digit(peek(0))) digits += text_[at_++];
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      const std::size_t sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
      std::size_t end = 1 + sign;
      while (digit(peek(end))) ++end;
      if (end > 1 + sign && !letter(peek(end))) {
        digits.append(text_, at_, end);
        at_ += end;
        plain = false;
      }
    }
    if (static_cast<std::int64_t>(digits.size()) > options_.max_digits) throw LimitExceeded{"a number of too many digits"};
    if (plain) {
      const bool whole = text_.substr(begin, at_ - begin).find('.') == std::string_view::npos;
      push(Tok::kNumber, begin, at_, whole ? after_letter : 0);
    } else {
      out_.owned.push_back(std::move(digits));
      push_text(Tok::kNumber, begin, out_.owned.back());
    }
  }

  bool after_value() const { return !out_.tokens.empty() && (out_.tokens.back().kind == Tok::kNumber || out_.tokens.back().kind == Tok::kClose) && !space_; }
  bool starts_overline(std::size_t at) const {
    for (const std::string_view s : {"\\overline", "\\dot", "\\bar"}) {
      if (text_.substr(at, s.size()) == s) return true;
    }
    return false;
  }

  void word() {
    const std::size_t begin = at_;
    while (letter(peek(0))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    // 1.5x10^3 is a number in scientific notation.
    if ((word == "x" || word == "X") && !out_.tokens.empty() && out_.tokens.back().kind == Tok::kNumber && ten_to_a_power(at_)) {
      push(Tok::kTimes, begin, at_);
      return;
    }
    push(Tok::kWord, begin, at_);
    index_ = at_;
  }

  bool ten_to_a_power(std::size_t at) const {
    while (at < text_.size() && blank(text_[at])) ++at;
    if (text_.substr(at, 2) != "10") return false;
    at += 2;
    while (at < text_.size() && blank(text_[at])) ++at;
    return text_.substr(at, 1) == "^" || text_.substr(at, 2) == "**";
  }

  void command() {
    const std::size_t begin = at_++;
    if (at_ >= text_.size()) {
      push(Tok::kUnknown, begin, at_);
      return;
    }
    std::size_t end = at_;
    if (letter(text_[at_])) {
      while (end < text_.size() && letter(text_[end])) ++end;
    } else {
      ++end;
    }
    std::string_view name = text_.substr(at_, end - at_);
    CommandInfo info = command_info(name);
    // \quadx, \lvertx: a command that runs into one letter.
    if (info.kind == Tok::kUnknown && name.size() >= 4) {
      const CommandInfo shorter = command_info(name.substr(0, name.size() - 1));
      if (shorter.kind != Tok::kUnknown) {
        name.remove_suffix(1);
        info = shorter;
      }
    }
    // R\{2} in plain text: a backslash before braces that close without one.
    if (name == "{" && !out_.tokens.empty() && (out_.tokens.back().text == "R" || out_.tokens.back().kind == Tok::kConstant)) {
      const std::size_t close = text_.find('}', at_);
      if (close != std::string_view::npos && text_[close - 1] != '\\') return push(Tok::kSetMinus, begin, at_);
    }
    at_ += name.size();
    emit(info, begin, name);
  }

  // The braces after a command: their content; at_ goes behind. One character where there are no braces.
  std::string_view argument() {
    while (at_ < text_.size() && (blank(text_[at_]) || text_[at_] == '*')) ++at_;
    if (at_ >= text_.size()) return {};
    if (text_[at_] != '{') {
      if (text_[at_] == '\\' || text_[at_] == '}' || text_[at_] == '$') return {};
      return text_.substr(at_++, 1);
    }
    std::size_t depth = 0, end = at_;
    for (; end < text_.size(); ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '{') {
        ++depth;
      } else if (text_[end] == '}' && --depth == 0) {
        break;
      }
    }
    const std::size_t begin = at_ + 1;
    at_ = std::min(end + 1, text_.size());
    return begin <= text_.size() ? text_.substr(begin, std::min(end, text_.size()) - begin) : std::string_view{};
  }

  void push_words(Tok kind, std::size_t begin, std::string_view font) {
    const std::string_view words = argument();
    // \mathbb{R} is a set of numbers like \R.
    if (font == "mathbb" && words.size() == 1) {
      const CommandInfo set = command_info(words);
      if (set.kind == Tok::kConstant) return push_text(Tok::kConstant, begin, words, set.payload);
    }
    push_text(kind, begin, words, font.substr(0, 4) == "math" || font == "bm" || font == "boldsymbol" ? 1 : 0);
    out_.tokens.back().bold = font == "mathbf" || font == "bm" || font == "boldsymbol" || font == "textbf";
  }

  void emit(CommandInfo info, std::size_t begin, std::string_view name) {
    switch (info.kind) {
      case Tok::kGroupCommand:
        if (info.payload == 1) space_ = thin_ = true;
        if (info.payload == 2) argument();
        // \left. and \right.
        if ((name == "left" || name == "right" || name == "mleft" || name == "mright") && peek(0) == '.' && !digit(peek(1))) ++at_;
        return;
      case Tok::kText:
      case Tok::kOperatorName:
        if (name == "rm" || name == "bf" || name == "it") return;
        push_words(info.kind, begin, name);
        return;
      case Tok::kBegin:
      case Tok::kEndEnvironment:
        in_table_ = in_table_ || info.kind == Tok::kBegin;
        push_text(info.kind, begin, argument());
        if (info.kind == Tok::kBegin && (out_.tokens.back().text == "array" || out_.tokens.back().text == "tabular")) argument();
        return;
      case Tok::kOpen:
        ++depth_;
        push_text(info.kind, begin, name, info.payload);
        return;
      case Tok::kClose:
        depth_ = std::max(0, depth_ - 1);
        push_text(info.kind, begin, name, info.payload);
        return;
      case Tok::kNewRow:
        // \\[2pt]
        if (peek(0) == '[') {
          const std::size_t close = text_.find(']', at_);
          if (close != std::string_view::npos && close - at_ < 8 && letter(text_[close - 1])) at_ = close + 1;
        }
        push_text(info.kind, begin, name);
        return;
      default:
        push_text(info.kind, begin, name, info.payload);
    }
  }

  void delimiter(Tok kind, Delimiter delimiter) {
    if (kind == Tok::kOpen && delimiter != Delimiter::kGroup) ++depth_;
    if (kind == Tok::kClose && delimiter != Delimiter::kGroup) depth_ = std::max(0, depth_ - 1);
    push(kind, at_, at_ + 1, static_cast<std::uint32_t>(delimiter));
    ++at_;
  }
  void simple(Tok kind, std::size_t length, std::uint32_t payload = 0) {
    push(kind, at_, at_ + length, payload);
    at_ += length;
  }
  void relation(Relation relation, std::size_t length) { simple(Tok::kRelation, length, static_cast<std::uint32_t>(relation)); }

  void sign(char c) {
    const char next = peek(1);
    switch (c) {
      case '+':
        if (next == '/' && peek(2) == '-') return simple(Tok::kPlusMinus, 3);
        return next == '-' ? simple(Tok::kPlusMinus, 2) : simple(Tok::kPlus, 1);
      case '-':
        return next == '>' ? relation(Relation::kArrow, 2) : simple(Tok::kMinus, 1);
      case '*':
        return next == '*' ? simple(Tok::kCaret, 2) : simple(Tok::kTimes, 1);
      case '/':
        return simple(Tok::kSlash, 1);
      case '^':
        return simple(Tok::kCaret, 1);
      case '_':
        return simple(Tok::kUnderscore, 1);
      case '!':
        return next == '=' ? relation(Relation::kNotEqual, 2) : simple(Tok::kBang, 1);
      case '%':
        // %pi, %e and %i of Maxima
        if ((next == 'e' || next == 'i') && !letter(peek(2)) && !after_value()) {
          ++at_;
          return;
        }
        if (next == 'p' && peek(2) == 'i' && !letter(peek(3)) && !after_value()) {
          ++at_;
          return;
        }
        for (const std::string_view name : {"%union(", "%and ", "%or "}) {
          if (text_.substr(at_, name.size()) == name) {
            ++at_;
            return;
          }
        }
        return simple(Tok::kPercent, 1);
      case '#':
        return text_.substr(at_, 4) == "#pm#" ? simple(Tok::kPlusMinus, 4) : relation(Relation::kNotEqual, 1);
      case '\'':
        return simple(Tok::kPrime, 1);
      case ',':
        return simple(Tok::kComma, 1);
      case ';':
        return simple(Tok::kSemicolon, 1);
      case ':':
        return next == '=' ? relation(Relation::kEqual, 2) : simple(Tok::kColon, 1);
      case '.':
        if (next == '.' && peek(2) == '.') return simple(Tok::kEllipsis, 3);
        return simple(Tok::kDot, 1);
      case '=':
        if (next == '=') return relation(Relation::kEqual, 2);
        if (next == '<') return relation(Relation::kLessEqual, 2);
        if (next == '>') return relation(Relation::kGreaterEqual, 2);
        return relation(Relation::kEqual, 1);
      case '<':
        if (next == '=' && peek(2) == '>') return relation(Relation::kIff, 3);
        if (next == '>') return relation(Relation::kNotEqual, 2);
        return next == '=' ? relation(Relation::kLessEqual, 2) : relation(Relation::kLess, 1);
      case '>':
        return next == '=' ? relation(Relation::kGreaterEqual, 2) : relation(Relation::kGreater, 1);
      case '(':
        return delimiter(Tok::kOpen, Delimiter::kRound);
      case ')':
        return delimiter(Tok::kClose, Delimiter::kRound);
      case '[':
        return delimiter(Tok::kOpen, Delimiter::kSquare);
      case ']':
        return delimiter(Tok::kClose, Delimiter::kSquare);
      case '{':
        return delimiter(Tok::kOpen, Delimiter::kGroup);
      case '}':
        return delimiter(Tok::kClose, Delimiter::kGroup);
      case '|':
        return space_ && next == '|' && blank(peek(2)) ? simple(Tok::kOr, 2) : simple(Tok::kBar, 1);
      case '&':
        return next == '&' && !in_table_ ? simple(Tok::kAnd, 2) : simple(Tok::kAmpersand, 1);
      case '$':
        return simple(Tok::kCurrency, 1);
      default:
        break;
    }
    for (const std::string_view currency : {"€", "£", "¥", "₹"}) {
      if (text_.substr(at_, currency.size()) == currency) return simple(Tok::kCurrency, currency.size());
    }
    std::size_t length = 1;
    unicode_spelling(text_, at_, length);
    simple(Tok::kUnknown, length);
  }

  std::string_view text_;
  const LexOptions& options_;
  Lexed& out_;
  std::size_t at_ = 0;
  std::size_t index_ = 0;  // Where a word ended: a number that begins there follows a letter.
  int depth_ = 0;
  bool space_ = false, thin_ = false, in_table_ = false, zero_group_ = false;
};

}  // namespace

namespace {

/// ]a, b[ and [a, b[ are (a, b) and [a, b): a square bracket that is turned away from its interval.
void turn_brackets(std::vector<Token>& tokens) {
  auto square = [](const Token& token) { return token.payload == static_cast<std::uint32_t>(Delimiter::kSquare); };
  auto turn = [](Token& token, Tok kind) {
    token.kind = kind;
    token.payload = static_cast<std::uint32_t>(Delimiter::kRound);
  };
  int open = 0;        // Brackets of any kind that wait for their end.
  bool comma = false;  // Since the outermost of them.
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    Token& token = tokens[i];
    const Tok next = tokens[i + 1].kind;
    const bool interval_ends =
        next == Tok::kEnd || next == Tok::kUnion || next == Tok::kIntersection || next == Tok::kOr || next == Tok::kComma || next == Tok::kDot;
    comma = comma || token.kind == Tok::kComma || token.kind == Tok::kSemicolon;
    if (token.kind == Tok::kClose && open == 0 && square(token)) {
      turn(token, Tok::kOpen);
    } else if (token.kind == Tok::kOpen && open == 1 && comma && square(token) && interval_ends) {
      turn(token, Tok::kClose);
    }
    if (token.kind == Tok::kOpen && open++ == 0) comma = false;
    if (token.kind == Tok::kClose && open > 0) --open;
  }
}

}  // namespace

void lex(std::string_view text, const LexOptions& options, Lexed& out) {
  out.tokens.clear();
  out.owned.clear();
  // Texts that tokens point to must not move.
  out.owned.reserve(text.size() / 2 + 2);
  out.grouped_commas = false;
  Lexer(text, options, out).run();
  turn_brackets(out.tokens);
}

}  // namespace lydian::math
