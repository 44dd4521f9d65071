#include "verify/code/code_problem.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "core/json_text.h"
#include "lydian/core/error.h"

namespace lydian::code {
namespace {

using Json = nlohmann::ordered_json;

// Of one text that a row describes by repetition, and of all tests' inputs together.
constexpr std::size_t kLongestText = std::size_t{64} << 20;

[[noreturn]] void refuse(const std::string& field, const std::string& expected, const Json& got) {
  throw ConfigError("code_problem", field + " as " + expected, lydian::shown(got));
}
[[noreturn]] void refuse_missing(const std::string& field, const std::string& expected) {
  throw ConfigError("code_problem", field + " as " + expected, "nothing");
}

const Json* found(const Json& object, const char* name) {
  const auto place = object.find(name);
  return place == object.end() || place->is_null() ? nullptr : &*place;
}

std::string text_of(const Json& value, const std::string& field) {
  if (!value.is_string()) refuse(field, "text", value);
  return value.get<std::string>();
}

std::string text_or(const Json& object, const char* name, std::string fallback) {
  const Json* value = found(object, name);
  return value ? text_of(*value, name) : std::move(fallback);
}

double number_or(const Json& object, const char* name, double fallback) {
  const Json* value = found(object, name);
  if (!value) return fallback;
  if (!value->is_number() || !(value->get<double>() >= 0.0)) refuse(name, "a number of at least 0", *value);
  return value->get<double>();
}

/// [text, count], without making a text that nobody can hold.
void append_repeated(std::string& out, const Json& pair, const std::string& field) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_number_unsigned()) refuse(field, "[text, count]", pair);
  const auto text = pair[0].get<std::string>();
  const auto count = pair[1].get<std::uint64_t>();
  if (!text.empty() && count > (kLongestText - std::min(out.size(), kLongestText)) / text.size()) {
    refuse(field, "at most " + std::to_string(kLongestText) + " bytes", pair);
  }
  if (text.empty()) return;
  for (std::uint64_t i = 0; i < count; ++i) out += text;
}

std::string from_base64(const std::string& text, const std::string& field) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t digits = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const std::size_t digit = kDigits.find(c);
    if (c == '=') {
      ++padding;
      continue;
    }
    if (digit == std::string_view::npos || padding > 0) refuse(field, "base64", text);
    ++digits;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xFFFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  if (digits % 4 == 1 || (padding > 0 && (digits + padding) % 4 != 0)) refuse(field, "base64", text);
  return bytes;
}

ProgramLanguage language_of(const Json& row) {
  const std::string name = text_or(row, "language", "python");
  if (name == "python") return ProgramLanguage::kPython;
  if (name == "cpp") return ProgramLanguage::kCpp;
  refuse("language", "python or cpp", name);
}

RunMode mode_of(const Json& row) {
  if (const Json* mode = found(row, "mode")) {
    if (*mode == "stdio") return RunMode::kStdio;
    if (*mode == "function") return RunMode::kFunction;
    if (*mode == "assert") return RunMode::kAssert;
    refuse("mode", "stdio, function or assert", *mode);
  }
  const Json* tests = found(row, "tests");
  if (found(row, "cases") || (tests && tests->is_object())) return RunMode::kFunction;
  return tests && tests->is_string() ? RunMode::kAssert : RunMode::kStdio;
}

void read_limits(const Json& limits, RunLimits& out) {
  if (!limits.is_object()) refuse("limits", "an object", limits);
  struct Seconds {
    const char* name;
    double* value;
  };
  struct Count {
    const char* name;
    int* value;
    int least = 1, most = 1000000;
  };
  const std::array<Seconds, 3> seconds{{{"wall_s", &out.wall_s}, {"cpu_s", &out.cpu_s}, {"compile_wall_s", &out.compile_wall_s}}};
  const std::array<Count, 6> counts{{{"mem_mb", &out.mem_mb},
                                     {"out_kb", &out.out_kb},
                                     {"processes", &out.processes, 1, RunLimits::kMostProcesses},
                                     {"tmpfs_mb", &out.tmpfs_mb},
                                     {"files", &out.files, RunLimits::kFewestFiles, RunLimits::kMostFiles},
                                     {"compile_mem_mb", &out.compile_mem_mb}}};
  for (const auto& [key, value] : limits.items()) {
    bool known = false;
    for (const Seconds& one : seconds) {
      if (key != one.name) continue;
      known = true;
      if (!value.is_number() || !(value.get<double>() > 0.0 && value.get<double>() <= 3600.0)) refuse("limits." + key, "seconds above 0, at most 3600", value);
      *one.value = value.get<double>();
    }
    for (const Count& one : counts) {
      if (key != one.name) continue;
      known = true;
      const double number = value.is_number() ? value.get<double>() : 0.0;
      if (!(number >= one.least && number <= one.most) || number != std::floor(number)) {
        refuse("limits." + key, "a whole number from " + std::to_string(one.least) + " to " + std::to_string(one.most), value);
      }
      *one.value = static_cast<int>(number);
    }
    if (!known) refuse("limits", "wall_s, cpu_s, compile_wall_s, mem_mb, out_kb, processes, tmpfs_mb, files or compile_mem_mb", key);
  }
}

StdioTest stdio_test(const Json& test, const std::string& field, bool expects) {
  if (!test.is_object()) refuse(field, "an object", test);
  StdioTest read;
  const Json* given = found(test, "stdin");
  const Json* repeated = found(test, "stdin_repeat");
  if (given && repeated) refuse(field, "stdin or stdin_repeat, not both", test);
  if (given) read.stdin_text = text_of(*given, field + ".stdin");
  if (repeated) append_repeated(read.stdin_text, *repeated, field + ".stdin_repeat");
  const Json* expected = found(test, "expected_stdout");
  if (expected) read.expected = text_of(*expected, field + ".expected_stdout");
  read.has_expected = expected != nullptr;
  if (!expected && expects) refuse_missing(field + ".expected_stdout", "text");
  return read;
}

void read_stdio(const Json& row, CodeProblem& problem) {
  const std::string compare = text_or(row, "compare", "tokens");
  const std::optional<OutputRule> rule = output_rule(compare);
  if (!rule) refuse("compare", "tokens, exact, float, set, checker or none", compare);
  problem.rule = *rule;
  problem.tolerance.atol = number_or(row, "atol", problem.tolerance.atol);
  problem.tolerance.rtol = number_or(row, "rtol", problem.tolerance.atol);
  problem.checker = text_or(row, "checker_python", "");
  if (problem.rule == OutputRule::kChecker && problem.checker.empty()) refuse_missing("checker_python", "text, for compare = checker");
  const Json* tests = found(row, "tests");
  if (!tests || !tests->is_array() || tests->empty()) refuse("tests", "a list of at least one test", tests ? *tests : Json());
  std::size_t bytes = 0;
  for (const Json& test : *tests) {
    const std::string field = "tests[" + std::to_string(problem.tests.size()) + "]";
    problem.tests.push_back(stdio_test(test, field, problem.rule != OutputRule::kNone && problem.rule != OutputRule::kChecker));
    bytes += problem.tests.back().stdin_text.size();
    if (bytes > kLongestText) refuse("tests", "at most " + std::to_string(kLongestText) + " bytes of input", static_cast<std::uint64_t>(bytes));
  }
}

/// The rule of one case: its own words before those of the row.
ValueRule value_rule(const Json& row, const Json& test, const std::string& field) {
  const Json* own = found(test, "compare");
  const Json* general = found(row, "compare");
  const Json name = own ? *own : general ? *general : Json("eq");
  const std::optional<ValueRule::Kind> kind = value_rule_kind(name.is_string() ? name.get<std::string>() : "");
  if (!kind) refuse(own ? field + ".compare" : "compare", "eq, truthy, isclose, abs or set", name);
  ValueRule rule{.kind = *kind};
  rule.rtol = number_or(test, "rtol", number_or(row, "rtol", rule.rtol));
  rule.atol = number_or(test, "atol", number_or(row, "atol", rule.atol));
  // Rows of EvalPlus say how to compare once for all cases, and mean by it that floats are close enough where they are not equal.
  if (!own && general) {
    constexpr double kPlusAtol = 1e-6;
    rule.close_any = rule.atol > 0.0;
    rule.close_atol = rule.close_any ? rule.atol : kPlusAtol;
  }
  return rule;
}

/// What the program is called with must be data, or the row is at fault and not the program.
void read_arguments(const Json& call, const std::string& field) {
  for (const char* name : {"args", "kwargs"}) {
    if (!call.contains(name)) continue;
    try {
      (void)read_data_value(call[name].dump());
    } catch (const DataMistake& mistake) {
      throw ConfigError("code_problem", field + "." + name + " as values in data form", mistake.sentence);
    }
  }
}

FunctionCase function_case(const Json& row, const Json& test, const std::string& field) {
  if (!test.is_object()) refuse(field, "an object", test);
  Json call = Json::object();
  const Json* args = found(test, "args");
  if (args && !args->is_array()) refuse(field + ".args", "a list", *args);
  call["args"] = args ? *args : Json::array();
  if (const Json* kwargs = found(test, "kwargs")) {
    if (!kwargs->is_object()) refuse(field + ".kwargs", "an object", *kwargs);
    call["kwargs"] = *kwargs;
  }
  if (const Json* post = found(test, "post")) {
    if (!post->is_array()) refuse(field + ".post", "a list of names", *post);
    call["post"] = *post;
  }
  if (!test.contains("expected")) refuse_missing(field + ".expected", "a value");
  FunctionCase read{.rule = value_rule(row, test, field)};
  // What is true need not be data: re.match returns an object. An object that lies about its truth says no more than a program that returns True.
  if (read.rule.kind == ValueRule::Kind::kTruthy) call["post"].push_back("bool");
  read_arguments(call, field);
  read.call = call.dump();
  try {
    read.expected = read_data_value(test["expected"].dump());
  } catch (const DataMistake& mistake) {
    throw ConfigError("code_problem", field + ".expected as a value in data form", mistake.sentence);
  }
  return read;
}

void read_function(const Json& row, CodeProblem& problem) {
  if (problem.language != ProgramLanguage::kPython) refuse("language", "python, for mode = function", "cpp");
  // The fields stand on the row or, as in hostile rows, inside `tests`.
  const Json* tests = found(row, "tests");
  if (tests && !tests->is_object()) refuse("tests", "an object with cases, or none beside cases, for mode = function", *tests);
  const Json& holder = tests ? *tests : row;
  const Json* entry_point = found(holder, "entry_point") ? found(holder, "entry_point") : found(row, "entry_point");
  if (!entry_point) refuse_missing("entry_point", "a function's name");
  problem.entry_point = text_of(*entry_point, "entry_point");
  if (problem.entry_point.find_first_not_of(" \t\r\n") == std::string::npos) refuse("entry_point", "a function's name", *entry_point);
  const Json* cases = found(holder, "cases") ? found(holder, "cases") : found(row, "cases");
  if (!cases || !cases->is_array() || cases->empty()) refuse("cases", "a list of at least one case", cases ? *cases : Json());
  Json words = Json::object();
  for (const char* name : {"compare", "atol", "rtol"}) {
    const Json* value = found(holder, name) ? found(holder, name) : found(row, name);
    if (value) words[name] = *value;
  }
  for (const Json& one : *cases) {
    problem.cases.push_back(function_case(words, one, "cases[" + std::to_string(problem.cases.size()) + "]"));
  }
}

/// A prompt that is program text to be continued: it includes headers, and ends in a body that it opens.
std::string head_in_prompt(const Json& row) {
  std::string prompt = text_or(row, "prompt", "");
  const std::size_t last = prompt.find_last_not_of(" \t\r\n");
  const bool opens = last != std::string::npos && prompt[last] == '{' && ("\n" + prompt).find("\n#include") != std::string::npos;
  return opens ? prompt : std::string();
}

}  // namespace

CodeProblem read_code_problem(const Json& row) {
  if (!row.is_object()) refuse("a problem", "an object", row);
  CodeProblem problem;
  problem.language = language_of(row);
  problem.mode = mode_of(row);
  problem.prefix = text_or(row, "prefix", "");
  if (const Json* limits = found(row, "limits")) read_limits(*limits, problem.limits);
  if (const Json* env = found(row, "env")) {
    if (!env->is_object()) refuse("env", "an object", *env);
    for (const auto& [name, value] : env->items()) problem.env.emplace_back(name, text_of(value, "env." + name));
  }
  switch (problem.mode) {
    case RunMode::kStdio:
      read_stdio(row, problem);
      break;
    case RunMode::kFunction:
      read_function(row, problem);
      break;
    case RunMode::kAssert:
      problem.assertions = text_or(row, "tests", "");
      if (problem.assertions.empty()) refuse_missing("tests", "program text, for mode = assert");
      problem.entry_point = text_or(row, "entry_point", "");
      // HumanEval-X says `declaration`; the head of a function may also stand before every program.
      problem.prelude = text_or(row, "declaration", problem.prefix);
      if (problem.prelude.empty() && problem.language == ProgramLanguage::kCpp) problem.prelude = head_in_prompt(row);
      break;
  }
  return problem;
}

std::string read_program(const Json& row) {
  std::string program;
  int given = 0;
  for (const char* name : {"program", "source", "source_b64", "source_repeat"}) {
    const Json* value = found(row, name);
    if (!value) continue;
    ++given;
    const std::string field(name);
    if (field == "source_b64") {
      program = from_base64(text_of(*value, field), field);
    } else if (field == "source_repeat") {
      if (!value->is_array()) refuse(field, "a list of texts and [text, count]", *value);
      for (const Json& piece : *value) append_repeated(program, piece.is_string() ? Json::array({piece, 1U}) : piece, field);
    } else {
      program = text_of(*value, field);
    }
  }
  if (given != 1) throw ConfigError("code_problem", "one of program, source, source_b64 and source_repeat", std::to_string(given));
  return program;
}

}  // namespace lydian::code
