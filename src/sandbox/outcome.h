#pragma once

#include "lydian/sandbox/run.h"
#include "sandbox/broker_process.h"

namespace lydian::sandbox {

/// The report of a job whose part `deciding` is the program: times, output, and the outcome as far as the broker's evidence gives it.
RunReport report_of(const Answer& answer, const RunLimits& limits, int deciding = 0);
/// Bytes of the channel of the first part.
std::string_view channel_of(const Answer& answer);
std::string_view stdout_of(const Answer& answer, int part);
std::string_view stderr_of(const Answer& answer, int part);
/// Sets outcome and evidence from how a program ended by itself.
void judge_status(RunReport& report, int wait_status, const RunLimits& limits);

}  // namespace lydian::sandbox
