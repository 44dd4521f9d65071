#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lydian::sandbox {

/// A parameter of a function whose type can cross between processes.
struct CppParameter {
  std::string type;          ///< Written anew from what was understood, without reference.
  bool writes_back = false;  ///< A reference that is not const.
  bool reference = false;
  std::string default_value;  ///< A literal, or empty.
  std::string own_text;       ///< As the program has it; for the program's side only.
};

struct CppFunction {
  std::string name;
  bool plain = false;  ///< The signature was understood; the rest is empty otherwise.
  std::string result, own_result;
  std::vector<CppParameter> parameters;
};

/// What a source declares at the outermost level, as far as a reader of tokens can see.
struct CppOutline {
  std::vector<CppFunction> functions;          ///< Definitions.
  std::map<std::string, std::string> aliases;  ///< Other names of types that can cross (typedef, using, #define), and the types.
  std::set<std::string> classes;               ///< Types of its own.
  std::set<std::string> other_names;           ///< Types, variables, macros, aliases, templates.
  std::set<std::string> words;                 ///< Every identifier.
  bool uses_namespace_std = false;
};

CppOutline outline_of(std::string_view source);

}  // namespace lydian::sandbox
