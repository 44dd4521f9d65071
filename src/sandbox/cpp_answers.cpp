#include "sandbox/cpp_answers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "sandbox/cpp_doors.h"

namespace lydian::sandbox {
namespace {

constexpr const char* kShown = "template <int, class...> struct lydian_shown;\n";
constexpr const char* kMark = "lydian_shown<";

std::string question(std::size_t number, const std::string& expression) {
  return "lydian_shown<" + std::to_string(number) + ", decltype(" + expression + ")> lydian_question_" + std::to_string(number) + ";\n";
}

/// One `lydian_shown<number, types...>` of the compiler's words: the number and the types' texts.
struct Shown {
  std::size_t number = 0;
  std::vector<std::string> types;
  bool operator<(const Shown& other) const { return std::tie(number, types) < std::tie(other.number, other.types); }
};

std::optional<Shown> read_shown(const std::string& text, std::size_t at) {
  Shown shown;
  std::string piece;
  int depth = 0;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '>')) {
      shown.types.push_back(piece);
      piece.clear();
      if (c == '>') break;
      continue;
    }
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    piece += c;
  }
  if (shown.types.empty() || shown.types[0].find_first_not_of("0123456789") != std::string::npos || shown.types[0].empty() || shown.types[0].size() > 6)
    return {};
  shown.number = std::stoul(shown.types[0]);
  shown.types.erase(shown.types.begin());
  return shown;
}

std::set<Shown> all_shown(const std::string& complaints) {
  std::set<Shown> all;
  const std::string mark = kMark;
  for (std::size_t at = 0; (at = complaints.find(mark, at)) != std::string::npos;) {
    at += mark.size();
    if (const auto shown = read_shown(complaints, at)) all.insert(*shown);
  }
  return all;
}

bool same_call(const CppFunction& a, const CppFunction& b) {
  return a.name == b.name && std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(),
                                        [](const CppParameter& x, const CppParameter& y) { return x.type == y.type && x.pointer == y.pointer; });
}

}  // namespace

std::vector<SourceFile> ask_for_signatures(const CppRow& row, const std::vector<std::string>& names) {
  std::string text = kShown;
  for (std::size_t i = 0; i < names.size(); ++i) text += question(i, "+::" + names[i]);
  return program_with(row, text);
}

void read_signatures(const std::string& complaints, const CppRow& row, std::vector<std::string>& names, std::vector<CppFunction>& found,
                     std::map<std::string, std::string>& own_results) {
  std::set<std::string> known;
  for (const Shown& shown : all_shown(complaints)) {
    if (shown.number >= names.size() || shown.types.size() != 1) continue;
    const std::string& name = names[shown.number];
    CppFunction function = function_of_pointer(name, shown.types[0], row.types);
    if (function.plain) {
      known.insert(name);
      found.push_back(std::move(function));
    } else if (!function.own_result.empty()) {
      own_results[name] = function.own_result;
    }
  }
  std::erase_if(names, [&](const std::string& each) { return known.count(each) != 0; });
}

std::vector<SourceFile> ask_for_arguments(const CppRow& row, const std::vector<std::string>& names, const std::vector<CppFunction>& known) {
  std::string text = kShown;
  for (std::size_t i = 0; i < names.size(); ++i) text += "template <class... A> lydian_shown<" + std::to_string(i) + ", A&&...> " + names[i] + "(A&&...);\n";
  for (std::size_t i = 0; i < known.size(); ++i) text += stand_in(known[i], i);
  return tests_with(row, text);
}

CalledWith read_arguments(const std::string& complaints, const CppRow& row, const std::vector<std::string>& names) {
  CalledWith called;
  for (const Shown& shown : all_shown(complaints)) {
    // The template itself, and calls whose arguments have no type of their own ({...}).
    const bool no_call = std::any_of(shown.types.begin(), shown.types.end(), [](const std::string& type) { return type.find("...") != std::string::npos; });
    if (shown.number >= names.size() || shown.types.empty() || no_call) continue;
    CppFunction call;
    call.name = names[shown.number];
    bool read = true;
    for (const std::string& type : shown.types) {
      const bool function = type.find("<lambda") != std::string::npos || type.find("(*") != std::string::npos || type.find("(&)(") != std::string::npos;
      if (function) called.function_given = call.name;
      CppParameter parameter;
      // A null pointer is a text that is not there.
      if (type.find("nullptr_t") != std::string::npos) {
        parameter.type = "char";
        parameter.pointer = true;
      } else {
        read = read && read_printed_parameter(type, row.task.aliases, parameter);
        for (const std::string& word : tokens_of(type).tokens) {
          if (row.tests.classes.count(word) != 0) called.object_given = call.name;
        }
      }
      call.parameters.push_back(std::move(parameter));
    }
    if (!read) {
      called.unread.insert(call.name);
      continue;
    }
    const auto same = std::find_if(called.calls.begin(), called.calls.end(), [&](const CppFunction& each) { return same_call(each, call); });
    if (same == called.calls.end()) {
      called.calls.push_back(std::move(call));
    } else {
      // Given once with a name and once without: the function that takes both cannot give anything back.
      for (std::size_t i = 0; i < call.parameters.size(); ++i)
        same->parameters[i].writes_back = same->parameters[i].writes_back && call.parameters[i].writes_back;
    }
  }
  return called;
}

std::vector<SourceFile> ask_for_results(const CppRow& row, const std::vector<CppFunction>& calls) {
  std::string text = std::string("#include <utility>\n") + kShown;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::string arguments;
    for (const CppParameter& parameter : calls[i].parameters)
      arguments += (arguments.empty() ? "" : ", ") + ("std::declval<" + argument_type(parameter) + ">()");
    text += question(i, "::" + calls[i].name + "(" + arguments + ")");
  }
  return program_with(row, text);
}

void read_results(const std::string& complaints, const CppRow& row, const std::vector<CppFunction>& calls, std::vector<CppFunction>& found,
                  std::map<std::string, std::string>& own_results) {
  for (const Shown& shown : all_shown(complaints)) {
    if (shown.number >= calls.size() || shown.types.size() != 1) continue;
    CppFunction function = calls[shown.number];
    if (read_printed_result(shown.types[0], row.types, function)) {
      function.plain = true;
      found.push_back(std::move(function));
    } else {
      own_results[function.name] = function.own_result;
    }
  }
}

}  // namespace lydian::sandbox
