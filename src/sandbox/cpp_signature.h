#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/cpp_tokens.h"
#include "sandbox/cpp_types.h"

namespace lydian::sandbox {

/// A parameter of a function whose type can cross between processes.
struct CppParameter {
  std::string type;          ///< Written anew from what was understood, without reference; of a pointer, what it points to.
  bool writes_back = false;  ///< A reference, or a pointer, to what is not const.
  bool reference = false;
  bool pointer = false;       ///< Or an array.
  bool temporary = false;     ///< A reference to what has no name.
  bool list = false;          ///< An initializer list of `type`.
  std::string default_value;  ///< A literal, or empty.
};

struct CppFunction {
  std::string name;
  bool plain = false;      ///< The signature was understood; the rest is empty otherwise.
  std::string result;      ///< Written anew; of text (`const char*`, `char*`) with its pointer.
  bool text = false;       ///< The result is a pointer to characters.
  std::string own_result;  ///< As the source has it.
  std::vector<CppParameter> parameters;
  bool has_defaults = false;       ///< Of some parameters, understood or not.
  bool has_body = false;           ///< Closed, and not empty.
  std::size_t begin = 0, end = 0;  ///< Where it stands in the source.
};

/// A type of the source's own that is nothing but its fields, all of which can cross.
struct CppStruct {
  std::string name;
  std::vector<std::pair<std::string, std::string>> fields;  ///< Type and name.
};

/// What a source declares at the outermost level, as far as a reader of tokens can see.
struct CppOutline {
  std::vector<CppFunction> functions;          ///< Definitions.
  std::vector<CppFunction> announced;          ///< Declarations.
  std::map<std::string, std::string> aliases;  ///< Other names of types that can cross (typedef, using, #define, structs), and the types.
  std::vector<CppStruct> structs;              ///< In their order.
  std::set<std::string> classes;               ///< Types of its own.
  std::set<std::string> other_names;           ///< Types, variables, macros, aliases, templates.
  std::set<std::string> macros;
  std::set<std::string> words;  ///< Every identifier.
  bool uses_namespace_std = false;
  Tokens tokens;
};

CppOutline outline_of(std::string_view source);

/// A function's signature as the compiler prints its pointer's type: `int (*)(const std::vector<int>&)`.
CppFunction function_of_pointer(const std::string& name, std::string_view printed, const Aliases& aliases);
/// A type of an argument as the compiler prints it, with & where the argument has a name.
bool read_printed_parameter(std::string_view printed, const Aliases& aliases, CppParameter& parameter);
/// The result of a call as the compiler prints it. False where it cannot cross.
bool read_printed_result(std::string_view printed, const Aliases& aliases, CppFunction& function);

}  // namespace lydian::sandbox
