#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lydian::sandbox {

/// Tokens of C++ text: words, numbers, single characters; a preprocessor line is one "#", a literal is as it stands.
using Tokens = std::vector<std::string>;

bool is_word(const std::string& token);
bool is_number(const std::string& token);
std::string joined(const Tokens& tokens, std::size_t begin, std::size_t end);
/// Where what is opened at `open` is closed, or the end.
std::size_t matching(const Tokens& tokens, std::size_t open, const char* up, const char* down);
/// Behind [[...]] and words that say nothing about a type, from `at` on.
std::size_t behind_attributes(const Tokens& tokens, std::size_t at, std::size_t end);

struct CppText {
  Tokens tokens;
  std::vector<std::size_t> offsets;                               ///< Of each token in the source.
  std::set<std::string> macros;                                   ///< Names of all.
  std::vector<std::pair<std::string, std::string>> plain_macros;  ///< Those without parameters: name and text.
};
CppText tokens_of(std::string_view source);

}  // namespace lydian::sandbox
