// From a text to its tree: other spellings first, then tokens, then the parser.
#include <algorithm>

#include "verify/math/characters.h"
#include "verify/math/parser.h"
#include "verify/math/parser_state.h"

namespace lydian::math {
namespace {

/// LaTeX that was escaped once too often, as in "\\\\le": with single backslashes. Empty where there is none.
std::string single_backslashes(std::string_view text) {
  if (text.find("\\\\") == std::string_view::npos) return {};
  const bool all = text.find("\\\\begin") != std::string_view::npos;
  if (!all && text.find("\\begin") != std::string_view::npos) return {};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') {
      std::size_t end = i + 2;
      while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z'))) ++end;
      if (all || command_info(text.substr(i + 2, end - i - 2)).kind != Tok::kUnknown) ++i;
    }
    out += text[i];
  }
  return out;
}

/// 0x1F, 0b1011 and 0o17, where they are the whole text, as numerals with their base. Empty where there is none.
std::string prefixed_numeral(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() < 3 || text.size() > 64 || text[0] != '0') return {};
  const char mark = lower(text[1]);
  const std::string_view base = mark == 'x' ? "16" : mark == 'o' ? "8" : mark == 'b' ? "2" : "";
  std::string digits(text.substr(2));
  for (char& c : digits) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  const std::string_view known = std::string_view("0123456789ABCDEF").substr(0, base == "16" ? 16 : base == "8" ? 8 : 2);
  if (base.empty() || digits.find_first_not_of(known) != std::string::npos) return {};
  return "\\text{" + digits + "}_{" + std::string(base) + "}";
}

}  // namespace

std::string spell_unicode(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; })) return {};
  std::string out;
  out.reserve(text.size() + 16);
  char script = '\0';  // '^' or '_' while a run of raised or lowered signs goes on
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    const bool ascii = (static_cast<unsigned char>(text[at]) & 0x80U) == 0;
    const std::string_view spelling = ascii ? std::string_view{} : unicode_spelling(text, at, length);
    const bool scripted = spelling.size() == 2 && (spelling[0] == '^' || spelling[0] == '_');
    if (script != '\0' && (!scripted || spelling[0] != script)) {
      out += '}';
      script = '\0';
    }
    if (scripted) {
      if (script == '\0') (out += spelling[0]) += '{';
      script = spelling[0];
      out += spelling[1];
    } else if (!spelling.empty()) {
      out += spelling;
    } else {
      out += text.substr(at, length);
    }
    at += length;
  }
  if (script != '\0') out += '}';
  return out;
}

Reading parse(std::string_view text, const ReadOptions& options, Tree& tree) {
  Reading reading;
  const std::string spelled = spell_unicode(text);
  std::string single = single_backslashes(spelled.empty() ? text : std::string_view(spelled));
  if (single.empty()) single = prefixed_numeral(text);
  const std::string_view source = !single.empty() ? std::string_view(single) : spelled.empty() ? text : std::string_view(spelled);
  Lexed lexed;
  lex(source, {options.commas_separate, options.decimal_comma, options.max_tokens, options.max_digits}, lexed);
  reading.grouped_commas = lexed.grouped_commas;
  try {
    reading.root = Parser(lexed, options, tree).parse_all();
  } catch (const ParseError& error) {
    reading.root = kNoNode;
    reading.reason = error.what;
  }
  return reading;
}

}  // namespace lydian::math
