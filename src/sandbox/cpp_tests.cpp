#include "sandbox/cpp_tests.h"

#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "sandbox/cpp_doors.h"
#include "sandbox/cpp_runtime.h"

namespace lydian::sandbox {
namespace {

/// Names of the library by which tests judge, or which C gives to everybody.
bool is_of_the_library(const std::string& name) {
  static const std::set<std::string> names{"abs",   "fabs",  "fabsf", "labs", "llabs", "fmod", "round", "lround", "floor",  "ceil",   "trunc", "sqrt", "pow",
                                           "isnan", "isinf", "max",   "min",  "fmax",  "fmin", "equal", "strcmp", "memcmp", "strlen", "exit",  "abort"};
  return names.count(name) != 0;
}

const CppFunction* find(const std::vector<CppFunction>& functions, const std::string& name) {
  const auto found = std::find_if(functions.begin(), functions.end(), [&](const CppFunction& each) { return each.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

bool same_parameters(const CppFunction& a, const CppFunction& b) {
  return a.name == b.name && std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(),
                                        [](const CppParameter& x, const CppParameter& y) { return x.type == y.type && x.pointer == y.pointer; });
}

/// Cuts what the task leaves to the program out of its text, and remembers it.
void read_task(CppRow& row, const std::string& text, const std::string& entry_point) {
  std::vector<const CppFunction*> left;
  for (const CppFunction& function : row.task.functions) {
    if (!function.has_body || function.name == entry_point) left.push_back(&function);
  }
  for (const CppFunction& function : row.task.announced) {
    if (function.plain || function.name == entry_point) left.push_back(&function);
  }
  std::sort(left.begin(), left.end(), [](const CppFunction* a, const CppFunction* b) { return a->begin < b->begin; });
  std::size_t at = 0;
  for (const CppFunction* function : left) {
    row.task_helpers += text.substr(at, function->begin - at);
    at = std::min(function->end, text.size());
    const bool known = std::any_of(row.announced.begin(), row.announced.end(), [&](const CppFunction& each) { return same_parameters(each, *function); });
    if (!known && row.tests.words.count(function->name) != 0) row.announced.push_back(*function);
  }
  row.task_helpers += text.substr(at);
}

/// Words that the tests call as functions and do not define themselves, as far as can be seen.
std::set<std::string> called_words(const CppOutline& tests) {
  static const std::set<std::string> words{"assert", "static_assert", "if",    "for",      "while",   "switch",
                                           "return", "sizeof",        "catch", "decltype", "alignof", "defined"};
  std::set<std::string> called;
  for (std::size_t i = 0; i + 1 < tests.tokens.size(); ++i) {
    const std::string& name = tests.tokens[i];
    if (!is_word(name) || tests.tokens[i + 1] != "(" || words.count(name) != 0 || tests.macros.count(name) != 0) continue;
    const bool member =
        i > 0 && (tests.tokens[i - 1] == "." || tests.tokens[i - 1] == ":" || (i > 1 && tests.tokens[i - 1] == ">" && tests.tokens[i - 2] == "-"));
    if (!member && find(tests.functions, name) == nullptr) called.insert(name);
  }
  return called;
}

/// Whether the tests do with objects of a type what its fields alone do not give: they make them by new, take their addresses, or call functions of theirs.
bool need_more_than_fields(const Tokens& tokens, const std::string& type) {
  std::set<std::string> objects;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i] != type) continue;
    const bool opens = i == 0 || tokens[i - 1] == ";" || tokens[i - 1] == "{" || tokens[i - 1] == "}" || tokens[i - 1] == "(";
    if ((i > 0 && tokens[i - 1] == "new") || (opens && tokens[i + 1] == "*") || (tokens[i + 1] == ":" && tokens[i + 2] == ":")) return true;
    if (is_word(tokens[i + 1])) objects.insert(tokens[i + 1]);
    if (tokens[i + 1] != "(" && tokens[i + 1] != "{") continue;
    const std::size_t close = tokens[i + 1] == "(" ? matching(tokens, i + 1, "(", ")") : matching(tokens, i + 1, "{", "}");
    if (close + 3 < tokens.size() && tokens[close + 1] == "." && tokens[close + 3] == "(") return true;
  }
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    if ((tokens[i] == "(" || tokens[i] == ",") && tokens[i + 1] == "&" && objects.count(tokens[i + 2]) != 0) return true;
    if (objects.count(tokens[i]) != 0 && tokens[i + 1] == "." && tokens[i + 3] == "(") return true;
  }
  return false;
}

std::string refusal_of(const CppRow& row) {
  for (const CppFunction& function : row.announced) {
    if (!function.plain) return "the tests call " + function.name + ", whose parameters or result, as the task has them, cannot cross as plain data";
  }
  for (const std::string& name : row.program.classes) {
    if (row.tests.other_names.count(name) != 0 || row.task.other_names.count(name) != 0) continue;
    if (row.tests.words.count(name) != 0 && need_more_than_fields(row.tests.tokens, name))
      return "the tests need objects of a type of the program's (" + name + "), which cannot cross";
  }
  return {};
}

/// Names of plain types that the tests use and the program gives.
std::string type_names(const CppOutline& program, const CppRow& row) {
  std::string text;
  for (const auto& [name, type] : program.aliases) {
    const bool theirs = row.tests.other_names.count(name) != 0 || row.task.other_names.count(name) != 0;
    if (row.tests.words.count(name) != 0 && !theirs && name != type) text += "using " + name + " = " + type + ";\n";
  }
  return text;
}

/// Names of signatures and tests are the tests' own: a macro of the program's would change them on its side.
std::string without_macros(const CppOutline& program) {
  std::string text;
  for (const std::string& name : program.macros) text += "#undef " + name + "\n";
  return text;
}

bool speaks_of(const CppFunction& function, const std::string& type) {
  std::string all = function.result;
  for (const CppParameter& parameter : function.parameters) all += " " + parameter.type;
  const Tokens tokens = tokens_of(all).tokens;
  return std::find(tokens.begin(), tokens.end(), type) != tokens.end();
}

const SourceFile& pair_header() {
  static const SourceFile header{kPairHeader, cpp_pair_runtime()};
  return header;
}

const std::string& opening() {
  static const std::string text = std::string("#include <") + kPairHeader + ">\n";
  return text;
}

}  // namespace

CppRow::CppRow(const std::string& program_text, const std::string& tests_text, const std::string& task_text, const std::string& entry_point)
    : program_text(program_text), tests_text(tests_text), program(outline_of(program_text)), tests(outline_of(tests_text)), task(outline_of(task_text)) {
  read_task(*this, task_text, entry_point);
  structs = task.structs;
  task_structs = structs.size();
  types = program.aliases;
  for (const auto& [name, type] : task.aliases) types[name] = type;
  for (const CppStruct& type : program.structs) {
    if (task.other_names.count(type.name) == 0 && tests.other_names.count(type.name) == 0) structs.push_back(type);
  }
}

CppQuestions questions_of(const CppRow& row) {
  CppQuestions questions;
  questions.refusal = refusal_of(row);
  questions.functions = row.announced;
  const auto is_open = [&](const std::string& name) {
    return row.tests.words.count(name) != 0 && name != "main" && find(row.tests.functions, name) == nullptr && find(row.announced, name) == nullptr &&
           find(row.task.functions, name) == nullptr;
  };
  std::vector<CppFunction> under_their_names;
  std::set<std::string> unclear;
  for (const CppFunction& function : row.program.functions) {
    if (!is_open(function.name)) continue;
    if (is_of_the_library(function.name)) {
      under_their_names.push_back(function);
    } else if (!function.plain) {
      unclear.insert(function.name);
    } else {
      questions.functions.push_back(function);
    }
  }
  const std::set<std::string> called = called_words(row.tests);
  for (const std::string& name : called) {
    const bool other = row.program.other_names.count(name) != 0 && row.program.classes.count(name) == 0 && row.program.macros.count(name) == 0;
    if (other && is_open(name) && !is_of_the_library(name) && find(row.program.functions, name) == nullptr) unclear.insert(name);
  }
  // Of one name the compiler tells all or nothing.
  std::erase_if(questions.functions, [&](const CppFunction& each) { return unclear.count(each.name) != 0; });
  if (questions.functions.empty() && unclear.empty()) {
    for (const CppFunction& function : under_their_names) {
      if (function.plain) questions.functions.push_back(function);
    }
  }
  questions.unclear.assign(unclear.begin(), unclear.end());
  if (questions.functions.empty() && unclear.empty() && !called.empty()) questions.lacking = *called.begin();
  for (CppFunction& function : questions.functions) guard_arguments(row, function, find(row.announced, function.name) != nullptr);
  return questions;
}

namespace {

/// Whether the statement of some call compares with what the call was given.
bool compares_with_arguments(const Tokens& tokens, const std::string& name) {
  const auto ends = [&](std::size_t i) {
    const std::string& token = tokens[i];
    const bool sequenced = (token == "&" || token == "|") && i + 1 < tokens.size() && tokens[i + 1] == token;
    return token == ";" || token == "{" || token == "}" || token == "?" || sequenced;
  };
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] != name || tokens[i + 1] != "(") continue;
    const std::size_t close = matching(tokens, i + 1, "(", ")");
    std::set<std::string> given;
    for (std::size_t at = i + 2; at < close && at < tokens.size(); ++at) {
      if (is_word(tokens[at])) given.insert(tokens[at]);
    }
    for (std::size_t at = i; at-- > 0 && !ends(at);) {
      if (given.count(tokens[at]) != 0) return true;
    }
    for (std::size_t at = close + 1; at < tokens.size() && !ends(at); ++at) {
      if (given.count(tokens[at]) != 0) return true;
    }
  }
  return false;
}

bool is_number_type(const std::string& type) {
  return type.find('<') == std::string::npos && type.find("string") == std::string::npos;
}

}  // namespace

void guard_arguments(const CppRow& row, CppFunction& function, bool announced) {
  const bool compares = compares_with_arguments(row.tests.tokens, function.name);
  for (CppParameter& parameter : function.parameters) {
    const bool number = parameter.reference && is_number_type(parameter.type) && function.result != "void" && !announced;
    if (compares || number) parameter.writes_back = false;
  }
}

std::vector<SourceFile> tests_with(const CppRow& row, const std::string& declarations) {
  std::string crossings, structs, own_names;
  for (std::size_t i = 0; i < row.structs.size(); ++i) {
    if (i >= row.task_structs) structs += struct_of_fields(row.structs[i]);
    crossings += crossing_of(row.structs[i], i < row.task_structs ? "" : "lydian_program");
  }
  // Names that C gives to everybody would be found before the program's.
  for (const CppFunction& function : row.announced) {
    if (is_of_the_library(function.name)) own_names += "#define " + function.name + " lydian_program::" + function.name + "\n";
  }
  const std::string watch = row.announced.empty() && !declarations.empty() ? "" : "static const lydian_pair::Unasked lydian_unasked;\n";
  // In a namespace of their own, whose names are ambiguous beside those of C: none can take the place of what the tests judge by.
  return {{"tests.cpp", opening() + cpp_tests_runtime() + (row.program.uses_namespace_std ? "using namespace std;\n" : "") + "#line 1 \"task\"\n" +
                            row.task_helpers + "\nnamespace lydian_program {\n" + type_names(row.program, row) + structs + "}\n" + crossings +
                            "namespace lydian_program {\n" + declarations + "}\nusing namespace lydian_program;\n" + watch + own_names + "#line 1 \"tests\"\n" +
                            row.tests_text + "\n"},
          pair_header()};
}

std::vector<SourceFile> program_with(const CppRow& row, const std::string& statements) {
  return {{"program.cpp", row.program_text + "\n#line 1 \"doorways\"\n" + without_macros(row.program) + statements}, pair_header()};
}

CppPair pair_of(const CppRow& row, const std::vector<CppFunction>& functions) {
  std::string stand_ins, doorways, declarations, crossings;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    stand_ins += stand_in(functions[i], i);
    doorways += doorway(functions[i], i);
    declarations += door_declaration(functions[i], i);
  }
  for (const CppStruct& type : row.structs) {
    // Fields may be of other such types, so all cross where one does.
    if (std::any_of(functions.begin(), functions.end(), [&](const CppFunction& each) { return speaks_of(each, type.name); })) crossings = "\n";
  }
  if (!crossings.empty()) {
    for (const CppStruct& type : row.structs) crossings += crossing_of(type, "");
  }
  CppPair pair;
  pair.tests = tests_with(row, stand_ins);
  // The program's text stands first, so that a header compiled ahead serves it; its main(), if it has one, is left alone (kServedFlags). Where types of its own
  // cross, both texts must be one.
  const std::string serving = doorkeeper(functions.size()) + cpp_serve_runtime();
  if (crossings.empty()) {
    pair.program = program_with(row, "#include <cstddef>\n#include <cstdint>\n#include <string>\n#include <vector>\n" + doorways);
    pair.program.insert(pair.program.begin() + 1, {"serve.cpp", opening() + declarations + serving});
  } else {
    pair.program = program_with(row, opening() + crossings + doorways + serving);
  }
  return pair;
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
