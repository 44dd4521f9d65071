#include "verify/math/wrapping.h"

#include <algorithm>

#include "verify/math/characters.h"
#include "verify/math/lexer.h"

namespace lydian::math {

// \mathbb{C} is no C in another font but the complex numbers.
bool is_font(std::string_view name) {
  const CommandInfo info = command_info(name);
  return (info.kind == Tok::kText && name != "mathbb") || info.kind == Tok::kOperatorName || info.kind == Tok::kBoxed ||
         (info.kind == Tok::kGroupCommand && info.payload == 0);
}

std::string_view strip_wrapping(std::string_view text) {
  for (bool changed = true; changed;) {
    changed = false;
    auto drop = [&](std::size_t front, std::size_t back) {
      text.remove_prefix(front);
      text.remove_suffix(back);
      changed = true;
    };
    while (!text.empty() && (blank(text.front()) || text.front() == '\0')) drop(1, 0);
    while (!text.empty() && (blank(text.back()) || text.back() == '\0')) drop(0, 1);
    const auto between = [&](std::string_view open, std::string_view close) {
      return text.size() >= 5 && starts(text, open) && text.substr(text.size() - 2) == close && (open == close || text.find(open, 2) == std::string_view::npos);
    };
    const auto within = [&](char mark) { return text.size() >= 2 && text.front() == mark && text.back() == mark; };
    if (between("$$", "$$") || between("\\(", "\\)") || between("\\[", "\\]") || between("**", "**")) {
      drop(2, 2);
    } else if ((text.size() > 2 && within('$') && text.find('$', 1) == text.size() - 1) || within('"') || within('`')) {
      drop(1, 1);
    } else if (starts(text, "**")) {
      drop(2, 0);
    } else if (text.size() >= 2 && text.substr(text.size() - 2) == "**" && text.find("**") == text.size() - 2 && text.size() > 2 &&
               !digit(text[text.size() - 3])) {
      drop(0, 2);
    } else if (text.size() >= 2 && text.back() == '.' && text[text.size() - 2] != '.') {
      drop(0, 1);
    } else if (!text.empty() && (text.front() == ':' || (text.back() == ',' && (text.size() < 2 || text[text.size() - 2] != '\\')))) {
      text.front() == ':' ? drop(1, 0) : drop(0, 1);
    }
  }
  return text;
}

std::string without_delimiters(std::string_view text) {
  const auto dollars = static_cast<std::size_t>(std::count(text.begin(), text.end(), '$'));
  std::size_t escaped = 0;
  for (std::size_t i = 1; i < text.size(); ++i) escaped += text[i] == '$' && text[i - 1] == '\\' ? 1 : 0;
  const bool paired = (dollars - escaped) % 2 == 0;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[i + 1];
      if (next == '(' || next == ')' || next == '[' || next == ']') {
        // \\[2pt] is a row's end, not a formula.
        out += ' ';
      } else {
        (out += text[i]) += next;
      }
      ++i;
    } else if (text[i] == '$' && paired) {
      out += ' ';
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view without_font(std::string_view text) {
  const std::string_view stripped = strip_wrapping(text);
  if (stripped.empty() || stripped.front() != '\\' || stripped.back() != '}') return text;
  const std::string_view name = command_at(stripped, 0);
  const std::size_t open = 1 + name.size();
  if (!is_font(name) || stripped[open] != '{') return text;
  const std::string_view inside = stripped.substr(open + 1, stripped.size() - open - 2);
  return inside.find_first_of("{}\\") == std::string_view::npos ? inside : text;
}

std::string words_of(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      const std::string_view name = command_at(text, i);
      const std::size_t end = i + 1 + name.size();
      if (is_font(name)) {
        i = end - 1;
      } else if (name.empty()) {
        ++i;
      } else {
        out += name;
        i = end - 1;
      }
      gap = true;
      continue;
    }
    // A point or comma in a number says something, and so does a star in a product.
    const auto is_word = [](char x) { return digit(x) || letter(x); };
    const bool between = i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    const bool kept = between && (c == '*' || ((c == '.' || c == ',') && digit(text[i - 1]) && digit(text[i + 1])));
    if (!kept &&
        (blank(c) || c == '~' || c == '{' || c == '}' || c == '$' || c == '*' || c == '"' || c == ',' || c == ';' || c == '.' || c == '!' || c == '?')) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += lower(c);
  }
  return out;
}

bool is_words(std::string_view text) {
  bool letters = false;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      const std::string_view name = command_at(text, i);
      const std::size_t end = i + 1 + name.size();
      if (!name.empty() && !is_font(name) && name != "quad") return false;
      i = name.empty() ? i + 1 : end - 1;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}') {
      if (depth-- == 0) return false;
    } else if (c == '=' || c == '^' || c == '_' || c == '+' || c == '<' || c == '>' || c == '|') {
      return false;
    } else {
      letters = letters || letter(c) || (static_cast<unsigned char>(c) & 0x80U) != 0;
    }
  }
  return letters && depth == 0;
}

}  // namespace lydian::math
