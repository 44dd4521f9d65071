#include "sandbox/cpp_tests.h"

#include <sys/wait.h>

#include <algorithm>

#include "sandbox/cpp_runtime.h"
#include "sandbox/cpp_signature.h"

namespace lydian::sandbox {
namespace {

std::string parameter_list(const CppFunction& function, bool own_text, bool with_defaults) {
  std::string text;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const CppParameter& parameter = function.parameters[i];
    const std::string type = own_text ? parameter.own_text : parameter.type + (parameter.writes_back ? "&" : "");
    text += (i == 0 ? "" : ", ") + type + " a" + std::to_string(i);
    if (with_defaults && !parameter.default_value.empty()) text += " = " + parameter.default_value;
  }
  return text;
}

/// In the tests: a function of the program's name that asks the other process.
std::string stand_in(const CppFunction& function, std::size_t number) {
  std::string text = function.result + " " + function.name + "(" + parameter_list(function, false, true) + ") { return lydian_pair::call<" + function.result +
                     ">(" + std::to_string(number);
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    text += std::string(function.parameters[i].writes_back ? ", lydian_pair::both(a" : ", lydian_pair::in(a") + std::to_string(i) + ")";
  }
  return text + "); }\n";
}

/// Behind the program's own text, in its own spelling: a function with a name that nobody else has.
std::string doorway(const CppFunction& function, std::size_t number) {
  std::string text =
      function.own_result + " lydian_door_" + std::to_string(number) + "(" + parameter_list(function, true, false) + ") { return " + function.name + "(";
  for (std::size_t i = 0; i < function.parameters.size(); ++i) text += (i == 0 ? "a" : ", a") + std::to_string(i);
  return text + "); }\n";
}

std::string door_declaration(const CppFunction& function, std::size_t number) {
  std::string text = function.result + " lydian_door_" + std::to_string(number) + "(";
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const CppParameter& parameter = function.parameters[i];
    const bool constant = parameter.reference && !parameter.writes_back;
    text += std::string(i == 0 ? "" : ", ") + (constant ? "const " : "") + parameter.type + (parameter.reference ? "&" : "");
  }
  return text + ");\n";
}

}  // namespace

CppTests split_cpp_tests(const std::string& program, const std::string& tests) {
  const CppOutline mine = outline_of(program), theirs = outline_of(tests);
  std::set<std::string> defined_by_tests;
  for (const CppFunction& function : theirs.functions) defined_by_tests.insert(function.name);
  CppTests split;
  std::string stand_ins, doorways, declarations, cases;
  std::size_t number = 0;
  for (const CppFunction& function : mine.functions) {
    if (theirs.words.count(function.name) == 0 || function.name == "main" || defined_by_tests.count(function.name) != 0) continue;
    if (!function.plain) {
      split.refusal = "the tests call " + function.name + ", whose parameters or result cannot cross as plain data";
      return split;
    }
    stand_ins += stand_in(function, number);
    doorways += doorway(function, number);
    declarations += door_declaration(function, number);
    cases += "    case " + std::to_string(number) + ": return lydian_pair::serve(&lydian_door_" + std::to_string(number) + ", in, out);\n";
    ++number;
  }
  for (const std::string& name : mine.other_names) {
    if (theirs.words.count(name) != 0 && defined_by_tests.count(name) == 0 && theirs.other_names.count(name) == 0) {
      split.doubt = "the tests name what is no function of the program (" + name + "), and cannot be compiled apart from it";
    }
  }
  const std::string opening = std::string("#include <bits/stdc++.h>\n") + cpp_pair_runtime();
  split.tests = {{"tests.cpp", opening + cpp_tests_runtime() + (mine.uses_namespace_std ? "using namespace std;\n" : "") + stand_ins + "#line 1 \"tests\"\n" +
                                   tests + "\n"}};
  split.program = {
      {"program.h", program + "\n"},
      {"program.cpp", "#define main lydian_unused_main\n#include \"program.h\"\n#undef main\n" + doorways},
      {"serve.cpp", opening + declarations + "void lydian_serve(unsigned number, lydian_pair::Reader& in, lydian_pair::Writer& out) {\n  switch (number) {\n" +
                        cases + "  }\n  _exit(95);\n}\n" + cpp_serve_runtime()}};
  return split;
}

TestsEnd read_cpp_tests_end(std::string_view channel, int wait_status) {
  TestsEnd end = read_tests_end(channel);
  end.proved = end.failed.empty() && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
  if (end.proved || end.failed == "lost") return end;
  const bool aborted = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGABRT;
  end.failed = aborted ? "assertion" : "error";
  end.text = aborted                    ? "an assertion failed"
             : WIFSIGNALED(wait_status) ? "the tests ended by a signal"
                                        : "the tests ended with exit status " + std::to_string(WEXITSTATUS(wait_status));
  return end;
}

}  // namespace lydian::sandbox
