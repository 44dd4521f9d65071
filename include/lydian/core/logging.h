#pragma once

#include <functional>
#include <string_view>

namespace lydian {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Where the library's messages go. An exception that it throws is dropped with the message.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;

/// Sends the library's messages from `least` up to `sink`; an empty sink makes it silent again, which it is from the start.
///
/// The messages go through the spdlog logger named "lydian", which a program that uses spdlog finds by spdlog::get("lydian") after the first message, and
/// which is the program's own where it has registered one of that name before.
/// Threads: may be called at any time; `sink` is called by one thread at a time.
void set_log_sink(LogSink sink, LogLevel least = LogLevel::kInfo);

/// One message: a sentence without a line end.
void log(LogLevel level, std::string_view message);

}  // namespace lydian
