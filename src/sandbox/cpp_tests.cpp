#include "sandbox/cpp_tests.h"

#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "sandbox/cpp_doors.h"
#include "sandbox/cpp_library.h"
#include "sandbox/cpp_runtime.h"

namespace lydian::sandbox {
namespace {

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
    if (type == "bool") continue;  // Whatever the tests put into it would be equal to anything.
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
  std::set<std::string> unclear;
  for (const CppFunction& function : row.program.functions) {
    if (!is_open(function.name)) continue;
    if (is_of_the_library(function.name)) {
      if (function.plain) questions.under_their_names.push_back(function);
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
  if (questions.functions.empty() && unclear.empty()) questions.functions.swap(questions.under_their_names);
  questions.unclear.assign(unclear.begin(), unclear.end());
  if (questions.functions.empty() && unclear.empty() && !called.empty()) questions.lacking = *called.begin();
  for (CppFunction& function : questions.functions) guard_arguments(row, function, find(row.announced, function.name) != nullptr);
  for (CppFunction& function : questions.under_their_names) guard_arguments(row, function, false);
  return questions;
}

namespace {

/// One call of a function in the tests: from its name to its closing parenthesis, within its statement.
struct Call {
  std::size_t name, close, begin, end;
};

bool ends_statement(const Tokens& tokens, std::size_t i) {
  const std::string& token = tokens[i];
  const bool sequenced = (token == "&" || token == "|") && i + 1 < tokens.size() && tokens[i + 1] == token;
  return token == ";" || token == "{" || token == "}" || token == "?" || sequenced;
}

std::vector<Call> calls_of(const Tokens& tokens, const std::string& name) {
  std::vector<Call> calls;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] != name || tokens[i + 1] != "(") continue;
    Call call{i, std::min(matching(tokens, i + 1, "(", ")"), tokens.size() - 1), i, 0};
    while (call.begin > 0 && !ends_statement(tokens, call.begin - 1)) --call.begin;
    call.end = call.close + 1;
    while (call.end < tokens.size() && !ends_statement(tokens, call.end)) ++call.end;
    calls.push_back(call);
  }
  return calls;
}

std::set<std::string> words_between(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::set<std::string> words;
  for (std::size_t i = begin; i < end && i < tokens.size(); ++i) {
    if (is_word(tokens[i])) words.insert(tokens[i]);
  }
  return words;
}

bool share_a_word(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& word) { return b.count(word) != 0; });
}

/// Whether the statement of some call compares with what the call was given.
bool compares_with_arguments(const Tokens& tokens, const std::string& name) {
  for (const Call& call : calls_of(tokens, name)) {
    const std::set<std::string> given = words_between(tokens, call.name + 2, call.close);
    if (share_a_word(given, words_between(tokens, call.begin, call.name)) || share_a_word(given, words_between(tokens, call.close + 1, call.end))) return true;
  }
  return false;
}

/// Whether some statement speaks of a call's result, by the name that it was given, and of what the call was given.
bool compares_result_with_arguments(const Tokens& tokens, const std::string& name) {
  for (const Call& call : calls_of(tokens, name)) {
    if (call.name < call.begin + 2 || tokens[call.name - 1] != "=" || !is_word(tokens[call.name - 2])) continue;
    const std::set<std::string> given = words_between(tokens, call.name + 2, call.close);
    for (std::size_t begin = call.end, i = call.end; i < tokens.size(); ++i) {
      if (!ends_statement(tokens, i)) continue;
      const std::set<std::string> words = words_between(tokens, begin, i);
      if (words.count(tokens[call.name - 2]) != 0 && words.count(name) == 0 && share_a_word(words, given)) return true;
      begin = i + 1;
    }
  }
  return false;
}

/// Where the arguments of a call begin and end.
std::vector<std::pair<std::size_t, std::size_t>> arguments_of(const Tokens& tokens, const Call& call) {
  std::vector<std::pair<std::size_t, std::size_t>> arguments;
  std::size_t begin = call.name + 2;
  int depth = 0;
  for (std::size_t i = begin; i <= call.close; ++i) {
    const std::string& token = tokens[i];
    if (token == "(" || token == "{" || token == "[") ++depth;
    if (i == call.close || (token == "," && depth == 0)) {
      arguments.emplace_back(begin, i);
      begin = i + 1;
    }
    if (token == ")" || token == "}" || token == "]") --depth;
  }
  return arguments;
}

/// Whether the variable was declared without a value before `at`, and not spoken of since.
bool has_no_value(const Tokens& tokens, const std::string& name, std::size_t at) {
  while (at > 0 && tokens[at - 1] != name) --at;
  if (at < 2 || (tokens[at] != ";" && tokens[at] != ",")) return false;
  std::size_t begin = --at;
  while (begin > 0 && tokens[begin - 1] != ";" && tokens[begin - 1] != "{" && tokens[begin - 1] != "}") --begin;
  static const std::set<std::string> types{"int", "long", "short", "unsigned", "signed", "char", "bool", "double", "float", "size_t", "std"};
  const auto opens = [](const std::string& token) { return token == "("; };
  return begin < at && types.count(tokens[begin]) != 0 &&
         std::none_of(tokens.begin() + static_cast<std::ptrdiff_t>(begin), tokens.begin() + static_cast<std::ptrdiff_t>(at), opens);
}

/// Whether the tests give a parameter a variable that has no value yet: they wait for one.
bool takes_results_only(const Tokens& tokens, const CppFunction& function, std::size_t parameter) {
  const std::vector<Call> calls = calls_of(tokens, function.name);
  return std::any_of(calls.begin(), calls.end(), [&](const Call& call) {
    const auto arguments = arguments_of(tokens, call);
    return parameter < arguments.size() && arguments[parameter].second == arguments[parameter].first + 1 &&
           has_no_value(tokens, tokens[arguments[parameter].first], call.begin);
  });
}

bool is_number_type(const std::string& type) {
  return type.find('<') == std::string::npos && type.find("string") == std::string::npos;
}

}  // namespace

void guard_arguments(const CppRow& row, CppFunction& function, bool announced) {
  const Tokens& tokens = row.tests.tokens;
  const bool compares = compares_with_arguments(tokens, function.name) || (!announced && compares_result_with_arguments(tokens, function.name));
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    CppParameter& parameter = function.parameters[i];
    const bool number = parameter.reference && is_number_type(parameter.type) && function.result != "void" && !announced;
    if (compares || (number && !takes_results_only(tokens, function, i))) parameter.writes_back = false;
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
