#include "sandbox/cpp_tests.h"

#include <sys/wait.h>

#include <algorithm>
#include <set>

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

/// What the tests may call of the program's functions; names of the standard library that tests judge by only where they call nothing else.
std::vector<CppFunction> called_by(const CppOutline& tests, const CppOutline& program) {
  static const std::set<std::string> judges{"abs",   "fabs",  "fabsf", "labs", "llabs", "fmod", "round", "lround", "floor",  "ceil",   "trunc", "sqrt", "pow",
                                            "isnan", "isinf", "max",   "min",  "fmax",  "fmin", "equal", "strcmp", "memcmp", "strlen", "exit",  "abort"};
  std::set<std::string> defined_by_tests{"main"};
  for (const CppFunction& function : tests.functions) defined_by_tests.insert(function.name);
  std::vector<CppFunction> called, under_their_names;
  for (const CppFunction& function : program.functions) {
    if (tests.words.count(function.name) == 0 || defined_by_tests.count(function.name) != 0) continue;
    (judges.count(function.name) != 0 ? under_their_names : called).push_back(function);
  }
  return called.empty() ? under_their_names : called;
}

/// The class of the program, unknown to the tests, that `function` returns; empty where it returns something else.
std::string own_class(const CppFunction& function, const CppOutline& program, const CppOutline& tests) {
  for (const std::string& name : program.classes) {
    const CppOutline result = outline_of(function.own_result);
    if (result.words.count(name) != 0 && tests.words.count(name) == 0) return name;
  }
  return {};
}

/// Names of plain types that the tests use and the program gives.
std::string type_names(const CppOutline& program, const CppOutline& tests) {
  std::string text;
  for (const auto& [name, type] : program.aliases) {
    if (tests.words.count(name) != 0 && tests.other_names.count(name) == 0 && name != type) text += "using " + name + " = " + type + ";\n";
  }
  return text;
}

std::string doubt_about(const CppOutline& program, const CppOutline& tests) {
  for (const std::string& name : program.other_names) {
    if (tests.words.count(name) == 0 || tests.other_names.count(name) != 0 || program.aliases.count(name) != 0) continue;
    if (std::any_of(tests.functions.begin(), tests.functions.end(), [&](const CppFunction& function) { return function.name == name; })) continue;
    return "the tests name what is no function of the program (" + name + "), and cannot be compiled apart from it";
  }
  return {};
}

}  // namespace

CppTests split_cpp_tests(const std::string& program, const std::string& tests) {
  const CppOutline mine = outline_of(program), theirs = outline_of(tests);
  CppTests split;
  std::string stand_ins, doorways, declarations, cases;
  std::size_t number = 0;
  for (const CppFunction& function : called_by(theirs, mine)) {
    if (!function.plain) {
      const std::string owner = own_class(function, mine, theirs);
      if (!owner.empty()) split.no_data = function.name + " returns an object of the program's own type " + owner + ", which is no data";
      if (owner.empty()) split.refusal = "the tests call " + function.name + ", whose parameters or result cannot cross as plain data";
      return split;
    }
    stand_ins += stand_in(function, number);
    doorways += doorway(function, number);
    declarations += door_declaration(function, number);
    cases += "    case " + std::to_string(number) + ": return lydian_pair::serve(&lydian_door_" + std::to_string(number) + ", in, out);\n";
    ++number;
  }
  split.doubt = doubt_about(mine, theirs);
  const SourceFile header{kPairHeader, cpp_pair_runtime()};
  const std::string opening = std::string("#include <") + kPairHeader + ">\n";
  // In a namespace of their own, whose names are ambiguous beside those of C: none can take the place of what the tests judge by.
  const std::string named = "namespace lydian_program {\n" + type_names(mine, theirs) + stand_ins + "}\nusing namespace lydian_program;\n" +
                            (stand_ins.empty() ? "static const lydian_pair::Unasked lydian_unasked;\n" : "");
  split.tests = {
      {"tests.cpp", opening + cpp_tests_runtime() + (mine.uses_namespace_std ? "using namespace std;\n" : "") + named + "#line 1 \"tests\"\n" + tests + "\n"},
      header};
  // The program's text stands first, so that a header compiled ahead serves it; its main(), if it has one, is left alone (kServedFlags).
  split.program = {
      {"program.cpp", program + "\n#line 1 \"doorways\"\n" + doorways},
      {"serve.cpp", opening + declarations + "void lydian_serve(unsigned number, lydian_pair::Reader& in, lydian_pair::Writer& out) {\n  switch (number) {\n" +
                        cases + "  }\n  _exit(95);\n}\n" + cpp_serve_runtime()},
      header};
  return split;
}

TestsEnd read_cpp_tests_end(std::string_view channel, int wait_status) {
  TestsEnd end = read_tests_end(channel);
  end.proved = end.failed.empty() && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
  if (end.proved || end.failed == "lost" || end.failed == "row") return end;
  const bool aborted = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGABRT;
  end.failed = aborted ? "assertion" : "error";
  end.text = aborted                    ? "an assertion failed"
             : WIFSIGNALED(wait_status) ? "the tests ended by a signal"
                                        : "the tests ended with exit status " + std::to_string(WEXITSTATUS(wait_status));
  return end;
}

}  // namespace lydian::sandbox
