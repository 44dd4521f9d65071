#include "lydian/data/task_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/json_text.h"
#include "lydian/core/config.h"
#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

// One line of the file, with what its messages need.
class Line {
 public:
  Line(const std::string& path, std::size_t number, std::string_view text) : place_(path + ", line " + std::to_string(number)), number_(number) {
    try {
      value_ = parse_json(text);
    } catch (const JsonMistake& mistake) {
      const std::size_t column = mistake.place.find("column");
      throw IoError("task_list", place_ + (column == std::string::npos ? "" : ", " + mistake.place.substr(column)) + ": " + mistake.sentence);
    }
    if (!value_.is_object()) refuse("", "an object {…}", value_);
  }

  [[noreturn]] void refuse(const std::string& field, const std::string& expected, const Json& got) const {
    throw IoError("task_list", place_ + (field.empty() ? "" : ": " + field) + ": expected " + expected + ", got " + shown(got));
  }

  Task task() const {
    refuse_unknown(value_, "", {"id", "prompt", "ground_truth", "category", "metadata", "demonstration"});
    Task task;
    task.id = value_.contains("id") ? text(value_, "", "id") : std::to_string(number_);
    read_prompt(task);
    task.ground_truth = ground_truth();
    if (value_.contains("category")) task.category = text(value_, "", "category");
    if (value_.contains("metadata")) {
      if (!value_["metadata"].is_object()) refuse("metadata", "an object {…}", value_["metadata"]);
      for (const auto& [key, entry] : value_["metadata"].items()) task.metadata[key] = entry.is_string() ? entry.get<std::string>() : entry.dump();
    }
    return task;
  }

  std::optional<Demonstration> demonstration() const {
    if (!value_.contains("demonstration")) return std::nullopt;
    const Json& given = value_["demonstration"];
    if (!given.is_object()) refuse("demonstration", "an object {…}", given);
    refuse_unknown(given, "demonstration.", {"thinking", "answer"});
    Demonstration demonstration;
    demonstration.think = given.contains("thinking");
    if (demonstration.think) demonstration.thinking = segments(given["thinking"], "demonstration.thinking");
    if (!given.contains("answer")) refuse("demonstration.answer", "text in quotes, or a list of segments", "nothing");
    demonstration.answer = segments(given["answer"], "demonstration.answer");
    return demonstration;
  }

 private:
  void refuse_unknown(const Json& object, const std::string& prefix, const std::vector<std::string>& known) const {
    for (const auto& [key, entry] : object.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const auto nearest = nearest_name(key, known);
      const std::string hint = nearest ? "did you mean " + prefix + *nearest + "?" : "fields of your own go under metadata";
      throw IoError("task_list", place_ + ": " + prefix + key + " is no known field; " + hint);
    }
  }

  std::string text(const Json& object, const std::string& prefix, const char* name) const {
    if (!object.contains(name)) refuse(prefix + name, "text in quotes", "nothing");
    if (!object[name].is_string()) refuse(prefix + name, "text in quotes", object[name]);
    return object[name].get<std::string>();
  }

  void read_prompt(Task& task) const {
    const std::string expected = "text, or a list of messages {\"role\", \"content\"}, not empty";
    const Json prompt = value_.value("prompt", Json());
    const bool is_text = prompt.is_string() && !prompt.get_ref<const std::string&>().empty();
    const bool is_conversation = prompt.is_array() && !prompt.empty();
    if (!is_text && !is_conversation) {
      refuse("prompt", expected, value_.contains("prompt") ? prompt : Json("nothing"));
    }
    if (prompt.is_string()) {
      task.prompt = prompt.get<std::string>();
      return;
    }
    for (const Json& message : prompt) {
      const std::string place = "prompt[" + std::to_string(task.messages.size()) + "]";
      if (!message.is_object()) refuse(place, "a message {\"role\", \"content\"}", message);
      refuse_unknown(message, place + ".", {"role", "content"});
      const std::string role = text(message, place + ".", "role");
      constexpr std::array<std::string_view, 4> kRoles{"system", "user", "assistant", "tool"};
      if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end()) refuse(place + ".role", R"(one of "system", "user", "assistant", "tool")", role);
      task.messages.push_back({role, text(message, place + ".", "content")});
    }
  }

  // A number that a double rounds would make a ground truth that nobody wrote.
  std::string ground_truth() const {
    const Json truth = value_.value("ground_truth", Json());
    if (truth.is_null()) refuse("ground_truth", "text or a JSON value", value_.contains("ground_truth") ? Json() : Json("nothing"));
    constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
    if (truth.is_number_float() && std::abs(truth.get<double>()) >= kExactIntegers) refuse("ground_truth", "quotes around a number beyond 64 bits", truth);
    return truth.is_string() ? truth.get<std::string>() : truth.dump();
  }

  std::vector<DemonstrationSegment> segments(const Json& given, const std::string& field) const {
    if (given.is_string()) return {{given.get<std::string>(), 1.0}};
    if (!given.is_array()) refuse(field, "text in quotes, or a list of segments {\"text\", \"weight\"}", given);
    std::vector<DemonstrationSegment> list;
    for (const Json& segment : given) {
      const std::string place = field + "[" + std::to_string(list.size()) + "]";
      if (!segment.is_object()) refuse(place, "a segment {\"text\", \"weight\"}", segment);
      refuse_unknown(segment, place + ".", {"text", "weight"});
      const Json weight = segment.value("weight", Json(1.0));
      if (!weight.is_number() || weight.get<double>() < 0) refuse(place + ".weight", "a number of at least 0", weight);
      list.push_back({text(segment, place + ".", "text"), weight.get<double>()});
    }
    return list;
  }

  std::string place_;
  std::size_t number_;
  Json value_;
};

}  // namespace

TaskList read_tasks_jsonl(const std::string& path) {
  const std::string file = read_whole_file(path);
  TaskList list;
  bool demonstrated = false;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < file.size();) {
    const std::size_t end = std::min(file.find('\n', begin), file.size());
    const std::string_view text = std::string_view(file).substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Line line(path, number, text);
    list.tasks.push_back(line.task());
    list.demonstrations.push_back(line.demonstration());
    demonstrated = demonstrated || list.demonstrations.back().has_value();
  }
  if (!demonstrated) list.demonstrations.clear();
  return list;
}

}  // namespace lydian
