#include "sandbox/python_program.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "lydian/core/error.h"

namespace lydian::sandbox {
namespace {

using nlohmann::json;
// What goes in keeps the order of its keys, which a program can see in a dict. What comes out is parsed without order: many keys then cost no square of time.
using OrderedJson = nlohmann::ordered_json;

constexpr const char* kPostFunctions[] = {"set", "sorted", "list", "tuple", "round", "bool"};

OrderedJson payload(const RunRequest& request, const char* mode) {
  OrderedJson env = OrderedJson::object();
  for (const auto& [name, value] : request.env) env[name] = value;
  return {{"mode", mode}, {"program", request.program}, {"env", env}};
}

/// Programs may hold bytes that are no UTF-8; the interpreter then sees replacement characters, as its own reader would refuse them.
std::string text_of(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

OrderedJson read_call(const std::string& text, std::size_t index) {
  const OrderedJson call = OrderedJson::parse(text, nullptr, false);
  const std::string field = "calls[" + std::to_string(index) + "]";
  if (!call.is_object()) throw ConfigError("sandbox", field + " to be a JSON object", text.substr(0, 80));
  if (call.contains("args") && !call["args"].is_array()) throw ConfigError("sandbox", field + ".args to be a list", call["args"].dump().substr(0, 80));
  if (call.contains("kwargs") && !call["kwargs"].is_object())
    throw ConfigError("sandbox", field + ".kwargs to be an object", call["kwargs"].dump().substr(0, 80));
  for (const OrderedJson& name : call.value("post", OrderedJson::array())) {
    bool known = false;
    for (const char* each : kPostFunctions) known = known || name == each;
    if (!known) throw ConfigError("sandbox", field + ".post among set, sorted, list, tuple, round, bool", name.dump());
  }
  return call;
}

/// The next message of a channel: its length in 4 bytes, then JSON. False at the end, or where the bytes are no message.
bool next_message(std::string_view& channel, std::string_view& message) {
  std::uint32_t size = 0;
  if (channel.size() < sizeof size) return false;
  std::memcpy(&size, channel.data(), sizeof size);
  channel.remove_prefix(sizeof size);
  if (size > channel.size()) return false;
  message = channel.substr(0, size);
  channel.remove_prefix(size);
  return true;
}

}  // namespace

std::string stdio_payload(const RunRequest& request) {
  return text_of(payload(request, "stdio"));
}
std::string served_payload(const RunRequest& request) {
  return text_of(payload(request, "serve"));
}

std::string function_payload(const RunRequest& request) {
  OrderedJson told = payload(request, "function");
  told["entry_point"] = request.entry_point;
  OrderedJson calls = OrderedJson::array();
  for (std::size_t i = 0; i < request.calls.size(); ++i) calls.push_back(read_call(request.calls[i], i));
  told["calls"] = std::move(calls);
  return text_of(told);
}

std::string tests_payload(const RunRequest& request) {
  return text_of(
      {{"mode", "tests"}, {"tests", request.tests}, {"prelude", request.prelude}, {"entry_point", request.entry_point}, {"env", OrderedJson::object()}});
}

bool read_calls(std::string_view channel, std::size_t call_count, std::vector<CallReport>& calls) {
  calls.assign(call_count, {});
  std::size_t next = 0;
  std::string_view message;
  while (next_message(channel, message)) {
    if (message == R"({"end":true})") return next == call_count;
    if (next == call_count) return false;
    const std::string head = R"({"i":)" + std::to_string(next) + R"(,"v":)";
    CallReport& call = calls[next];
    if (message.substr(0, head.size()) == head && message.back() == '}') {
      const std::string_view value = message.substr(head.size(), message.size() - head.size() - 1);
      if (!json::accept(value)) return false;
      call.status = CallReport::Status::kReturned;
      call.value = value;
    } else {
      const json told = json::parse(message, nullptr, false);
      if (!told.is_object() || told.value("i", json()) != next) return false;
      const bool raised = told.contains("raised");
      const json text = told.value(raised ? "raised" : "no_data", json());
      if (!text.is_string()) return false;
      call.status = raised ? CallReport::Status::kRaised : CallReport::Status::kNoData;
      call.error = text.get<std::string>();
    }
    ++next;
  }
  return false;
}

TestsEnd read_tests_end(std::string_view channel) {
  TestsEnd end;
  std::string_view message;
  if (!next_message(channel, message)) return end;
  const json told = json::parse(message, nullptr, false);
  if (!told.is_object()) return end;
  end.proved = told.value("proved", json()).is_number_unsigned() && told["proved"] != 0;
  end.failed = told.value("failed", "");
  end.text = told.value("text", "");
  return end;
}

}  // namespace lydian::sandbox
