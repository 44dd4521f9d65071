// lydian-sandbox-broker: started by lydian::CodeSandbox, never by hand. `broker FD` serves a library over the socket FD; `cell ...` is a cell's first process.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "sandbox/broker/broker.h"
#include "sandbox/broker/cell_root.h"
#include "sandbox/broker/small_file.h"

namespace lydian::sandbox {

std::string private_folder() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) throw std::string("no mounts of our own: ") + std::strerror(errno);
  if (user != 0) {
    write_small_file("/proc/self/setgroups", "deny");
    write_small_file("/proc/self/uid_map", std::to_string(user) + " " + std::to_string(user) + " 1");
    write_small_file("/proc/self/gid_map", std::to_string(group) + " " + std::to_string(group) + " 1");
  }
  const std::string folder = "/tmp";
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 || mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) {
    throw std::string("no folder of our own: ") + std::strerror(errno);
  }
  for (const char* name : {"/root", "/headers", "/headers/bits"}) {
    if (mkdir((folder + name).c_str(), 0755) != 0) throw std::string("no folder of our own: ") + std::strerror(errno);
  }
  return folder;
}

namespace {

int broker_main(int library) {
  // No file of the host's, no terminal, no environment: whatever a cell might inherit by mistake is not there.
  syscall(SYS_close_range, 3, static_cast<unsigned>(library) - 1, 0);
  syscall(SYS_close_range, static_cast<unsigned>(library) + 1, ~0u, 0);
  fcntl(library, F_SETFD, FD_CLOEXEC);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; ++fd) dup2(nothing, fd);
  if (nothing > 2) close(nothing);
  clearenv();
  setsid();  // A Ctrl-C in a terminal is the library's business.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_IGN);
  umask(022);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (chdir("/") != 0) return 2;
  return Broker(library).run();
}

}  // namespace
}  // namespace lydian::sandbox

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "broker") == 0) return lydian::sandbox::broker_main(std::atoi(argv[2]));
  if (argc > 1 && std::strcmp(argv[1], "cell") == 0) return lydian::sandbox::cell_main(argc, argv);
  std::fputs("lydian-sandbox-broker is started by lydian's CodeSandbox and does nothing by itself.\n", stderr);
  return 2;
}
