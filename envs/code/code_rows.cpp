#include "code_rows.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "lydian/verify/code_verifier.h"
#include "row_shapes.h"

namespace lydian::code {
namespace {

using Json = nlohmann::ordered_json;

/// Calls `use(row, place)` for each line; what it and the parser say is wrong is thrown with the line's number.
template <typename Use>
void for_each_row(std::string_view text, const std::string& origin, const Use& use) {
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string place = origin + ", line " + std::to_string(number);
    try {
      const Json row = parse_json(line);
      if (!row.is_object()) throw ConfigError("code_rows", "an object {…}", lydian::shown(row));
      use(row, number);
    } catch (const JsonMistake& mistake) {
      throw IoError("code_rows", place + ": " + mistake.sentence);
    } catch (const ConfigError& error) {
      throw IoError("code_rows", place + ": " + error.what());
    } catch (const Json::exception& error) {
      throw IoError("code_rows", place + ": " + error.what());
    }
  }
}

/// The fields of EvalPlus rows that say how a program is judged, by task_id.
std::map<std::string, Json> read_cases(const std::string& path) {
  std::map<std::string, Json> by_id;
  if (path.empty()) return by_id;
  for_each_row(read_rows_file(path, "cases_path"), path, [&](const Json& row, std::size_t) {
    Json cases = Json::object();
    for (const char* name : {"cases", "compare", "atol", "rtol", "entry_point"}) {
      if (row.contains(name)) cases[name] = row[name];
    }
    by_id[row.at("task_id").get<std::string>()] = std::move(cases);
  });
  return by_id;
}

std::string fenced(const std::string& program, const std::string& language) {
  // A fence longer than any in the program.
  std::string fence = "```";
  while (program.find(fence) != std::string::npos) fence += '`';
  return fence + language + "\n" + program + (program.ends_with('\n') ? "" : "\n") + fence;
}

std::string prompt_of(const ReadRow& row, const CodeOptions& options) {
  std::string prompt = row.statement;
  const std::size_t shown_tests = std::min(row.examples.size(), static_cast<std::size_t>(std::max<std::int64_t>(options.show_tests, 0)));
  for (std::size_t i = 0; i < shown_tests; ++i) prompt += "\n\n" + row.examples[i];
  if (options.instructions && !row.instruction.empty()) {
    prompt += "\n\n" + row.instruction;
    if (!options.bare_program) prompt += " Put it into one ```" + row.language + " block.";
  }
  return prompt;
}

}  // namespace

std::string read_rows_file(const std::string& path, const char* key) {
  try {
    return read_whole_file(path);
  } catch (const IoError& error) {
    throw IoError("code_environment", std::string("a file that can be read under ") + key, error.what());
  }
}

TaskList read_code_tasks(std::string_view text, const std::string& origin, const CodeOptions& options) {
  const std::map<std::string, Json> other_cases = read_cases(options.cases_path);
  TaskList list;
  bool demonstrated = false;
  for_each_row(text, origin, [&](const Json& given, std::size_t number) {
    Json row = given;
    const auto cases = row.contains("task_id") ? other_cases.find(row["task_id"].get<std::string>()) : other_cases.end();
    const bool replaced = cases != other_cases.end();
    if (replaced) {
      for (const auto& [name, value] : cases->second.items()) row[name] = value;
      row["cases_complete"] = true;
    }
    ReadRow read = read_row(row, {.fraction = options.fraction, .other_cases = replaced});
    Task task;
    task.id = read.id.empty() ? std::to_string(number) : read.id;
    if (read.messages.empty()) {
      task.messages = {{"user", prompt_of(read, options)}};
    } else {
      task.messages = read.messages;
    }
    task.ground_truth = read.problem.dump();
    check_code_problem(task.ground_truth);
    task.category = read.category;
    task.metadata["source"] = read.source;
    list.tasks.push_back(std::move(task));
    demonstrated = demonstrated || read.reference.has_value();
    std::optional<Demonstration> demonstration;
    if (read.reference) {
      const std::string answer = options.bare_program ? *read.reference : fenced(*read.reference, read.language);
      demonstration = Demonstration{.answer = {{answer}}, .think = false};
    }
    list.demonstrations.push_back(std::move(demonstration));
  });
  if (!demonstrated) list.demonstrations.clear();
  return list;
}

}  // namespace lydian::code
