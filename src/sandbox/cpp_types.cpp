#include "sandbox/cpp_types.h"

#include <set>

namespace lydian::sandbox {
namespace {

bool is_builtin(const std::string& word) {
  static const std::set<std::string> words{"unsigned", "signed", "long", "short", "int", "char", "double", "float", "bool", "void"};
  return words.count(word) != 0;
}

bool is_plain(const std::string& word) {
  static const std::set<std::string> words{"string", "size_t", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"};
  return words.count(word) != 0;
}

/// How many types a container takes; -1: any number; 0: none of ours.
int template_arguments(const std::string& word) {
  static const std::map<std::string, int> words{{"vector", 1}, {"list", 1},     {"deque", 1},         {"set", 1},  {"multiset", 1}, {"unordered_set", 1},
                                                {"map", 2},    {"multimap", 2}, {"unordered_map", 2}, {"pair", 2}, {"tuple", -1},   {"optional", 1}};
  const auto found = words.find(word);
  return found == words.end() ? 0 : found->second;
}

}  // namespace

bool TypeReader::take(const char* token) {
  if (at_ >= end_ || tokens_[at_] != token) return false;
  ++at_;
  return true;
}

std::string TypeReader::type(int depth) {
  if (depth > 8) return {};
  while (take("const")) constant_ = constant_ || depth == 0;
  std::string found;
  (void)take("struct");
  if (take("std") && !(take(":") && take(":"))) return {};
  if (take("__cxx11") && !(take(":") && take(":"))) return {};
  if (at_ >= end_) return {};
  const std::string& token = tokens_[at_];
  if (const auto alias = aliases_.find(token); alias != aliases_.end()) {
    found = alias->second;
    ++at_;
  } else if (is_builtin(token)) {
    while (at_ < end_ && is_builtin(tokens_[at_])) found += (found.empty() ? "" : " ") + tokens_[at_++];
  } else if (is_plain(token)) {
    found = "std::" + tokens_[at_++];
  } else if (token == "_Bit_reference") {
    found = "bool";
    ++at_;
  } else if (token == "basic_string" || token == "basic_string_view" || token == "string_view") {
    found = characters();
  } else if (token == "array") {
    found = array(depth);
  } else if (const int wanted = template_arguments(token); wanted != 0) {
    found = container(wanted, depth);
  }
  while (take("const")) constant_ = constant_ || depth == 0;
  return found;
}

std::string TypeReader::list() {
  const std::size_t begin = at_;
  (void)take("const");
  if (take("std")) (void)(take(":") && take(":"));
  std::string item;
  if (take("initializer_list") && take("<")) item = type(1);
  if (!item.empty() && item != "void" && item != "bool" && take(">")) {
    (void)take("const");
    return item;
  }
  at_ = begin;
  return {};
}

std::string TypeReader::container(int wanted, int depth) {
  std::string text = "std::" + tokens_[at_++] + "<";
  if (!take("<")) return {};
  int count = 0;
  do {
    if (wanted > 0 && count == wanted) {
      if (!usual_argument()) return {};
      continue;
    }
    const std::string inner = type(depth + 1);
    if (inner.empty() || inner == "void") return {};
    text += (count++ == 0 ? "" : ", ") + inner;
  } while (take(","));
  if (!take(">") || (wanted > 0 && count != wanted)) return {};
  return text + ">";
}

std::string TypeReader::array(int depth) {
  ++at_;
  if (!take("<")) return {};
  const std::string inner = type(depth + 1);
  if (inner.empty() || inner == "void" || !take(",")) return {};
  const std::string size = at_ < end_ && is_number(tokens_[at_]) ? literal() : std::string();
  return !size.empty() && take(">") ? "std::array<" + inner + ", " + size + ">" : std::string();
}

/// A view crosses as what it looks at.
std::string TypeReader::characters() {
  const bool view = tokens_[at_++] == "string_view";
  if (view) return "std::string";
  if (!take("<") || !take("char")) return {};
  while (take(",")) {
    if (!usual_argument()) return {};
  }
  return take(">") ? "std::string" : "";
}

/// What the compiler writes out of a container that the source leaves as it is.
bool TypeReader::usual_argument() {
  static const std::set<std::string> usual{"allocator", "less", "hash", "equal_to", "char_traits"};
  (void)(take("std") && take(":") && take(":"));
  if (at_ >= end_ || usual.count(tokens_[at_]) == 0) return false;
  const std::size_t close = matching(tokens_, at_ + 1, "<", ">");
  if (close >= end_) return false;
  at_ = close + 1;
  return true;
}

std::string TypeReader::literal() {
  if (take("{")) return take("}") ? "{}" : "";
  std::string text = take("-") ? "-" : "";
  if (at_ >= end_) return {};
  const std::string& token = tokens_[at_];
  const bool quoted = token.size() >= 2 && (token[0] == '"' || token[0] == '\'') && token.back() == token[0] && token.find('\\') == std::string::npos;
  if (!(is_number(token) || token == "true" || token == "false" || quoted)) return {};
  return text + tokens_[at_++];
}

}  // namespace lydian::sandbox
