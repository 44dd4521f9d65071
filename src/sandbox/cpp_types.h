#pragma once

#include <map>
#include <string>

#include "sandbox/cpp_tokens.h"

namespace lydian::sandbox {

using Aliases = std::map<std::string, std::string>;

/// Reads types of the standard library made of values, from a source or as the compiler prints them; everything else is not understood.
class TypeReader {
 public:
  TypeReader(const Tokens& tokens, std::size_t begin, std::size_t end, const Aliases& aliases) : tokens_(tokens), at_(begin), end_(end), aliases_(aliases) {}

  /// The type written anew; empty where the tokens are no such type.
  std::string type(int depth = 0);

  /// What an initializer list is of; empty, and nothing read, where there is none.
  std::string list();

  bool take(const char* token);
  /// The outermost type was const.
  bool constant() const { return constant_; }
  bool done() const { return at_ == end_; }
  std::size_t at() const { return at_; }
  std::string word() { return at_ < end_ && is_word(tokens_[at_]) ? tokens_[at_++] : std::string(); }
  /// A number, a truth value, a simple string or {}; empty where there is another thing.
  std::string literal();

 private:
  std::string container(int wanted, int depth);
  std::string array(int depth);
  std::string characters();
  bool usual_argument();

  const Tokens& tokens_;
  std::size_t at_, end_;
  const Aliases& aliases_;
  bool constant_ = false;
};

}  // namespace lydian::sandbox
