#pragma once

#include <string>

#include "lydian/sandbox/run.h"
#include "sandbox/broker_process.h"

namespace lydian::sandbox {

/// What the warm interpreter is told, as JSON. Throws ConfigError where a call is no JSON object.
std::string stdio_payload(const RunRequest& request);
std::string function_payload(const RunRequest& request);
std::string served_payload(const RunRequest& request);
std::string tests_payload(const RunRequest& request);

/// Reads what came through the channel of function mode, every byte of it untrusted. True where the program's driver said that it had reached the end.
bool read_calls(std::string_view channel, std::size_t call_count, std::vector<CallReport>& calls);

/// What the tests' own process said at its end.
struct TestsEnd {
  bool proved = false;
  std::string failed;  ///< "assertion", "error", "lost", "row" (they prove nothing whatever the program), "refused" (they give it what cannot cross), or empty.
  std::string text;
};
TestsEnd read_tests_end(std::string_view channel);

}  // namespace lydian::sandbox
