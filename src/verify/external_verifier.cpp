#include "lydian/verify/external_verifier.h"

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

#include "core/json_text.h"
#include "lydian/core/config.h"
#include "lydian/core/error.h"
#include "verify/child_process.h"

namespace lydian {
namespace {

using Json = nlohmann::ordered_json;

bool is_program(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

bool can_be_found(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_program(program);
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "/bin:/usr/bin" : path;
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    if (is_program((end == begin ? "." : folders.substr(begin, end - begin)) + "/" + program)) return true;
    begin = end + 1;
  }
  return false;
}

Json messages_of(const Task& task) {
  Json list = Json::array();
  for (const Message& message : task.messages) list.push_back({{"role", message.role}, {"content", message.content}});
  return list;
}

std::string request_of(std::int64_t id, const Task& task, const Completion& completion) {
  Json request;
  request["id"] = id;
  request["task"] = {{"id", task.id},
                     {"prompt", task.messages.empty() ? Json(task.prompt) : messages_of(task)},
                     {"ground_truth", task.ground_truth},
                     {"category", task.category},
                     {"metadata", task.metadata}};
  request["completion"] = {{"text", completion.text},
                           {"thinking", completion.thinking},
                           {"answer", completion.answer},
                           {"finish_reason", to_string(completion.finish_reason)},
                           {"thinking_tokens", completion.thinking_tokens},
                           {"truncated", completion.truncated()}};
  return request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The child broke the protocol.
[[noreturn]] void refuse(const std::string& expected, const std::string& got) {
  throw ChildFailure("the child was stopped: expected " + expected + ", got " + got, false);
}

Json object_of(const std::string& line, const std::string& expected) {
  Json value;
  try {
    value = parse_json(line);
  } catch (const JsonMistake& mistake) {
    refuse(expected, shown(line) + ": " + mistake.sentence);
  }
  if (!value.is_object()) refuse(expected, shown(value));
  return value;
}

double finite_number(const Json& object, const std::string& name) {
  if (!object.contains(name)) refuse("a field \"" + name + "\" in the reply", shown(object));
  const Json& value = object.at(name);
  if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(name + " to be a finite number", shown(value));
  return value.get<double>();
}

std::string text_of(const Json& object, const std::string& name) {
  if (!object.contains(name)) return {};
  if (!object.at(name).is_string()) refuse(name + " to be text in quotes", shown(object.at(name)));
  return object.at(name).get<std::string>();
}

Verdict verdict_of(const Json& reply, std::int64_t id) {
  if (!reply.contains("id") || !reply.at("id").is_number_integer() || reply.at("id").get<std::int64_t>() != id) {
    refuse("the reply to item " + std::to_string(id), shown(reply));
  }
  if (reply.contains("error")) return Verdict::fault("the child could not judge: " + text_of(reply, "error"));
  const std::string status = reply.contains("status") ? text_of(reply, "status") : "scored";
  if (status == "unparsable") return Verdict::unparsable(text_of(reply, "reason"));
  if (status == "resource_limit") return Verdict::resource_limit(text_of(reply, "reason"));
  if (status != "scored") refuse(R"(a status "scored", "unparsable" or "resource_limit")", shown(status));
  Verdict verdict = Verdict::scored(finite_number(reply, "reward"), text_of(reply, "reason"));
  if (!reply.contains("parts")) return verdict;
  if (!reply.at("parts").is_object()) refuse("parts to be an object {…}", shown(reply.at("parts")));
  for (const auto& [name, value] : reply.at("parts").items()) verdict.parts.emplace_back(name, finite_number(reply.at("parts"), name));
  return verdict;
}

}  // namespace

void describe(ConfigVisitor& visitor, ExternalVerifierOptions& options) {
  visitor.field({.name = "command", .doc = "Program that judges, and its arguments; found by PATH, read by no shell"}, options.command);
  visitor.field({.name = "processes", .doc = "Children that judge side by side", .low = 1, .high = 1024}, options.processes);
  visitor.field({.name = "timeout_s", .doc = "Seconds that one item may take", .low = 1e-3}, options.timeout_s);
  visitor.field({.name = "start_timeout_s", .doc = "Seconds until a child must be ready", .low = 1e-3}, options.start_timeout_s);
  visitor.field({.name = "max_reply_bytes", .doc = "Bytes that one reply may have", .low = 64}, options.max_reply_bytes);
  visitor.field({.name = "max_memory_mb", .doc = "Address space of each process of a child, MB; 0: no limit", .low = 0}, options.max_memory_mb);
  visitor.field({.name = "deterministic", .doc = "Whether equal items are always judged equally; where not, verdicts are kept for a run's resumption"},
                options.deterministic);
}

struct ExternalVerifier::Implementation {
  explicit Implementation(std::size_t processes) : idle(processes) {}

  /// A place for a child; empty until its first item, and after a failure.
  using Place = std::unique_ptr<ChildProcess>;

  /// A place for as long as one item takes.
  struct Borrowed {
    explicit Borrowed(Implementation& pool) : pool(pool) {
      std::unique_lock<std::mutex> lock(pool.mutex);
      pool.place_free.wait(lock, [&pool] { return !pool.idle.empty(); });
      child = std::move(pool.idle.back());
      pool.idle.pop_back();
    }
    ~Borrowed() {
      {
        const std::lock_guard<std::mutex> lock(pool.mutex);
        pool.idle.push_back(std::move(child));
      }
      pool.place_free.notify_one();
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

    Implementation& pool;
    Place child;
  };
  void count(std::int64_t Counts::*which) {
    const std::lock_guard<std::mutex> lock(mutex);
    ++(counts.*which);
  }

  Verdict judge(Place& child, const ExternalVerifierOptions& options, const Task& task, const Completion& completion) {
    if (!child) {
      child =
          std::make_unique<ChildProcess>(options.command, ChildProcess::Limits{static_cast<std::size_t>(options.max_reply_bytes), options.max_memory_mb << 20});
      count(&Counts::started);
      const Json ready = object_of(child->first_line(options.start_timeout_s), R"({"ready": true})");
      if (ready.value("ready", Json()) != Json(true)) refuse(R"({"ready": true} as the first line)", shown(ready));
    }
    // Never the same again: a reply to an item of a former child is nobody's.
    const std::int64_t id = ++last_id;
    return verdict_of(object_of(child->exchange(request_of(id, task, completion), options.timeout_s), "a reply {…}"), id);
  }

  mutable std::mutex mutex;
  std::condition_variable place_free;
  std::vector<Place> idle;
  Counts counts;
  std::atomic<std::int64_t> last_id{0};
};

ExternalVerifier::ExternalVerifier(ExternalVerifierOptions options) : options_(std::move(options)) {
  if (options_.command.empty() || options_.command[0].empty()) throw ConfigError("external_verifier", "a command", "none");
  if (!can_be_found(options_.command[0])) throw ConfigError("external_verifier", "a program that can be run", options_.command[0] + ", which is not found");
  if (options_.processes < 1) throw ConfigError("external_verifier", "processes of at least 1", std::to_string(options_.processes));
  if (options_.max_reply_bytes < 64) throw ConfigError("external_verifier", "max_reply_bytes of at least 64", std::to_string(options_.max_reply_bytes));
  if (options_.max_memory_mb < 0) throw ConfigError("external_verifier", "max_memory_mb of at least 0", std::to_string(options_.max_memory_mb));
  for (const double seconds : {options_.timeout_s, options_.start_timeout_s}) {
    if (!(seconds > 0.0 && std::isfinite(seconds))) throw ConfigError("external_verifier", "time limits above 0 s", std::to_string(seconds));
  }
  implementation_ = std::make_unique<Implementation>(static_cast<std::size_t>(options_.processes));
}

ExternalVerifier::~ExternalVerifier() = default;

Verdict ExternalVerifier::verify(const Task& task, const Completion& completion) const {
  Implementation& pool = *implementation_;
  Implementation::Borrowed borrowed(pool);
  Verdict verdict;
  for (int attempt = 1;; ++attempt) {
    try {
      verdict = pool.judge(borrowed.child, options_, task, completion);
      break;
    } catch (const ChildFailure& failure) {
      borrowed.child.reset();
      if (failure.may_pass() && attempt == 1) continue;
      verdict = Verdict::fault(failure.what());
      break;
    }
  }
  pool.count(&Counts::judged);
  if (!verdict.valid()) pool.count(&Counts::faults);
  return verdict;
}

ExternalVerifier::Counts ExternalVerifier::counts() const {
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  return implementation_->counts;
}

}  // namespace lydian
