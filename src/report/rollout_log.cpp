#include "lydian/report/rollout_log.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "lydian/core/durable_file.h"
#include "lydian/core/error.h"
#include "report/append_file.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kStatuses = {VerdictStatus::kScored, VerdictStatus::kUnparsable, VerdictStatus::kResourceLimit, VerdictStatus::kVerifierFault};
constexpr std::array kFinishReasons = {FinishReason::kStopped, FinishReason::kLength, FinishReason::kThinkingCut, FinishReason::kNoClose};
constexpr std::array kAtCaps = {ThinkingBudget::AtCap::kClose, ThinkingBudget::AtCap::kTruncate};

const char* to_string(ThinkingBudget::AtCap at_cap) {
  return at_cap == ThinkingBudget::AtCap::kClose ? "close" : "truncate";
}

/// JSON has no infinities and no NaN: they are written as text, so that the log of a run that diverged still says so.
Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/// The double with the shortest digits that a reader, by way of a double or directly, turns back into the same float.
Json number(float value) {
  if (!std::isfinite(value)) return number(static_cast<double>(value));
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  double shortest = 0.0;
  std::from_chars(digits.data(), end, shortest);
  // Digits that lie all but halfway between two floats may round twice on their way; the float's own double never does.
  return static_cast<float>(shortest) == value ? shortest : static_cast<double>(value);
}

Json budget_json(const ThinkingBudget& budget) {
  return {{"max_tokens", budget.max_tokens}, {"at_cap", to_string(budget.at_cap)}, {"open", budget.open}, {"close", budget.close}, {"closer", budget.closer}};
}

void write_task(Json& line, const Task& task) {
  if (!task.messages.empty()) {
    Json& messages = line["messages"] = Json::array();
    for (const Message& message : task.messages) messages.push_back({{"role", message.role}, {"content", message.content}});
  }
  if (!task.metadata.empty()) line["metadata"] = task.metadata;
}

void write_tokens(Json& line, const Completion& completion) {
  line["token_ids"] = completion.token_ids;
  Json& log_probs = line["log_probs"] = Json::array();
  for (const float log_prob : completion.log_probs) log_probs.push_back(number(log_prob));
  Json& sources = line["sources"] = Json::array();
  for (const TokenSource source : completion.sources) sources.push_back(static_cast<int>(source));
}

Json line_of(std::int64_t step, const Rollout& rollout, double advantage) {
  const Task& task = *rollout.task;
  const Completion& completion = rollout.completion;
  const Verdict& verdict = rollout.verdict;
  Json line = {{"input", task.prompt},
               {"output", completion.text},
               {"gts", task.ground_truth},
               {"score", number(verdict.reward)},
               {"step", step},
               {"environment", rollout.environment},
               {"task_id", task.id},
               {"category", task.category},
               {"prompt_number", rollout.prompt_number},
               {"group", rollout.group},
               {"sample", rollout.sample},
               {"advantage", number(advantage)},
               {"status", to_string(verdict.status)},
               {"reason", verdict.reason}};
  Json& parts = line["rewards"] = Json::object();
  for (const auto& [name, value] : verdict.parts) parts[name] = number(value);
  line["thinking"] = completion.thinking;
  line["answer"] = completion.answer;
  Json& thinking_spans = line["thinking_spans"] = Json::array();
  for (const TokenSpan& span : completion.thinking_spans) thinking_spans.push_back({span.begin, span.end});
  line["answer_span"] = {completion.answer_span.begin, completion.answer_span.end};
  line["finish_reason"] = to_string(completion.finish_reason);
  line["stopped"] = completion.stopped;
  line["thinking_tokens"] = completion.thinking_tokens;
  line["completion_tokens"] = completion.token_ids.size();
  line["thinking_forced"] = completion.thinking_forced;
  line["budget"] = budget_json(completion.budget);
  line["temperature"] = number(completion.temperature);
  line["weight_version"] = completion.weight_version;
  write_task(line, task);
  line["prompt_ids"] = rollout.prompt_ids;
  write_tokens(line, completion);
  return line;
}

/// One line being read, and where it stands, for messages.
class LineReader {
 public:
  LineReader(const std::string& path, std::size_t number, std::string_view text)
      : where_(path + ", line " + std::to_string(number)), line_(Json::parse(text, nullptr, /*allow_exceptions=*/false)) {
    if (!line_.is_object()) throw IoError("rollout_log", where_ + ": expected a JSON object, got " + std::string(text.substr(0, 40)));
  }

  bool has(const char* field) const { return line_.contains(field); }
  const Json& at(const char* field) const {
    const auto found = line_.find(field);
    if (found == line_.end()) fail(field, "a value", "nothing");
    return *found;
  }

  template <typename T>
  T get(const char* field) const {
    return convert<T>(field, at(field));
  }
  template <typename T>
  std::vector<T> list(const char* field) const {
    return list_of<T>(field, at(field));
  }
  template <typename T>
  T member(const char* field, const Json& object, const char* name) const {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (found == object.end()) fail(field, "an object with the member \"" + std::string(name) + "\"", object.dump());
    return convert<T>(field, *found);
  }
  template <typename T>
  std::vector<T> list_of(const char* field, const Json& value) const {
    if (!value.is_array()) fail(field, "a list", value.dump());
    std::vector<T> list;
    list.reserve(value.size());
    for (const Json& element : value) list.push_back(convert<T>(field, element));
    return list;
  }
  template <typename Enumerator, std::size_t kCount>
  Enumerator choice(const char* field, const Json& value, const std::array<Enumerator, kCount>& enumerators) const {
    std::string names;
    for (const Enumerator enumerator : enumerators) {
      if (value == to_string(enumerator)) return enumerator;
      names += (names.empty() ? "" : ", ") + std::string(to_string(enumerator));
    }
    fail(field, "one of " + names, value.dump());
  }

  [[noreturn]] void fail(const char* field, const std::string& expected, const std::string& got) const {
    throw IoError("rollout_log", where_ + ", field \"" + field + "\": expected " + expected + ", got " + got);
  }

 private:
  template <typename T>
  T convert(const char* field, const Json& value) const {
    if constexpr (std::is_same_v<T, bool>) {
      if (!value.is_boolean()) fail(field, "true or false", value.dump());
      return value.get<bool>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!value.is_string()) fail(field, "text", value.dump());
      return value.get<std::string>();
    } else if constexpr (std::is_floating_point_v<T>) {
      if (value == "nan") return std::numeric_limits<T>::quiet_NaN();
      if (value == "inf") return std::numeric_limits<T>::infinity();
      if (value == "-inf") return -std::numeric_limits<T>::infinity();
      if (!value.is_number()) fail(field, "a number", value.dump());
      return value.get<T>();
    } else {
      if (!value.is_number_integer() || !in_range<T>(value)) fail(field, "an integer of " + std::to_string(8 * sizeof(T)) + " bits", value.dump());
      return value.get<T>();
    }
  }

  template <typename T>
  static bool in_range(const Json& value) {
    return value.is_number_unsigned() ? std::in_range<T>(value.get<std::uint64_t>()) : std::in_range<T>(value.get<std::int64_t>());
  }

  std::string where_;
  Json line_;
};

std::shared_ptr<const Task> read_task(const LineReader& line) {
  auto task = std::make_shared<Task>();
  task->id = line.get<std::string>("task_id");
  task->prompt = line.get<std::string>("input");
  task->ground_truth = line.get<std::string>("gts");
  task->category = line.get<std::string>("category");
  if (line.has("messages")) {
    for (const Json& message : line.at("messages")) {
      task->messages.push_back({line.member<std::string>("messages", message, "role"), line.member<std::string>("messages", message, "content")});
    }
  }
  if (line.has("metadata")) {
    const Json& metadata = line.at("metadata");
    if (!metadata.is_object()) line.fail("metadata", "an object", metadata.dump());
    for (const auto& [name, value] : metadata.items()) task->metadata[name] = line.member<std::string>("metadata", metadata, name.c_str());
  }
  return task;
}

ThinkingBudget read_budget(const LineReader& line) {
  const Json& object = line.at("budget");
  ThinkingBudget budget;
  budget.max_tokens = line.member<std::int64_t>("budget", object, "max_tokens");
  budget.at_cap = line.choice("budget", line.member<std::string>("budget", object, "at_cap"), kAtCaps);
  budget.open = line.member<TokenId>("budget", object, "open");
  budget.close = line.member<TokenId>("budget", object, "close");
  if (!object.contains("closer")) line.fail("budget", "an object with the member \"closer\"", object.dump());
  budget.closer = line.list_of<TokenId>("budget", object.at("closer"));
  return budget;
}

void read_tokens(const LineReader& line, Completion& completion) {
  completion.token_ids = line.list<TokenId>("token_ids");
  completion.log_probs = line.list<float>("log_probs");
  for (const std::uint8_t source : line.list<std::uint8_t>("sources")) {
    if (source > static_cast<std::uint8_t>(TokenSource::kEnvironment)) line.fail("sources", "0, 1 or 2", std::to_string(source));
    completion.sources.push_back(static_cast<TokenSource>(source));
  }
  const std::size_t tokens = completion.token_ids.size();
  const std::string expected = std::to_string(tokens) + " values, one for each of token_ids";
  if (completion.log_probs.size() != tokens) line.fail("log_probs", expected, std::to_string(completion.log_probs.size()));
  if (completion.sources.size() != tokens) line.fail("sources", expected, std::to_string(completion.sources.size()));
}

TokenSpan read_span(const LineReader& line, const char* field, const Json& value, std::size_t tokens) {
  const std::vector<std::int64_t> ends = line.list_of<std::int64_t>(field, value);
  if (ends.size() != 2 || ends[0] < 0 || ends[0] > ends[1] || ends[1] > static_cast<std::int64_t>(tokens)) {
    line.fail(field, "[begin, end] within " + std::to_string(tokens) + " tokens", value.dump());
  }
  return {ends[0], ends[1]};
}

void read_spans(const LineReader& line, Completion& completion) {
  if (!line.has("thinking_spans")) return;  // Lines of version 0.1.0 and before have none.
  const Json& thinking_spans = line.at("thinking_spans");
  if (!thinking_spans.is_array()) line.fail("thinking_spans", "a list", thinking_spans.dump());
  for (const Json& span : thinking_spans) completion.thinking_spans.push_back(read_span(line, "thinking_spans", span, completion.token_ids.size()));
  completion.answer_span = read_span(line, "answer_span", line.at("answer_span"), completion.token_ids.size());
}

Completion read_completion(const LineReader& line) {
  Completion completion;
  completion.text = line.get<std::string>("output");
  completion.thinking = line.get<std::string>("thinking");
  completion.answer = line.get<std::string>("answer");
  completion.finish_reason = line.choice("finish_reason", line.at("finish_reason"), kFinishReasons);
  completion.stopped = line.get<bool>("stopped");
  completion.thinking_tokens = line.get<std::int64_t>("thinking_tokens");
  completion.thinking_forced = line.get<bool>("thinking_forced");
  completion.budget = read_budget(line);
  completion.temperature = line.get<float>("temperature");
  completion.weight_version = line.get<std::uint64_t>("weight_version");
  read_tokens(line, completion);
  read_spans(line, completion);
  return completion;
}

Verdict read_verdict(const LineReader& line) {
  Verdict verdict;
  verdict.status = line.choice("status", line.at("status"), kStatuses);
  verdict.reward = line.get<double>("score");
  verdict.reason = line.get<std::string>("reason");
  const Json& parts = line.at("rewards");
  if (!parts.is_object()) line.fail("rewards", "an object", parts.dump());
  for (const auto& [name, value] : parts.items()) verdict.parts.emplace_back(name, line.member<double>("rewards", parts, name.c_str()));
  return verdict;
}

}  // namespace

void write_rollouts(const std::string& path, std::int64_t step, std::span<const Rollout> rollouts, std::span<const double> advantage) {
  if (advantage.size() != rollouts.size()) {
    throw ShapeError("rollout_log", std::to_string(rollouts.size()) + " advantages, one for each rollout", std::to_string(advantage.size()));
  }
  std::string text;
  for (std::size_t i = 0; i < rollouts.size(); ++i) {
    if (!std::isfinite(advantage[i])) throw Error("rollout_log", "finite advantages", number(advantage[i]).dump() + " for rollout " + std::to_string(i));
    if (!rollouts[i].task) throw ShapeError("rollout_log", "a task in every rollout", "none in rollout " + std::to_string(i));
    // Bytes that are no UTF-8 cannot stand in JSON; the ids still say what they were.
    text += line_of(step, rollouts[i], advantage[i]).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  ensure_folder(folder_of(path));
  write_file_durably(path, text);
}

LoggedRollouts read_rollouts(const std::string& path) {
  const std::string text = read_whole_file(path);
  LoggedRollouts logged;
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const LineReader line(path, number, rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    Rollout rollout;
    rollout.task = read_task(line);
    rollout.environment = line.get<std::string>("environment");
    rollout.prompt_ids = line.list<TokenId>("prompt_ids");
    rollout.completion = read_completion(line);
    rollout.verdict = read_verdict(line);
    rollout.prompt_number = line.get<std::int64_t>("prompt_number");
    rollout.group = line.get<std::int32_t>("group");
    rollout.sample = line.get<std::int32_t>("sample");
    logged.rollouts.push_back(std::move(rollout));
    logged.advantage.push_back(line.get<double>("advantage"));
  }
  return logged;
}

}  // namespace lydian
