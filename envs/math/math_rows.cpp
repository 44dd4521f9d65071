#include "math_rows.h"

#include <algorithm>
#include <array>

#include "core/json_text.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kQuestionFields{"prompt", "problem", "question"};
constexpr std::array kGoldFields{"reward_model.ground_truth", "ground_truth", "answer", "solution"};
constexpr std::array kCategoryFields{"category", "subject", "type", "metadata.source_dataset", "data_source"};
constexpr std::string_view kHashMarks = "####";

/// The value under a dotted name, or null.
const Json* find(const Json& row, std::string_view name) {
  const std::size_t dot = name.find('.');
  const auto found = row.find(std::string(name.substr(0, dot)));
  if (found == row.end() || found->is_null()) return nullptr;
  if (dot == std::string_view::npos) return &*found;
  return found->is_object() ? find(*found, name.substr(dot + 1)) : nullptr;
}

template <typename Names>
std::string first_present(const Json& row, const std::string& chosen, const Names& names) {
  if (!chosen.empty()) return find(row, chosen) != nullptr ? chosen : "";
  for (const char* name : names) {
    if (find(row, name) != nullptr) return name;
  }
  return "";
}

template <typename Names>
std::string listed(const std::string& chosen, const Names& names) {
  if (!chosen.empty()) return chosen;
  std::string text;
  for (const char* name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return "one of " + text;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// GSM8K's calculator notes, <<48/2=24>>, are no part of the solution's words.
std::string without_notes(std::string_view text) {
  std::string kept;
  for (;;) {
    const std::size_t begin = text.find("<<"), end = begin == std::string_view::npos ? begin : text.find(">>", begin);
    if (end == std::string_view::npos) return kept += text;
    kept += text.substr(0, begin);
    text.remove_prefix(end + 2);
  }
}

std::string question_of(const std::string& question, const MathEnvironmentOptions& options) {
  const std::string mark = "{question}";
  std::string text = options.question_template;
  return text.replace(text.find(mark), mark.size(), question);
}

std::vector<Message> messages_of(const Json& list, const std::string& field) {
  std::vector<Message> messages;
  for (const Json& entry : list) {
    const bool fits = entry.is_object() && entry.contains("role") && entry["role"].is_string() && entry.contains("content") && entry["content"].is_string();
    if (!fits) throw BrokenRow{field + ": expected messages {\"role\": text, \"content\": text}, got " + shown(entry)};
    messages.push_back({entry["role"].get<std::string>(), entry["content"].get<std::string>()});
  }
  return messages;
}

void read_prompt(const Json& row, const MathEnvironmentOptions& options, Task& task) {
  const std::string field = first_present(row, options.question_field, kQuestionFields);
  if (field.empty()) throw BrokenRow{"expected a question in " + listed(options.question_field, kQuestionFields) + ", got " + shown(row)};
  const Json& given = *find(row, field);
  if (given.is_string() && !trimmed(given.get_ref<const std::string&>()).empty()) {
    const std::string question = question_of(given.get<std::string>(), options);
    if (options.system_prompt.empty()) {
      task.prompt = question;
    } else {
      task.messages = {{"system", options.system_prompt}, {"user", question}};
    }
    return;
  }
  if (!given.is_array() || given.empty()) throw BrokenRow{field + ": expected text or a list of messages, not empty, got " + shown(given)};
  task.messages = messages_of(given, field);
  const auto last_user = std::find_if(task.messages.rbegin(), task.messages.rend(), [](const Message& message) { return message.role == "user"; });
  if (last_user == task.messages.rend()) throw BrokenRow{field + ": expected a message of the user, got " + shown(given)};
  last_user->content = question_of(last_user->content, options);
  if (!options.system_prompt.empty()) task.messages.insert(task.messages.begin(), {"system", options.system_prompt});
}

/// The gold in a text, and what was worked out before it.
struct Gold {
  std::string text, worked;
};

Gold gold_in(std::string_view text) {
  const std::size_t marks = text.rfind(kHashMarks);
  if (marks != std::string_view::npos) return {std::string(trimmed(text.substr(marks + kHashMarks.size()))), without_notes(trimmed(text.substr(0, marks)))};
  if (const auto box = last_box(text)) return {std::string(trimmed(*box)), std::string(trimmed(text))};
  text = trimmed(text);
  const bool dollars = text.size() > 2 && text.front() == '$' && text.back() == '$' && std::count(text.begin(), text.end(), '$') == 2;
  return {std::string(dollars ? trimmed(text.substr(1, text.size() - 2)) : text), {}};
}

std::string gold_text(const Json& value, const std::string& field) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  throw BrokenRow{field + ": expected a gold answer as text or number, got " + shown(value)};
}

void read_gold(const Json& row, const MathEnvironmentOptions& options, MathRow& read) {
  const std::string field = first_present(row, options.gold_field, kGoldFields);
  if (field.empty()) throw BrokenRow{"expected a gold answer in " + listed(options.gold_field, kGoldFields) + ", got " + shown(row)};
  const Json& given = *find(row, field);
  Json golds = Json::array();
  for (const Json& one : given.is_array() ? given : Json::array({given})) {
    const Gold gold = gold_in(gold_text(one, field));
    if (gold.text.empty()) throw BrokenRow{field + ": expected a gold answer, got " + shown(one)};
    if (golds.empty()) {
      read.gold = gold.text;
      read.worked = gold.worked;
    }
    golds.push_back(gold.text);
  }
  if (golds.empty()) throw BrokenRow{field + ": expected at least one gold answer, got []"};
  // A text that itself reads as a list would be taken for several golds.
  read.task.ground_truth = golds.size() == 1 && read.gold.front() != '[' ? read.gold : golds.dump();
  const Json* solution = find(row, "solution");
  if (read.worked.empty() && field != "solution" && solution != nullptr && solution->is_string()) read.worked = solution->get<std::string>();
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::optional<std::string> last_box(std::string_view text) {
  std::size_t start = std::string_view::npos, open = 0;
  for (const std::string_view name : {std::string_view("\\boxed{"), std::string_view("\\fbox{")}) {
    const std::size_t at = text.rfind(name);
    if (at == std::string_view::npos || (start != std::string_view::npos && at < start)) continue;
    start = at;
    open = at + name.size();
  }
  if (start == std::string_view::npos) return std::nullopt;
  int depth = 1;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;  // \{ and \} are no braces of the box.
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return std::string(text.substr(open, i - open));
    }
  }
  return std::nullopt;
}

MathRow read_math_row(std::string_view line, const MathEnvironmentOptions& options, const std::string& fallback_id) {
  Json row;
  try {
    row = parse_json_keeping_digits(line);
  } catch (const JsonMistake& mistake) {
    const std::size_t column = mistake.place.find("column");
    throw BrokenRow{(column == std::string::npos ? "" : mistake.place.substr(column) + ": ") + mistake.sentence};
  }
  if (!row.is_object()) throw BrokenRow{"expected an object {…}, got " + shown(row)};
  MathRow read;
  read_prompt(row, options, read.task);
  read_gold(row, options, read);
  const std::string category = first_present(row, options.category_field, kCategoryFields);
  if (!category.empty()) read.task.category = text_of(*find(row, category));
  read.task.id = fallback_id;
  for (const char* name : {"unique_id", "id"}) {
    if (const Json* id = find(row, name); id != nullptr && (id->is_string() || id->is_number_integer())) read.task.id = text_of(*id);
  }
  if (!options.reward.command.empty()) {
    // A reward function of the data set's framework is handed the row's other columns.
    for (const auto& [name, value] : row.items()) {
      if (name != "prompt" && !value.is_null()) read.task.metadata[name] = text_of(value);
    }
  }
  return read;
}

}  // namespace lydian
