#include "sandbox/cpp_signature.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <utility>

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
  /// Macros without parameters: name and text.
  const std::vector<std::pair<std::string, std::string>>& macros() const { return macros_; }

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
      if (word < end) {
        outline_.other_names.insert(line.substr(word, end - word));
        if (end < line.size() && line[end] != '(') macros_.emplace_back(line.substr(word, end - word), line.substr(end));
      }
    }
    tokens_.emplace_back("#");
  }

  std::string_view source_;
  CppOutline& outline_;
  std::size_t at_ = 0;
  bool line_start_ = true;
  Tokens tokens_;
  std::vector<std::pair<std::string, std::string>> macros_;
};

using Aliases = std::map<std::string, std::string>;

/// Reads types of the standard library made of values; everything else is not understood.
class TypeReader {
 public:
  TypeReader(const Tokens& tokens, std::size_t begin, std::size_t end, const Aliases& aliases) : tokens_(tokens), at_(begin), end_(end), aliases_(aliases) {}

  /// Empty where the tokens are no such type.
  std::string type(int depth = 0) {
    if (depth > 8) return {};
    while (take("const")) constant_ = constant_ || depth == 0;
    std::string found;
    if (take("std") && !(take(":") && take(":"))) return {};
    if (at_ >= end_) return {};
    if (const auto alias = aliases_.find(tokens_[at_]); alias != aliases_.end()) {
      found = alias->second;
      ++at_;
    } else if (is_builtin(tokens_[at_])) {
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
  const Aliases& aliases_;
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

bool read_parameter(const Tokens& tokens, std::size_t begin, std::size_t end, const Aliases& aliases, CppParameter& parameter) {
  TypeReader reader(tokens, begin, end, aliases);
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
CppFunction read_function(const Tokens& tokens, std::size_t begin, std::size_t name, std::size_t open, std::size_t close, const Aliases& aliases) {
  CppFunction function;
  function.name = tokens[name];
  while (begin < name && (tokens[begin] == "static" || tokens[begin] == "inline" || tokens[begin] == "constexpr")) ++begin;
  TypeReader reader(tokens, begin, name, aliases);
  function.result = reader.type();
  function.own_result = joined(tokens, begin, function.result.empty() ? name : reader.at());
  (void)reader.take("&");  // A result by reference crosses as the value that it refers to.
  if (function.result.empty() || !reader.done()) return function;
  std::size_t start = open + 1;
  int depth = 0;
  for (std::size_t i = start; i <= close && start < close; ++i) {
    if (tokens[i] == "<") ++depth;
    if (tokens[i] == ">") --depth;
    if (i != close && (tokens[i] != "," || depth > 0)) continue;
    CppParameter parameter;
    if (!read_parameter(tokens, start, i, aliases, parameter)) return function;
    function.parameters.push_back(std::move(parameter));
    start = i + 1;
  }
  function.plain = true;
  return function;
}

}  // namespace

namespace {

/// Reads the tokens of a source at its outermost level.
class Outliner {
 public:
  Outliner(std::string_view source, CppOutline& outline) : outline_(outline) {
    Tokenizer tokenizer(source, outline);
    tokens_ = tokenizer.tokens();
    for (const auto& [name, text] : tokenizer.macros()) {
      CppOutline nothing;
      const Tokens words = Tokenizer(text, nothing).tokens();
      remember_alias(name, words, 0, words.size());
    }
  }

  void read() {
    while (at_ < tokens_.size()) {
      const std::string& token = tokens_[at_];
      if (token == ";") {
        statement();
      } else if (token == "{") {
        block();
      } else if (token == "(" && at_ > begin_ && is_word(tokens_[at_ - 1])) {
        function_or_call();
      } else if (token == "#" || token == "}") {
        begin_ = at_ + 1;
      }
      ++at_;
    }
  }

 private:
  bool starts_with(std::initializer_list<const char*> words) const {
    return at_ >= begin_ + words.size() && std::equal(words.begin(), words.end(), tokens_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                                      [](const char* a, const std::string& b) { return b == a; });
  }

  void remember(std::size_t end) {
    for (std::size_t i = begin_; i < end; ++i) {
      if (is_word(tokens_[i])) outline_.other_names.insert(tokens_[i]);
    }
  }

  void remember_alias(const std::string& name, const Tokens& tokens, std::size_t begin, std::size_t end) {
    TypeReader reader(tokens, begin, end, outline_.aliases);
    const std::string type = reader.type();
    if (!type.empty() && reader.done() && !reader.constant()) outline_.aliases[name] = type;
  }

  void statement() {
    if (starts_with({"using", "namespace", "std"}) && at_ == begin_ + 3) {
      outline_.uses_namespace_std = true;
    } else {
      if (starts_with({"typedef"}) && at_ >= begin_ + 3) remember_alias(tokens_[at_ - 1], tokens_, begin_ + 1, at_ - 1);
      if (starts_with({"using"}) && at_ > begin_ + 3 && tokens_[begin_ + 2] == "=") remember_alias(tokens_[begin_ + 1], tokens_, begin_ + 3, at_);
      remember(at_);
    }
    begin_ = at_ + 1;
  }

  /// The body of a class or a namespace, or a list of values.
  void block() {
    static const std::set<std::string> keys{"struct", "class", "union", "enum"};
    int depth = 0;
    for (std::size_t i = begin_; i + 1 < at_; ++i) {
      if (tokens_[i] == "<") ++depth;
      if (tokens_[i] == ">") --depth;
      if (depth == 0 && keys.count(tokens_[i]) != 0 && is_word(tokens_[i + 1])) outline_.classes.insert(tokens_[i + 1]);
    }
    remember(at_);
    at_ = matching(tokens_, at_, "{", "}");
    begin_ = at_ + 1;
  }

  void function_or_call() {
    const std::size_t close = matching(tokens_, at_, "(", ")");
    std::size_t after = close + 1;
    while (after < tokens_.size() && (tokens_[after] == "const" || tokens_[after] == "noexcept")) ++after;
    if (after < tokens_.size() && tokens_[after] == "{") {
      outline_.functions.push_back(read_function(tokens_, begin_, at_ - 1, at_, close, outline_.aliases));
      at_ = matching(tokens_, after, "{", "}");
      begin_ = at_ + 1;
    } else {
      at_ = std::min(close, tokens_.size());
    }
  }

  CppOutline& outline_;
  Tokens tokens_;
  std::size_t at_ = 0, begin_ = 0;
};

}  // namespace

CppOutline outline_of(std::string_view source) {
  CppOutline outline;
  Outliner(source, outline).read();
  return outline;
}

}  // namespace lydian::sandbox
