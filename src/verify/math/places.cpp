// Where boxes, formulas and sentences of a text are.
#include "verify/math/places.h"

#include <algorithm>
#include <array>

#include "verify/math/characters.h"
#include "verify/math/plain_math.h"

namespace lydian::math {
namespace {

/// The content of the braces that open at `at`; to the end of the text where they never close.
Span braces(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return {at + 1, i, at, i + 1};
    }
  }
  return {at + 1, text.size(), at, text.size()};
}

}  // namespace

std::vector<Span> boxes(std::string_view text) {
  std::vector<Span> found;
  for (std::size_t at = text.find("box"); at != std::string_view::npos; at = text.find("box", at + 3)) {
    const bool boxed = at >= 1 && text[at - 1] == '\\' && starts(text.substr(at), "boxed");
    const bool fbox = at >= 2 && text[at - 1] == 'f' && text[at - 2] == '\\';
    if (!boxed && !fbox) continue;
    const std::size_t from = at - (boxed ? 1 : 2);
    if (!found.empty() && from < found.back().to) continue;  // A box in a box.
    std::size_t next = at + (boxed ? 5 : 3);
    while (next < text.size() && blank(text[next])) ++next;
    if (next >= text.size()) break;
    if (text[next] == '{') {
      Span span = braces(text, next);
      span.from = from;
      found.push_back(span);
    } else if (!letter(text[next]) || next > at + (boxed ? 5U : 3U)) {
      std::size_t end = next;
      while (end < text.size() && !blank(text[end]) && text[end] != '$' && text[end] != ',' && text[end] != '}') ++end;
      found.push_back({next, end, from, end});
    }
  }
  return found;
}

std::vector<Span> formulas(std::string_view text) {
  std::vector<Span> found;
  // Up to where each kind of formula is known to have no end: so that unclosed ones cost no second look.
  std::array<std::size_t, 4> hopeless{};
  for (std::size_t at = 0; at < text.size();) {
    std::string_view open, close;
    std::size_t kind = 0;
    const std::string_view rest = text.substr(at);
    if (starts(rest, "$$")) {
      open = close = "$$";
    } else if (rest[0] == '$') {
      open = close = "$";
      kind = 1;
    } else if (starts(rest, "\\(")) {
      open = "\\(";
      close = "\\)";
      kind = 2;
    } else if (starts(rest, "\\[")) {
      open = "\\[";
      close = "\\]";
      kind = 3;
    } else {
      at += rest[0] == '\\' ? 2 : 1;
      continue;
    }
    if (at < hopeless[kind]) {
      at += open.size();
      continue;
    }
    std::size_t end = at + open.size();
    const bool inline_formula = open == "$" || open == "\\(";
    bool closed = false;
    for (; end < text.size(); ++end) {
      if (starts(text.substr(end), close)) {
        closed = true;
        break;
      }
      if (inline_formula && text[end] == '\n') break;
      if (text[end] == '\\') ++end;
    }
    if (closed && end > at + open.size() && can_be_formula(text, {at, end + close.size()})) {
      found.push_back({at + open.size(), end, at, end + close.size()});
      at = end + close.size();
    } else if (closed) {
      at += open.size();
    } else {
      hopeless[kind] = std::max(hopeless[kind], std::min(end, text.size()));
      at += open.size();
    }
  }
  return found;
}

std::size_t sentence_begin(std::string_view text, std::size_t at) {
  for (std::size_t i = at; i > 0; --i) {
    if (text[i - 1] == '\n') return i;
    if (blank(text[i - 1]) && i > 1 && (text[i - 2] == '.' || text[i - 2] == '!' || text[i - 2] == '?')) return i;
  }
  return 0;
}

std::size_t sentence_end(std::string_view text, std::size_t at) {
  bool in_formula = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '$') in_formula = !in_formula;
    if (text[i] == '\n' && !in_formula) return i;
    if (starts(text.substr(i), "<|") || starts(text.substr(i), "。")) return i;
    if (text[i] == '.' && !in_formula && (i + 1 == text.size() || blank(text[i + 1]) || text[i + 1] == '*') &&
        (i + 1 == text.size() || !(i + 2 < text.size() && digit(text[i + 2]))))
      return i;
  }
  return text.size();
}

}  // namespace lydian::math
