#include "sandbox/cpp_tokens.h"

#include <algorithm>
#include <cctype>

namespace lydian::sandbox {

bool is_word(const std::string& token) {
  return std::isalpha(static_cast<unsigned char>(token[0])) != 0 || token[0] == '_';
}
bool is_number(const std::string& token) {
  return std::isdigit(static_cast<unsigned char>(token[0])) != 0;
}

std::string joined(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += (text.empty() ? "" : " ") + tokens[i];
  return text;
}

std::size_t matching(const Tokens& tokens, std::size_t open, const char* up, const char* down) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i] == up) ++depth;
    if (tokens[i] == down && --depth == 0) return i;
  }
  return tokens.size();
}

std::size_t behind_attributes(const Tokens& tokens, std::size_t at, std::size_t end) {
  static const std::set<std::string> silent{"static", "inline", "constexpr", "extern", "consteval", "__inline__"};
  while (at < end) {
    if (silent.count(tokens[at]) != 0) {
      ++at;
    } else if (tokens[at] == "[" && at + 1 < end && tokens[at + 1] == "[") {
      at = std::min(matching(tokens, at, "[", "]") + 1, end);
    } else {
      break;
    }
  }
  return at;
}

namespace {

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source) : source_(source) {}

  CppText text() {
    while (at_ < source_.size()) step();
    return std::move(text_);
  }

 private:
  char here(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

  void step() {
    const char c = here();
    if (c == '\n') {
      line_start_ = true;
      ++at_;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
    } else if (c == '/' && here(1) == '/') {
      skip_until("\n");
    } else if (c == '/' && here(1) == '*') {
      at_ += 2;
      skip_until("*/");
      at_ = std::min(at_ + 2, source_.size());
    } else if (c == '#' && line_start_) {
      take_directive();
    } else {
      line_start_ = false;
      take_token(c);
    }
  }

  void take_token(char c) {
    if (c == '"' || c == '\'') return skip_literal(c);
    const std::size_t begin = at_;
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      while (std::isalnum(static_cast<unsigned char>(here())) != 0 || here() == '_' || (is_number(std::string(1, c)) && (here() == '.' || here() == '\'')))
        ++at_;
      const std::string word(source_.substr(begin, at_ - begin));
      if (here() == '"' && word.ends_with('R')) return skip_raw(begin);
      return put(begin);
    }
    ++at_;
    put(begin);
  }

  void skip_until(std::string_view end) { at_ = std::min(source_.find(end, at_), source_.size()); }

  /// What stands from `begin` to here is a token.
  void put(std::size_t begin) {
    text_.tokens.emplace_back(source_.substr(begin, at_ - begin));
    text_.offsets.push_back(begin);
  }

  void skip_literal(char quote) {
    const std::size_t begin = at_;
    for (++at_; at_ < source_.size() && here() != quote && here() != '\n'; ++at_) {
      if (here() == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, source_.size());
    put(begin);
  }

  void skip_raw(std::size_t begin) {
    const std::size_t open = source_.find('(', at_);
    if (open == std::string_view::npos) return skip_until("\n");
    const std::string end = ")" + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
    skip_until(end);
    at_ = std::min(at_ + end.size(), source_.size());
    put(begin);
  }

  void take_directive() {
    const std::size_t begin = at_;
    do {
      skip_until("\n");
      const bool continued = at_ > begin && source_[at_ - 1] == '\\' && at_ < source_.size();
      if (!continued) break;
      ++at_;
    } while (at_ < source_.size());
    std::string line(source_.substr(begin + 1, at_ - begin - 1));
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.rfind("define", 0) == 0) {
      std::size_t word = line.find_first_not_of(" \t", 6), end = word;
      while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) ++end;
      if (word < end) {
        text_.macros.insert(line.substr(word, end - word));
        if (end < line.size() && line[end] != '(') text_.plain_macros.emplace_back(line.substr(word, end - word), line.substr(end));
      }
    }
    text_.tokens.emplace_back("#");
    text_.offsets.push_back(begin);
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool line_start_ = true;
  CppText text_;
};

}  // namespace

CppText tokens_of(std::string_view source) {
  return Tokenizer(source).text();
}

}  // namespace lydian::sandbox
