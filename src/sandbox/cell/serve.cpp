#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sandbox/cell/cell.h"
#include "sandbox/packet.h"

namespace lydian::sandbox::cell {
namespace {

constexpr int kMaxRuns = 2;

struct Run {
  std::uint64_t id = 0;
  pid_t pid = 0;
  int descriptor = -1;
};

pid_t start_namespace(int* descriptor) {
  clone_args arguments{};
  arguments.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(descriptor);
  arguments.exit_signal = SIGCHLD;
  return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
}

/// In the new run's first process: true, and nothing else. In the warm process: false.
bool start_run(const Setup& setup, Program& program, int* descriptors, int count, Run& run) {
  run.id = program.spec.id;
  run.pid = start_namespace(&run.descriptor);
  if (run.pid == 0) return true;
  CellMessage message;
  message.id = run.id;
  if (run.pid < 0) {
    message.type = FromCell::kSetupFailed;
    message.value = errno;
    copy_text(message.stage, sizeof message.stage, "clone3");
    tell(setup.control, message);
    message.type = FromCell::kRunEnded;
    tell(setup.control, message);
    run = {};
  } else {
    message.type = FromCell::kStarted;
    tell(setup.control, message, &run.descriptor);
  }
  for (int i = 0; i < count; ++i) close(descriptors[i]);
  return false;
}

void finish_run(const Setup& setup, Run& run) {
  int status = 0;
  rusage usage{};
  while (wait4(run.pid, &status, __WALL, &usage) < 0 && errno == EINTR) {
  }
  CellMessage message;
  message.type = FromCell::kRunEnded;
  message.id = run.id;
  message.value = status;
  message.cpu_us = static_cast<std::uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000u +
                   static_cast<std::uint64_t>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  message.max_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
  close(run.descriptor);
  run = {};
  tell(setup.control, message);
}

}  // namespace

void copy_text(char* to, std::size_t capacity, const char* from) {
  std::size_t i = 0;
  for (; i + 1 < capacity && from[i] != 0; ++i) to[i] = from[i];
  to[i] = 0;
}

void tell(int control, const CellMessage& message, const int* descriptor) {
  const iovec piece{const_cast<CellMessage*>(&message), sizeof message};
  // A broker that cannot be told is gone, and the cell with it.
  if (!send_packet(control, &piece, 1, descriptor, descriptor == nullptr ? 0 : 1)) _exit(3);
}

void serve(const Setup& setup, Program& program) {
  static char packet[sizeof(RunSpec) + kMaxStrings];
  Run runs[kMaxRuns];
  prctl(PR_SET_DUMPABLE, 0);
  tell(setup.control, {});
  for (;;) {
    pollfd watched[kMaxRuns + 1];
    watched[0] = {setup.control, POLLIN, 0};
    for (int i = 0; i < kMaxRuns; ++i) watched[i + 1] = {runs[i].descriptor, POLLIN, 0};  // A negative descriptor is passed over.
    if (poll(watched, kMaxRuns + 1, -1) < 0) {
      if (errno == EINTR) continue;
      _exit(4);
    }
    for (int i = 0; i < kMaxRuns; ++i) {
      if (watched[i + 1].revents != 0) finish_run(setup, runs[i]);
    }
    if (watched[0].revents == 0) continue;
    int descriptors[kMaxDescriptors], count = 0;
    const ssize_t size = receive_packet(setup.control, packet, sizeof packet, descriptors, &count);
    if (size <= 0) _exit(0);
    std::memcpy(&program.spec, packet, sizeof program.spec);
    std::memcpy(program.strings, packet + sizeof program.spec, program.spec.string_bytes);
    Run* place = nullptr;
    for (Run& run : runs) {
      if (run.pid == 0) place = &run;
    }
    if (place == nullptr || size != static_cast<ssize_t>(sizeof program.spec + program.spec.string_bytes)) _exit(5);
    if (!start_run(setup, program, descriptors, count, *place)) continue;
    for (const Run& run : runs) {
      if (run.descriptor >= 0 && &run != place) close(run.descriptor);
    }
    run_init(setup, program, descriptors);
    return;
  }
}

}  // namespace lydian::sandbox::cell
