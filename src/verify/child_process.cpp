#include "verify/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

namespace lydian {
namespace {

constexpr std::size_t kErrorsKept = 2000;  // Bytes of standard error.
constexpr auto kTimeToEnd = std::chrono::milliseconds(300);
constexpr auto kTimeToBeReaped = std::chrono::milliseconds(100);
constexpr const char* kMarkName = "LYDIAN_EXTERNAL_VERIFIER";

using Clock = std::chrono::steady_clock;

double seconds_until(Clock::time_point deadline) {
  return std::chrono::duration<double>(deadline - Clock::now()).count();
}

void close_once(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

/// Two joined descriptors, ours and the child's, closed at the end of the scope unless taken.
struct Pair {
  int ours = -1, child = -1;
  ~Pair() {
    close_once(ours);
    close_once(child);
  }
  /// Above the standard streams, which a program may have closed: the child's end is put there by number.
  void lift() {
    for (int* end : {&ours, &child}) {
      if (*end > 2) continue;
      const int lifted = ::fcntl(*end, F_DUPFD_CLOEXEC, 3);
      ::close(*end);
      *end = lifted;
    }
    ::fcntl(ours, F_SETFL, ::fcntl(ours, F_GETFL) | O_NONBLOCK);
  }
  int take() {
    const int taken = ours;
    ours = -1;
    return taken;
  }
};

/// The child's input is a socket, since writing to a pipe that nobody reads raises a signal in the whole process.
void open_input(Pair& pair) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  pair.ours = ends[0];
  pair.child = ends[1];
  pair.lift();
}

void open_output(Pair& pair) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  pair.ours = ends[0];
  pair.child = ends[1];
  pair.lift();
}

/// What posix_spawn does between its fork and its exec.
struct SpawnPlan {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

  SpawnPlan(int input, int output, int errors) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, 1);
    ::posix_spawn_file_actions_adddup2(&actions, errors, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    ::posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
};

std::string new_mark() {
  static std::atomic<std::uint64_t> count{0};
  const auto now = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  return std::string(kMarkName) + "=" + std::to_string(::getpid()) + "-" + std::to_string(count++) + "-" + std::to_string(now);
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%g s", seconds);
  return text;
}

std::string printable_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, Limits limits) : limits_(limits), mark_(new_mark()) {
  start(command);
}

ChildProcess::~ChildProcess() {
  if (process_ > 0) {
    close_once(input_);
    const Clock::time_point deadline = Clock::now() + kTimeToEnd;
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0 && Clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    kill_all();
  }
  close_pipes();
}

void ChildProcess::start(const std::vector<std::string>& command) {
  Pair input, output, errors;
  open_input(input);
  open_output(output);
  open_output(errors);
  if (input.child < 0 || output.child < 0 || errors.child < 0) throw ChildFailure("cannot make pipes: " + std::generic_category().message(errno), true);
  std::vector<char*> arguments, environment;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kMarkName, std::strlen(kMarkName)) != 0) environment.push_back(*variable);
  }
  environment.push_back(mark_.data());
  environment.push_back(nullptr);
  const SpawnPlan plan(input.child, output.child, errors.child);
  const int error = ::posix_spawnp(&process_, command[0].c_str(), &plan.actions, &plan.attributes, arguments.data(), environment.data());
  if (error != 0) {
    process_ = -1;
    throw ChildFailure("cannot start " + command[0] + ": " + std::generic_category().message(error), false);
  }
  // It has hardly begun, and judges nothing before it has said that it is ready: no need for a fork of our own, which may do next to nothing beside other
  // threads.
  if (limits_.memory_bytes > 0) {
    const rlimit limit{static_cast<rlim_t>(limits_.memory_bytes), static_cast<rlim_t>(limits_.memory_bytes)};
    ::prlimit(process_, RLIMIT_AS, &limit, nullptr);
  }
  const rlimit no_core{0, 0};
  ::prlimit(process_, RLIMIT_CORE, &no_core, nullptr);
  input_ = input.take();
  output_ = output.take();
  errors_ = errors.take();
}

std::string ChildProcess::exchange(std::string_view request, double seconds) {
  read_output();
  if (!unread_.empty()) fail("it wrote a line that nothing had asked for: a reply twice, or too late", false);
  return converse(request, seconds);
}

std::string ChildProcess::converse(std::string_view request, double seconds) {
  const Clock::time_point deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (;;) {
    const std::size_t newline = unread_.find('\n');
    if (std::min(newline, unread_.size()) > limits_.line_bytes) fail("its reply has more than " + std::to_string(limits_.line_bytes) + " bytes", false);
    if (newline != std::string::npos) {
      if (newline + 1 != unread_.size()) fail("it wrote more than one line for one item", false);
      if (!request.empty()) fail("it replied before it had read the item", false);
      unread_.pop_back();
      return std::exchange(unread_, {});
    }
    if (output_ended_) fail(std::string(unread_.empty() ? "" : "half a line stands, and ") + how_it_ended(), true);
    const double left = seconds_until(deadline);
    if (left <= 0) fail("no " + std::string(unread_.empty() ? "reply" : "whole line") + " within " + seconds_text(seconds), true);
    wait_for_traffic(!request.empty(), left);
    read_errors();
    read_output();
    if (!request.empty()) write_some(request);
  }
}

void ChildProcess::wait_for_traffic(bool writing, double seconds_left) {
  pollfd streams[3] = {{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {writing ? input_ : -1, POLLOUT, 0}};
  const int milliseconds = static_cast<int>(std::ceil(std::min(seconds_left, 3600.0) * 1e3));
  ::poll(streams, 3, milliseconds);  // An error or an interruption only means to look again.
}

void ChildProcess::read_output() {
  char bytes[65536];
  while (!output_ended_ && unread_.size() <= limits_.line_bytes) {
    const ssize_t count = ::read(output_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) output_ended_ = true;
    if (count > 0) unread_.append(bytes, static_cast<std::size_t>(count));
  }
}

void ChildProcess::read_errors() {
  char bytes[4096];
  while (errors_ >= 0) {
    const ssize_t count = ::read(errors_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      close_once(errors_);
      return;
    }
    last_errors_.append(bytes, static_cast<std::size_t>(count));
    if (last_errors_.size() > kErrorsKept) last_errors_.erase(0, last_errors_.size() - kErrorsKept);
  }
}

void ChildProcess::write_some(std::string_view& request) {
  const ssize_t count = ::send(input_, request.data(), request.size(), MSG_NOSIGNAL);
  if (count > 0) request.remove_prefix(static_cast<std::size_t>(count));
  // It reads no more: its end of output, or the time limit, says what happened.
  if (count < 0 && errno != EINTR && errno != EAGAIN) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void ChildProcess::fail(const std::string& sentence, bool may_pass) {
  read_errors();
  kill_all();
  close_pipes();
  const std::string errors = printable_end(last_errors_);
  throw ChildFailure("the child was stopped: " + sentence + (errors.empty() ? "" : "; its last words: " + errors), may_pass);
}

std::string ChildProcess::how_it_ended() const {
  const Clock::time_point deadline = Clock::now() + kTimeToBeReaped;
  siginfo_t ended{};
  int result = 0;
  while ((result = ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT)) == 0 && ended.si_pid == 0 && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (result != 0) return "it ended";
  if (ended.si_pid == 0) return "it closed its output";
  return (ended.si_code == CLD_EXITED ? "it ended with status " : "it was ended by signal ") + std::to_string(ended.si_status);
}

// The leader is reaped last: until then its number, which is the group's, belongs to nobody else.
void ChildProcess::kill_all() {
  if (process_ <= 0) return;
  ::kill(-process_, SIGKILL);
  kill_marked();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
}

void ChildProcess::kill_marked() const {
  namespace fs = std::filesystem;
  const std::string mark = mark_ + '\0';
  // A descendant may start another one while we look: until a look finds none.
  for (int round = 0; round < 100; ++round) {
    int found = 0;
    std::error_code error;
    for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const auto number = static_cast<pid_t>(std::stol(name));
      if (number == process_) continue;
      std::ifstream file(entry->path() / "environ", std::ios::binary);
      const std::string environment{std::istreambuf_iterator<char>(file), {}};
      const std::size_t at = environment.find(mark);
      if (at == std::string::npos || (at > 0 && environment[at - 1] != '\0')) continue;
      found += ::kill(number, SIGKILL) == 0 ? 1 : 0;
    }
    if (found == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void ChildProcess::close_pipes() {
  close_once(input_);
  close_once(output_);
  close_once(errors_);
}

}  // namespace lydian
