#pragma once

#include <string>
#include <vector>

#include "sandbox/cpp_compiler.h"
#include "sandbox/cpp_signature.h"
#include "sandbox/python_program.h"

namespace lydian::sandbox {

/// The compiler's further arguments: where the header of both sides lies; and on the program's side, an entry that is no main().
inline constexpr const char* kTestsFlags[] = {"-I/tmp"};
inline constexpr const char* kServedFlags[] = {"-I/tmp", "-Wl,--wrap=main"};

/// The texts that a pair is made of, and what is seen in them.
struct CppRow {
  /// `task`: what the row itself says of the program, for instance the head of a function; may be empty.
  CppRow(const std::string& program_text, const std::string& tests_text, const std::string& task_text, const std::string& entry_point);

  const std::string& program_text;
  const std::string& tests_text;
  CppOutline program, tests, task;
  std::string task_helpers;            ///< The task's text without what it leaves to the program.
  std::vector<CppFunction> announced;  ///< What it leaves to the program, and the tests name.
  std::vector<CppStruct> structs;      ///< Types of fields that the tests or signatures may name, the task's before the program's.
  std::size_t task_structs = 0;        ///< How many of them are the task's.
  Aliases types;                       ///< Names of types that can cross.
};

/// Which functions of the program the tests ask. What decides that nothing can be asked, and so gives no reward, is read off the row alone: a program cannot
/// bring it about.
struct CppQuestions {
  std::vector<CppFunction> functions;
  std::vector<CppFunction> under_their_names;  ///< Of the program's, called as the library's are: asked only where the tests are nothing without them.
  std::vector<std::string> unclear;            ///< Names whose signature only the compiler can tell.
  std::string refusal;                         ///< Why no program could be asked, or empty.
  std::string lacking;                         ///< What the tests call and the program does not have at all, where it has nothing that they call.
};
CppQuestions questions_of(const CppRow& row);

/// Functions whose calls change what they are given have that given back, except where the call's own statement compares with it, or a later one compares it
/// with the result, and except numbers and the like where the function has a result and the tests gave them a value: there, a program would change what it is
/// compared with. A signature of the task's stands as it is but for the first.
void guard_arguments(const CppRow& row, CppFunction& function, bool announced);

/// A program and its tests as two executables that talk by plain data. The tests' executable holds no word of the program: only signatures of known types,
/// written anew.
struct CppPair {
  std::vector<SourceFile> program, tests;
};
CppPair pair_of(const CppRow& row, const std::vector<CppFunction>& functions);
/// The tests alone with `declarations` in place of the program; the program with `statements` behind it.
std::vector<SourceFile> tests_with(const CppRow& row, const std::string& declarations);
std::vector<SourceFile> program_with(const CppRow& row, const std::string& statements);

/// How the tests' process ended: its channel says whether a call was lost, its status the rest.
TestsEnd read_cpp_tests_end(std::string_view channel, int wait_status);

}  // namespace lydian::sandbox
