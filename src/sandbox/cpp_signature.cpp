#include "sandbox/cpp_signature.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace lydian::sandbox {
namespace {

/// A token; preprocessor lines are one token "#" each, literals are kept only as numbers or as "\"".
using Tokens = std::vector<std::string>;

bool is_word(const std::string& token) {
  return std::isalpha(static_cast<unsigned char>(token[0])) != 0 || token[0] == '_';
}
bool is_number(const std::string& token) {
  return std::isdigit(static_cast<unsigned char>(token[0])) != 0;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view source, CppOutline& outline) : source_(source), outline_(outline) {}

  Tokens tokens() {
    while (at_ < source_.size()) step();
    return std::move(tokens_);
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
      std::string word(source_.substr(begin, at_ - begin));
      if (here() == '"' && word.ends_with('R')) return skip_raw();
      if (is_word(word)) outline_.words.insert(word);
      tokens_.push_back(std::move(word));
      return;
    }
    tokens_.emplace_back(1, c);
    ++at_;
  }

  void skip_until(std::string_view end) { at_ = std::min(source_.find(end, at_), source_.size()); }

  void skip_literal(char quote) {
    for (++at_; at_ < source_.size() && here() != quote && here() != '\n'; ++at_) {
      if (here() == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, source_.size());
    tokens_.emplace_back("\"");
  }

  void skip_raw() {
    const std::size_t open = source_.find('(', at_);
    if (open == std::string_view::npos) return skip_until("\n");
    const std::string end = ")" + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
    skip_until(end);
    at_ = std::min(at_ + end.size(), source_.size());
    tokens_.emplace_back("\"");
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
      if (word < end) outline_.other_names.insert(line.substr(word, end - word));
    }
    tokens_.emplace_back("#");
  }

  std::string_view source_;
  CppOutline& outline_;
  std::size_t at_ = 0;
  bool line_start_ = true;
  Tokens tokens_;
};

/// Reads types of the standard library made of values; everything else is not understood.
class TypeReader {
 public:
  TypeReader(const Tokens& tokens, std::size_t begin, std::size_t end) : tokens_(tokens), at_(begin), end_(end) {}

  /// Empty where the tokens are no such type.
  std::string type(int depth = 0) {
    if (depth > 8) return {};
    while (take("const")) constant_ = constant_ || depth == 0;
    std::string found;
    if (take("std") && !(take(":") && take(":"))) return {};
    if (at_ >= end_) return {};
    if (is_builtin(tokens_[at_])) {
      while (at_ < end_ && is_builtin(tokens_[at_])) found += (found.empty() ? "" : " ") + tokens_[at_++];
    } else if (is_plain(tokens_[at_])) {
      found = "std::" + tokens_[at_++];
    } else if (const int wanted = template_arguments(tokens_[at_]); wanted != 0) {
      found = container(wanted, depth);
    }
    while (take("const")) constant_ = constant_ || depth == 0;
    return found;
  }

  bool take(const char* token) {
    if (at_ >= end_ || tokens_[at_] != token) return false;
    ++at_;
    return true;
  }
  bool constant() const { return constant_; }
  bool done() const { return at_ == end_; }
  std::size_t at() const { return at_; }
  std::string word() { return at_ < end_ && is_word(tokens_[at_]) ? tokens_[at_++] : std::string(); }

  std::string literal() {
    std::string text = take("-") ? "-" : "";
    if (at_ >= end_ || !(is_number(tokens_[at_]) || tokens_[at_] == "true" || tokens_[at_] == "false")) return {};
    return text + tokens_[at_++];
  }

 private:
  static bool is_builtin(const std::string& word) {
    static const std::set<std::string> words{"unsigned", "signed", "long", "short", "int", "char", "double", "float", "bool", "void"};
    return words.count(word) != 0;
  }
  static bool is_plain(const std::string& word) {
    static const std::set<std::string> words{"string", "size_t", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"};
    return words.count(word) != 0;
  }
  /// How many types a container takes; -1: any number; 0: none of ours.
  static int template_arguments(const std::string& word) {
    static const std::map<std::string, int> words{{"vector", 1}, {"list", 1},     {"deque", 1},         {"set", 1},  {"multiset", 1}, {"unordered_set", 1},
                                                  {"map", 2},    {"multimap", 2}, {"unordered_map", 2}, {"pair", 2}, {"tuple", -1},   {"optional", 1}};
    const auto found = words.find(word);
    return found == words.end() ? 0 : found->second;
  }

  std::string container(int wanted, int depth) {
    std::string text = "std::" + tokens_[at_++] + "<";
    if (!take("<")) return {};
    int count = 0;
    do {
      const std::string inner = type(depth + 1);
      if (inner.empty() || inner == "void") return {};
      text += (count++ == 0 ? "" : ", ") + inner;
    } while (take(","));
    if (!take(">") || (wanted > 0 && count != wanted)) return {};
    return text + ">";
  }

  const Tokens& tokens_;
  std::size_t at_, end_;
  bool constant_ = false;
};

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

bool read_parameter(const Tokens& tokens, std::size_t begin, std::size_t end, CppParameter& parameter) {
  TypeReader reader(tokens, begin, end);
  parameter.type = reader.type();
  if (parameter.type.empty() || parameter.type == "void") return false;
  parameter.reference = reader.take("&");
  parameter.writes_back = parameter.reference && !reader.constant();
  parameter.own_text = joined(tokens, begin, reader.at());
  (void)reader.word();
  if (reader.take("=")) {
    parameter.default_value = reader.literal();
    if (parameter.default_value.empty()) return false;
  }
  return reader.done();
}

/// The function whose name stands at `name`, with parentheses from `open` to `close`; its result's tokens begin at `begin`.
CppFunction read_function(const Tokens& tokens, std::size_t begin, std::size_t name, std::size_t open, std::size_t close) {
  CppFunction function;
  function.name = tokens[name];
  while (begin < name && (tokens[begin] == "static" || tokens[begin] == "inline" || tokens[begin] == "constexpr")) ++begin;
  TypeReader reader(tokens, begin, name);
  function.result = reader.type();
  function.own_result = joined(tokens, begin, name);
  if (function.result.empty() || !reader.done()) return function;
  std::size_t start = open + 1;
  int depth = 0;
  for (std::size_t i = start; i <= close && start < close; ++i) {
    if (tokens[i] == "<") ++depth;
    if (tokens[i] == ">") --depth;
    if (i != close && (tokens[i] != "," || depth > 0)) continue;
    CppParameter parameter;
    if (!read_parameter(tokens, start, i, parameter)) return function;
    function.parameters.push_back(std::move(parameter));
    start = i + 1;
  }
  function.plain = true;
  return function;
}

}  // namespace

CppOutline outline_of(std::string_view source) {
  CppOutline outline;
  const Tokens tokens = Tokenizer(source, outline).tokens();
  std::size_t begin = 0;
  const auto remember = [&](std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (is_word(tokens[i])) outline.other_names.insert(tokens[i]);
    }
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    if (token == "#" || token == "}") begin = i + 1;
    if (token == ";") {
      if (i == begin + 3 && tokens[begin] == "using" && tokens[begin + 1] == "namespace" && tokens[begin + 2] == "std") {
        outline.uses_namespace_std = true;
      } else {
        remember(i);
      }
      begin = i + 1;
    }
    if (token == "(" && i > begin && is_word(tokens[i - 1])) {
      const std::size_t close = matching(tokens, i, "(", ")");
      std::size_t after = close + 1;
      while (after < tokens.size() && (tokens[after] == "const" || tokens[after] == "noexcept")) ++after;
      if (after < tokens.size() && tokens[after] == "{") {
        outline.functions.push_back(read_function(tokens, begin, i - 1, i, close));
        i = matching(tokens, after, "{", "}");
        begin = i + 1;
      } else {
        i = std::min(close, tokens.size());
      }
      continue;
    }
    if (token == "{") {
      remember(i);
      i = matching(tokens, i, "{", "}");
      begin = i + 1;
    }
  }
  return outline;
}

}  // namespace lydian::sandbox
