#pragma once

#include <string>
#include <vector>

#include "sandbox/cpp_signature.h"

namespace lydian::sandbox {

// Texts for both sides of a pair, made of signatures alone. Both sides know a function by its number.

/// In the tests: a function of the program's name that asks the other process.
std::string stand_in(const CppFunction& function, std::size_t number);
/// Behind the program's own text: a function with a name that nobody else has, of types that cross as they are.
std::string doorway(const CppFunction& function, std::size_t number);
std::string door_declaration(const CppFunction& function, std::size_t number);
/// In the program's process: finds the door of a number.
std::string doorkeeper(std::size_t doors);

/// A type of the program's, written anew for the tests: its fields, how it is made of them, and equal where they are.
std::string struct_of_fields(const CppStruct& type);
/// How objects of a type cross, field by field; `scope` is what its name stands in.
std::string crossing_of(const CppStruct& type, const std::string& scope);

/// A type by which an argument can be spoken of on the program's side.
std::string argument_type(const CppParameter& parameter);

}  // namespace lydian::sandbox
