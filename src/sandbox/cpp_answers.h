#pragma once

#include <set>
#include <string>
#include <vector>

#include "sandbox/cpp_tests.h"

namespace lydian::sandbox {

// The compiler is asked for signatures that no reader of tokens understands (templates, deduced results, function objects, other spellings), by types that are
// complete nowhere: it names them in its complaints. A program that writes such complaints itself only names a signature that it could have had.

/// Of functions that are no templates: everything.
std::vector<SourceFile> ask_for_signatures(const CppRow& row, const std::vector<std::string>& names);
/// Adds what can cross to `found`, and takes its names from `names`. `own_types`: results of what cannot cross, by name.
void read_signatures(const std::string& complaints, const CppRow& row, std::vector<std::string>& names, std::vector<CppFunction>& found,
                     std::map<std::string, std::string>& own_results);

/// What the tests' calls give, by the tests alone.
std::vector<SourceFile> ask_for_arguments(const CppRow& row, const std::vector<std::string>& names, const std::vector<CppFunction>& known);
struct CalledWith {
  std::vector<CppFunction> calls;  ///< Without results.
  std::string function_given;      ///< The name that the tests give a function of their own; no program could be asked so.
  std::string object_given;        ///< The name that they give an object of a type of their own; no program could be asked so either.
  std::set<std::string> unread;    ///< Names that are given what cannot cross.
};
CalledWith read_arguments(const std::string& complaints, const CppRow& row, const std::vector<std::string>& names);

/// What the program answers to such calls.
std::vector<SourceFile> ask_for_results(const CppRow& row, const std::vector<CppFunction>& calls);
void read_results(const std::string& complaints, const CppRow& row, const std::vector<CppFunction>& calls, std::vector<CppFunction>& found,
                  std::map<std::string, std::string>& own_results);

}  // namespace lydian::sandbox
