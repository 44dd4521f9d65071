#include "lydian/core/logging.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <utility>

namespace lydian {
namespace {

LogLevel level_of(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return LogLevel::kDebug;
  if (level == spdlog::level::info) return LogLevel::kInfo;
  return level == spdlog::level::warn ? LogLevel::kWarning : LogLevel::kError;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// The one sink of ours. It stays in the logger for good, because a logger's list of sinks may not change while others log.
class CallerSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void replace(LogSink sink) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sink_ = std::move(sink);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (sink_) sink_(level_of(message.level), std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  LogSink sink_;
};

struct Logging {
  std::shared_ptr<CallerSink> sink = std::make_shared<CallerSink>();
  std::shared_ptr<spdlog::logger> logger;

  Logging() : logger(spdlog::get("lydian")) {
    if (logger) {
      logger->sinks().push_back(sink);
      return;
    }
    logger = std::make_shared<spdlog::logger>("lydian", sink);
    logger->set_error_handler([](const std::string&) {});  // spdlog's own prints
    spdlog::register_logger(logger);
  }
};

Logging& logging() {
  static Logging instance;
  return instance;
}

}  // namespace

void set_log_sink(LogSink sink, LogLevel least) {
  logging().sink->set_level(level_of(least));
  logging().logger->set_level(std::min(logging().logger->level(), level_of(least)));
  logging().sink->replace(std::move(sink));
}

void log(LogLevel level, std::string_view message) {
  logging().logger->log(level_of(level), "{}", message);
}

}  // namespace lydian
