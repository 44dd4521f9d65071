#include "sandbox/cpp_signature.h"

#include <algorithm>
#include <initializer_list>

namespace lydian::sandbox {
namespace {

/// A type with what stands behind it: const, *, &, a name, [], a default.
bool read_parameter(const Tokens& tokens, std::size_t begin, std::size_t end, const Aliases& aliases, CppParameter& parameter) {
  TypeReader reader(tokens, begin, end, aliases);
  parameter.type = reader.list();
  parameter.list = !parameter.type.empty();
  if (!parameter.list) parameter.type = reader.type();
  if (parameter.type.empty() || parameter.type == "void") return false;
  parameter.pointer = reader.take("*");
  if (parameter.pointer) (void)reader.take("const");
  parameter.reference = reader.take("&");
  const bool temporary = parameter.reference && reader.take("&");
  if (parameter.pointer && (parameter.reference || parameter.list)) return false;
  (void)reader.word();
  if (!parameter.pointer && !parameter.reference && reader.take("[")) {
    parameter.pointer = true;
    (void)reader.literal();
    (void)reader.word();
    if (!reader.take("]")) return false;
  }
  parameter.temporary = temporary;
  parameter.writes_back = (parameter.pointer || parameter.reference) && !temporary && !parameter.list && !reader.constant();
  if (reader.take("=")) {
    parameter.default_value = reader.literal();
    if (parameter.default_value.empty()) return false;
  }
  return reader.done();
}

/// A type by value or by reference, or a pointer to characters.
bool read_result(const Tokens& tokens, std::size_t begin, std::size_t end, const Aliases& aliases, CppFunction& function) {
  TypeReader reader(tokens, begin, end, aliases);
  function.result = reader.type();
  if (function.result == "char" && reader.take("*")) {
    function.text = true;
    function.result = reader.constant() ? "const char*" : "char*";
  }
  while (reader.take("&")) {  // A result by reference crosses as the value that it refers to.
  }
  return !function.result.empty() && reader.done();
}

bool read_parameters(const Tokens& tokens, std::size_t open, std::size_t close, const Aliases& aliases, CppFunction& function) {
  std::size_t start = open + 1;
  int depth = 0;
  if (close == start + 1 && tokens[start] == "void") return true;
  for (std::size_t i = start; i <= close && start < close; ++i) {
    if (tokens[i] == "<") ++depth;
    if (tokens[i] == ">") --depth;
    if (i != close && (tokens[i] != "," || depth > 0)) continue;
    CppParameter parameter;
    if (!read_parameter(tokens, start, i, aliases, parameter)) return false;
    function.parameters.push_back(std::move(parameter));
    start = i + 1;
  }
  return true;
}

/// A function's head: its result begins at `begin`, or behind an arrow at `arrow` (0: none) and ends at `end`; parentheses from `open` to `close`.
struct Head {
  std::size_t begin, name, open, close, arrow, end;
};

CppFunction read_function(const Tokens& tokens, const Head& head, const Aliases& aliases) {
  CppFunction function;
  function.name = tokens[head.name];
  std::size_t begin = behind_attributes(tokens, head.begin, head.name), end = head.name;
  if (head.arrow != 0) {
    if (begin + 1 != head.name || tokens[begin] != "auto") return function;
    begin = head.arrow + 2;
    end = head.end;
  }
  function.own_result = joined(tokens, begin, end);
  for (std::size_t i = head.open; i < head.close; ++i) function.has_defaults = function.has_defaults || tokens[i] == "=";
  function.plain = read_result(tokens, begin, end, aliases, function) && read_parameters(tokens, head.open, head.close, aliases, function);
  return function;
}

/// Reads the fields of a struct or class whose body's tokens lie between `open` and `close`.
class FieldReader {
 public:
  FieldReader(const Tokens& tokens, std::size_t open, std::size_t close, const Aliases& aliases)
      : tokens_(tokens), at_(open + 1), end_(close), aliases_(aliases) {}

  bool read(bool is_public, CppStruct& found) {
    while (at_ < end_) {
      if (tokens_[at_] == ";") {
        ++at_;
      } else if (const bool section = at_ + 1 < end_ && tokens_[at_ + 1] == ":";
                 section && (tokens_[at_] == "public" || tokens_[at_] == "private" || tokens_[at_] == "protected")) {
        is_public = tokens_[at_] == "public";
        at_ += 2;
      } else if (!member(is_public, found)) {
        return false;
      }
    }
    return !found.fields.empty();
  }

 private:
  /// Where the member ends: at a semicolon, or behind a function's body.
  std::size_t end_of_member(bool& function) const {
    bool initialized = false;
    for (std::size_t i = at_; i < end_; ++i) {
      if (tokens_[i] == ";") return i;
      if (tokens_[i] == "operator") function = true;
      if (tokens_[i] == "=") initialized = true;
      if (tokens_[i] == "(" && !initialized) {
        function = true;
        i = matching(tokens_, i, "(", ")");
      } else if (tokens_[i] == "{") {
        i = matching(tokens_, i, "{", "}");
        // The body of a function; a colon of initializers may bring further braces, which are passed over likewise.
        const bool list_goes_on = i + 1 < end_ && (tokens_[i + 1] == "," || tokens_[i + 1] == "{");
        if (function && !list_goes_on) return i;
      }
    }
    return end_;
  }

  bool member(bool is_public, CppStruct& found) {
    for (const char* word : {"virtual", "static", "template", "struct", "class", "union", "enum", "using", "typedef", "mutable"}) {
      if (tokens_[at_] == word) return false;
    }
    bool function = false;
    const std::size_t end = end_of_member(function);
    const std::size_t begin = at_;
    at_ = end + 1;
    if (function) return true;
    if (!is_public) return false;
    TypeReader reader(tokens_, begin, end, aliases_);
    const std::string type = reader.type();
    if (type.empty() || type == "void" || reader.constant()) return false;
    do {
      const std::string name = reader.word();
      if (name.empty()) return false;
      found.fields.emplace_back(type, name);
      const bool braces = reader.take("{");
      if (braces || reader.take("=")) {
        if (reader.take("}")) continue;
        if (reader.literal().empty() || (braces && !reader.take("}"))) return false;
      }
    } while (reader.take(","));
    return reader.done();
  }

  const Tokens& tokens_;
  std::size_t at_, end_;
  const Aliases& aliases_;
};

/// Reads the tokens of a source at its outermost level.
class Outliner {
 public:
  Outliner(std::string_view source, CppOutline& outline) : outline_(outline), text_(tokens_of(source)), tokens_(text_.tokens), size_(source.size()) {
    for (const std::string& token : tokens_) {
      if (is_word(token)) outline.words.insert(token);
    }
    outline.macros = text_.macros;
    outline.other_names = text_.macros;
    for (const auto& [name, text] : text_.plain_macros) {
      const Tokens words = tokens_of(text).tokens;
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
    outline_.tokens = std::move(text_.tokens);
  }

 private:
  bool starts_with(std::initializer_list<const char*> words) const {
    return at_ >= begin_ + words.size() && std::equal(words.begin(), words.end(), tokens_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                                      [](const char* a, const std::string& b) { return b == a; });
  }

  std::size_t offset(std::size_t token) const { return token < text_.offsets.size() ? text_.offsets[token] : size_; }

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
    const std::size_t close = matching(tokens_, at_, "{", "}");
    int depth = 0;
    for (std::size_t i = begin_; i + 1 < at_; ++i) {
      if (tokens_[i] == "<") ++depth;
      if (tokens_[i] == ">") --depth;
      if (depth == 0 && keys.count(tokens_[i]) != 0 && is_word(tokens_[i + 1])) outline_.classes.insert(tokens_[i + 1]);
    }
    remember(at_);
    if (at_ == begin_ + 2 && (tokens_[begin_] == "struct" || tokens_[begin_] == "class")) {
      CppStruct found{tokens_[begin_ + 1], {}};
      if (FieldReader(tokens_, at_, close, outline_.aliases).read(tokens_[begin_] == "struct", found)) {
        outline_.aliases[found.name] = found.name;
        outline_.structs.push_back(std::move(found));
      }
    }
    at_ = close;
    begin_ = at_ + 1;
  }

  void function_or_call() {
    Head head{begin_, at_ - 1, at_, matching(tokens_, at_, "(", ")"), 0, 0};
    std::size_t after = head.close + 1;
    while (after < tokens_.size() && (tokens_[after] == "const" || tokens_[after] == "noexcept")) ++after;
    if (after + 1 < tokens_.size() && tokens_[after] == "-" && tokens_[after + 1] == ">") {
      head.arrow = after;
      while (after < tokens_.size() && tokens_[after] != "{" && tokens_[after] != ";") ++after;
    }
    head.end = after;
    const bool defined = after < tokens_.size() && tokens_[after] == "{";
    const bool declared = after < tokens_.size() && tokens_[after] == ";" && head.name > begin_ && tokens_[begin_] != "return";
    if (!defined && !declared) {
      at_ = std::min(head.close, tokens_.size());
      return;
    }
    CppFunction function = read_function(tokens_, head, outline_.aliases);
    const std::size_t last = defined ? matching(tokens_, after, "{", "}") : after;
    function.has_body = defined && last > after + 1 && last < tokens_.size();
    function.begin = offset(begin_);
    function.end = offset(last + 1);
    if (!defined) remember(after);
    (defined ? outline_.functions : outline_.announced).push_back(std::move(function));
    at_ = last;
    begin_ = at_ + 1;
  }

  CppOutline& outline_;
  CppText text_;
  const Tokens& tokens_;
  std::size_t size_, at_ = 0, begin_ = 0;
};

}  // namespace

CppOutline outline_of(std::string_view source) {
  CppOutline outline;
  Outliner(source, outline).read();
  return outline;
}

CppFunction function_of_pointer(const std::string& name, std::string_view printed, const Aliases& aliases) {
  CppFunction function;
  function.name = name;
  const Tokens tokens = tokens_of(printed).tokens;
  const auto star = std::find(tokens.begin(), tokens.end(), "(");
  const auto at = static_cast<std::size_t>(star - tokens.begin());
  function.own_result = joined(tokens, 0, at);
  if (at + 3 >= tokens.size() || tokens[at + 1] != "*" || tokens[at + 2] != ")" || tokens[at + 3] != "(") return function;
  const std::size_t close = matching(tokens, at + 3, "(", ")");
  if (close >= tokens.size()) return function;
  function.plain = read_result(tokens, 0, at, aliases, function) && read_parameters(tokens, at + 3, close, aliases, function);
  return function;
}

bool read_printed_parameter(std::string_view printed, const Aliases& aliases, CppParameter& parameter) {
  Tokens tokens = tokens_of(printed).tokens;
  // An array with a name: `int (&)[3]`.
  const auto open = std::find(tokens.begin(), tokens.end(), "(");
  if (open != tokens.end() && tokens.end() - open > 3 && open[1] == "&" && open[2] == ")" && open[3] == "[") tokens.erase(open, open + 3);
  return read_parameter(tokens, 0, tokens.size(), aliases, parameter);
}

bool read_printed_result(std::string_view printed, const Aliases& aliases, CppFunction& function) {
  const Tokens tokens = tokens_of(printed).tokens;
  function.own_result = joined(tokens, 0, tokens.size());
  return read_result(tokens, 0, tokens.size(), aliases, function);
}

}  // namespace lydian::sandbox
