#include "row_shapes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/json_text.h"
#include "lydian/core/error.h"

namespace lydian::code {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kWholeFunction = "Answer with the whole function.";
constexpr const char* kWholeProgram = "Write a program that reads standard input and writes standard output.";

bool has(const Json& row, const char* name) {
  return row.contains(name) && !row[name].is_null();
}

std::string text(const Json& row, const char* name) {
  if (!has(row, name)) throw ConfigError("code_rows", std::string(name) + " as text", "nothing");
  if (!row[name].is_string()) throw ConfigError("code_rows", std::string(name) + " as text", lydian::shown(row[name]));
  return row[name].get<std::string>();
}
std::string text_or(const Json& row, const char* name, const std::string& fallback) {
  return has(row, name) ? text(row, name) : fallback;
}

std::string id_of(const Json& row) {
  for (const char* name : {"id", "task_id", "name"}) {
    if (has(row, name)) return row[name].is_string() ? row[name].get<std::string>() : row[name].dump();
  }
  return {};
}

void copy_fields(const Json& from, std::initializer_list<const char*> names, Json& to) {
  for (const char* name : names) {
    if (has(from, name)) to[name] = from[name];
  }
}

/// Splits tests into those that a prompt may show and the others; what is judged is decided by the options.
Json judged(const Json& tests, std::size_t public_tests, const ShapeOptions& options) {
  if (!options.fraction || public_tests == 0 || public_tests >= tests.size()) return tests;
  return Json(tests.begin() + static_cast<std::ptrdiff_t>(public_tests), tests.end());
}

std::string stdio_example(const Json& test) {
  const std::string input = text_or(test, "stdin", ""), output = text_or(test, "expected_stdout", "");
  return "Example input:\n" + input + (input.ends_with('\n') ? "" : "\n") + "Example output:\n" + output;
}

std::size_t count_of(const Json& row, const char* name) {
  if (!has(row, name)) return 0;
  if (!row[name].is_number_unsigned()) throw ConfigError("code_rows", std::string(name) + " as a count", lydian::shown(row[name]));
  return row[name].get<std::size_t>();
}

/// Our own rows: a problem as `lydian grade code` reads it, with its statement.
ReadRow own_row(const Json& row, const ShapeOptions& options) {
  ReadRow read{.source = "lydian", .category = text_or(row, "category", ""), .language = text_or(row, "language", "python"), .statement = text(row, "prompt")};
  read.problem = Json::object();
  copy_fields(row, {"language", "mode", "entry_point", "cases", "tests", "compare", "atol", "rtol", "checker_python", "limits", "env", "prefix", "declaration"},
              read.problem);
  const bool stdio = has(row, "tests") && row["tests"].is_array();
  if (stdio) {
    const std::size_t shown = std::min(count_of(row, "public_tests"), row["tests"].size());
    for (std::size_t i = 0; i < shown; ++i) read.examples.push_back(stdio_example(row["tests"][i]));
    read.problem["tests"] = judged(row["tests"], shown, options);
  }
  read.instruction = stdio ? kWholeProgram : kWholeFunction;
  if (has(row, "reference")) read.reference = text(row, "reference");
  return read;
}

/// HumanEval and HumanEval+: the prompt is the function's head, which the program then stands behind.
ReadRow humaneval_row(const Json& row, const ShapeOptions&) {
  ReadRow read{.source = "humaneval", .category = "humaneval"};
  const std::string head = text(row, "prompt");
  read.statement = "Complete this function:\n\n```python\n" + head + (head.ends_with('\n') ? "" : "\n") + "```";
  read.instruction = kWholeFunction;
  read.reference = head + text(row, "canonical_solution");
  read.problem = Json{{"language", "python"}, {"prefix", head}, {"entry_point", text(row, "entry_point")}};
  const bool complete = has(row, "cases") && (!has(row, "test") || row.value("cases_complete", false));
  if (complete) {
    read.problem["mode"] = "function";
    copy_fields(row, {"cases", "compare", "atol", "rtol"}, read.problem);
  } else {
    read.problem["mode"] = "assert";
    read.problem["tests"] = text(row, "test") + "\n\ncheck(" + text(row, "entry_point") + ")\n";
  }
  return read;
}

/// MBPP: a sentence, and assertions of which the first ones are shown.
ReadRow mbpp_row(const Json& row, const ShapeOptions& options) {
  ReadRow read{.source = "mbpp", .category = "mbpp"};
  const std::string entry_point = text_or(row, "entry_point", "");
  read.statement = text(row, has(row, "prompt") ? "prompt" : "text");
  if (!entry_point.empty()) read.statement += " The function is called " + entry_point + ".";
  read.instruction = kWholeFunction;
  read.reference = text(row, has(row, "canonical_solution") ? "canonical_solution" : "code");
  std::vector<std::string> assertions;
  if (has(row, "test_list")) assertions = row["test_list"].get<std::vector<std::string>>();
  for (const std::string& assertion : assertions) read.examples.push_back("Example:\n" + assertion);
  std::string imports;
  for (const char* name : {"test_imports", "test_setup_code"}) {
    if (has(row, name) && row[name].is_array()) {
      for (const Json& line : row[name]) imports += line.get<std::string>() + "\n";
    } else {
      imports += text_or(row, name, "") + "\n";
    }
  }
  read.problem = Json{{"language", "python"}};
  const bool complete = has(row, "cases") && !entry_point.empty() && row.value("cases_complete", false);
  if (complete) {
    read.problem["mode"] = "function";
    read.problem["entry_point"] = entry_point;
    copy_fields(row, {"compare", "atol", "rtol"}, read.problem);
    // With cases from elsewhere all of the row's own assertions are public and all cases hidden.
    read.problem["cases"] = options.other_cases ? row["cases"] : judged(row["cases"], 1, options);
    if (!options.other_cases && read.examples.size() > 1) read.examples.resize(1);
    return read;
  }
  if (assertions.empty()) throw ConfigError("code_rows", "cases with cases_complete, or test_list", "neither");
  read.problem["mode"] = "assert";
  std::string tests = imports;
  for (const std::string& assertion : assertions) tests += assertion + "\n";
  read.problem["tests"] = tests;
  read.examples.resize(1);
  return read;
}

/// HumanEval-X, C++: declaration, body, and a source with main().
ReadRow humaneval_x_row(const Json& row, const ShapeOptions&) {
  ReadRow read{.source = "humaneval_x", .category = "humaneval_x", .language = "cpp"};
  read.statement = "Complete this function:\n\n```cpp\n" + text(row, "prompt") + "\n```";
  read.instruction = "Answer with the whole program text, includes first and no main().";
  read.reference = text(row, "declaration") + text(row, "canonical_solution");
  read.problem = Json{{"language", "cpp"}, {"mode", "assert"}, {"declaration", text(row, "declaration")}, {"tests", text(row, "test")}};
  return read;
}

/// One test of standard input and output from two texts.
Json test_of(const Json& input, const Json& output) {
  const auto whole = [](const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) throw ConfigError("code_rows", "inputs and outputs as text or lists of lines", lydian::shown(value));
    std::string lines;
    for (const Json& line : value) lines += line.get<std::string>() + "\n";
    return lines;
  };
  return Json{{"stdin", whole(input)}, {"expected_stdout", whole(output)}};
}

/// {"input": [text…], "output": [text…]}, as code_contests has them.
void append_pairs(const Json& row, const char* name, Json& tests) {
  if (!has(row, name)) return;
  const Json& pairs = row[name];
  if (!pairs.is_object() || !pairs.contains("input") || !pairs.contains("output") || pairs["input"].size() != pairs["output"].size()) {
    throw ConfigError("code_rows", std::string(name) + " as {\"input\": […], \"output\": […]} of one length", lydian::shown(pairs));
  }
  for (std::size_t i = 0; i < pairs["input"].size(); ++i) tests.push_back(test_of(pairs["input"][i], pairs["output"][i]));
}

ReadRow stdio_row(const Json& row, const ShapeOptions& options) {
  ReadRow read{.source = "stdio", .category = text_or(row, "category", "stdio"), .language = text_or(row, "language", "python")};
  read.statement = text(row, has(row, "statement") ? "statement" : "description");
  read.instruction = kWholeProgram;
  Json tests = Json::array();
  std::size_t shown = 0;
  if (has(row, "tests")) {
    tests = row["tests"];
    shown = std::min(count_of(row, "public_tests"), tests.size());
  } else {
    append_pairs(row, "public_tests", tests);
    shown = tests.size();
    append_pairs(row, "private_tests", tests);
    append_pairs(row, "generated_tests", tests);
  }
  for (std::size_t i = 0; i < shown; ++i) read.examples.push_back(stdio_example(tests[i]));
  read.problem = Json{{"language", read.language}, {"mode", "stdio"}, {"tests", judged(tests, shown, options)}};
  copy_fields(row, {"compare", "atol", "rtol", "checker_python", "limits"}, read.problem);
  if (has(row, "solutions") && row["solutions"].is_object() && has(row["solutions"], read.language.c_str())) {
    read.reference = text(row["solutions"], read.language.c_str());
  }
  return read;
}

Json parsed(const std::string& json, const char* field) {
  try {
    return parse_json(json);
  } catch (const JsonMistake& mistake) {
    throw ConfigError("code_rows", std::string(field) + " as JSON text", mistake.sentence);
  }
}

/// One call of a row of {inputs, outputs, fn_name}: arguments as a list, or as text with one JSON value a line.
Json call_of(const Json& input, const Json& output) {
  Json args = Json::array();
  if (input.is_string()) {
    const auto lines = input.get<std::string>();
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', begin), lines.size());
      if (end > begin) args.push_back(parsed(lines.substr(begin, end - begin), "inputs"));
      begin = end + 1;
    }
  } else {
    args = input.is_array() ? input : Json::array({input});
  }
  return Json{{"args", args}, {"expected", output.is_string() && input.is_string() ? parsed(output.get<std::string>(), "outputs") : output}};
}

/// The tests that verl's rows and those derived from APPS carry: {"inputs": […], "outputs": […], "fn_name"?}, or {"assert_case": […]}.
Json problem_of_pairs(const Json& truth) {
  if (has(truth, "assert_case")) {
    std::string tests;
    for (const Json& assertion : truth["assert_case"]) tests += assertion.get<std::string>() + "\n";
    return Json{{"mode", "assert"}, {"tests", tests}};
  }
  const bool paired = truth.is_object() && has(truth, "inputs") && has(truth, "outputs") && truth["inputs"].is_array() && truth["outputs"].is_array() &&
                      truth["inputs"].size() == truth["outputs"].size() && !truth["inputs"].empty();
  if (!paired) throw ConfigError("code_rows", "inputs and outputs as lists of one length, or assert_case", lydian::shown(truth));
  const Json& inputs = truth["inputs"];
  const Json& outputs = truth["outputs"];
  Json tests = Json::array();
  if (!has(truth, "fn_name")) {
    for (std::size_t i = 0; i < inputs.size(); ++i) tests.push_back(test_of(inputs[i], outputs[i]));
    return Json{{"mode", "stdio"}, {"tests", tests}};
  }
  // APPS wraps each expected value into a list of one: so where all are such lists, the value is what is inside.
  const bool wrapped = std::all_of(outputs.begin(), outputs.end(), [](const Json& output) { return output.is_array() && output.size() == 1; });
  for (std::size_t i = 0; i < inputs.size(); ++i) tests.push_back(call_of(inputs[i], wrapped ? outputs[i][0] : outputs[i]));
  return Json{{"mode", "function"}, {"entry_point", text(truth, "fn_name")}, {"cases", tests}};
}

std::vector<Message> conversation(const Json& prompt) {
  std::vector<Message> messages;
  if (prompt.is_string()) return {{"user", prompt.get<std::string>()}};
  if (!prompt.is_array() || prompt.empty()) throw ConfigError("code_rows", "prompt as text or a conversation", lydian::shown(prompt));
  for (const Json& message : prompt) messages.push_back({text(message, "role"), text(message, "content")});
  return messages;
}

/// verl: {"data_source", "prompt": [messages], "reward_model": {"ground_truth": JSON text}, "extra_info"?}
ReadRow verl_row(const Json& row, const ShapeOptions&) {
  ReadRow read{.source = "verl", .category = text_or(row, "data_source", "verl")};
  read.messages = conversation(row.at("prompt"));
  const Json& truth = row["reward_model"].at("ground_truth");
  read.problem = problem_of_pairs(truth.is_string() ? parsed(truth.get<std::string>(), "reward_model.ground_truth") : truth);
  if (has(row, "extra_info") && has(row["extra_info"], "index")) read.id = row["extra_info"]["index"].dump();
  return read;
}

/// TRL: "prompt" as text or conversation, and a column of tests beside it: verification_info {"language"?, "test_cases": [{"input", "output", "type"?,
/// "fn_name"?}]}.
ReadRow trl_row(const Json& row, const ShapeOptions&) {
  const Json info = row["verification_info"].is_string() ? parsed(row["verification_info"].get<std::string>(), "verification_info") : row["verification_info"];
  ReadRow read{.source = "trl", .category = text_or(row, "source", "trl"), .language = text_or(info, "language", "python")};
  read.messages = conversation(row.at(has(row, "prompt") ? "prompt" : "problem"));
  if (!has(info, "test_cases") || !info["test_cases"].is_array()) throw ConfigError("code_rows", "verification_info.test_cases as a list", lydian::shown(info));
  Json truth{{"inputs", Json::array()}, {"outputs", Json::array()}};
  for (const Json& test : info["test_cases"]) {
    truth["inputs"].push_back(test.at("input"));
    truth["outputs"].push_back(test.at("output"));
    if (has(test, "fn_name") && text_or(test, "type", "") != "stdin_stdout") truth["fn_name"] = test["fn_name"];
  }
  read.problem = problem_of_pairs(truth);
  read.problem["language"] = read.language;
  return read;
}

}  // namespace

ReadRow read_row(const Json& row, const ShapeOptions& options) {
  using Reader = ReadRow (*)(const Json&, const ShapeOptions&);
  const auto reader = [&]() -> Reader {
    if (has(row, "reward_model") && row["reward_model"].is_object()) return verl_row;
    if (has(row, "verification_info")) return trl_row;
    if (has(row, "declaration") && has(row, "test")) return humaneval_x_row;
    if (has(row, "test_list") || has(row, "test_setup_code")) return mbpp_row;
    if (has(row, "canonical_solution") && has(row, "prompt")) return humaneval_row;
    if (has(row, "statement") || has(row, "description")) return stdio_row;
    if (has(row, "prompt") && (has(row, "cases") || has(row, "tests"))) return own_row;
    throw ConfigError("code_rows", "the fields of a known shape (docs/code_environment.md)", lydian::shown(row));
  }();
  ReadRow read = reader(row, options);
  if (read.id.empty()) read.id = id_of(row);
  return read;
}

}  // namespace lydian::code
