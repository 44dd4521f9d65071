#include "sandbox/cpp_doors.h"

#include <algorithm>

namespace lydian::sandbox {
namespace {

const std::string kText = "std::pair<bool, std::string>";  // Whether there is any, and it.

/// The library makes such a list of what stands in braces alone: of a vector's items, as its compiler would.
const std::string kListMaker = R"cpp(#ifndef LYDIAN_LIST
#define LYDIAN_LIST
#include <cstring>
#include <initializer_list>
                                     template <class T>
                                     std::initializer_list<T> lydian_list(const std::vector<T>& items) {
                                       struct {
                                         const T* first;
                                         std::size_t size;
                                       } parts{items.data(), items.size()};
                                       std::initializer_list<T> list;
                                       static_assert(sizeof list == sizeof parts);
                                       std::memcpy(static_cast<void*>(&list), &parts, sizeof list);
                                       return list;
                                     }
#endif
)cpp";

bool is_integer_type(const std::string& type) {
  static const std::set<std::string> words{"int", "long", "short", "unsigned", "signed", "char", "bool"};
  const Tokens tokens = tokens_of(type).tokens;
  return type == "std::size_t" || std::all_of(tokens.begin(), tokens.end(), [](const std::string& word) { return words.count(word) != 0; });
}

bool is_integer(const CppParameter& parameter) {
  return !parameter.pointer && parameter.type != "bool" && is_integer_type(parameter.type);
}

/// How many things a pointer points to is said, in C, by the number that follows it.
std::string count_behind(const CppFunction& function, std::size_t index) {
  for (std::size_t i = index + 1; i < function.parameters.size(); ++i) {
    if (is_integer(function.parameters[i])) return "a" + std::to_string(i);
  }
  return "1";
}

std::string in_a_vector(const CppParameter& parameter) {
  return "std::vector<" + parameter.type + ">";
}

std::string listed(const CppFunction& function, std::string (*text)(const CppFunction&, std::size_t)) {
  std::string all;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) all += (i == 0 ? "" : ", ") + text(function, i);
  return all;
}

std::string in_tests(const CppFunction& function, std::size_t i) {
  const CppParameter& parameter = function.parameters[i];
  std::string type = parameter.pointer ? "lydian_pair::Items<" + parameter.type + ">" : parameter.type + (parameter.writes_back ? "&" : "");
  if (parameter.list) type = "std::initializer_list<" + parameter.type + ">";
  return type + " a" + std::to_string(i) + (parameter.default_value.empty() ? "" : " = " + parameter.default_value);
}

std::string asked_with(const CppFunction& function, std::size_t i) {
  const CppParameter& parameter = function.parameters[i];
  const std::string name = "a" + std::to_string(i);
  if (parameter.list) return "lydian_pair::in(" + in_a_vector(parameter) + "(" + name + "))";
  if (parameter.pointer) return name + ".of(" + count_behind(function, i) + (parameter.writes_back ? ", true)" : ", false)");
  return (parameter.writes_back ? "lydian_pair::both(" : "lydian_pair::in(") + name + ")";
}

std::string at_door(const CppFunction& function, std::size_t i) {
  const CppParameter& parameter = function.parameters[i];
  const std::string type = parameter.list ? in_a_vector(parameter) : parameter.pointer ? "std::pair<bool, " + in_a_vector(parameter) + ">" : parameter.type;
  return type + (parameter.writes_back ? "&" : "") + " a" + std::to_string(i);
}

std::string behind_door(const CppFunction& function, std::size_t i) {
  const std::string name = "a" + std::to_string(i);
  if (function.parameters[i].temporary) return "std::move(" + name + ")";
  if (function.parameters[i].list) return "lydian_list(" + name + ")";
  return function.parameters[i].pointer ? "(" + name + ".first ? " + name + ".second.data() : nullptr)" : name;
}

std::string door_head(const CppFunction& function, std::size_t number) {
  return (function.text ? kText : function.result) + " lydian_door_" + std::to_string(number) + "(" + listed(function, at_door) + ")";
}

}  // namespace

std::string stand_in(const CppFunction& function, std::size_t number) {
  const std::string asked = listed(function, asked_with);
  const std::string question =
      "lydian_pair::call<" + (function.text ? kText : function.result) + ">(" + std::to_string(number) + (asked.empty() ? "" : ", ") + asked + ")";
  return function.result + " " + function.name + "(" + listed(function, in_tests) + ") { return " +
         (function.text ? "lydian_pair::kept(" + question + ")" : question) + "; }\n";
}

std::string doorway(const CppFunction& function, std::size_t number) {
  const std::string call = "::" + function.name + "(" + listed(function, behind_door) + ")";
  std::string body = "return " + call + ";";
  if (function.result == "void") body = call + ";";
  if (function.text) body = "const char* const text = " + call + "; return {text != nullptr, text != nullptr ? text : \"\"};";
  const bool lists = std::any_of(function.parameters.begin(), function.parameters.end(), [](const CppParameter& each) { return each.list; });
  return (lists ? kListMaker : "") + door_head(function, number) + " { " + body + " }\n";
}

std::string door_declaration(const CppFunction& function, std::size_t number) {
  return door_head(function, number) + ";\n";
}

std::string doorkeeper(std::size_t doors) {
  std::string cases;
  for (std::size_t i = 0; i < doors; ++i)
    cases += "    case " + std::to_string(i) + ": return lydian_pair::serve(&lydian_door_" + std::to_string(i) + ", in, out);\n";
  return "void lydian_serve(unsigned number, lydian_pair::Reader& in, lydian_pair::Writer& out) {\n  switch (number) {\n" + cases + "  }\n  _exit(95);\n}\n";
}

std::string struct_of_fields(const CppStruct& type) {
  std::string fields, parameters, initializers, equal = "true";
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const auto& [field_type, name] = type.fields[i];
    const std::string given = "lydian_" + std::to_string(i), comma = i == 0 ? "" : ", ";
    fields += field_type + " " + name + "; ";
    const bool exact = is_integer_type(field_type);
    parameters += comma + (exact ? "lydian_pair::Exact<" + field_type + ">" : field_type) + " " + given + " = {}";
    initializers += comma + name + "(" + given + (exact ? ".value)" : ")");
    equal += " && a." + name + " == b." + name;
  }
  return "struct " + type.name + " { " + fields + type.name + "(" + parameters + ") : " + initializers + " {}\n" + "  friend bool operator==(const " +
         type.name + "& a, const " + type.name + "& b) { return " + equal + "; }\n" +  //
         "  friend bool operator!=(const " + type.name + "& a, const " + type.name + "& b) { return !(a == b); } };\n";
}

std::string crossing_of(const CppStruct& type, const std::string& scope) {
  const std::string name = scope + "::" + type.name;
  std::string put, take, assign, list;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const auto& [field_type, field] = type.fields[i];
    const std::string value = "lydian_" + std::to_string(i);
    put += "lydian_pair::put<" + field_type + ">(out, value." + field + "); ";
    take += field_type + " " + value + " = lydian_pair::take<" + field_type + ">(in); ";
    assign += "value." + field + " = " + value + "; ";
    list += (i == 0 ? "" : ", ") + value;
  }
  return "namespace lydian_pair { template <> struct Cross<" + name + "> {\n  static void put(Writer& out, const " + name + "& value) { " + put +
         "}\n  template <typename T> static T made(Reader& in) { " + take + "if constexpr (std::is_default_constructible_v<T>) { T value{}; " + assign +
         "return value; } else { return T{" + list + "}; } }\n  static " + name + " take(Reader& in) { return made<" + name + ">(in); } }; }\n";
}

std::string argument_type(const CppParameter& parameter) {
  if (parameter.list) return "std::initializer_list<" + parameter.type + ">";
  if (parameter.pointer) return (parameter.writes_back ? "" : "const ") + parameter.type + "*";
  return parameter.type + (parameter.writes_back ? "&" : "");
}

}  // namespace lydian::sandbox
