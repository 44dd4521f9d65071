#include "sandbox/outcome.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstring>

namespace lydian::sandbox {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string_view piece(const Answer& answer, int part, int which) {
  std::size_t at = 0;
  for (int p = 0; p < 2; ++p) {
    const PartResult& result = answer.reply.parts[p];
    const std::size_t sizes[3] = {result.stdout_bytes, result.stderr_bytes, result.channel_bytes};
    for (int i = 0; i < 3; ++i) {
      if (p == part && i == which) return at + sizes[i] <= answer.bytes.size() ? std::string_view(answer.bytes).substr(at, sizes[i]) : std::string_view();
      at += sizes[i];
    }
  }
  return {};
}

}  // namespace

std::string_view stdout_of(const Answer& answer, int part) {
  return piece(answer, part, 0);
}
std::string_view stderr_of(const Answer& answer, int part) {
  return piece(answer, part, 1);
}
std::string_view channel_of(const Answer& answer) {
  return piece(answer, 0, 2);
}

void judge_status(RunReport& report, int wait_status, const RunLimits& limits) {
  if (WIFSIGNALED(wait_status)) {
    report.signal = WTERMSIG(wait_status);
    const double cpu_limit = limits.cpu_s > 0 ? limits.cpu_s : limits.wall_s;
    // Signals that the program could have sent itself: only what it used says that it was the limit, which the kernel counts in ticks.
    const bool cpu = (report.signal == SIGXCPU || report.signal == SIGKILL) && report.cpu_s >= 0.8 * cpu_limit;
    report.outcome = cpu ? RunOutcome::kTimeLimit : RunOutcome::kRuntimeError;
    const char* name = sigabbrev_np(report.signal);
    report.evidence =
        std::string("ended by signal SIG") + (name == nullptr ? "?" : name) + (cpu ? " after " + number(report.cpu_s) + " s of processor time" : "");
    return;
  }
  report.exit_status = WEXITSTATUS(wait_status);
  report.outcome = report.exit_status == 0 ? RunOutcome::kCompleted : RunOutcome::kRuntimeError;
  report.evidence = "exit status " + std::to_string(report.exit_status);
}

RunReport report_of(const Answer& answer, const RunLimits& limits, int deciding) {
  const BrokerReply& reply = answer.reply;
  const PartResult& result = reply.parts[deciding];
  RunReport report;
  report.wall_s = reply.wall_s;
  report.cpu_s = reply.cpu_s;
  report.peak_mib = static_cast<double>(reply.peak_bytes) / (1 << 20);
  report.attempts = static_cast<int>(reply.attempts);
  report.stdout_text = stdout_of(answer, deciding);
  report.stderr_text = stderr_of(answer, deciding);
  report.stdout_truncated = result.stdout_truncated != 0;
  report.stderr_truncated = result.stderr_truncated != 0;
  switch (reply.end) {
    case JobEnd::kExited:
      judge_status(report, result.wait_status, limits);
      // The kernel holds whole seconds, and each process to its own.
      if (report.outcome == RunOutcome::kCompleted && limits.cpu_s > 0 && report.cpu_s > limits.cpu_s) {
        report.outcome = RunOutcome::kTimeLimit;
        report.evidence = "it used " + number(report.cpu_s) + " s of processor time";
      }
      break;
    case JobEnd::kWall:
      report.outcome = RunOutcome::kTimeLimit;
      report.evidence = "still running after " + number(limits.wall_s) + " s, of which it used " + number(reply.cpu_s) + " s of processor time";
      break;
    case JobEnd::kMemory:
      report.outcome = RunOutcome::kMemoryLimit;
      report.evidence = "the system ended a process of it at " + std::to_string(limits.mem_mb) + " MiB";
      break;
    case JobEnd::kOutput:
      report.outcome = RunOutcome::kOutputLimit;
      report.evidence = report.stdout_truncated || report.stderr_truncated ? "more output than " + std::to_string(limits.out_kb) + " kB"
                                                                           : "more bytes of answers than one run may give";
      break;
    case JobEnd::kFault:
      report.outcome = RunOutcome::kFault;
      report.evidence = reply.fault;
      break;
  }
  return report;
}

}  // namespace lydian::sandbox
