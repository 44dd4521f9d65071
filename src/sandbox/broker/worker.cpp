#include "sandbox/broker/worker.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <sstream>

#include "sandbox/broker/cell_root.h"

namespace lydian::sandbox {
namespace {

constexpr uid_t kFirstHostUid = 61000;
constexpr uid_t kHostUids = 2000;
constexpr std::size_t kNicePlace = 16;          // Of a process's nice value, in its stat behind the name.
constexpr std::uint64_t kLeftBytes = 8u << 20;  // The next run would have that much less.

[[noreturn]] void fail(const std::string& what) {
  throw what + ": " + std::strerror(errno);
}

std::uint64_t namespaces(std::uint32_t layers) {
  std::uint64_t flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWCGROUP;
  if ((layers & kUserNamespaceBit) != 0) flags |= CLONE_NEWUSER;
  if ((layers & kNetNamespaceBit) != 0) flags |= CLONE_NEWNET;
  if ((layers & kIpcNamespaceBit) != 0) flags |= CLONE_NEWIPC;
  return flags;
}

void make_pair(Descriptor& ours, Descriptor& theirs) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  ours.reset(ends[0]);
  theirs.reset(ends[1]);
}

}  // namespace

double now_s() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

uid_t host_identity(int number) {
  return geteuid() == 0 ? kFirstHostUid + static_cast<uid_t>(number) % kHostUids : geteuid();
}

Worker::Worker(const Workshop& workshop, int number) : started_at_(now_s()), host_uid_(host_identity(number)) {
  const std::uint32_t layers = workshop.layers;
  group_ = ControlGroup(workshop.groups, "worker" + std::to_string(number), (layers & kMemoryLimitBit) != 0, (layers & kProcessLimitBit) != 0);
  Descriptor native, python, log_end;
  make_pair(native_control_, native);
  make_pair(python_control_, python);
  int ends[2], go[2];
  if (pipe2(ends, O_CLOEXEC) != 0 || pipe2(go, O_CLOEXEC) != 0) fail("pipe");
  log_.reset(ends[0]);
  log_end.reset(ends[1]);
  fcntl(log_.get(), F_SETFL, O_NONBLOCK);
  fcntl(log_end.get(), F_SETFL, O_NONBLOCK);  // Nobody waits for a reader of complaints.
  Descriptor go_out(go[0]), go_in(go[1]);

  CellPlan plan;
  plan.layers = layers;
  plan.host_uid = host_uid_;
  plan.as_root = geteuid() == 0;
  plan.scratch = workshop.scratch;
  plan.python = workshop.python;
  plan.go = go_out.get();
  plan.native_control = native.get();
  plan.python_control = python.get();
  plan.filter = workshop.filter.get();
  plan.module = workshop.module.get();
  plan.executable = workshop.executable.get();
  plan.log = log_end.get();

  int descriptor = -1;
  clone_args arguments{};
  arguments.flags = namespaces(layers) | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&descriptor);
  arguments.exit_signal = SIGCHLD;
  pid_ = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid_ < 0) fail("clone3 of a cell");
  if (pid_ == 0) {
    go_in.reset();
    enter_cell(plan);
  }
  pidfd_.reset(descriptor);
  try {
    map_identity(workshop);
    group_.join(pid_);
    if (write(go_in.get(), "g", 1) != 1) fail("start of a cell");
  } catch (...) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, __WALL);
    pid_ = -1;
    throw;
  }
  if (workshop.python.empty()) python_control_.reset();
}

void Worker::map_identity(const Workshop& workshop) {
  if ((workshop.layers & kUserNamespaceBit) == 0) return;
  const std::string folder = "/proc/" + std::to_string(pid_) + "/";
  if (geteuid() != 0 && !write_small_file(folder + "setgroups", "deny")) fail("setgroups of a cell");
  const uid_t group = geteuid() == 0 ? host_uid_ : getegid();
  if (!write_small_file(folder + "uid_map", std::to_string(kInsideUid) + " " + std::to_string(host_uid_) + " 1")) fail("uid_map of a cell");
  if (!write_small_file(folder + "gid_map", std::to_string(kInsideUid) + " " + std::to_string(group) + " 1")) fail("gid_map of a cell");
}

Worker::~Worker() {
  if (pid_ > 0) {
    syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
    while (waitpid(pid_, nullptr, __WALL) < 0 && errno == EINTR) {
    }
  }
  group_.remove();
}

void Worker::heard(bool python) {
  (python ? python_ready_ : native_ready_) = true;
  if (!ready()) return;
  base_memory_ = group_.usage();
  base_held_ = group_.held();
  warm_ = group_.members();
}

ProcessorTime Worker::processor_time(double before) const {
  ProcessorTime time;
  const double counted = group_.processor_s();
  time.known = counted >= 0 && before >= 0;
  const double tick_s = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  if (time.known) time.used = counted - before;
  for (const pid_t pid : group_.members()) {
    if (std::find(warm_.begin(), warm_.end(), pid) != warm_.end()) continue;
    const std::string folder = "/proc/" + std::to_string(pid);
    const std::string stat = read_small_file(folder + "/stat").value_or("");
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) continue;
    // After the name: state, then numbers.
    std::istringstream words(stat.substr(name_end + 1));
    if (time.known) {
      double running_ns = 0, waiting_ns = 0;
      std::istringstream schedule(read_small_file(folder + "/schedstat").value_or(""));
      const std::vector<std::string> numbers{std::istream_iterator<std::string>(words), {}};
      // Who asks to come after the broker has chosen to wait.
      const bool comes_last = numbers.size() <= kNicePlace || std::atoi(numbers[kNicePlace].c_str()) > getpriority(PRIO_PROCESS, 0);
      if (comes_last || !(schedule >> running_ns >> waiting_ns)) continue;
      // While it waited, the cell's others may have had its processor all the time that they had any.
      time.waiting = std::max(time.waiting, waiting_ns * 1e-9 - (time.used - running_ns * 1e-9));
      continue;
    }
    // User and system time, its own and its children's, are the 12th to 15th word.
    std::string skip;
    double own = 0;
    for (int i = 0; i < 11; ++i) words >> skip;
    for (int i = 0; i < 4 && words >> own; ++i) time.used += own * tick_s;
  }
  return time;
}

bool Worker::empty() const {
  const auto clean = [this] {
    const std::int64_t there = group_.processes();
    if (there >= 0 && there != base_processes()) return false;
    // A run's folder, and files that it left in flight between sockets, are given back a moment after its last process has gone.
    return group_.usage() < base_memory_ + kLeftBytes || group_.held() < base_held_ + kLeftBytes;
  };
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (clean()) return true;
    const timespec pause{0, 500000};
    nanosleep(&pause, nullptr);
  }
  return false;
}

std::string Worker::complaint() const {
  char text[160];
  const ssize_t size = read(log_.get(), text, sizeof text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string("its processes ended without a word");
}

}  // namespace lydian::sandbox
